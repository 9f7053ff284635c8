//! AWS X-Ray: the traces of the fleet, and whatever else is put here.
//! Source: <https://docs.aws.amazon.com/xray/latest/api/API_Operations.html>.
//!
//! `seen` is a trace as it is known at an instant, whoever sent it; `summaries`, `batch` and `graph`
//! answer from it, `filter` says which are meant. Where Transaction Search is on, the segments go to CloudWatch Logs:
//! `span` is how they are kept there, `retrieval` gets them out. `spoil` is what goes wrong.

mod batch;
mod causes;
mod filter;
mod graph;
mod put;
mod retrieval;
mod seen;
pub(super) mod span;
mod spoil;
mod summaries;

use http::Method;

use super::account::Account;
use super::protocol::value::Value;
use super::refusal::Refusal;
use crate::demo::faults::TraceFault;
use graph::Graphs;
use put::Put;
use retrieval::Retrievals;
use spoil::Asked;

/// No time is later, ms since the epoch: the end of the year 9999.
const LAST_MS: i64 = 253_402_300_799_999;
/// Traces are kept for so long, ms.
const KEPT_MS: i64 = 30 * 86_400_000;

/// Finds the operation that a path belongs to.
pub(super) fn route(method: &Method, path: &str) -> Option<&'static str> {
    if *method != Method::POST {
        return None;
    }
    Some(match path {
        "/TraceSummaries" => "GetTraceSummaries",
        "/Traces" => "BatchGetTraces",
        "/ServiceGraph" => "GetServiceGraph",
        "/TraceSegments" => "PutTraceSegments",
        "/GetTraceSegmentDestination" => "GetTraceSegmentDestination",
        "/GetIndexingRules" => "GetIndexingRules",
        "/StartTraceRetrieval" => "StartTraceRetrieval",
        "/ListRetrievedTraces" => "ListRetrievedTraces",
        "/CancelTraceRetrieval" => "CancelTraceRetrieval",
        _ => return None,
    })
}

/// The service, and what it remembers between calls.
#[derive(Debug, Default)]
pub(super) struct Xray {
    put: Put,
    graphs: Graphs,
    retrievals: Retrievals,
    asked: Asked,
}

/// One call: the account, the instant, and what goes wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub account: &'a Account,
    pub now: i64,
    pub faults: &'a [TraceFault],
}

impl Xray {
    /// Runs an operation. Other tasks run in between.
    pub async fn run(&self, scene: Scene<'_>, operation: &str, input: &Value) -> Result<Value, Refusal> {
        match operation {
            "GetTraceSummaries" => summaries::run(&self.put, scene, input).await,
            "BatchGetTraces" => batch::run(&self.put, &self.asked, scene, input),
            "GetServiceGraph" => self.graphs.run(&self.put, scene, input).await,
            "PutTraceSegments" => self.put.run(scene, input),
            "StartTraceRetrieval" => self.retrievals.start(scene, input),
            "ListRetrievedTraces" => self.retrievals.list(&self.put, scene, input),
            "CancelTraceRetrieval" => self.retrievals.cancel(scene, input),
            "GetTraceSegmentDestination" => Ok(destination(scene.account)),
            "GetIndexingRules" => Ok(indexing_rules()),
            _ => Err(Refusal::unknown_operation(operation)),
        }
    }
}

/// Where segments are sent to.
fn destination(account: &Account) -> Value {
    let name = if account.settings.transaction_search { "CloudWatchLogs" } else { "XRay" };
    Value::structure().with("Destination", name).with("Status", "ACTIVE")
}

/// The one rule there is: how many of the spans become traces where Transaction Search is on.
fn indexing_rules() -> Value {
    let percent = summaries::INDEXED * 100.0;
    let rule = Value::structure()
        .with("DesiredSamplingPercentage", percent)
        .with("ActualSamplingPercentage", percent);
    let rule = Value::structure()
        .with("Name", "Default")
        .with("ModifiedAt", Value::Time(0))
        .with("Rule", Value::structure().with("Probabilistic", rule));
    Value::structure().with("IndexingRules", vec![rule])
}

/// X-Ray's refusal of a request that makes no sense.
fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidRequestException", message)
}

/// The range of time that a request asks about, ms since the epoch, both ends included.
fn range(input: &Value, longest_hours: i64) -> Result<(i64, i64), Refusal> {
    let time = |name: &str| {
        let missing = || invalid(format!("{name} is required."));
        input.get(name).and_then(Value::as_time).ok_or_else(missing)
    };
    let (from, to) = (time("StartTime")?, time("EndTime")?);
    if from < 0 || to > LAST_MS {
        return Err(invalid("StartTime and EndTime must be valid times."));
    }
    if from > to {
        return Err(invalid("StartTime must not be after EndTime."));
    }
    if to - from > longest_hours * 3_600_000 {
        return Err(invalid(format!("Time range cannot be longer than {longest_hours} hours.")));
    }
    Ok((from, to))
}

/// The texts of a member that is a list.
fn texts<'a>(input: &'a Value, name: &str) -> Vec<&'a str> {
    input.list(name).iter().filter_map(Value::as_text).collect()
}

/// Whether a text has the form of a trace's id.
fn is_trace_id(text: &str) -> bool {
    let hex = |part: &str, digits| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut parts = text.split('-');
    parts.next() == Some("1")
        && parts.next().is_some_and(|part| hex(part, 8))
        && parts.next().is_some_and(|part| hex(part, 24))
        && parts.next().is_none()
}

/// The second in which the trace with an id began, ms since the epoch.
fn begun_ms(id: &str) -> i64 {
    let second = id.split('-').nth(1).and_then(|part| u32::from_str_radix(part, 16).ok());
    i64::from(second.unwrap_or_default()) * 1_000
}
