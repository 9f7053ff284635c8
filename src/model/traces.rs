//! What is asked of X-Ray and what it answers: lists of traces, traces, the map of services.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Failure, Scope, Segment, TimeRange, Timestamp, TraceId};

/// The traces that the screen needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceWant {
    /// Traces to fetch and to fetch again until they are complete, the most wanted first: those on screen, and those of
    /// requests on screen. At most [`TraceWant::MOST_OPEN`] are fetched.
    pub open: Vec<TraceId>,
    /// The list of traces on screen, if any.
    pub list: Option<TraceListWant>,
    /// The stretch of the map of services on screen, if any; at most [`TraceWant::LONGEST_MAP`].
    pub map: Option<TimeRange>,
}

impl TraceWant {
    /// Traces beyond so many are not fetched at once.
    pub const MOST_OPEN: usize = 50;
    /// `GetServiceGraph` covers at most six hours.
    pub const LONGEST_MAP: std::time::Duration = std::time::Duration::from_hours(6);
}

/// A list of traces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceListWant {
    /// From when on.
    pub since: Timestamp,
    /// Until when, for a stretch of the past; none follows what comes.
    pub until: Option<Timestamp>,
    /// X-Ray's filter expression, such as `service("checkout") AND fault`; empty takes all. Goes to AWS as it stands.
    pub expression: Arc<str>,
}

/// What the list says of one trace. Every text in it is raw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "X-Ray's own flags, under their own names")]
pub struct TraceSummary {
    /// Which trace.
    pub id: TraceId,
    /// Counts the changes: of two summaries, the greater one holds.
    pub revision: u32,
    /// When it began.
    pub start: Timestamp,
    /// From the first segment's start to the last one's end, ms.
    pub duration_ms: Option<f64>,
    /// How long the root took to answer, ms.
    pub response_ms: Option<f64>,
    /// A segment is still in progress.
    pub partial: bool,
    /// Something in it failed (5xx).
    pub fault: bool,
    /// Something in it was called wrongly (4xx).
    pub error: bool,
    /// Something in it was refused (429).
    pub throttle: bool,
    /// The HTTP method that the root was called with.
    pub method: Option<Arc<str>>,
    /// The URL that the root was called with.
    pub url: Option<Arc<str>>,
    /// The HTTP status that the root answered.
    pub status: Option<u16>,
    /// The service at the root.
    pub entry: Option<ServiceName>,
    /// The services it went through.
    pub services: Vec<ServiceName>,
    /// What X-Ray takes for the root of its failure, or else of the time it took.
    pub cause: Option<TraceCause>,
}

/// Where a failure or a delay began, as X-Ray found out. Every text in it is raw.
///
/// Source: <https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html>, `FaultRootCauses`, `ErrorRootCauses` and
/// `ResponseTimeRootCauses`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceCause {
    /// What it is the root of.
    pub of: TraceCauseOf,
    /// The service in which the path to it ends.
    pub service: ServiceName,
    /// The piece of work in that service, where it has another name.
    pub entity: Option<Arc<str>>,
    /// The type of the exception, such as `ProvisionedThroughputExceededException`.
    pub exception: Option<Arc<str>>,
    /// What the exception says of itself.
    pub message: Option<Arc<str>>,
}

/// What a root cause is the root of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum TraceCauseOf {
    /// A fault (5xx).
    Fault,
    /// An error (4xx).
    Error,
    /// The time it took, and the share of it that this is, 0 to 1.
    ResponseTime(f64),
}

/// A service by X-Ray's two names for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ServiceName {
    /// Its name: of a function, of a table, of a host.
    pub name: Arc<str>,
    /// Its kind, such as `AWS::Lambda::Function`.
    pub kind: Option<Arc<str>>,
}

/// Summaries of traces: a page of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceList {
    /// Account and region.
    pub scope: Scope,
    /// When the answer came.
    pub at: Timestamp,
    /// The expression that was asked with.
    pub expression: Arc<str>,
    /// Traces that are new, or changed.
    pub traces: Vec<TraceSummary>,
    /// The stretch of which everything that X-Ray knew has been asked for; none while pages are coming.
    pub read: Option<TimeRange>,
}

/// The segments of one trace, as far as they have come; replaces what was known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceDocuments {
    /// Which trace.
    pub id: TraceId,
    /// Its segments, and their subsegments, in no order.
    pub segments: Vec<Segment>,
    /// Documents that could not be read.
    pub unreadable: u32,
    /// X-Ray cut it off (`LimitExceeded`).
    pub truncated: bool,
    /// It came from Transaction Search.
    pub retrieved: bool,
}

impl TraceDocuments {
    /// A trace in which everything has ended is taken to be whole so long after its end.
    const QUIET_MS: f64 = 30e3;
    /// One that lacks a parent waits longer for it, and not for ever: a caller that is not traced never comes.
    const QUIET_ORPHANS_MS: f64 = 120e3;

    /// Whether nothing more is expected of it, as seen at `now`: everything in it has ended, and a while ago.
    #[must_use]
    pub fn is_settled(&self, now: Timestamp) -> bool {
        let ended = self.segments.iter().filter_map(|segment| segment.end_ms).fold(f64::MIN, f64::max);
        let waits = !self.truncated && self.lacks_a_parent();
        let quiet = if waits { Self::QUIET_ORPHANS_MS } else { Self::QUIET_MS };
        !self.is_in_progress() && now.millis() as f64 >= ended + quiet
    }

