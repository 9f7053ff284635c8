//! The attempts of one execution environment, which is one log stream, and what its lines without a request id belong to.
//!
//! An environment serves one request at a time, so its stream is a row of stretches:
//!
//! ```text
//!  INIT_START  print   START a   ...   REPORT a   Task timed out     INIT_START   START b  ...
//!  └──────────── claimed by a ───────────────────────────┘ AFTER ┘   └──── claimed by b ───────
//! ```
//!
//! What stands before a START since the last request ended belongs to that request if it is its init; what follows a
//! REPORT closely belongs to the request that it reports. On Managed Instances requests run side by side in one stream:
//! there a line without an id is nobody's. All of this follows from the lines alone, not from the order in which they came.

use std::ops::Range;
use std::sync::Arc;

use crate::model::{FunctionKey, GroupKey, LineKind, LogStream};

use super::notable::Notable;
use super::record::{Record, Slot, flag};

/// How long after a REPORT what follows is still of that request, in ms: the sandbox is frozen by then.
pub(super) const AFTER: i64 = 2_000;
/// The longest that a request can run, in ms: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html>.
const LONGEST: i64 = 900_000;
/// How long before a START an init may have ended that a request waited for, in ms.
const WAITED: i64 = 15_000;
/// By how much two requests must overlap for an environment to serve several at a time, in ms: clocks are not that fine.
const OVERLAP: i64 = 20;
/// Lines without an id that are kept of an environment.
const MOST_LOOSE: usize = 4_096;

/// A line without a request id that matters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Loose {
    pub(super) kind: LineKind,
    /// What an init or a restore took, as [`packed`](super::record::packed).
    pub(super) took: u32,
    pub(super) said: Notable,
}

impl Loose {
    /// Whether it tells of a restore, not of an init.
    pub(super) const fn is_restore(&self) -> bool {
        matches!(self.kind, LineKind::RestoreStart | LineKind::RestoreDone | LineKind::RestoreReport)
    }

    /// Whether it tells of an init that comes before a request; one that is tried again lies inside.
    fn is_init(&self) -> bool {
        !self.said.evidence.has(super::evidence::Evidence::SUPPRESSED)
            && matches!(
                self.kind,
                LineKind::InitStart
                    | LineKind::InitDone
                    | LineKind::InitReport
                    | LineKind::RestoreStart
                    | LineKind::RestoreDone
                    | LineKind::RestoreReport
            )
    }
}

/// What is known of an environment.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    pub(super) group: Arc<GroupKey>,
    pub(super) stream: Arc<LogStream>,
    pub(super) function: Arc<FunctionKey>,
    /// By their begin, as far as `unsettled` allows: those that came since it was settled stand at the end.
    pub(super) attempts: Vec<Slot>,
    /// How many there were when it was settled.
    pub(super) settled: usize,
    /// By time.
    pub(super) loose: Vec<Loose>,
    /// Requests run side by side.
    pub(super) interleaves: bool,
    /// Its function's good requests leave no START and no REPORT.
    pub(super) quiet: bool,
    /// The platform named one of its requests.
    pub(super) has_platform: bool,
    /// What has changed since it was settled: from when to when.
    pub(super) unsettled: Option<(i64, i64)>,
    /// The record that was touched last.
    pub(super) latest: Slot,
}

/// What an attempt's place in its stream makes of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Placed {
    pub(super) slot: Slot,
    pub(super) first: i64,
    pub(super) end: i64,
    pub(super) claim: Option<i64>,
    /// The lines without an id that are its own, by their indexes.
    pub(super) loose: Range<usize>,
    /// It is only named by lines of this other one.
    pub(super) hidden_in: Option<Slot>,
    /// Its init was seen to end shortly before.
    pub(super) waited: bool,
}

impl Environment {
    pub(super) fn new(group: Arc<GroupKey>, stream: Arc<LogStream>, function: Arc<FunctionKey>) -> Self {
        Self {
            group,
            stream,
            function,
            attempts: Vec::new(),
            settled: 0,
            loose: Vec::new(),
            interleaves: false,
            quiet: false,
            has_platform: false,
            unsettled: None,
            latest: super::record::NOBODY,
        }
    }

    /// What lies between these two instants is to be looked at again.
    pub(super) fn unsettle(&mut self, from: i64, to: i64) {
        let (low, high) = self.unsettled.unwrap_or((from, to));
        self.unsettled = Some((low.min(from), high.max(to)));
    }

    /// Takes a line without an id; whether it is new.
    pub(super) fn take(&mut self, one: Loose) -> bool {
        let from = self.loose.partition_point(|held| held.said.at < one.said.at);
        let to = from + self.loose[from..].partition_point(|held| held.said.at == one.said.at);
        if self.loose[from..to].contains(&one) {
            return false;
        }
        if self.loose.len() >= MOST_LOOSE {
            if from == 0 {
                return false;
            }
            self.loose.remove(0);
            self.loose.insert(to - 1, one);
        } else {
            self.loose.insert(to, one);
        }
        true
    }

