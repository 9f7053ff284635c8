//! The log group in which Transaction Search keeps all spans: one span is one event.

use std::collections::BTreeMap;

use super::fetch::{empty, stretch};
use crate::model::{Failure, TraceDocuments, TraceId};
use crate::parse::xray;
use crate::source::aws::feed::{Context, Session};
use crate::source::aws::operation::FILTER_LOG_EVENTS;
use crate::source::aws::pace::Lane;

/// Its name.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search-ingesting-span-log-groups.html>.
pub(super) const GROUP: &str = "aws/spans";
/// Pages that are read: the spans of a busy account fill many, and most of those are empty.
const MOST_PAGES: usize = 60;

/// Reads the spans of some traces.
pub(super) async fn read(
    context: &Context,
    session: &Session,
    ids: &[TraceId],
) -> Result<Vec<TraceDocuments>, Failure> {
    let range = stretch(ids, session.clients.server.now());
    let mut traces: BTreeMap<TraceId, TraceDocuments> = BTreeMap::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let call = session
            .clients
            .logs
            .filter_log_events()
            .log_group_name(GROUP)
            .start_time(range.start.millis().max(0))
            .end_time(range.end.millis().max(0))
            .filter_pattern(pattern(ids))
            .set_next_token(token.clone())
            .send();
        let page = context.call(session, Lane::LogEvents, FILTER_LOG_EVENTS, call).await?;
        for event in page.events() {
            let message = event.message().unwrap_or_default();
            // What cannot be read is of an unknown trace.
            let segments = xray::document(message, None).unwrap_or_default();
            let trace = segments.first().and_then(|segment| TraceId::parse(segment.trace_id.as_deref()?));
            if let Some(id) = trace.filter(|id| ids.contains(id)) {
                traces.entry(id).or_insert_with(|| empty(id, true)).segments.extend(segments);
            }
        }
        let next = page.next_token.filter(|token| !token.is_empty());
        if next.is_none() || next == token {
            break;
        }
        token = next;
    }
    Ok(traces.into_values().collect())
}

/// Spans name their trace as OpenTelemetry writes it: 32 digits.
fn pattern(ids: &[TraceId]) -> String {
    let terms: Vec<String> =
        ids.iter().map(|id| format!("($.traceId = \"{}\")", id.open_telemetry())).collect();
    format!("{{ {} }}", terms.join(" || "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_looked_for_by_the_id_as_opentelemetry_writes_it() {
        let ids = ["1-6a507b87-0cc4438344b48ef127ab1931", "1-00000001-000000000000000000000002"]
            .map(|id| TraceId::parse(id).unwrap());
        assert_eq!(
            pattern(&ids),
            r#"{ ($.traceId = "6a507b870cc4438344b48ef127ab1931") || ($.traceId = "00000001000000000000000000000002") }"#
        );
    }
}
