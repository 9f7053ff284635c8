//! How much time charts show, and which stretch exactly.

use std::time::Duration;

use crate::model::{Period, TimeRange, Timestamp};
use crate::store::chart_period;

/// How much time charts show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ChartRange {
    /// 15 minutes.
    Quarter,
    /// One hour: the first choice.
    #[default]
    Hour,
    /// 3 hours.
    ThreeHours,
    /// 12 hours.
    HalfDay,
    /// One day.
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
}

impl ChartRange {
    /// All of them, shortest first.
    pub const ALL: [Self; 7] =
        [Self::Quarter, Self::Hour, Self::ThreeHours, Self::HalfDay, Self::Day, Self::Week, Self::Month];

    /// Its length.
    #[must_use]
    pub const fn length(self) -> Duration {
        Duration::from_secs(match self {
            Self::Quarter => 900,
            Self::Hour => 3_600,
            Self::ThreeHours => 10_800,
            Self::HalfDay => 43_200,
            Self::Day => 86_400,
            Self::Week => 604_800,
            Self::Month => 2_592_000,
        })
    }

    /// As it is shown: `15m`, `1h`, `30d`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Quarter => "15m",
            Self::Hour => "1h",
            Self::ThreeHours => "3h",
            Self::HalfDay => "12h",
            Self::Day => "1d",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// Length of its buckets: at most 720 of them.
    #[must_use]
    pub const fn period(self) -> Period {
        chart_period(self.length())
    }

    /// The next longer one; after the longest comes the shortest.
    #[must_use]
    pub fn next(self) -> Self {
        let index = Self::ALL.iter().position(|range| *range == self).unwrap_or(0);
        Self::ALL[(index + 1) % Self::ALL.len()]
    }
}

/// The stretch of time that charts show now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChartView {
    /// The stretch, aligned to `period`.
    pub range: TimeRange,
    /// Length of a bucket.
    pub period: Period,
    /// Buckets that start here or later are unfinished: drawn right of `┊`. May lie outside of `range`.
    pub settled_until: Timestamp,
    /// Start of the bucket that the crosshair stands on, or of the newest settled one.
    pub crosshair: Timestamp,
    /// Whether the user moved the crosshair there: only then it is drawn as a line.
    pub crosshair_placed: bool,
    /// How far the end lies behind the newest data, when the window is held or panned.
    pub behind: Option<Duration>,
}
