//! The tail of one group: what is planned, what is under way, what went wrong, and the report of it all.

mod report;
mod unreadable;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use super::group::{Described, refusal};
use super::older::Older;
use super::pages::{Ended, Limit, Sweep, Turn};
use super::sift::Sift;
use super::sweep::{Age, Next, Plan, Purpose, Rhythm, Slice};
use crate::model::{
    Event, Failure, FailureKind, GapReason, GroupKey, LogGap, LogWant, TailReport, TimeRange, Timestamp,
    WantId,
};
use crate::source::aws::live_tail::Provisional;
use crate::source::aws::pace::Backoff;
use crate::source::clock::Clock;
use unreadable::Unreadable;

/// From one description of a group to the next, and after one that failed or was denied.
const DESCRIBE_EVERY: Duration = Duration::from_mins(5);
const DESCRIBE_AGAIN: Duration = Duration::from_secs(30);
/// After pages without an end: before the sweep is tried anew.
const AFTER_ENDLESS: Duration = Duration::from_secs(30);
/// A failure that lasted so long may have hidden late events: a deep sweep follows.
const LONG: Duration = Duration::from_secs(30);

/// Whether the group is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Existence {
    /// Nobody has said.
    Unknown,
    /// It was not there when it was asked for, and never has been.
    Awaited,
    Here,
    Deleted {
        at: Timestamp,
    },
}

/// What a tail wants to be done.
#[derive(Debug)]
pub(super) enum Todo {
    Describe,
    Turn(Box<Turn>),
    /// Nothing before then.
    At(Instant),
    /// Nothing until something else happens.
    Nothing,
}

/// One group.
#[derive(Debug)]
pub(super) struct Tail {
    pub key: GroupKey,
    pub plan: Plan,
    /// None while a turn has it.
    sift: Option<Sift>,
    limit: Limit,
    /// Sweeps that wait for their next turn, the longest waiting first.
    paused: VecDeque<Sweep>,
    resumed_last: bool,
    describing: bool,
    describe_due: Option<Instant>,
    pub described: Option<Described>,
    unreadable: Option<Arc<str>>,
    existence: Existence,
    backoff: Backoff,
    held_until: Option<Instant>,
    failing: Option<(Failure, Timestamp, Instant)>,
    pub older: Older,
    gaps: Vec<LogGap>,
    unreadable_parts: Unreadable,
    /// Up to where marks for sampled seconds have been made.
    sampled_to: Timestamp,
    asked_again: Vec<(WantId, TimeRange)>,
    late: u64,
    later_than_promised: u64,
    remembered_from: Option<Timestamp>,
    pub provisional: Arc<Mutex<Provisional>>,
    epoch: u32,
    pub note: Option<Arc<str>>,
    /// When the fast edge was visited last, and how long before that.
    visited: Option<Instant>,
    distance: Duration,
    reported: Option<TailReport>,
    /// Since when nobody wants it.
    pub unwanted_since: Option<Instant>,
}

impl Tail {
    pub fn new(key: GroupKey, want: &LogWant) -> Self {
        Self {
            key,
            plan: Plan::new(want.since, want.until, want.order),
            sift: Some(Sift::new()),
            limit: Limit::new(),
            paused: VecDeque::new(),
            resumed_last: false,
            describing: false,
            describe_due: None,
            described: None,
            unreadable: None,
            existence: Existence::Unknown,
            backoff: Backoff::default(),
            held_until: None,
            failing: None,
            older: Older::default(),
            gaps: Vec::new(),
            unreadable_parts: Unreadable::default(),
            sampled_to: Timestamp::from_millis(i64::MIN),
            asked_again: Vec::new(),
            late: 0,
            later_than_promised: 0,
            remembered_from: None,
            provisional: Arc::default(),
            epoch: 0,
            note: None,
            visited: None,
            distance: Duration::ZERO,
            reported: None,
            unwanted_since: None,
        }
    }

