//! CloudWatch metrics of Lambda: which exist, how they are asked for, and what an answer holds.
//!
//! Source of names and statistics:
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>.
//!
//! What CloudWatch's numbers mean, and what follows from it, goes through the program under these names:
//!
//! | rule | |
//! |---|---|
//! | M1 | `GetMetricData` answers at most 500 queries and 100,800 points a call, in pages; those of one query are merged by its id. |
//! | M2 | Only what CloudWatch calls `Complete` is complete; `PartialData` and `InternalError` are asked again. |
//! | M3 | Requests lie on the grid of their period, the end excluded; 60 s are kept for 15 days, 300 s for 63, 3,600 s for 455. |
//! | M4 | Recent points are revised: they are asked again and replaced, and look unfinished until they have settled. |
//! | M5 | Missing is not zero: a gap has no glyph, 0 of 0 is no rate; only a settled minute without a point is an idle zero. |
//! | M6 | Points come in no order, with holes and twice. |
//! | M7 | No metric of Lambda is finer than a minute. |
//! | M8 | Averages and percentiles are never averaged, neither over time nor over functions. |
//! | M9 | NaN, infinities, negatives and 1e300 do no harm. |
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{FunctionKey, Scope, TimeRange, Timestamp};

/// What the numbers of a metric count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things that happened.
    Count,
    /// Time in milliseconds.
    Milliseconds,
    /// Per cent, 0 to 100.
    Percent,
    /// A share, 0 to 1.
    Ratio,
    /// Bytes.
    Bytes,
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident => $statistic:ident $unit:ident $label:literal,)*) => {
        /// A metric of the namespace `AWS/Lambda`, by AWS's own name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Metric { $($(#[$doc])* $name,)* }

        impl Metric {
            /// Every metric that lambtop knows, in the order of its charts.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// AWS's name, as it stands in `MetricName`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The words that a chart's title uses.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)* }
            }

            /// The statistic that is meaningful for a single number of this metric.
            #[must_use]
            pub const fn statistic(self) -> Statistic {
                match self { $(Self::$name => Statistic::$statistic,)* }
            }

            /// What it counts.
            #[must_use]
            pub const fn unit(self) -> Unit {
                match self { $(Self::$name => Unit::$unit,)* }
            }
        }
    };
}

metrics! {
    /// Requests that reached the function's code, good or bad; throttled ones are not among them.
    Invocations => Sum Count "invocations",
    /// Invocations that ended in an error.
    Errors => Sum Count "errors",
    /// Time the code took, ms.
    Duration => Average Milliseconds "duration",
    /// Requests refused for want of concurrency.
    Throttles => Sum Count "throttles",
    /// Instances at work at the same time.
    ConcurrentExecutions => Maximum Count "concurrent",
    /// The account's concurrency outside of reservations.
    UnreservedConcurrentExecutions => Maximum Count "unreserved concurrent",
    /// Concurrency that the account cannot give to others: compare with its limit.
    ClaimedAccountConcurrency => Maximum Count "claimed concurrency",
    /// Instances of provisioned concurrency at work.
    ProvisionedConcurrentExecutions => Maximum Count "provisioned concurrent",
    /// Share of provisioned concurrency in use.
    ProvisionedConcurrencyUtilization => Maximum Ratio "provisioned utilisation",
    /// Requests that provisioned concurrency served.
    ProvisionedConcurrencyInvocations => Sum Count "provisioned invocations",
    /// Requests that went past full provisioned concurrency.
    ProvisionedConcurrencySpilloverInvocations => Sum Count "provisioned spillover",
    /// Events accepted for asynchronous invocation.
    AsyncEventsReceived => Sum Count "async received",
    /// How long events waited for asynchronous invocation, ms.
    AsyncEventAge => Maximum Milliseconds "async age",
    /// Events given up without a successful run.
    AsyncEventsDropped => Sum Count "async dropped",
    /// Events that could not be sent to a dead-letter queue.
    DeadLetterErrors => Sum Count "dead letter errors",
    /// Events that could not be delivered to a destination.
    DestinationDeliveryFailures => Sum Count "destination failures",
    /// Records too large for an event source.
    OversizedRecordCount => Sum Count "oversized records",
    /// Age of the last record read from a stream, ms.
    IteratorAge => Maximum Milliseconds "iterator age",
    /// Records between the newest offset and the last one processed.
    OffsetLag => Maximum Count "offset lag",
    /// Time extensions ran on after the code had answered, ms.
    PostRuntimeExtensionsDuration => Maximum Milliseconds "extensions after the run",
    /// Invocations that Lambda broke off as a loop.
    RecursiveInvocationsDropped => Sum Count "recursion dropped",
    /// Deploys with an invalid signature that only warn.
    SignatureValidationErrors => Sum Count "signature errors",
    /// Requests to the function URL.
    UrlRequestCount => Sum Count "URL requests",
    /// 4xx answers of the function URL.
    Url4xxCount => Sum Count "URL 4xx",
    /// 5xx answers of the function URL.
    Url5xxCount => Sum Count "URL 5xx",
    /// Time of requests to the function URL, ms.
    UrlRequestLatency => Average Milliseconds "URL latency",
    /// Durable executions that run now.
    ApproximateRunningDurableExecutions => Maximum Count "durable running",
    /// Durable executions begun.
    DurableExecutionStarted => Sum Count "durable started",
    /// Durable executions that succeeded.
    DurableExecutionSucceeded => Sum Count "durable succeeded",
    /// Durable executions that failed.
    DurableExecutionFailed => Sum Count "durable failed",
    /// Durable executions that ran out of time.
    DurableExecutionTimedOut => Sum Count "durable timed out",
    /// Durable executions that were stopped.
    DurableExecutionStopped => Sum Count "durable stopped",
    /// Time of durable executions, ms.
    DurableExecutionDuration => Maximum Milliseconds "durable duration",
    /// Operations of durable executions.
    DurableExecutionOperations => Sum Count "durable operations",
    /// Bytes that durable executions stored.
    DurableExecutionStorageWrittenBytes => Sum Bytes "durable bytes written",
}

