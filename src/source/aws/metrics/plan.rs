//! The planner: what to ask CloudWatch next. Pure: it is handed what is wanted, what was answered, and the time.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::stretches::Stretches;
use super::wanted::{Line, Pace, Wanted};
use crate::model::{Period, TimeRange, Timestamp};
use crate::source::aws::spend::Rank;

/// Most queries in one `GetMetricData`.
pub(super) const MAX_QUERIES: usize = 500;
/// Most points that one `GetMetricData` may answer.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>.
pub(super) const MAX_POINTS: u64 = 100_800;

/// A call shorter than this many buckets is not split into shorter ones.
const SHORT: u64 = 30;
/// What nobody has wanted for so long is forgotten, and fetched whole if it is wanted again.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(1);
/// First wait before a line that came incomplete is asked again; doubles each time, up to the line's own pace.
const RETRY: Duration = Duration::from_secs(5);
/// First wait of the lines of a call that failed, and the longest for what is on screen and elsewhere.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_ON_SCREEN: Duration = Duration::from_secs(10);
const LONGEST_ELSEWHERE: Duration = Duration::from_mins(5);
/// A call that took too long is made half as large, down to a sixty-fourth.
const MOST_HALVINGS: u32 = 6;

/// One `GetMetricData`: lines of one period over one stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    pub period: Period,
    pub range: TimeRange,
    pub lines: Vec<Line>,
    pub rank: Rank,
}

impl Batch {
    fn queries(&self) -> usize {
        self.lines.iter().map(|line| line.statistics().len()).sum()
    }
}

/// What the planner wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask this now.
    Batch(Batch),
    /// Nothing until then.
    At(Timestamp),
}

/// How one line of a batch came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// Everything that CloudWatch has.
    Whole,
    /// Only some of it, or none: to be asked again soon.
    Partly,
}

/// What is known of one line.
#[derive(Clone, Debug, Default)]
struct Track {
    /// Answered completely when it could not change any more.
    settled: Stretches,
    /// Asked for at all.
    asked: Stretches,
    asked_at: Option<Timestamp>,
    /// It came incomplete: when it is asked again, and how often that was so.
    retry: Option<(Timestamp, u32)>,
    /// Calls with it failed: not before when it is asked again, and how often that was so.
    failed: Option<(Timestamp, u32)>,
    /// How often calls with it took too long: each time it shares its next one with half as many others.
    too_slow: u32,
    in_flight: bool,
    /// Someone looked further back than is held of a series that is only followed: then all of it is.
    looked_back: bool,
    wanted_at: Timestamp,
    revised_for: Duration,
}

/// Keeps what is known of every line.
#[derive(Clone, Debug, Default)]
pub(super) struct Planner {
    tracks: HashMap<Line, Track>,
    /// How long after the full minute a round begins: then CloudWatch has most of the minute before.
    after_the_minute: Duration,
    /// Screen lines asked before this are due again: someone pressed "try again".
    again_since: Option<Timestamp>,
}

impl Planner {
    pub fn new(after_the_minute: Duration) -> Self {
        Self { after_the_minute, ..Self::default() }
    }

    /// Everything on screen is due again.
    pub fn ask_again(&mut self, now: Timestamp) {
        self.again_since = Some(now);
        self.tracks.values_mut().for_each(|track| track.failed = None);
    }

    /// The next call to make, most urgent lines first; its lines are under way from here on.
    /// `affordable` says whether so many metrics for that rank may be paid now.
    pub fn next(
        &mut self,
        wanted: &[Wanted],
        pace: Pace,
        affordable: impl Fn(u64, Rank) -> bool,
        now: Timestamp,
    ) -> Next {
        let mut building: Option<Building> = None;
        let mut chosen: HashSet<&Line> = HashSet::new();
        let mut next_due = now + Duration::from_mins(1);
        for wanted in wanted {
            let track = self.tracks.entry(wanted.line.clone()).or_default();
            track.wanted_at = now;
            track.revised_for = wanted.revised_for;
            if track.in_flight || chosen.contains(&wanted.line) {
                continue;
            }
            if let Some((until, _)) = track.failed.filter(|(until, _)| now < *until) {
                next_due = next_due.min(until);
                continue;
            }
            let due = track.due(wanted, wanted.every(pace) + self.after_the_minute, self.again_since, now);
            let missing =
                if due <= now { track.settled.missing(wanted.range) } else { track.never_asked(wanted) };
            // Several gaps in one call: points cost nothing.
            let (Some(first), Some(last)) = (missing.first(), missing.last()) else {
                if due > now {
                    next_due = next_due.min(due);
                }
                continue;
            };
            let range = TimeRange::new(first.start, last.end);
            let metrics = building.as_ref().map_or(0, |building| building.batch.lines.len() as u64);
            if !affordable(metrics + 1, wanted.rank) {
                continue;
            }
            let taken = match &mut building {
                None => {
                    building = Some(Building::of(wanted, range, track.too_slow));
                    true
                }
                Some(building) => building.take(wanted, range, track.too_slow),
            };
            if taken {
                chosen.insert(&wanted.line);
            }
        }
        let Some(Building { batch, .. }) = building else {
            self.tracks.retain(|_, track| track.in_flight || now.since(track.wanted_at) < FORGOTTEN_AFTER);
            return Next::At(next_due);
        };
        for line in &batch.lines {
            if let Some(track) = self.tracks.get_mut(line) {
                track.in_flight = true;
            }
        }
        Next::Batch(batch)
    }