    /// Whether something in it has not ended. A document in progress says nothing where another one of the same id has.
    #[must_use]
    pub fn is_in_progress(&self) -> bool {
        let mut open = self.segments.iter().filter(|segment| segment.in_progress && segment.end_ms.is_none());
        let ended: HashSet<&str> = self
            .segments
            .iter()
            .filter(|segment| segment.end_ms.is_some())
            .filter_map(|segment| segment.id.as_deref())
            .collect();
        open.any(|segment| segment.id.as_deref().is_none_or(|id| !ended.contains(id)))
    }

    fn lacks_a_parent(&self) -> bool {
        let ids: HashSet<&str> = self.segments.iter().filter_map(|segment| segment.id.as_deref()).collect();
        let mut parents = self.segments.iter().filter_map(|segment| segment.parent.as_deref());
        parents.any(|parent| !ids.contains(parent))
    }
}

/// What a question for traces brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceAnswer {
    /// Account and region.
    pub scope: Scope,
    /// When.
    pub at: Timestamp,
    /// Those that are there.
    pub found: Vec<TraceDocuments>,
    /// Those that are not, each with why.
    pub missing: Vec<(TraceId, TraceMissing)>,
}

/// Why a trace is not there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TraceMissing {
    /// X-Ray does not know it (yet): it was not sampled, or has not arrived, or is older than 30 days.
    Unknown,
    /// X-Ray could not say (`UnprocessedTraceIds`): it is asked again.
    Unprocessed,
    /// Transaction Search is on and its spans are not to be had: why.
    Unretrievable(Arc<str>),
    /// The call failed.
    Failed(Failure),
}

/// Where traces are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TraceBackend {
    /// With X-Ray (`GetTraceSegmentDestination` says `XRay`).
    XRay,
    /// With CloudWatch Logs: Transaction Search is on. `indexed` percent of the spans become traces of X-Ray.
    TransactionSearch {
        /// Percent, where `GetIndexingRules` told it; else it is unknown whether it is [`TraceBackend::INDEXED`].
        indexed: Option<f64>,
    },
    /// Not known: the question was refused. X-Ray is tried.
    Unknown(Failure),
}

impl TraceBackend {
    /// Percent of the spans that become traces unless another share is paid for.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html>.
    pub const INDEXED: f64 = 1.0;
}

/// The map of services over a stretch of time; replaces the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceMap {
    /// Account and region.
    pub scope: Scope,
    /// When the answer came.
    pub at: Timestamp,
    /// The stretch that it covers.
    pub range: TimeRange,
    /// The services, in no order.
    pub services: Vec<ServiceNode>,
}

/// A node of the map. Its numbers are of sampled traces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceNode {
    /// Its number, by which edges name it; holds within one map.
    pub id: i32,
    /// Its names.
    pub name: ServiceName,
    /// Requests enter here.
    pub root: bool,
    /// What it answered.
    pub figures: ServiceFigures,
    /// What it calls.
    pub edges: Vec<ServiceEdge>,
}

/// An edge of the map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceEdge {
    /// The number of the service that is called.
    pub to: i32,
    /// What that one answered on this edge.
    pub figures: ServiceFigures,
}

/// Counts and times of a service or of an edge, of sampled traces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceFigures {
    /// Requests in all.
    pub total: u64,
    /// Requests that went well.
    pub ok: u64,
    /// Requests that were called wrongly (4xx), throttled ones included.
    pub errors: u64,
    /// Requests that were refused (429).
    pub throttles: u64,
    /// Requests that failed (5xx).
    pub faults: u64,
    /// All response times together, ms.
    pub total_ms: f64,
    /// Response times in ms, each with how many requests had it; by time.
    pub times: Vec<(f64, u64)>,
}

impl ServiceFigures {
    /// The response time that `quantile` (0 to 1) of the requests did not exceed, ms.
    #[must_use]
    pub fn quantile(&self, quantile: f64) -> Option<f64> {
        let all: u64 = self.times.iter().map(|(_, count)| count).sum();
        let rank = (quantile * all as f64).ceil().max(1.0) as u64;
        let mut passed = 0;
        self.times.iter().find_map(|(time, count)| {
            passed += count;
            (passed >= rank).then_some(*time)
        })
    }

    /// The share of requests that did not go well, 0 to 1.
    #[must_use]
    pub fn failed(&self) -> Option<f64> {
        (self.total > 0).then(|| (self.total - self.ok.min(self.total)) as f64 / self.total as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_a_time_that_was_measured() {
        let figures =
            ServiceFigures { times: vec![(10.0, 98), (500.0, 1), (900.0, 1)], ..ServiceFigures::default() };
        assert_eq!(figures.quantile(0.5), Some(10.0));
        assert_eq!(figures.quantile(0.99), Some(500.0));
        assert_eq!(figures.quantile(1.0), Some(900.0));
        assert_eq!(ServiceFigures::default().quantile(0.5), None);
    }
}