impl Metric {
    /// The metric that AWS calls `name`, if lambtop knows it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|metric| metric.name() == name)
    }
}

/// How the samples of one period become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Statistic {
    /// Their sum.
    Sum,
    /// Their mean; never averaged again (M8).
    Average,
    /// The smallest.
    Minimum,
    /// The largest.
    Maximum,
    /// How many.
    SampleCount,
    /// The median.
    P50,
    /// The 90th percentile.
    P90,
    /// The 95th percentile.
    P95,
    /// The 99th percentile.
    P99,
}

impl Statistic {
    /// AWS's name, as it stands in `MetricStat.Stat`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::Average => "Average",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
            Self::SampleCount => "SampleCount",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
        }
    }
}

/// Length of CloudWatch's buckets in seconds; at least one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "u32")]
pub struct Period(u32);

/// What is read from outside keeps to the one second too: the grid of periods is divided by it.
impl From<u32> for Period {
    fn from(seconds: u32) -> Self {
        Self::secs(seconds)
    }
}

impl Period {
    /// The finest that Lambda's metrics have (M7), kept for 15 days.
    pub const MINUTE: Self = Self(60);
    /// Kept for 63 days.
    pub const FIVE_MINUTES: Self = Self(300);
    /// Kept for 455 days.
    pub const HOUR: Self = Self(3600);

    /// How many buckets behind the newest are held of a series that is only followed: 26 hours of minutes, 65 days of
    /// hours. What is older is forgotten, and has to be fetched again by whoever looks back.
    pub const FOLLOWED: u32 = 1_560;

    /// The period in which a row's counts over a stretch of so long are fetched: minutes up to a day, from which longer
    /// buckets are put together, and hours beyond, because a month of minutes of a whole fleet is more than anyone reads.
    #[must_use]
    pub const fn of_counts_over(length: Duration) -> Self {
        if length.as_secs() <= 24 * 3600 { Self::MINUTE } else { Self::HOUR }
    }

    /// A period of so many seconds; zero is taken as one.
    #[must_use]
    pub const fn secs(seconds: u32) -> Self {
        Self(if seconds == 0 { 1 } else { seconds })
    }

    /// Its length in seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }

    pub(super) const fn millis(self) -> i64 {
        self.0 as i64 * 1000
    }

