//! The numbers of one function's row.

use std::time::Duration;

use crate::model::{Period, TimeRange, Timestamp};

/// What a row of the table shows. `None` is unknown or does not exist, never zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// The settled minutes that counts cover: the newest stretch of the window's length that is known.
    pub range: Option<TimeRange>,
    /// Invocations in it.
    pub invocations: Option<f64>,
    /// Errors in it.
    pub errors: Option<f64>,
    /// Throttled requests in it.
    pub throttles: Option<f64>,
    /// Most instances at work at once in it.
    pub concurrent: Option<f64>,
    /// The one CloudWatch period that durations are of (M8).
    pub duration_period: Option<TimeRange>,
    /// Median duration, ms.
    pub p50: Option<f64>,
    /// 95th percentile of duration, ms.
    pub p95: Option<f64>,
    /// 99th percentile of duration, ms.
    pub p99: Option<f64>,
    /// Mean duration, ms.
    pub average: Option<f64>,
    /// Longest duration, ms.
    pub maximum: Option<f64>,
    /// Age of the last stream record read, ms; the maximum in `range`.
    pub iterator_age: Option<f64>,
    /// Invocations over `--since`.
    pub since_invocations: Option<f64>,
    /// When the function last ran, as far as is known: the start of the newest settled minute with invocations.
    pub last_active: Option<Timestamp>,
    /// When CloudWatch last answered for it; the row's age counts from here.
    pub answered: Option<Timestamp>,
}

impl Figures {
    /// Per cent of invocations that failed, 0 to 100; `None` for 0 of 0 and for unknown (M5).
    #[must_use]
    pub fn error_rate(&self) -> Option<f64> {
        let (errors, invocations) = (self.errors?, self.invocations?);
        (invocations > 0.0).then(|| (errors / invocations * 100.0).min(100.0))
    }

    /// A count of this row as a number per minute.
    #[must_use]
    pub fn per_minute(&self, count: Option<f64>) -> Option<f64> {
        let minutes = self.range?.length().as_secs() as f64 / 60.0;
        count.map(|count| count / minutes.max(1.0))
    }
}

/// One bucket of a sparkline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Its start.
    pub at: Timestamp,
    /// Its number: `None` where nothing is known, `Some(0.0)` for a settled idle bucket.
    pub value: Option<f64>,
    /// CloudWatch may still revise it: drawn right of `┊`.
    pub unfinished: bool,
}

/// A sparkline's buckets, oldest first, without holes in time.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Length of a bucket.
    pub period: Period,
    /// The buckets.
    pub buckets: Vec<Bucket>,
}

impl Default for Trend {
    fn default() -> Self {
        Self { period: Period::MINUTE, buckets: Vec::new() }
    }
}

/// The bucket length for a stretch of `length`, so that a chart has at most 720 points: 60 s up to 3 h, 300 s
/// up to 1 d, 3,600 s beyond.
#[must_use]
pub const fn chart_period(length: Duration) -> Period {
    match length.as_secs() {
        0..=10_800 => Period::MINUTE,
        10_801..=86_400 => Period::FIVE_MINUTES,
        _ => Period::HOUR,
    }
}