    /// Its ARN as Live Tail wants it, if it is there: as it was described, or as the account's is made up.
    pub fn arn(&self) -> Option<Arc<str>> {
        if self.unreadable.is_some()
            || matches!(self.existence, Existence::Awaited | Existence::Deleted { .. })
        {
            return None;
        }
        // Nothing is opened before the group has been looked at.
        self.describe_due?;
        let described = self.described.as_ref().and_then(|described| described.arn.clone());
        described.or_else(|| {
            let region = &self.key.scope.region;
            let partition = match region.as_bytes() {
                [b'c', b'n', b'-', ..] => "aws-cn",
                [b'u', b's', b'-', b'g', b'o', b'v', ..] => "aws-us-gov",
                _ => "aws",
            };
            let account = self.key.scope.account.as_deref()?;
            Some(format!("arn:{partition}:logs:{region}:{account}:log-group:{}", self.key.name).into())
        })
    }

    /// Tries again whatever waits, and reads the last half hour once more.
    pub fn again(&mut self, now: Timestamp) {
        self.held_until = None;
        self.describe_due = None;
        self.plan.deep(now);
    }

    /// Reads a stretch once more, for someone who waits for it.
    pub fn read_again(&mut self, id: WantId, range: TimeRange) {
        self.plan.again(range);
        self.asked_again.push((id, range));
    }

    /// What is to be done now, by the server's time.
    pub fn next(&mut self, rhythm: Rhythm, now: Timestamp, clock: &Clock, groups: usize) -> Todo {
        if self.describing || self.sift.is_none() {
            return Todo::Nothing;
        }
        let instant = Instant::now();
        if let Some(held) = self.held_until.filter(|held| instant < *held) {
            return Todo::At(held);
        }
        match self.describe_due {
            None => {
                self.describing = true;
                return Todo::Describe;
            }
            Some(due) if instant >= due => {
                self.describing = true;
                return Todo::Describe;
            }
            Some(due) if self.unreadable.is_some() => return Todo::At(due),
            Some(_) => {}
        }
        let described = self.described.as_ref().and_then(|described| described.oldest(now));
        if let Some(slice) = self.older.slice(&mut self.plan, described)
            && self.paused.iter().all(|sweep| sweep.backwards.is_none())
        {
            let sweep = Sweep::backwards(slice, self.older.wanted());
            return self.turn(sweep, groups);
        }
        let next = self.plan.next(rhythm, now);
        let resume = match next {
            Next::Sweep(slice) => {
                let own = self.paused.iter().position(|sweep| sweep.slice.purpose == slice.purpose);
                match own {
                    // Other sweeps wait as well: in turn.
                    Some(own) if self.resumed_last => Some(own),
                    Some(_) => Some(0),
                    None if !self.paused.is_empty() && !self.resumed_last => Some(0),
                    None => None,
                }
            }
            Next::At(_) | Next::Never => (!self.paused.is_empty()).then_some(0),
        };
        if let Some(sweep) = resume.and_then(|at| self.paused.remove(at)) {
            if let (Next::Sweep(Slice { range, purpose: Purpose::Again }), Purpose::Again) =
                (next, sweep.slice.purpose)
                && range != sweep.slice.range
            {
                self.plan.again(range);
            }
            self.resumed_last = true;
            return self.turn(sweep, groups);
        }
        self.resumed_last = false;
        match next {
            Next::Sweep(slice) => {
                self.plan.begun(slice, rhythm, now);
                if slice.purpose == Purpose::Aged(Age::Fast) {
                    let before = self.visited.replace(instant);
                    self.distance = before.map_or(Duration::ZERO, |before| clock.own(instant - before));
                }
                self.turn(Sweep::new(slice), groups)
            }
            // Server time may stand still between two instants of this one.
            Next::At(at) => Todo::At(instant + clock.real(at.since(now)).max(Duration::from_millis(1))),
            Next::Never => match self.describe_due {
                Some(due) if !self.plan.is_over() => Todo::At(due),
                _ => Todo::Nothing,
            },
        }
    }

