//! One stretch of the list of traces: `GetTraceSummaries`, page by page.

use std::collections::HashSet;
use std::sync::Arc;

use aws_sdk_xray::primitives::DateTime;
use aws_sdk_xray::types as sdk;

use super::bill;
use super::list::{By, Window, outline};
use crate::model::{Event, FailureKind, ServiceName, Timestamp, TraceId, TraceList, TraceSummary};
use crate::source::aws::failure::Called;
use crate::source::aws::feed::{Context, Session, Stop};
use crate::source::aws::operation::GET_TRACE_SUMMARIES;
use crate::source::aws::pace::Lane;

/// More pages than a stretch has whose traces anyone looks at.
const MOST_PAGES: usize = 2_000;

/// What a stretch brought.
#[derive(Debug)]
pub(super) struct Listed {
    /// Of each summary, when its trace began and whether it goes on.
    pub outlines: Vec<(Timestamp, bool)>,
    /// Traces that X-Ray scanned for it.
    pub scanned: u64,
    /// The cap left no room for all of it.
    pub held_by_cap: bool,
}

/// Asks for a stretch and tells each page as it comes. A page that fails fails the stretch: it is asked for again whole.
pub(super) async fn ask(
    context: &Context,
    session: &Session,
    expression: &Arc<str>,
    window: Window,
) -> Result<Listed, Stop> {
    let mut listed = Listed { outlines: Vec::new(), scanned: 0, held_by_cap: false };
    let mut tokens: HashSet<String> = HashSet::new();
    let mut token: Option<String> = None;
    loop {
        if !bill::affords(context, 1) {
            listed.held_by_cap = true;
            return Ok(listed);
        }
        let call = session
            .clients
            .xray
            .get_trace_summaries()
            .start_time(DateTime::from_millis(window.range.start.millis()))
            .end_time(DateTime::from_millis(window.range.end.millis()))
            .time_range_type(match window.by {
                By::Made => sdk::TimeRangeType::TraceId,
                By::Changed => sdk::TimeRangeType::Event,
            })
            .sampling(false)
            .set_filter_expression((!expression.is_empty()).then(|| expression.to_string()))
            .set_next_token(token.take())
            .send();
        let page = context.call(session, Lane::Traces, GET_TRACE_SUMMARIES, call).await?;
        let traces: Vec<TraceSummary> = page.trace_summaries().iter().filter_map(summary).collect();
        let scanned = page.traces_processed_count().and_then(|count| u64::try_from(count).ok());
        let scanned = scanned.unwrap_or(traces.len() as u64);
        listed.scanned += scanned;
        listed.outlines.extend(traces.iter().map(outline));
        bill::pay(context, &session.scope, scanned).await?;
        if !traces.is_empty() {
            let at = context.clock.now();
            let (scope, expression) = (session.scope.clone(), expression.clone());
            let list = TraceList { scope, at, expression, traces, seen_to: None };
            context.send(Event::TraceList(list)).await?;
        }
        token = page.next_token.filter(|token| !token.is_empty());
        match &token {
            None => return Ok(listed),
            Some(token) if tokens.len() < MOST_PAGES && tokens.insert(token.clone()) => {}
            Some(_) => {
                let region = &session.scope.region;
                let called = Called { operation: GET_TRACE_SUMMARIES, region, mfa: session.mfa };
                return Err(called.failure(FailureKind::Service, "pages without an end").into());
            }
        }
    }
}

fn summary(found: &sdk::TraceSummary) -> Option<TraceSummary> {
    let id = TraceId::parse(found.id()?)?;
    let start = found.start_time().and_then(|start| start.to_millis().ok());
    let http = found.http();
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(Arc::from);
    let millis =
        |seconds: Option<f64>| seconds.filter(|seconds| seconds.is_finite()).map(|seconds| seconds * 1e3);
    Some(TraceSummary {
        id,
        revision: u32::try_from(found.revision()).unwrap_or(0),
        start: start.map_or_else(|| Timestamp::from_secs(i64::from(id.seconds())), Timestamp::from_millis),
        duration_ms: millis(found.duration()),
        response_ms: millis(found.response_time()),
        partial: found.is_partial().unwrap_or(false),
        fault: found.has_fault().unwrap_or(false),
        error: found.has_error().unwrap_or(false),
        throttle: found.has_throttle().unwrap_or(false),
        method: text(http.and_then(sdk::Http::http_method)),
        url: text(http.and_then(sdk::Http::http_url)),
        status: http.and_then(sdk::Http::http_status).and_then(|status| u16::try_from(status).ok()),
        entry: found.entry_point().and_then(service),
        services: found.service_ids().iter().filter_map(service).collect(),
    })
}

fn service(id: &sdk::ServiceId) -> Option<ServiceName> {
    let name = id.name().or_else(|| id.names().first().map(String::as_str))?;
    Some(ServiceName { name: name.into(), kind: id.r#type().filter(|kind| !kind.is_empty()).map(Arc::from) })
}
