//! The logs feed: tails of log groups that lose nothing, and say how complete they are.
//!
//! ```text
//! Interest.logs -> Tail (one a group): Plan -> Slice -> Turn (page loop) -> Sift -> Event::Logs
//!                    |                                     |
//!                    '---------- Event::Tail <-------------'
//! ```
//!
//! `FilterLogEvents` is the truth. It is asked by the time of events, which arrive later: so [`sweep`] reads every
//! slice of time at three ages, and what a finished sweep covered is *seen*, or *complete*. A group is read by one
//! sweep at a time, groups are read beside each other, and all of them share the calls of [`Lane::LogEvents`].

mod coverage;
mod group;
mod memory;
mod older;
mod pages;
pub(super) mod search;
mod sift;
mod sweep;
mod tail;

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use aws_sdk_cloudwatchlogs::types::LiveTailSessionLogEvent;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

use super::feed::{Context, Gone, Nudge, Round, Session, Wakes};
use super::live_tail::{LiveTails, News, Target};
use super::pace::{Backoff, Lane};
use crate::model::{
    Event, Failure, FailureKind, Feed, FeedReport, GapReason, GroupKey, Interest, LogWant, Scope, TailStatus,
    TimeRange, Want, WantId,
};
use group::{Described, describe};
use pages::{Ended, Turn};
use sift::Sift;
use sweep::Rhythm;
use tail::{Tail, Todo};

/// Calls under way at once, over all groups.
const AT_ONCE: usize = 8;
/// How long a tail that nobody wants is kept: who comes back finds it where it was.
const KEPT: Duration = Duration::from_mins(10);
/// From one report that all is well to the next.
const SAID_EVERY: Duration = Duration::from_secs(5);

/// The event time that an update of Live Tail is about: its second, and how late its events may be.
const SAMPLED: Duration = Duration::from_secs(6);

/// A call that ended, for the group of that number.
enum Done {
    Turn(Box<(Turn, Ended)>),
    Described(GroupKey, Result<Option<Described>, Failure>),
}

/// The feed between two things that happen.
#[derive(Default)]
struct Tails {
    all: Vec<Tail>,
    /// One-off wants that were taken on.
    taken: BTreeSet<WantId>,
    backoff: Backoff,
    /// When all was well last, and whether something was reported to fail since.
    said: Option<Instant>,
    failing: bool,
    pauses: u64,
    /// The calls that are under way, and those of them that were when another try was asked for last: with groups
    /// enough there is always one, so that a round ends when these have.
    under_way: BTreeSet<Id>,
    tried: BTreeSet<Id>,
}

/// Reads what the screen wants of log groups.
pub(super) async fn run(context: Context, nudge: Nudge) -> Result<(), Gone> {
    let mut wakes = Wakes::new(&context, &nudge);
    let mut interest = context.interest.clone();
    let mut scope: Option<Scope> = None;
    let mut tails = Tails::default();
    let mut calls: JoinSet<Result<Done, Gone>> = JoinSet::new();
    let mut live = LiveTails::new();
    loop {
        let Round { session, again } = wakes.begin().await?;
        if scope.as_ref() != Some(&session.scope) {
            scope = Some(session.scope.clone());
            tails = Tails::default();
            calls = JoinSet::new();
            live = LiveTails::new();
        }
        let wanted = interest.borrow_and_update().clone();
        tails.reconcile(&context, &session, &wanted).await?;
        if again || tails.time_jumped(&session) {
            tails.again(&session);
        }
        tails.go_live(&context, &session, &wanted, &mut live);
        let next = tails.begin(&context, &session, &live, &mut calls).await?;
        if again {
            tails.tried.clone_from(&tails.under_way);
        }
        let next = next.into_iter().chain(live.closes_at(&context)).min();
        if tails.tried.is_empty() {
            wakes.round_ended();
        }
        let sleep = async {
            match next {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(done) = calls.join_next_with_id() => match done {
                Ok((id, done)) => {
                    tails.under_way.remove(&id);
                    tails.tried.remove(&id);
                    tails.take_in(&context, &session, &live, done?).await?;
                }
                Err(failed) => if let Ok(panic) = failed.try_into_panic() { std::panic::resume_unwind(panic) },
            },
            (number, news) = live.next() => tails.hear(&context, &session, &mut live, number, news).await?,
            () = sleep => {}
            changed = interest.changed() => changed.map_err(|_| Gone)?,
            changed = wakes.changed() => changed?,
        }
    }
}

/// The groups that are to be read in this scope. One whose account nobody could name is any account's.
fn groups<'a>(want: Option<&'a LogWant>, session: &Session) -> Vec<&'a GroupKey> {
    let own = |key: &&GroupKey| {
        let (here, there) = (&session.scope, &key.scope);
        let account = here.account.is_none() || there.account.is_none() || here.account == there.account;
        here.region == there.region && account
    };
    let groups = want.map_or(&[][..], |want| &want.groups);
    groups.iter().filter(own).take(LogWant::MOST_GROUPS).collect()
}

