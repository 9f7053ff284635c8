//! Transaction Search: X-Ray looks traces up in CloudWatch Logs, which takes seconds, and then lists them.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_xray::primitives::DateTime;
use aws_sdk_xray::types::{RetrievalStatus, TraceFormatType};

use super::fetch::{add, empty, stretch};
use crate::model::{Failure, FailureKind, TraceDocuments, TraceId};
use crate::source::aws::failure::Called;
use crate::source::aws::feed::{Context, Session};
use crate::source::aws::operation::{LIST_RETRIEVED_TRACES, START_TRACE_RETRIEVAL};
use crate::source::aws::pace::Lane;

/// The first wait for a retrieval, doubled each time up to the longest; and for how long it is waited for.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(4);
const PATIENCE: Duration = Duration::from_mins(1);
/// More pages than a hundred traces fill.
const MOST_PAGES: usize = 1_000;

/// Retrieves at most 100 traces; those that are not in the answer are not there.
///
/// Source: <https://docs.aws.amazon.com/xray/latest/api/API_StartTraceRetrieval.html>.
pub(super) async fn retrieve(
    context: &Context,
    session: &Session,
    ids: &[TraceId],
) -> Result<Vec<TraceDocuments>, Failure> {
    let range = stretch(ids, session.clients.xray_server.now());
    let xray = &session.clients.xray;
    let call = xray
        .start_trace_retrieval()
        .set_trace_ids(Some(ids.iter().map(ToString::to_string).collect()))
        .start_time(DateTime::from_millis(range.start.millis()))
        .end_time(DateTime::from_millis(range.end.millis()))
        .send();
    let started = context.call(session, Lane::Traces, START_TRACE_RETRIEVAL, call).await?;
    let called = Called { operation: LIST_RETRIEVED_TRACES, region: &session.scope.region, mfa: session.mfa };
    let Some(retrieval) = started.retrieval_token else {
        return Err(called.failure(FailureKind::Service, "a retrieval without a token"));
    };
    let began = session.clients.xray_server.now();
    let (mut wait, mut pages) = (FIRST_WAIT, 0);
    let mut token: Option<String> = None;
    let mut traces: BTreeMap<TraceId, TraceDocuments> = BTreeMap::new();
    loop {
        // What was traced with X-Ray's SDKs comes as it was sent; what OpenTelemetry's sent may come as spans.
        let call = xray
            .list_retrieved_traces()
            .retrieval_token(&retrieval)
            .trace_format(TraceFormatType::Xray)
            .set_next_token(token.clone())
            .send();
        let page = context.call(session, Lane::Traces, LIST_RETRIEVED_TRACES, call).await?;
        match page.retrieval_status() {
            Some(RetrievalStatus::Complete) | None => {}
            Some(RetrievalStatus::Scheduled | RetrievalStatus::Running) => {
                if session.clients.xray_server.now().since(began) >= PATIENCE {
                    return Err(called.failure(FailureKind::TimedOut, "the retrieval did not end"));
                }
                context.clock.sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
                continue;
            }
            Some(status) => {
                let said = format!("the retrieval ended as {}", status.as_str());
                return Err(called.failure(FailureKind::Service, &said));
            }
        }
        for trace in page.traces() {
            let Some(id) = trace.id().and_then(TraceId::parse) else { continue };
            let of = traces.entry(id).or_insert_with(|| empty(id, true));
            for span in trace.spans() {
                add(of, span.document().unwrap_or_default(), span.id());
            }
        }
        pages += 1;
        let next = page.next_token.filter(|token| !token.is_empty());
        if next.is_none() || next == token || pages >= MOST_PAGES {
            break;
        }
        token = next;
    }
    Ok(traces.into_values().filter(|trace| !trace.segments.is_empty() || trace.unreadable > 0).collect())
}
