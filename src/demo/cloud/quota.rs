//! How often an account may call: a bucket of calls for each quota, refilled by the clock that is handed in.

use std::collections::BTreeMap;

use super::protocol::Service;
use super::protocol::value::Value;

/// Calls a second that are answered; the rest is throttled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// All of Lambda's control plane together.
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
    pub lambda: u32,
    /// `GetMetricData`.
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>.
    pub metric_data: u32,
    /// Each operation of CloudWatch Logs, instead of what it may be called in the region.
    pub logs: Option<u32>,
    /// Each operation of X-Ray. AWS publishes no numbers for them.
    pub xray: u32,
}

/// Regions where `FilterLogEvents` may be called 5 times a second; elsewhere it is 10, in us-east-1 25.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>.
const SLOW_REGIONS: [&str; 5] =
    ["eu-central-1", "ap-northeast-3", "ap-southeast-3", "ca-west-1", "il-central-1"];

/// How often an operation of CloudWatch Logs may be called, per second.
fn of_logs(operation: &str, region: &str) -> Option<u32> {
    Some(match operation {
        "FilterLogEvents" if region == "us-east-1" => 25,
        "FilterLogEvents" if SLOW_REGIONS.contains(&region) => 5,
        "GetLogEvents" if region == "us-east-1" => 30,
        "FilterLogEvents" | "GetLogEvents" | "DescribeLogGroups" | "StartQuery" | "StopQuery" => 10,
        "GetQueryResults" => 5,
        "DescribeLogStreams" => 25,
        _ => return None,
    })
}

impl Default for Quotas {
    fn default() -> Self {
        Self { lambda: 15, metric_data: 500, logs: None, xray: 20 }
    }
}

impl Quotas {
    /// The quota that a call draws on, if there is one.
    pub(super) fn of(self, service: Service, operation: &str, region: &str) -> Option<u32> {
        match (service, operation) {
            (Service::Lambda, _) => Some(self.lambda),
            (Service::CloudWatch, "GetMetricData") => Some(self.metric_data),
            (Service::Logs, _) => of_logs(operation, region).map(|usual| self.logs.unwrap_or(usual)),
            (Service::Xray, _) => Some(self.xray),
            _ => None,
        }
    }
}

/// A bucket that holds a second's worth of calls and fills steadily.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    calls: f64,
    at: i64,
}

impl Bucket {
    /// A full bucket.
    pub fn full(per_second: u32, now: i64) -> Self {
        Self { calls: f64::from(per_second), at: now }
    }

    /// Takes one call out; false if there is none. A clock that was set back refills nothing.
    pub fn take(&mut self, per_second: u32, now: i64) -> bool {
        let elapsed = now.saturating_sub(self.at).max(0) as f64 / 1000.0;
        let rate = f64::from(per_second);
        self.calls = (self.calls + elapsed * rate).min(rate);
        self.at = now;
        if self.calls < 1.0 {
            return false;
        }
        self.calls -= 1.0;
        true
    }
}

/// What the endpoint was asked so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Calls by action, as IAM writes it (`lambda:ListFunctions`), refused ones included.
    pub by_action: BTreeMap<String, u64>,
    /// Metrics that `GetMetricData` bills: up to five statistics of one metric in one call count once.
    /// Source: <https://aws.amazon.com/cloudwatch/pricing/>.
    pub billed_metrics: u64,
}

impl Calls {
    /// How often the action was called.
    #[must_use]
    pub fn of(&self, action: &str) -> u64 {
        self.by_action.get(action).copied().unwrap_or_default()
    }

    /// All calls together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.by_action.values().sum()
    }
}

/// The metrics that a `GetMetricData` call is billed for, searches aside: those depend on what they find.
pub(super) fn billed(input: &Value) -> u64 {
    let mut statistics: BTreeMap<String, u64> = BTreeMap::new();
    for query in input.list("MetricDataQueries") {
        if let Some(metric) = query.get("MetricStat").and_then(|stat| stat.get("Metric")) {
            *statistics.entry(format!("{metric:?}")).or_default() += 1;
        }
    }
    statistics.values().map(|count| count.div_ceil(5)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_a_second_worth_at_once_and_then_its_rate() {
        let mut bucket = Bucket::full(15, 0);
        assert_eq!((0..100).filter(|_| bucket.take(15, 0)).count(), 15);
        assert_eq!((0..100).filter(|_| bucket.take(15, 200)).count(), 3);
        assert!(!bucket.take(15, 100), "a clock set back gives nothing");
        assert_eq!((0..100).filter(|_| bucket.take(15, 3_600_000)).count(), 15);
    }

    #[test]
    fn five_statistics_of_a_metric_are_billed_once() {
        let query = |name: &str| {
            let metric = Value::structure().with("MetricName", name);
            Value::structure().with("MetricStat", Value::structure().with("Metric", metric))
        };
        let ask = |names: &[&str]| {
            let queries: Vec<Value> = names.iter().map(|name| query(name)).collect();
            billed(&Value::structure().with("MetricDataQueries", queries))
        };
        assert_eq!(ask(&["Duration"; 5]), 1);
        assert_eq!(ask(&["Duration"; 6]), 2);
        assert_eq!(ask(&["Duration", "Errors"]), 2);
    }
}
