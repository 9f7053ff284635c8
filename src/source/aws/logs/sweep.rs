//! The planner: which slice of a group's time is to be read next, and when. Pure: it knows no call and no clock.
//!
//! Events arrive seconds to minutes after their time, and CloudWatch is asked by their time. So every slice is read
//! when it has reached each of three ages; what a finished sweep has covered at the age of the first is *seen*, at
//! the age of the last *complete*. A sweep of a long past covers all ages at once.

use std::collections::VecDeque;
use std::time::Duration;

use super::coverage::Coverage;
use crate::model::{LogOrder, TimeRange, Timestamp};

/// How old a slice is when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Age {
    /// The fast edge: most events have arrived.
    Fast,
    /// Nearly all have.
    Middle,
    /// All have, but for what is later than promised.
    Slow,
}

impl Age {
    pub const ALL: [Self; 3] = [Self::Fast, Self::Middle, Self::Slow];

    pub const fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::Fast => 2,
            Self::Middle => 60,
            Self::Slow => 330,
        })
    }
}

/// How far back a deep sweep reads: after a pause, new credentials, a lost connection, or when asked.
pub(super) const DEEP: Duration = Duration::from_mins(30);
/// The shortest slice of the past that is read on its own when the newest comes first.
const FIRST_SLICE: Duration = Duration::from_mins(1);
/// What the fast edge reads again beside one interval: events that were a little late are there at once.
const OVERLAP: Duration = Duration::from_secs(5);

/// How often the groups are visited: what the calls a second allow, shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rhythm {
    /// From one visit of the fast edge to the next.
    pub fast: Duration,
    /// From one visit of each later age to the next.
    pub later: Duration,
}

impl Rhythm {
    const FASTEST: Duration = Duration::from_secs(2);
    const FASTEST_LATER: Duration = Duration::from_secs(10);

    /// Two calls of three go to the fast edge, one to the two later ages. With 5 calls a second, 10 groups are read
    /// every 3 s (and 12 s), 50 every 15 s (and 60 s).
    pub fn of(groups: usize, calls_per_second: f64) -> Self {
        let seconds = |calls: f64, share: f64| {
            Duration::try_from_secs_f64(calls / (calls_per_second * share)).unwrap_or(Duration::MAX)
        };
        let groups = groups as f64;
        Self {
            fast: seconds(groups, 2.0 / 3.0).max(Self::FASTEST),
            later: seconds(2.0 * groups, 1.0 / 3.0).max(Self::FASTEST_LATER),
        }
    }
}

/// A stretch of event time to be read in one sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    pub range: TimeRange,
    pub purpose: Purpose,
}

/// Why a slice is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It has reached an age.
    Aged(Age),
    /// It lies before what was read so far, or was missed.
    Past,
    /// It was asked for: a gap, or a deep sweep.
    Again,
}

/// What is to be done next for a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Read this now.
    Sweep(Slice),
    /// Nothing before then.
    At(Timestamp),
    /// Nothing any more: the stretch that was wanted is complete.
    Never,
}

/// What has been swept of one group, and what is to be.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    start: Timestamp,
    until: Option<Timestamp>,
    order: LogOrder,
    covered: [Coverage; 3],
    /// An instant of the stretch that "seen to" and "complete to" speak of.
    anchor: Option<Timestamp>,
    due: [Timestamp; 3],
    again: VecDeque<TimeRange>,
    /// The last visit of the fast edge needed more than one page: it is not made longer by reading again.
    is_flooded: bool,
}

impl Plan {
    /// A group of which everything from `start` on is wanted, until `until` if there is an end.
    pub fn new(start: Timestamp, until: Option<Timestamp>, order: LogOrder) -> Self {
        Self {
            start,
            until,
            order,
            covered: Default::default(),
            anchor: None,
            due: [Timestamp::from_millis(i64::MIN); 3],
            again: VecDeque::new(),
            is_flooded: false,
        }
    }

    /// What is wanted has changed: an earlier start adds to the past, a later one takes nothing back.
    pub fn want(&mut self, start: Timestamp, until: Option<Timestamp>, order: LogOrder) {
        self.start = self.start.min(start);
        self.until = until;
        self.order = order;
    }

    /// From when on everything is wanted.
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// Reads a stretch once more.
    pub fn again(&mut self, range: TimeRange) {
        if !range.length().is_zero() && !self.again.contains(&range) {
            self.again.push_back(range);
        }
    }

    /// Reads the last half hour once more, as far as it was read.
    pub fn deep(&mut self, now: Timestamp) {
        if let Some(seen) = self.seen() {
            self.again(TimeRange::new(seen.start.max(now - DEEP), seen.end));
        }
    }

