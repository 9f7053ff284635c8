//! Where traces are kept: with X-Ray, or in CloudWatch Logs by Transaction Search.

use aws_sdk_xray::types::{TraceSegmentDestination, TraceSegmentDestinationStatus};

use crate::model::{Failure, FailureKind, TraceBackend};
use crate::source::aws::feed::{Context, Session};
use crate::source::aws::operation::GET_TRACE_SEGMENT_DESTINATION;
use crate::source::aws::pace::Lane;

/// Asks. A refusal leaves it unknown: then X-Ray is tried.
///
/// Source: <https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSegmentDestination.html>.
pub(super) async fn ask(context: &Context, session: &Session) -> Result<TraceBackend, Failure> {
    let call = session.clients.xray.get_trace_segment_destination().send();
    match context.call(session, Lane::Traces, GET_TRACE_SEGMENT_DESTINATION, call).await {
        Ok(answer) => {
            let logs = answer.destination() == Some(&TraceSegmentDestination::CloudWatchLogs);
            // While it changes, traces may lie in either place: the longer way finds both.
            let changing = answer.status() == Some(&TraceSegmentDestinationStatus::Pending);
            Ok(if logs || changing {
                TraceBackend::TransactionSearch { indexed: None }
            } else {
                TraceBackend::XRay
            })
        }
        Err(failure) if is_no_answer(&failure) => Ok(TraceBackend::Unknown(failure)),
        Err(failure) => Err(failure),
    }
}

/// Whether trying again would lead to the same.
const fn is_no_answer(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::AccessDenied { .. } | FailureKind::Refused | FailureKind::NotFound)
}
