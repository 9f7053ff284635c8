//! CloudWatch metrics and alarms.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html>.

mod alarms;
mod data;
mod evaluate;
mod expression;
mod listing;
mod observer;
mod request;
mod search;
mod series;

use super::account::Account;
use super::protocol::value::Value;
use super::quota::billed;
use super::refusal::Refusal;
use crate::demo::faults::SeriesFault;

/// The namespace of Lambda's metrics.
const NAMESPACE: &str = "AWS/Lambda";
/// A minute in milliseconds: Lambda's metrics have one point a minute.
const MINUTE: i64 = 60_000;

/// The service, and the answers whose later pages have yet to be fetched.
#[derive(Debug, Default)]
pub(super) struct CloudWatch {
    pages: data::Pages,
}

impl CloudWatch {
    /// Runs an operation: its answer and how many metrics it is billed for.
    pub async fn run(
        &self,
        account: &Account,
        operation: &str,
        input: &Value,
        now: i64,
        faults: &[SeriesFault],
    ) -> Result<(Value, u64), Refusal> {
        match operation {
            "GetMetricData" => {
                let (answer, found) = data::get_metric_data(account, &self.pages, input, now, faults).await?;
                Ok((answer, billed(input) + found))
            }
            "ListMetrics" => listing::list_metrics(account, input, now).map(|answer| (answer, 0)),
            "DescribeAlarms" => alarms::describe_alarms(account, input, now).await.map(|answer| (answer, 0)),
            _ => Err(Refusal::unknown_operation(operation)),
        }
    }
}
