//! Where traces are kept: with X-Ray, or in CloudWatch Logs by Transaction Search.

use aws_sdk_xray::types::{IndexingRuleValue, TraceSegmentDestination, TraceSegmentDestinationStatus};

use crate::model::{Failure, FailureKind, TraceBackend};
use crate::source::aws::feed::{Context, Session};
use crate::source::aws::operation::{GET_INDEXING_RULES, GET_TRACE_SEGMENT_DESTINATION};
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
            if !(logs || changing) {
                return Ok(TraceBackend::XRay);
            }
            let indexed = match indexed(context, session).await {
                Ok(indexed) => indexed,
                // Where traces are kept is known all the same.
                Err(failure) if !failure.needs_login() => {
                    tracing::debug!(%failure, "how many spans are indexed is not known");
                    None
                }
                Err(failure) => return Err(failure),
            };
            Ok(TraceBackend::TransactionSearch { indexed })
        }
        Err(failure) if is_no_answer(&failure) => Ok(TraceBackend::Unknown(failure)),
        Err(failure) => Err(failure),
    }
}

/// Percent of the spans that become traces, as far as the rules tell.
///
/// Source: <https://docs.aws.amazon.com/xray/latest/api/API_GetIndexingRules.html>.
async fn indexed(context: &Context, session: &Session) -> Result<Option<f64>, Failure> {
    let call = session.clients.xray.get_indexing_rules().send();
    let answer = context.call(session, Lane::Traces, GET_INDEXING_RULES, call).await?;
    let percent = answer.indexing_rules().iter().find_map(|rule| match rule.rule()? {
        IndexingRuleValue::Probabilistic(rule) => {
            let percent = rule.actual_sampling_percentage().unwrap_or(rule.desired_sampling_percentage());
            Some(percent).filter(|percent| (0.0..=100.0).contains(percent))
        }
        _ => None,
    });
    Ok(percent)
}

/// Whether trying again would lead to the same.
const fn is_no_answer(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::AccessDenied { .. } | FailureKind::Refused | FailureKind::NotFound)
}