    fn turn(&mut self, sweep: Sweep, groups: usize) -> Todo {
        let Some(mut sift) = self.sift.take() else { return Todo::Nothing };
        sift.seen = self.plan.seen();
        sift.complete_to = self.plan.complete_to();
        sift.memory.share(groups);
        sift.provisional = Arc::clone(&self.provisional);
        let group = self.key.clone();
        Todo::Turn(Box::new(Turn {
            group,
            sweep,
            sift,
            limit: self.limit,
            note: None,
            answered: false,
            passed: 0,
        }))
    }

    /// Takes in how a turn ended; what is to be told comes back. A failure that is about all groups is handed on.
    pub fn ended(
        &mut self,
        turn: Turn,
        ended: Ended,
        now: Timestamp,
        clock: &Clock,
    ) -> (Vec<Event>, Option<Failure>) {
        let Turn { sweep, sift, limit, note, answered, passed, .. } = turn;
        let mut events = Vec::new();
        self.limit = limit;
        self.late = sift.late;
        self.later_than_promised = sift.later_than_promised;
        self.remembered_from = sift.memory.short_from();
        self.sift = Some(sift);
        if let Some(note) = note {
            self.note = Some(note.into());
        }
        if answered {
            self.answered(now);
        }
        if sweep.slice.purpose == Purpose::Past {
            self.older.passed(passed);
        }
        let mut failed = None;
        match ended {
            Ended::Finished(range) => self.finished(&sweep, range, &mut events),
            Ended::Paused => self.paused.push_back(sweep),
            Ended::NotBackwards => self.older.not_backwards(),
            Ended::Endless => self.endless(&sweep, &mut events),
            Ended::Failed(failure) if failure.kind == FailureKind::Service => {
                failed = self.unread(sweep, failure, now, clock, &mut events);
            }
            Ended::Failed(failure) => {
                self.paused.push_front(sweep);
                failed = self.failed(failure, now, clock);
            }
        }
        (events, failed)
    }

    fn finished(&mut self, sweep: &Sweep, range: TimeRange, events: &mut Vec<Event>) {
        let Some(asked_at) = sweep.asked_at else { return };
        if sweep.backwards.is_some() {
            // What was read of the past is wanted from now on.
            self.older.finished(range.start == sweep.slice.range.start);
            self.plan.extend(range.start);
        }
        if sweep.slice.purpose == Purpose::Aged(Age::Fast) {
            self.plan.flooded(sweep.pages > 1);
        }
        self.plan.finished(range, asked_at);
        self.answer_again(sweep, range, events);
        self.gaps.retain(|gap| {
            let swept = range.start <= gap.range.start && gap.range.end <= range.end;
            // What Live Tail lacks is there as soon as it was read at all.
            let seen = !matches!(gap.why, GapReason::Unfinished | GapReason::Unreadable)
                && self
                    .plan
                    .seen()
                    .is_some_and(|seen| seen.start <= gap.range.start && gap.range.end <= seen.end);
            let read = swept && asked_at >= gap.range.end + Age::Fast.duration() || seen;
            if read {
                events.push(Event::LogGap(LogGap { filled: true, ..gap.clone() }));
            }
            !read
        });
    }

    /// A stretch that may lack lines: shown until it is read in full.
    pub fn gap(&mut self, range: TimeRange, why: GapReason) -> Option<Event> {
        // What one mark said already, the next does not say again.
        let start = if why == GapReason::Sampled { range.start.max(self.sampled_to) } else { range.start };
        if start >= range.end {
            return None;
        }
        let range = TimeRange::new(start, range.end);
        if why == GapReason::Sampled {
            self.sampled_to = range.end;
        }
        let gap = LogGap { group: self.key.clone(), range, why, filled: false };
        self.gaps.push(gap.clone());
        Some(Event::LogGap(gap))
    }

