//! How often something happened, how it ended and how long it took.

use std::collections::BTreeMap;

use crate::demo::cloud::protocol::value::Value;

/// How a request ended, in the classes that X-Ray counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    Throttle,
    Error,
    Fault,
}

impl Outcome {
    pub const fn of(fault: bool, error: bool, throttle: bool) -> Self {
        match (fault, throttle, error) {
            (true, ..) => Self::Fault,
            (_, true, _) => Self::Throttle,
            (_, _, true) => Self::Error,
            _ => Self::Ok,
        }
    }
}

/// A count of requests.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    ok: u64,
    throttles: u64,
    errors: u64,
    faults: u64,
    seconds: f64,
    /// Requests by their duration, in tenths of a millisecond, rounded to two digits.
    histogram: BTreeMap<u64, u64>,
    /// First and last of them, ms since the epoch.
    span: Option<(f64, f64)>,
}

impl Tally {
    pub fn add(&mut self, outcome: Outcome, start_ms: f64, end_ms: f64) {
        let count = match outcome {
            Outcome::Ok => &mut self.ok,
            Outcome::Throttle => &mut self.throttles,
            Outcome::Error => &mut self.errors,
            Outcome::Fault => &mut self.faults,
        };
        *count += 1;
        let took_ms = (end_ms - start_ms).max(0.0);
        self.seconds += took_ms / 1_000.0;
        *self.histogram.entry(two_digits((took_ms * 10.0).min(1e15) as u64)).or_default() += 1;
        self.reach(start_ms, end_ms);
    }

    pub fn merge(&mut self, other: &Self) {
        self.ok += other.ok;
        self.throttles += other.throttles;
        self.errors += other.errors;
        self.faults += other.faults;
        self.seconds += other.seconds;
        for (value, count) in &other.histogram {
            *self.histogram.entry(*value).or_default() += count;
        }
        if let Some((first, last)) = other.span {
            self.reach(first, last);
        }
    }

    fn reach(&mut self, start_ms: f64, end_ms: f64) {
        let (first, last) = self.span.unwrap_or((start_ms, end_ms));
        self.span = Some((first.min(start_ms), last.max(end_ms)));
    }

    /// A structure with the time of the first and the last.
    pub fn times(&self, value: Value) -> Value {
        let (first, last) = self.span.unwrap_or_default();
        value.with("StartTime", Value::Time(first as i64)).with("EndTime", Value::Time(last as i64))
    }

    pub fn summary(&self) -> Value {
        let errors = Value::structure()
            .with("ThrottleCount", self.throttles)
            .with("OtherCount", self.errors)
            .with("TotalCount", self.throttles + self.errors);
        let faults = Value::structure().with("OtherCount", self.faults).with("TotalCount", self.faults);
        Value::structure()
            .with("OkCount", self.ok)
            .with("ErrorStatistics", errors)
            .with("FaultStatistics", faults)
            .with("TotalCount", self.ok + self.throttles + self.errors + self.faults)
            .with("TotalResponseTime", (self.seconds * 1_000.0).round() / 1_000.0)
    }

    pub fn histogram(&self) -> Vec<Value> {
        let entry = |(value, count): (&u64, &u64)| {
            Value::structure().with("Value", *value as f64 / 10_000.0).with("Count", *count)
        };
        self.histogram.iter().map(entry).collect()
    }

    /// The calls of a service that has this number.
    pub fn edge(&self, called: usize) -> Value {
        self.times(Value::structure().with("ReferenceId", called))
            .with("SummaryStatistics", self.summary())
            .with("ResponseTimeHistogram", self.histogram())
            .with("Aliases", Vec::<Value>::new())
    }
}

/// Rounded to its two highest digits.
fn two_digits(value: u64) -> u64 {
    let mut unit = 1;
    while value / unit >= 100 {
        unit *= 10;
    }
    (value + unit / 2) / unit * unit
}