impl Tails {
    /// Makes the tails that are wanted, drops those that nobody has wanted for long, and takes on one-off wants.
    async fn reconcile(
        &mut self,
        context: &Context,
        session: &Session,
        wanted: &Interest,
    ) -> Result<(), Gone> {
        let groups = groups(wanted.logs.as_ref(), session);
        if let Some(want) = &wanted.logs {
            for key in &groups {
                match self.all.iter_mut().find(|tail| tail.key == **key) {
                    Some(tail) => tail.plan.want(want.since, want.until, want.order),
                    None => self.all.push(Tail::new((*key).clone(), want)),
                }
            }
        }
        self.all.retain_mut(|tail| {
            if groups.contains(&&tail.key) {
                tail.unwanted_since = None;
                return true;
            }
            tail.unwanted_since.get_or_insert_with(Instant::now).elapsed() < context.clock.real(KEPT)
        });
        // Most wanted first.
        self.all.sort_by_key(|tail| groups.iter().position(|key| **key == tail.key).unwrap_or(usize::MAX));
        self.taken.retain(|id| wanted.wants.iter().any(|(want, _)| want == id));
        for (id, want) in &wanted.wants {
            let (Want::OlderLogs { group, .. } | Want::ReadAgain { group, .. }) = want else { continue };
            if !self.taken.insert(*id) {
                continue;
            }
            match (self.all.iter_mut().find(|tail| tail.key == *group && tail.unwanted_since.is_none()), want)
            {
                (Some(tail), Want::OlderLogs { lines, .. }) => tail.older.ask(*id, *lines),
                (Some(tail), Want::ReadAgain { range, .. }) => tail.read_again(*id, *range),
                _ => context.send(Event::Answered(*id)).await?,
            }
        }
        Ok(())
    }

    /// Whether time went on at the server while this computer stood still.
    fn time_jumped(&mut self, session: &Session) -> bool {
        let pauses = session.clients.server.pauses();
        std::mem::replace(&mut self.pauses, pauses) != pauses
    }

    /// Tries everything again, and reads the last half hour once more.
    fn again(&mut self, session: &Session) {
        let now = session.clients.server.now();
        for tail in &mut self.all {
            tail.again(now);
        }
    }

    /// Opens sessions for the groups that are wanted live, and closes those that are not wanted any more.
    fn go_live(&self, context: &Context, session: &Arc<Session>, wanted: &Interest, live: &mut LiveTails) {
        let targets: Option<Vec<Target>> = match &wanted.logs {
            // The pane is hidden: sessions stay for a while.
            None => None,
            Some(want) if !want.live => Some(Vec::new()),
            Some(_) => {
                let wanted = self.all.iter().filter(|tail| tail.unwanted_since.is_none());
                Some(wanted.filter_map(|tail| Some((tail.key.clone(), tail.arn()?))).collect())
            }
        };
        live.want(context, session, targets.as_deref());
    }

