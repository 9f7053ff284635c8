//! The numbers of the whole account: CloudWatch's series without dimensions.

use crate::model::{FunctionKey, TimeRange};

use super::Trend;

/// The strip above the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// The settled minutes that the numbers cover.
    pub range: Option<TimeRange>,
    /// Invocations per minute.
    pub invocations: Option<f64>,
    /// Errors per minute.
    pub errors: Option<f64>,
    /// Per cent of invocations that failed; `None` for 0 of 0.
    pub error_rate: Option<f64>,
    /// Throttled requests per minute.
    pub throttles: Option<f64>,
    /// Most instances at work at once.
    pub concurrent: Option<f64>,
    /// How many the account may have.
    pub concurrency_limit: Option<u32>,
    /// The function with the most invocations and its p95.
    pub busiest: Option<Busiest>,
    /// Invocations over `--since`.
    pub invocations_trend: Trend,
    /// Errors over `--since`.
    pub errors_trend: Trend,
    /// Throttles over `--since`.
    pub throttles_trend: Trend,
    /// Concurrent executions over `--since`.
    pub concurrent_trend: Trend,
}

/// The function with the most invocations.
#[derive(Clone, Debug, PartialEq)]
pub struct Busiest {
    /// Which.
    pub key: FunctionKey,
    /// 95th percentile of its duration over the window, ms.
    pub p95: Option<f64>,
}