    fn endless(&mut self, sweep: &Sweep, events: &mut Vec<Event>) {
        self.note = Some("the pages had no end: the sweep was given up and is tried again".into());
        if sweep.backwards.is_some() {
            self.older.not_backwards();
        } else {
            events.extend(self.gap(sweep.slice.range, GapReason::Unfinished));
            self.plan.again(sweep.slice.range);
        }
        self.held_until = Some(Instant::now() + AFTER_ENDLESS);
    }

    /// A page came: whatever failed is over.
    fn answered(&mut self, now: Timestamp) {
        self.backoff.reset();
        self.unreadable_parts.answered();
        let long = self.failing.take().is_some_and(|(.., since)| since.elapsed() >= LONG);
        if let Existence::Deleted { .. } = self.existence {
            self.epoch += 1;
        }
        let returned = matches!(self.existence, Existence::Deleted { .. } | Existence::Awaited);
        self.existence = Existence::Here;
        if returned {
            // It is another group than the one that was described.
            (self.described, self.describe_due) = (None, None);
        }
        if long || returned {
            self.plan.deep(now);
        }
    }

    fn failed(&mut self, failure: Failure, now: Timestamp, clock: &Clock) -> Option<Failure> {
        let since = self.failing.as_ref().map_or_else(Instant::now, |(.., since)| *since);
        if let Some(why) = refusal(&failure) {
            self.unreadable = Some(why);
            self.describe_due = Some(Instant::now() + clock.real(DESCRIBE_EVERY));
            return None;
        }
        if failure.kind == FailureKind::NotFound {
            self.absent(now);
            // Its tokens are of a group that is gone.
            self.paused.clear();
        }
        let wait = match failure.kind {
            // Its lane waits.
            FailureKind::Throttled => Duration::ZERO,
            _ => self.backoff.next(&failure, clock.now()),
        };
        self.held_until = Some(Instant::now() + clock.real(wait));
        self.failing = Some((failure.clone(), clock.now() + wait, since));
        (failure.kind != FailureKind::NotFound).then_some(failure)
    }

    fn absent(&mut self, now: Timestamp) {
        self.existence = match self.existence {
            Existence::Unknown | Existence::Awaited => Existence::Awaited,
            Existence::Here => Existence::Deleted { at: now },
            deleted @ Existence::Deleted { .. } => deleted,
        };
    }

    /// Takes in a description; a failure to get one keeps nothing from being read.
    pub fn described(&mut self, answer: Result<Option<Described>, Failure>, now: Timestamp, clock: &Clock) {
        self.describing = false;
        let mut wait = DESCRIBE_EVERY;
        match answer {
            Ok(Some(described)) => {
                let known = self.described.as_ref().and_then(|known| known.created);
                if known.is_some() && described.created.is_some() && known != described.created {
                    if self.existence == Existence::Here {
                        self.epoch += 1;
                    }
                    self.plan.deep(now);
                }
                self.unreadable.clone_from(&described.unreadable);
                self.described = Some(described);
            }
            // Whether it is gone is for its events to say: lists lag.
            Ok(None) => {}
            Err(failure) => {
                // Whoever may not list groups may still read them.
                self.unreadable = None;
                if !matches!(failure.kind, FailureKind::AccessDenied { .. }) {
                    wait = DESCRIBE_AGAIN;
                }
            }
        }
        self.describe_due = Some(Instant::now() + clock.real(wait));
    }

    /// Holds the group until `until`: what failed concerns all of them.
    pub fn hold(&mut self, until: Instant) {
        self.held_until = self.held_until.max(Some(until));
    }

    /// Whether a call is under way for it.
    pub const fn is_busy(&self) -> bool {
        self.describing || self.sift.is_none()
    }
}