    /// Takes in what a session of Live Tail tells.
    async fn hear(
        &mut self,
        context: &Context,
        session: &Session,
        live: &mut LiveTails,
        number: u64,
        news: News,
    ) -> Result<(), Gone> {
        let now = session.clients.server.now();
        let targets = live.take_in(number, &news, now);
        let own = self.all.iter_mut().filter(|tail| targets.iter().any(|(key, _)| *key == tail.key));
        match news {
            News::Begun => {
                for tail in own {
                    tail.provisional.lock().unwrap_or_else(PoisonError::into_inner).begin();
                    tail.note = None;
                }
            }
            News::Update { events, sampled } => {
                for tail in own {
                    let of_group = |event: &&LiveTailSessionLogEvent| {
                        let name = event.log_group_identifier().unwrap_or_default();
                        name.rsplit(':').next() == Some(&*tail.key.name) || name == &*tail.key.name
                    };
                    let lines: Vec<LiveTailSessionLogEvent> =
                        events.iter().filter(of_group).cloned().collect();
                    if let Some(page) = Sift::live(&tail.provisional, &tail.key, &lines) {
                        context.send(Event::Logs(page)).await?;
                    }
                    if sampled {
                        let second = TimeRange::new(now - SAMPLED, now);
                        if let Some(gap) = tail.gap(second, GapReason::Sampled) {
                            context.send(gap).await?;
                        }
                    }
                }
            }
            News::Broken { since } => {
                for tail in own {
                    if let Some(gap) = tail.gap(TimeRange::new(since, now), GapReason::Disconnected) {
                        context.send(gap).await?;
                    }
                }
            }
            News::Minute => {
                let spend = {
                    let mut ledger = context.ledger.lock().unwrap_or_else(PoisonError::into_inner);
                    ledger.live(live.open(), 1);
                    ledger.spend(context.clock.now())
                };
                context.send(Event::Spend { scope: session.scope.clone(), spend }).await?;
            }
            News::Stale | News::Refused { .. } => {}
        }
        self.tell(context, session, live).await
    }

    fn rhythm(&self, context: &Context, session: &Session) -> Rhythm {
        let wanted = self.all.iter().filter(|tail| tail.unwanted_since.is_none()).count();
        Rhythm::of(wanted, context.pacer.rate(&session.scope, Lane::LogEvents))
    }

    /// Begins what is due, as far as there is room; when to look again.
    async fn begin(
        &mut self,
        context: &Context,
        session: &Arc<Session>,
        live: &LiveTails,
        calls: &mut JoinSet<Result<Done, Gone>>,
    ) -> Result<Option<Instant>, Gone> {
        let rhythm = self.rhythm(context, session);
        let server = &session.clients.server;
        if server.is_elsewhere() {
            context.pacer.calls_elsewhere();
        }
        let groups = self.all.len();
        let mut next: Option<Instant> = None;
        for tail in self.all.iter_mut().filter(|tail| tail.unwanted_since.is_none()) {
            if calls.len() >= AT_ONCE && !tail.is_busy() {
                // Whatever ends makes room.
                break;
            }
            match tail.next(rhythm, server.now(), &context.clock, groups) {
                Todo::Describe => {
                    let (context, session, key) = (context.clone(), session.clone(), tail.key.clone());
                    let call = calls.spawn(async move {
                        let answer = describe(&context, &session, &key).await;
                        Ok(Done::Described(key, answer))
                    });
                    self.under_way.insert(call.id());
                }
                Todo::Turn(turn) => {
                    let (context, session) = (context.clone(), session.clone());
                    let call = calls.spawn(async move {
                        let ended = turn.run(&context, &session).await?;
                        Ok(Done::Turn(Box::new(ended)))
                    });
                    self.under_way.insert(call.id());
                }
                Todo::At(at) => next = Some(next.map_or(at, |known| known.min(at))),
                Todo::Nothing => {}
            }
        }
        let unwanted = self.all.iter().filter_map(|tail| tail.unwanted_since);
        let forgotten = unwanted.map(|since| since + context.clock.real(KEPT)).min();
        self.tell(context, session, live).await?;
        Ok(next.into_iter().chain(forgotten).min())
    }