    /// Its length.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.0 as u64)
    }

    /// The finest period that CloudWatch still keeps for data as old as `age` (M3).
    #[must_use]
    pub fn finest_for(age: Duration) -> Self {
        const DAY: u64 = 24 * 3600;
        match age.as_secs() {
            secs if secs <= 15 * DAY => Self::MINUTE,
            secs if secs <= 63 * DAY => Self::FIVE_MINUTES,
            _ => Self::HOUR,
        }
    }
}

/// The stretch that the numbers of a table row cover.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Window {
    /// One minute.
    #[serde(rename = "1m")]
    Minute,
    /// Five minutes.
    #[serde(rename = "5m")]
    FiveMinutes,
    /// A quarter of an hour: the first choice, because most functions are quiet.
    #[default]
    #[serde(rename = "15m")]
    Quarter,
    /// One hour.
    #[serde(rename = "1h")]
    Hour,
}

impl Window {
    /// All of them, shortest first.
    pub const ALL: [Self; 4] = [Self::Minute, Self::FiveMinutes, Self::Quarter, Self::Hour];

    /// Its length as a CloudWatch period.
    #[must_use]
    pub const fn period(self) -> Period {
        Period(match self {
            Self::Minute => 60,
            Self::FiveMinutes => 300,
            Self::Quarter => 900,
            Self::Hour => 3600,
        })
    }

    /// Its length in minutes.
    #[must_use]
    pub const fn minutes(self) -> u32 {
        self.period().0 / 60
    }

    /// As it is typed and shown: `1m`, `5m`, `15m`, `1h`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Minute => "1m",
            Self::FiveMinutes => "5m",
            Self::Quarter => "15m",
            Self::Hour => "1h",
        }
    }

    /// The window typed as `label`.
    #[must_use]
    pub fn parse(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|window| window.label() == label)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Whose numbers: one function's, or the sum that CloudWatch keeps without dimensions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    /// The whole account in a region.
    Account(Scope),
    /// One function, all versions together.
    Function(FunctionKey),
}

impl Subject {
    /// Where it lives.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        match self {
            Self::Account(scope) => scope,
            Self::Function(key) => &key.scope,
        }
    }
}

/// Which series of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeriesKey {
    /// Whose.
    pub subject: Subject,
    /// Of what.
    pub metric: Metric,
    /// Reduced how.
    pub statistic: Statistic,
    /// In buckets of this length.
    pub period: Period,
}

/// One bucket: its start and its number. The number is finite (M9): others never leave the source.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Start of the bucket.
    pub at: Timestamp,
    /// The statistic over it.
    pub value: f64,
}

/// How far an answer can be trusted (M2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Completeness {
    /// Everything that CloudWatch has for the range: a minute that is not there has no data.
    Complete,
    /// Some of it: what is not there is unknown, and will be asked for again.
    Partial,
}

/// What CloudWatch answered for one series and one stretch of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesPage {
    /// Which series.
    pub key: SeriesKey,
    /// The stretch that was asked for, aligned to the period.
    pub range: TimeRange,
    /// The buckets that came: inside `range`, in order, at most one for a start (M6).
    pub points: Vec<Point>,
    /// Whether a missing bucket is known to be missing.
    pub completeness: Completeness,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_found_by_the_names_aws_gives_them() {
        for metric in Metric::ALL {
            assert_eq!(Metric::named(metric.name()), Some(*metric));
        }
        assert_eq!(Metric::named("invocations"), None);
    }

    #[test]
    fn a_period_of_nothing_in_a_recording_divides_nothing() {
        let read: Period = serde_json::from_str("0").unwrap();
        assert_eq!(read, Period::secs(1));
        let at = Timestamp::from_secs(90);
        assert_eq!(at.floor(read), at);
        assert_eq!(serde_json::to_string(&Period::MINUTE).unwrap(), "60");
    }

    #[test]
    fn old_data_is_asked_for_in_the_periods_that_cloudwatch_still_keeps() {
        let days = |n: u64| Duration::from_secs(n * 24 * 3600);
        assert_eq!(Period::finest_for(days(15)), Period::MINUTE);
        assert_eq!(Period::finest_for(days(16)), Period::FIVE_MINUTES);
        assert_eq!(Period::finest_for(days(64)), Period::HOUR);
    }
}