    /// Puts the attempts in order from where something changed, and finds the place of each that may have one.
    pub(super) fn settle(&mut self, records: &[Record]) -> Vec<Placed> {
        let Some((low, mut high)) = self.unsettled.take() else { return Vec::new() };
        let of = |slot: &Slot| &records[*slot as usize];
        let dirty = self.put_in_order(records, low, high);
        let mut from = dirty.start.saturating_sub(1);
        if !self.interleaves && self.overlaps(records, from, dirty.end) {
            // What was given to somebody before is nobody's.
            self.interleaves = true;
            (from, high) = (0, i64::MAX);
        }
        // One that hides another, or is next to what changed, is the last that the platform named before.
        while self.has_platform && from > 0 && !of(&self.attempts[from]).is(flag::PLATFORM) {
            from -= 1;
        }
        let mut placed = Vec::new();
        let before = self.attempts[..from].iter().rev().find(|slot| !of(slot).is(flag::HIDDEN));
        let mut ended = before.map(|slot| ends(of(slot)));
        let mut host: Option<Slot> = None;
        // Behind what has changed, with all that may hide in it.
        let mut behind = false;
        for at in from..self.attempts.len() {
            let slot = self.attempts[at];
            let record = of(&slot);
            if let Some(host) = host.filter(|host| self.hides(of(host), record)) {
                let (first, end) = (record.base(), record.last());
                placed.push(Placed { slot, first, end, hidden_in: Some(host), ..Placed::default() });
                continue;
            }
            if behind {
                break;
            }
            if record.is(flag::PLATFORM) {
                host = Some(slot);
            }
            // One that is hidden stands in the time of another.
            let hides = |next: &&Record| host.is_some_and(|host| self.hides(of(&host), next));
            let next = self.attempts[at + 1..].iter().map(of).find(|next| !hides(next));
            placed.push(self.place(slot, record, ended, next));
            ended = Some(ends(record));
            behind = record.begin() > high;
        }
        placed
    }

    /// Puts the attempts in order, of which those that are new or have changed begin between `low` and `high`; where
    /// those stand then. What lies outside is not looked at: pages may come newest first.
    fn put_in_order(&mut self, records: &[Record], low: i64, high: i64) -> Range<usize> {
        let begin = |slot: &Slot| records[*slot as usize].begin();
        let new = self.attempts.split_off(self.settled.min(self.attempts.len()));
        let start = self.attempts.partition_point(|slot| begin(slot) < low);
        let end = start + self.attempts[start..].partition_point(|slot| begin(slot) <= high);
        let mut dirty: Vec<Slot> = self.attempts[start..end].iter().copied().chain(new).collect();
        dirty.sort_unstable_by_key(|slot| {
            let record = &records[*slot as usize];
            (record.begin(), record.request().halves(), record.attempt)
        });
        let range = start..start + dirty.len();
        self.attempts.splice(start..end, dirty);
        self.settled = self.attempts.len();
        range
    }

    /// Whether only lines of `host` name the request of `other`, which no line of the platform names.
    fn hides(&self, host: &Record, other: &Record) -> bool {
        !self.interleaves
            && host.is(flag::PLATFORM)
            && !other.is(flag::PLATFORM)
            && host.begin() <= other.base()
            && other.last()
                <= host.report().map_or_else(|| host.begin().saturating_add(LONGEST), |at| at + AFTER)
    }

    /// Whether two requests were under way at the same time, one of them among the attempts in `from..to`.
    fn overlaps(&self, records: &[Record], from: usize, to: usize) -> bool {
        let mut reported: Option<i64> = None;
        for (at, slot) in self.attempts.iter().enumerate().skip(from) {
            let record = &records[*slot as usize];
            if at > to && reported.is_none_or(|reported| record.begin() >= reported) {
                return false;
            }
            if let (Some(reported), Some(start)) = (reported, record.start_line())
                && start + OVERLAP < reported
            {
                return true;
            }
            if record.start_line().is_some() {
                reported = reported.max(record.report());
            }
        }
        false
    }

    fn place(&self, slot: Slot, record: &Record, ended: Option<i64>, next: Option<&Record>) -> Placed {
        let (mut first, mut end) = (record.base(), record.last());
        if self.interleaves {
            return Placed { slot, first, end, ..Placed::default() };
        }
        let begin = record.begin();
        let init = self.init(record, ended);
        let from = init.map_or(begin, |at| self.loose[at].said.at).min(record.base());
        let limit = record.report().map_or_else(|| begin.saturating_add(LONGEST), |at| at + 1);
        let mut to = limit.saturating_add(AFTER);
        if let Some(next) = next {
            to = to.min(next.begin());
            if let Some(init) = self.init(next, Some(ends(record))) {
                to = to.min(self.loose[init].said.at);
            }
        }
        // Its own lines are its own, whatever the times say.
        let to = to.max(begin + 1);
        let low = self.loose.partition_point(|loose| loose.said.at < from);
        let high = self.loose.partition_point(|loose| loose.said.at < to).max(low);
        if low < high {
            first = first.min(self.loose[low].said.at);
            end = end.max(self.loose[high - 1].said.at);
        }
        let waited = init.is_some() && record.report().is_none();
        Placed {
            slot,
            first: first.min(from),
            end,
            claim: Some(to),
            loose: low..high,
            hidden_in: None,
            waited,
        }
    }

    /// The first line of the init that a request came after, by its index; only if it waited for it.
    fn init(&self, record: &Record, ended: Option<i64>) -> Option<usize> {
        let begin = record.begin();
        let from = ended.map_or(0, |ended| self.loose.partition_point(|loose| loose.said.at <= ended));
        let to = self.loose.partition_point(|loose| loose.said.at <= begin);
        let between = self.loose.get(from..to)?;
        let first = between.iter().position(Loose::is_init)?;
        let last = between.iter().rfind(|loose| loose.is_init())?;
        let cold = record.reported_init().is_some() || record.reported_restore().is_some();
        (cold || begin - last.said.at <= WAITED).then_some(from + first)
    }
}

/// The last instant at which a request is under way.
fn ends(record: &Record) -> i64 {
    record.report().unwrap_or_else(|| record.begin().saturating_add(LONGEST + AFTER))
}
