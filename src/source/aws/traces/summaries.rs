//! One stretch of the list of traces: `GetTraceSummaries`, page by page.

use std::collections::HashSet;
use std::sync::Arc;

use aws_sdk_xray::operation::get_trace_summaries::GetTraceSummariesOutput;
use aws_sdk_xray::primitives::DateTime;
use aws_sdk_xray::types as sdk;

use super::list::{By, Window, outline};
use super::{bill, cause};
use crate::model::{Event, Failure, FailureKind, ServiceName, Timestamp, TraceId, TraceList, TraceSummary};
use crate::source::aws::failure::Called;
use crate::source::aws::feed::{Context, Gone, Session};
use crate::source::aws::operation::GET_TRACE_SUMMARIES;
use crate::source::aws::pace::Lane;

/// More pages than a stretch has whose traces anyone looks at.
const MOST_PAGES: usize = 2_000;

/// A stretch on its way, from one page to the next: after a page that fails it goes on with the same one.
#[derive(Debug)]
pub(super) struct Reading {
    pub window: Window,
    /// When it was begun.
    pub asked_at: Timestamp,
    /// Of each summary, when its trace began and whether it goes on.
    pub outlines: Vec<(Timestamp, bool)>,
    /// Traces that X-Ray scanned for it.
    pub scanned: u64,
    pub pages: usize,
    token: Option<String>,
    /// Tokens that have been used: one that comes again leads round in a circle.
    used: HashSet<String>,
}

/// How a stretch did.
#[derive(Debug)]
pub(super) enum Ended {
    Finished,
    /// The cap leaves no room for its next page.
    HeldByCap,
    Failed(Failure),
}

impl Reading {
    pub fn new(window: Window, asked_at: Timestamp) -> Self {
        Self {
            window,
            asked_at,
            outlines: Vec::new(),
            scanned: 0,
            pages: 0,
            token: None,
            used: HashSet::new(),
        }
    }

    /// Asks for page after page, and tells each as it comes.
    pub async fn go_on(
        &mut self,
        context: &Context,
        session: &Session,
        expression: &Arc<str>,
    ) -> Result<Ended, Gone> {
        let called =
            Called { operation: GET_TRACE_SUMMARIES, region: &session.scope.region, mfa: session.mfa };
        loop {
            if !bill::affords(context, 1) {
                bill::tell(context, &session.scope).await?;
                return Ok(Ended::HeldByCap);
            }
            let page = match self.ask(context, session, expression).await {
                Ok(page) => page,
                Err(failure) => {
                    if failure.kind == FailureKind::Refused && self.token.is_some() {
                        // The token has expired: the next try begins again.
                        *self = Self::new(self.window, self.asked_at);
                    }
                    return Ok(Ended::Failed(failure));
                }
            };
            self.pages += 1;
            let traces: Vec<TraceSummary> = page.trace_summaries().iter().filter_map(summary).collect();
            let scanned = page.traces_processed_count().and_then(|count| u64::try_from(count).ok());
            let scanned = scanned.unwrap_or(traces.len() as u64);
            self.scanned += scanned;
            self.outlines.extend(traces.iter().map(outline));
            bill::pay(context, &session.scope, scanned).await?;
            if !traces.is_empty() {
                let at = context.clock.now();
                let (scope, expression) = (session.scope.clone(), expression.clone());
                let list = TraceList { scope, at, expression, traces, read: None };
                context.send(Event::TraceList(list)).await?;
            }
            let Some(token) = page.next_token.filter(|token| !token.is_empty()) else {
                return Ok(Ended::Finished);
            };
            if self.pages >= MOST_PAGES || !self.used.insert(token.clone()) {
                *self = Self::new(self.window, self.asked_at);
                return Ok(Ended::Failed(called.failure(FailureKind::Service, "pages without an end")));
            }
            self.token = Some(token);
        }
    }

    /// Asks for the page that it stands at. Its parameters are the same from the first to the last.
    async fn ask(
        &self,
        context: &Context,
        session: &Session,
        expression: &str,
    ) -> Result<GetTraceSummariesOutput, Failure> {
        let range = self.window.range;
        let call = session
            .clients
            .xray
            .get_trace_summaries()
            .start_time(DateTime::from_millis(range.start.millis()))
            .end_time(DateTime::from_millis(range.end.millis()))
            .time_range_type(match self.window.by {
                By::Made => sdk::TimeRangeType::TraceId,
                By::Changed => sdk::TimeRangeType::Event,
            })
            .sampling(false)
            .set_filter_expression((!expression.is_empty()).then(|| expression.to_owned()))
            .set_next_token(self.token.clone())
            .send();
        context.call(session, Lane::Traces, GET_TRACE_SUMMARIES, call).await
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
        cause: cause::of(found),
    })
}

fn service(id: &sdk::ServiceId) -> Option<ServiceName> {
    let name = id.name().or_else(|| id.names().first().map(String::as_str))?;
    Some(ServiceName { name: name.into(), kind: id.r#type().filter(|kind| !kind.is_empty()).map(Arc::from) })
}
