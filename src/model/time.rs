//! Points and stretches of time. Nothing here reads a clock.

use std::ops::{Add, Sub};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Period;

/// Milliseconds since 1970-01-01T00:00:00Z, as AWS counts log events; may be negative.
///
/// Arithmetic saturates: hostile timestamps (`i64::MAX`) never overflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `millis` after the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The instant `seconds` after the epoch.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whether a log event can have happened then: from 2001 to 2096. Anything else is shown as a bad time.
    #[must_use]
    pub const fn is_plausible(self) -> bool {
        1_000_000_000_000 <= self.0 && self.0 < 4_000_000_000_000
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The start of the period this instant lies in; CloudWatch's periods lie on a grid from the epoch.
    #[must_use]
    pub const fn floor(self, period: Period) -> Self {
        let length = period.millis();
        Self(self.0.div_euclid(length).saturating_mul(length))
    }

    /// The first period start that is not before this instant.
    #[must_use]
    pub fn ceil(self, period: Period) -> Self {
        let floor = self.floor(period);
        if floor == self { self } else { floor + period.duration() }
    }

    /// How long ago `earlier` was, seen from here; zero if it lies ahead (clocks differ, ages are never negative).
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        let gap = self.0.saturating_sub(earlier.0);
        if gap <= 0 { Duration::ZERO } else { Duration::from_millis(gap.unsigned_abs()) }
    }

    /// The calendar form, or `None` beyond the years that chrono can write.
    #[must_use]
    pub fn utc(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.0)
    }

    /// What a clock shows that is `zone` seconds ahead of UTC.
    #[must_use]
    pub fn local(self, zone: i32) -> Option<DateTime<Utc>> {
        Self(self.0.saturating_add(i64::from(zone) * 1000)).utc()
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_millis())
    }
}

/// A half-open stretch `[start, end)`, as CloudWatch asks for it; `end >= start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl TimeRange {
    /// From `start` up to but without `end`; empty if `end` lies before `start`.
    #[must_use]
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The stretch of `length` that ends at `end`.
    #[must_use]
    pub fn last(length: Duration, end: Timestamp) -> Self {
        Self::new(end - length, end)
    }

    /// Whether the instant lies inside.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// How long it is.
    #[must_use]
    pub fn length(&self) -> Duration {
        self.end.since(self.start)
    }

    /// The smallest stretch on the grid of `period` that covers this one.
    #[must_use]
    pub fn aligned(&self, period: Period) -> Self {
        Self::new(self.start.floor(period), self.end.ceil(period))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_never_negative() {
        let (early, late) = (Timestamp::from_secs(10), Timestamp::from_secs(25));
        assert_eq!(late.since(early), Duration::from_secs(15));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(Timestamp::from_millis(i64::MIN).since(late), Duration::ZERO);
    }

    #[test]
    fn a_range_grows_to_the_grid_of_its_period() {
        let range = TimeRange::new(Timestamp::from_secs(61), Timestamp::from_secs(119));
        assert_eq!(
            range.aligned(Period::MINUTE),
            TimeRange::new(Timestamp::from_secs(60), Timestamp::from_secs(120))
        );
        assert_eq!(range.aligned(Period::MINUTE).aligned(Period::MINUTE), range.aligned(Period::MINUTE));
    }

    #[test]
    fn hostile_timestamps_saturate() {
        let end = Timestamp::from_millis(i64::MAX);
        assert_eq!(end + Duration::from_secs(1), end);
        assert!(end.ceil(Period::MINUTE).millis() > 0);
        assert!(end.utc().is_none());
    }
}