    /// The next slice by the server's time `now`.
    pub fn next(&mut self, rhythm: Rhythm, now: Timestamp) -> Next {
        for (due, age) in self.due.iter_mut().zip(Age::ALL) {
            // A clock that was wrong must not put a visit off for ever.
            *due = (*due).min(now + rhythm.of_age(age));
        }
        let mut soonest: Option<Timestamp> = None;
        let mut at = |due: Timestamp| soonest = Some(soonest.map_or(due, |known| known.min(due)));

        let end = |age: Age| {
            let reached = now - age.duration();
            self.until.map_or(reached, |until| until.min(reached))
        };
        let fast = &self.covered[Age::Fast as usize];
        let wanted = TimeRange::new(self.start, end(Age::Fast));
        let edge = match self.order {
            LogOrder::NewestFirst => fast.last_hole(wanted),
            LogOrder::OldestFirst => fast.first_hole(wanted),
        };
        let mut past = None;
        if let Some(hole) = edge {
            let at_the_edge = hole.end == wanted.end;
            let first_visit = fast.around(hole.start).is_none();
            if at_the_edge && !first_visit && hole.length() < FIRST_SLICE.max(rhythm.fast * 2) {
                let due = self.due[Age::Fast as usize];
                if due <= now {
                    return Next::Sweep(self.fast_edge(hole, rhythm, now));
                }
                at(due);
                // Behind the edge there may be older holes.
                past = match self.order {
                    LogOrder::NewestFirst => fast.last_hole(TimeRange::new(self.start, hole.start)),
                    LogOrder::OldestFirst => None,
                };
            } else {
                past = Some(hole);
            }
        } else if self.until.is_none_or(|until| until > wanted.end) {
            at(self.due[Age::Fast as usize].max(now + Duration::from_millis(1)));
        }
        if let Some(hole) = past {
            return Next::Sweep(self.past(hole, now));
        }
        for age in [Age::Middle, Age::Slow] {
            let Some(seen) = self.seen() else { continue };
            let aged = TimeRange::new(seen.start, end(age).min(seen.end));
            let due = self.due[age as usize];
            if let Some(hole) = self.covered[age as usize].first_hole(aged) {
                if due <= now {
                    return Next::Sweep(Slice { range: hole, purpose: Purpose::Aged(age) });
                }
                at(due);
            } else if self.until.is_none_or(|until| aged.end < until) {
                // Nothing has reached this age since.
                let next = aged.end.max(seen.start) + age.duration() + Duration::from_millis(1);
                at(due.max(next).max(now + Duration::from_millis(1)));
            }
        }
        if let Some(range) = self.again.pop_front() {
            return Next::Sweep(Slice { range, purpose: Purpose::Again });
        }
        soonest.map_or(Next::Never, Next::At)
    }

    /// The edge up to now, with a little of what was read before.
    fn fast_edge(&self, hole: TimeRange, rhythm: Rhythm, now: Timestamp) -> Slice {
        let again = if self.is_flooded { Duration::ZERO } else { rhythm.fast + OVERLAP };
        let start = (hole.start - again).max(self.start);
        let end = self.until.map_or(now, |until| until.min(now)).max(hole.end);
        Slice { range: TimeRange::new(start, end), purpose: Purpose::Aged(Age::Fast) }
    }

    /// A part of what was not read: all of it, or its newest part, in slices that double with their distance.
    fn past(&self, hole: TimeRange, now: Timestamp) -> Slice {
        let newest = self.order == LogOrder::NewestFirst;
        let longest = if newest { FIRST_SLICE.max(now.since(hole.end)) } else { hole.length() };
        // Up to now, not only up to what counts as seen.
        let edge = self.until.map_or(now, |until| until.min(now));
        let end = if hole.end + Age::Fast.duration() >= edge { edge } else { hole.end };
        let start = hole.start.max(hole.end - longest);
        Slice { range: TimeRange::new(start, end), purpose: Purpose::Past }
    }

    /// A sweep of a slice begins at the server's time `at`.
    pub fn begun(&mut self, slice: Slice, rhythm: Rhythm, at: Timestamp) {
        for age in Age::ALL {
            // A slice of the past covers what has reached the later ages by now, too.
            if slice.purpose == Purpose::Aged(age) || slice.purpose == Purpose::Past {
                self.due[age as usize] = at + rhythm.of_age(age);
            }
        }
    }

    /// A sweep that began at the server's time `asked_at` came to its end: all of `range` was read.
    pub fn finished(&mut self, range: TimeRange, asked_at: Timestamp) {
        for age in Age::ALL {
            let reached = TimeRange::new(range.start, range.end.min(asked_at - age.duration()));
            self.covered[age as usize].add(reached);
        }
        if self.anchor.is_none() && range.start < asked_at - Age::Fast.duration() {
            self.anchor = Some(range.start);
        }
    }

    /// What lies from `start` on is wanted as well.
    pub fn extend(&mut self, start: Timestamp) {
        self.start = self.start.min(start);
    }

    /// Whether nothing has been swept yet.
    pub const fn is_untouched(&self) -> bool {
        self.anchor.is_none()
    }

    /// Whether all that is wanted lies in the past and is complete.
    pub fn is_over(&self) -> bool {
        self.is_read() && self.until.is_some() && self.complete_to() >= self.until
    }

    /// Whether the last visit of the fast edge needed more than one page.
    pub const fn flooded(&mut self, is_flooded: bool) {
        self.is_flooded = is_flooded;
    }

    /// The stretch that was read without a hole; its end is "seen to".
    pub fn seen(&self) -> Option<TimeRange> {
        self.covered[Age::Fast as usize].around(self.anchor?)
    }

    /// Up to where everything from the beginning of that stretch on was read at the last age.
    pub fn complete_to(&self) -> Option<Timestamp> {
        let seen = self.seen()?;
        Some(self.covered[Age::Slow as usize].around(seen.start)?.end.min(seen.end))
    }

    /// Whether everything that was wanted of the past has been read.
    pub fn is_read(&self) -> bool {
        self.seen()
            .is_some_and(|seen| seen.start <= self.start && self.until.is_none_or(|until| until <= seen.end))
    }
}

impl Rhythm {
    const fn of_age(self, age: Age) -> Duration {
        match age {
            Age::Fast => self.fast,
            Age::Middle | Age::Slow => self.later,
        }
    }
}

#[cfg(test)]
mod tests;
