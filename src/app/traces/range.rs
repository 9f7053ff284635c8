//! How much time the list of traces and the map cover.

use std::time::Duration;

use crate::model::{Period, TimeRange, Timestamp};

/// How much time the traces screen covers: at most the six hours that X-Ray's map can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TraceRange {
    /// 15 minutes: the first choice, since X-Ray bills each trace that it looks at.
    #[default]
    Quarter,
    /// 30 minutes.
    HalfHour,
    /// One hour.
    Hour,
    /// 3 hours.
    ThreeHours,
    /// 6 hours.
    SixHours,
}

impl TraceRange {
    /// All of them, shortest first.
    pub const ALL: [Self; 5] = [Self::Quarter, Self::HalfHour, Self::Hour, Self::ThreeHours, Self::SixHours];

    /// Its length.
    #[must_use]
    pub const fn length(self) -> Duration {
        Duration::from_secs(match self {
            Self::Quarter => 900,
            Self::HalfHour => 1_800,
            Self::Hour => 3_600,
            Self::ThreeHours => 10_800,
            Self::SixHours => 21_600,
        })
    }

    /// As it is shown: `15m`, `6h`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Quarter => "15m",
            Self::HalfHour => "30m",
            Self::Hour => "1h",
            Self::ThreeHours => "3h",
            Self::SixHours => "6h",
        }
    }

    /// The next longer one; after the longest comes the shortest.
    #[must_use]
    pub fn next(self) -> Self {
        let index = Self::ALL.iter().position(|range| *range == self).unwrap_or(0);
        Self::ALL[(index + 1) % Self::ALL.len()]
    }

    /// The stretch that ends with the newest whole minute: it moves once a minute, and so does what is asked.
    #[must_use]
    pub fn before(self, now: Timestamp) -> TimeRange {
        TimeRange::last(self.length(), now.floor(Period::MINUTE))
    }
}
