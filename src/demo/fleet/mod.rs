//! A shop of about forty functions, simulated.

mod invocation;
mod samples;
mod shop;
mod spec;

use std::ops::Range;
use std::sync::Arc;

pub use invocation::{
    Call, Caller, Environment, EnvironmentStart, Invocation, Outcome, Service, TraceHeader,
};
pub use samples::Samples;
pub use spec::{Architecture, EventSource, FunctionSpec, Load, LogFormat, Provisioned, Step};

/// The seed of `lambtop demo` and of every picture.
pub const DEFAULT_SEED: u64 = 7;

/// What CloudWatch would aggregate of one function in one minute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MinuteAggregate {
    /// Requests that reached the function.
    pub invocations: u32,
    /// Those that ended in an error.
    pub errors: u32,
    /// Requests that were refused for want of concurrency.
    pub throttles: u32,
    /// Requests that waited for a new environment.
    pub cold_starts: u32,
    /// Most environments busy at the same time.
    pub concurrency: u32,
    /// Durations in hundredths of a millisecond, by start.
    pub durations: Vec<u32>,
}

/// A deploy of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deploy {
    /// The number it was published as.
    pub version: u32,
    /// When, ms since the epoch: the function's `LastModified` from then on.
    pub at_ms: i64,
    /// SHA-256 of its code, in base64.
    pub code_sha256: String,
    /// Size of its code, bytes.
    pub code_size: u64,
}

/// The simulated fleet: a pure function of (seed, function, time).
#[derive(Debug)]
pub struct Fleet {
    specs: Vec<FunctionSpec>,
}

impl Fleet {
    /// The fleet of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let _ = seed;
        Self { specs: shop::functions() }
    }

    /// Its functions; everywhere else a function is an index into them.
    #[must_use]
    pub fn functions(&self) -> &[FunctionSpec] {
        &self.specs
    }

    /// The index of the function called `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.specs.iter().position(|spec| spec.name == name)
    }

    /// The requests that began in a minute (counted from the epoch), by start, throttled ones among them.
    #[must_use]
    pub fn invocations(&self, function: usize, minute: i64) -> Vec<Invocation> {
        let _ = (function, minute);
        Vec::new()
    }

    /// What CloudWatch would aggregate of a minute.
    #[must_use]
    pub fn minute(&self, function: usize, minute: i64) -> Arc<MinuteAggregate> {
        let _ = (function, minute);
        Arc::default()
    }

    /// The names of the metrics that exist for a function, by CloudWatch's own names.
    #[must_use]
    pub fn metrics_of(&self, function: usize) -> Vec<&'static str> {
        let _ = function;
        vec!["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"]
    }

    /// The samples of a function's metric over some minutes; `None` where CloudWatch has no point.
    #[must_use]
    pub fn samples(&self, function: usize, metric: &str, minutes: Range<i64>) -> Option<Samples> {
        let _ = (function, metric, minutes);
        None
    }

    /// The names of the metrics that the account has without dimensions.
    #[must_use]
    pub fn account_metrics(&self) -> &'static [&'static str] {
        &["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"]
    }

    /// The samples of an account's metric over some minutes; `None` where CloudWatch has no point.
    #[must_use]
    pub fn account_samples(&self, metric: &str, minutes: Range<i64>) -> Option<Samples> {
        let _ = (metric, minutes);
        None
    }

    /// The deploy of a function that is in force at a time (ms since the epoch).
    #[must_use]
    pub fn deploy(&self, function: usize, at_ms: i64) -> Deploy {
        let _ = function;
        Deploy { version: 1, at_ms, code_sha256: String::new(), code_size: 0 }
    }

    /// The account's limit of concurrent executions.
    #[must_use]
    pub const fn account_concurrency_limit(&self) -> u32 {
        1_000
    }

    /// What is left of it for functions without reserved concurrency.
    #[must_use]
    pub fn unreserved_concurrency_limit(&self) -> u32 {
        self.account_concurrency_limit() - self.specs.iter().filter_map(|spec| spec.reserved).sum::<u32>()
    }
}
