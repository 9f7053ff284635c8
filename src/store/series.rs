//! One series of numbers, and which stretches of it are known to be complete.

use crate::model::{Failure, Metric, Period, Point, Statistic, TimeRange, Timestamp};

/// The end of the newest minute that is settled at `now`; exclusive.
///
/// CloudWatch revises its newest two one-minute buckets (M4): the running minute and the one before it. At
/// 14:31:16 these are 14:31 and 14:30, so numbers are settled up to 14:30:00, and the newest settled minute
/// is that of 14:29.
#[must_use]
pub fn settled_until(now: Timestamp) -> Timestamp {
    now.floor(Period::MINUTE) - Period::MINUTE.duration()
}

/// The start of the newest settled minute at `now`: 14:29:00 at 14:31:16.
#[must_use]
pub fn newest_settled_minute(now: Timestamp) -> Timestamp {
    settled_until(now) - Period::MINUTE.duration()
}

/// The points of one series.
///
/// They are in order, at most one for a start, and finite.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    points: Vec<Point>,
    known: Vec<TimeRange>,
    answered: Option<Timestamp>,
    failing: Option<Failure>,
}

impl Series {
    /// All points held.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The points whose buckets start inside `range`.
    #[must_use]
    pub fn within(&self, range: TimeRange) -> &[Point] {
        let from = self.points.partition_point(|point| point.at < range.start);
        let to = self.points.partition_point(|point| point.at < range.end);
        &self.points[from..to]
    }

    /// The point of the bucket that starts at `at`.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Option<f64> {
        self.points.binary_search_by_key(&at, |point| point.at).ok().map(|index| self.points[index].value)
    }

    /// Whether all of `range` was settled and complete when it was fetched, so that a missing bucket is known
    /// to be missing: a settled idle zero for counts (M5).
    #[must_use]
    pub fn knows(&self, range: TimeRange) -> bool {
        self.known.iter().any(|known| known.start <= range.start && range.end <= known.end)
    }

    /// The end of what is known: settled and complete; exclusive.
    #[must_use]
    pub fn known_until(&self) -> Option<Timestamp> {
        self.known.last().map(|known| known.end)
    }

    /// When CloudWatch last answered completely.
    #[must_use]
    pub const fn answered(&self) -> Option<Timestamp> {
        self.answered
    }

    /// What made the last round fail for this series.
    #[must_use]
    pub const fn failing(&self) -> Option<&Failure> {
        self.failing.as_ref()
    }
}

/// All series of one function, or of an account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesSet {
    list: Vec<((Metric, Statistic, Period), Series)>,
}

impl SeriesSet {
    /// One of them.
    #[must_use]
    pub fn get(&self, metric: Metric, statistic: Statistic, period: Period) -> Option<&Series> {
        let index = self.list.binary_search_by_key(&(metric, statistic, period), |(key, _)| *key).ok()?;
        Some(&self.list[index].1)
    }
}