    /// Tells what is new of each tail.
    async fn tell(&mut self, context: &Context, session: &Session, live: &LiveTails) -> Result<(), Gone> {
        let rhythm = self.rhythm(context, session);
        let (ahead, now) = (session.clients.server.clock_ahead_ms(), session.clients.server.now());
        for tail in self.all.iter_mut().filter(|tail| tail.unwanted_since.is_none()) {
            if let Some(why) = live.refused(&tail.key) {
                tail.note = Some(why.into());
            }
            let status = live.of(&tail.key).map(|(since, stale)| TailStatus::Live { since, stale });
            for id in tail.older.answered() {
                if let Some(report) = tail.report(rhythm, status.clone(), ahead, now) {
                    context.send(Event::Tail(report)).await?;
                }
                context.send(Event::Answered(id)).await?;
            }
            if let Some(report) = tail.report(rhythm, status.clone(), ahead, now) {
                context.send(Event::Tail(report)).await?;
            }
        }
        Ok(())
    }

    /// Takes in a call that ended.
    async fn take_in(
        &mut self,
        context: &Context,
        session: &Session,
        live: &LiveTails,
        done: Done,
    ) -> Result<(), Gone> {
        let now = session.clients.server.now();
        match done {
            Done::Described(key, answer) => {
                let failure = answer.as_ref().err().cloned();
                if let Some(tail) = self.all.iter_mut().find(|tail| tail.key == key) {
                    tail.described(answer, now, &context.clock);
                }
                if let Some(failure) = failure.filter(Failure::needs_login) {
                    self.failed(context, session, failure).await?;
                }
            }
            Done::Turn(done) => {
                let (turn, ended) = *done;
                let answered = turn.answered;
                let Some(tail) = self.all.iter_mut().find(|tail| tail.key == turn.group) else {
                    return Ok(());
                };
                let (events, failed) = tail.ended(turn, ended, now, &context.clock);
                for event in events {
                    context.send(event).await?;
                }
                match failed {
                    Some(failure) => self.failed(context, session, failure).await?,
                    None if answered => self.answered(context, session).await?,
                    None => {}
                }
            }
        }
        self.tell(context, session, live).await
    }

    /// What failed may concern all groups: then all of them wait.
    async fn failed(&mut self, context: &Context, session: &Session, failure: Failure) -> Result<(), Gone> {
        let wait = match failure.kind {
            // A group that is denied, or too slow, is its own affair; a lane that is throttled waits by itself.
            FailureKind::AccessDenied { .. } | FailureKind::Refused | FailureKind::TimedOut => {
                let refused = matches!(failure.kind, FailureKind::AccessDenied { .. });
                self.said = None;
                if refused {
                    context.report(&session.scope, Feed::Logs, FeedReport::Degraded { failure }).await?;
                }
                return Ok(());
            }
            FailureKind::Throttled => {
                let until = context.pacer.throttled_until(&session.scope, Lane::LogEvents);
                until.map_or(Duration::from_secs(1), |until| {
                    context.clock.own(until.saturating_duration_since(Instant::now()))
                })
            }
            _ => {
                let wait = self.backoff.next(&failure, context.clock.now());
                let until = Instant::now() + context.clock.real(wait);
                for tail in &mut self.all {
                    tail.hold(until);
                }
                wait
            }
        };
        self.failing = true;
        self.said = None;
        context.report_failed(&session.scope, Feed::Logs, failure, wait).await
    }

    async fn answered(&mut self, context: &Context, session: &Session) -> Result<(), Gone> {
        self.backoff.reset();
        let due = self.said.is_none_or(|said| said.elapsed() >= context.clock.real(SAID_EVERY));
        if !due && !self.failing {
            return Ok(());
        }
        self.failing = false;
        self.said = Some(Instant::now());
        context.report(&session.scope, Feed::Logs, FeedReport::Answered).await
    }
}