    /// A line of a batch came back; the call had been made at `asked_at`.
    pub fn answered(&mut self, line: &Line, range: TimeRange, asked_at: Timestamp, came: Came) {
        let Some(track) = self.tracks.get_mut(line) else { return };
        track.in_flight = false;
        track.failed = None;
        track.too_slow = track.too_slow.saturating_sub(1);
        track.asked_at = Some(asked_at);
        track.asked.add(range);
        match came {
            Came::Whole => {
                track.retry = None;
                let settled_until = (asked_at - track.revised_for).floor(line.period);
                track.settled.add(TimeRange::new(range.start, range.end.min(settled_until)));
                track.forget(range, line.period);
            }
            Came::Partly => {
                let times = track.retry.map_or(0, |(_, times)| times);
                let wait = RETRY * 2u32.saturating_pow(times.min(10));
                track.retry = Some((asked_at + wait, times + 1));
            }
        }
    }

    /// A batch failed as a whole: nothing of it is known, and all of it is due as before.
    pub fn failed(&mut self, batch: &Batch) {
        for line in &batch.lines {
            if let Some(track) = self.tracks.get_mut(line) {
                track.in_flight = false;
            }
        }
    }

    /// The same, where it may be the batch's own fault: its lines wait, longer each time, and hold back no others. One
    /// that took too long is made smaller.
    pub fn failed_by_itself(&mut self, batch: &Batch, too_slow: bool, now: Timestamp) {
        self.failed(batch);
        let longest = if batch.rank == Rank::Screen { LONGEST_ON_SCREEN } else { LONGEST_ELSEWHERE };
        for line in &batch.lines {
            let Some(track) = self.tracks.get_mut(line) else { continue };
            if too_slow {
                track.too_slow = (track.too_slow + 1).min(MOST_HALVINGS);
            }
            let times = track.failed.map_or(0, |(_, times)| times);
            let wait = (FIRST_WAIT * 2u32.saturating_pow(times.min(10))).min(longest);
            track.failed = Some((now + wait, times + 1));
        }
    }

    /// Whether some line could not be had the last time it was asked.
    pub fn is_failing(&self) -> bool {
        self.tracks.values().any(|track| track.failed.is_some())
    }
}

impl Track {
    /// When the line is to be asked again: so long `after` the minute in which it was.
    fn due(
        &self,
        wanted: &Wanted,
        after: Duration,
        again_since: Option<Timestamp>,
        now: Timestamp,
    ) -> Timestamp {
        let Some(asked_at) = self.asked_at else { return now };
        let again = wanted.rank == Rank::Screen && again_since.is_some_and(|since| asked_at < since);
        // A clock that was set back must not stop the rounds.
        if again || asked_at > now {
            return now;
        }
        let in_turn = asked_at.floor(Period::MINUTE) + after;
        self.retry.map_or(in_turn, |(retry_at, _)| retry_at.min(in_turn))
    }

    /// Forgets what the reader forgets, so that it is asked again where it is wanted again. Where the two cannot be
    /// compared to the minute, this forgets more: asking twice is better than a gap.
    fn forget(&mut self, came: TimeRange, period: Period) {
        let held = period.duration() * Period::FOLLOWED;
        let settled = self.settled.end().map_or(came.end, |end| end.max(came.end));
        self.looked_back |= came.start < settled - held;
        if !self.looked_back {
            let oldest = self.asked.end().map_or(settled, |end| end.max(settled)) - held;
            self.settled.forget_before(oldest);
            self.asked.forget_before(oldest);
        }
    }

    /// What of the wanted stretch was there when the line was last asked, and was not asked for: a window that grew, or
    /// was moved back. What came since with the time is left to the next turn.
    fn never_asked(&self, wanted: &Wanted) -> Vec<TimeRange> {
        let Some(asked_at) = self.asked_at else { return Vec::new() };
        let then = asked_at.floor(wanted.line.period);
        self.asked.missing(TimeRange::new(wanted.range.start, wanted.range.end.min(then)))
    }
}

/// A batch while lines are added to it.
struct Building {
    batch: Batch,
    /// Buckets of the shortest stretch in it: long and short ones do not share a call, or the short would drag.
    shortest: u64,
    /// How often its lines were part of a call that took too long: it is made that many times half as large.
    too_slow: u32,
}

fn buckets(range: TimeRange, period: Period) -> u64 {
    range.length().as_secs() / u64::from(period.seconds())
}

impl Building {
    fn of(wanted: &Wanted, range: TimeRange, too_slow: u32) -> Self {
        let period = wanted.line.period;
        // A stretch with more buckets than a call may answer is taken piece by piece, the newest first.
        let most = MAX_POINTS / wanted.line.statistics().len() as u64;
        let range = if buckets(range, period) > most {
            TimeRange::last(Duration::from_secs(most * u64::from(period.seconds())), range.end)
        } else {
            range
        };
        Self {
            shortest: buckets(range, period),
            too_slow,
            batch: Batch { period, range, lines: vec![wanted.line.clone()], rank: wanted.rank },
        }
    }

    /// Adds a line if it fits: same period, same end, a stretch of about the same length, within the limits of a call.
    fn take(&mut self, wanted: &Wanted, range: TimeRange, too_slow: u32) -> bool {
        let batch = &mut self.batch;
        if too_slow != self.too_slow {
            return false;
        }
        if wanted.line.period != batch.period || range.end != batch.range.end || wanted.rank != batch.rank {
            return false;
        }
        let whole = TimeRange::new(batch.range.start.min(range.start), batch.range.end);
        let (length, shortest) =
            (buckets(whole, batch.period), self.shortest.min(buckets(range, batch.period)));
        let queries = batch.queries() + wanted.line.statistics().len();
        if length > SHORT.max(2 * shortest)
            || queries > MAX_QUERIES >> too_slow
            || queries as u64 * length > MAX_POINTS
        {
            return false;
        }
        batch.range = whole;
        batch.lines.push(wanted.line.clone());
        self.shortest = shortest;
        true
    }
}

#[cfg(test)]
mod tests;
