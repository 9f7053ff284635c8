//! `StartTraceRetrieval` and `ListRetrievedTraces`: traces out of CloudWatch Logs, where Transaction Search keeps them.
//! Sources: <https://docs.aws.amazon.com/xray/latest/api/API_StartTraceRetrieval.html>,
//! <https://docs.aws.amazon.com/xray/latest/api/API_ListRetrievedTraces.html>.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::batch::with_trace;
use super::put::Put;
use super::seen::Seen;
use super::{Scene, begun_ms, invalid, is_trace_id, span, texts};
use crate::demo::cloud::lambda::uuid;
use crate::demo::cloud::paging::{Token, page, request_digest};
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::faults::{TraceFault, hash};

/// Most traces in a retrieval.
const MOST: usize = 100;
/// Traces in a page.
const PAGE: usize = 25;
/// A retrieval waits so long before it runs, ms.
const WAITS_MS: i64 = 700;
/// A retrieval takes so long in all, ms, and so much longer for each trace.
const TAKES_MS: i64 = 1_800;
const TAKES_MS_A_TRACE: i64 = 40;
/// What was retrieved can be listed for so long, ms.
const KEPT_MS: i64 = 3_600_000;

/// Retrievals that were started, by their tokens.
#[derive(Debug, Default)]
pub(super) struct Retrievals(Mutex<HashMap<String, Retrieval>>);

#[derive(Clone, Debug)]
struct Retrieval {
    ids: Vec<String>,
    from: i64,
    to: i64,
    started_ms: i64,
    cancelled: bool,
}

impl Retrieval {
    const fn status(&self, now: i64) -> &'static str {
        let takes = TAKES_MS + TAKES_MS_A_TRACE * self.ids.len().cast_signed() as i64;
        match now - self.started_ms {
            _ if self.cancelled => "CANCELLED",
            ..WAITS_MS => "SCHEDULED",
            after if after < takes => "RUNNING",
            _ => "COMPLETE",
        }
    }
}

impl Retrievals {
    /// Runs `StartTraceRetrieval`.
    pub fn start(&self, scene: Scene, input: &Value) -> Result<Value, Refusal> {
        if !scene.account.settings.transaction_search {
            return Err(invalid("Transaction Search is not enabled."));
        }
        let ids: Vec<String> = texts(input, "TraceIds").into_iter().map(str::to_owned).collect();
        if ids.is_empty() || ids.len() > MOST {
            return Err(invalid(format!("TraceIds must have 1 to {MOST} trace IDs.")));
        }
        if let Some(wrong) = ids.iter().find(|id| !is_trace_id(id)) {
            return Err(invalid(format!("Invalid trace ID: {wrong}")));
        }
        let (from, to) = super::range(input, 30 * 24)?;
        let mut retrievals = self.all();
        retrievals.retain(|_, retrieval| scene.now - retrieval.started_ms < KEPT_MS);
        let token = uuid(hash(&ids.join(",")), scene.now.cast_unsigned() ^ retrievals.len() as u64);
        let retrieval = Retrieval { ids, from, to, started_ms: scene.now, cancelled: false };
        retrievals.insert(token.clone(), retrieval);
        Ok(Value::structure().with("RetrievalToken", token))
    }

    /// Runs `ListRetrievedTraces`: nothing but the status until the retrieval is complete.
    pub fn list(&self, put: &Put, scene: Scene, input: &Value) -> Result<Value, Refusal> {
        let retrieval = self.find(scene, input)?;
        let format = input.text("TraceFormat").unwrap_or("XRAY");
        if !["XRAY", "OTEL"].contains(&format) {
            return Err(invalid(format!("Invalid TraceFormat: {format}")));
        }
        // What OpenTelemetry sent was never a segment document.
        let format = if scene.faults.contains(&TraceFault::OpenTelemetry) { "OTEL" } else { format };
        let digest = request_digest("ListRetrievedTraces", input);
        let offset = match input.text("NextToken").filter(|text| !text.is_empty()) {
            Some(text) => Token::decode(text, digest).ok_or_else(|| invalid("Invalid NextToken."))?.offset,
            None => 0,
        };
        let status = retrieval.status(scene.now);
        let answer =
            |traces: Vec<Value>| Value::structure().with("RetrievalStatus", status).with("Traces", traces);
        if status != "COMPLETE" {
            return Ok(answer(Vec::new()));
        }
        // What had arrived when the retrieval was started is retrieved, and no more.
        let then = Scene { now: retrieval.started_ms, ..scene };
        let inside = |id: &&String| (retrieval.from..=retrieval.to).contains(&begun_ms(id));
        let ids: Vec<&String> = retrieval.ids.iter().filter(inside).collect();
        let (ids, next) = page(&ids, offset, PAGE);
        let show = |seen: &Seen| if format == "OTEL" { otel(seen) } else { segments(seen) };
        let traces = ids.iter().filter_map(|id| with_trace(put, then, id, show)).collect();
        let token = next.map(|offset| Token { offset, at: scene.now, request: digest }.encode());
        Ok(answer(traces).with("TraceFormat", format).with("NextToken", token))
    }

    /// Runs `CancelTraceRetrieval`.
    pub fn cancel(&self, scene: Scene, input: &Value) -> Result<Value, Refusal> {
        self.find(scene, input)?;
        if let Some(retrieval) = self.all().get_mut(input.text("RetrievalToken").unwrap_or_default()) {
            retrieval.cancelled = retrieval.status(scene.now) != "COMPLETE";
        }
        Ok(Value::structure())
    }

    fn find(&self, scene: Scene, input: &Value) -> Result<Retrieval, Refusal> {
        let token = input.text("RetrievalToken").ok_or_else(|| invalid("RetrievalToken is required."))?;
        let known = self.all().get(token).filter(|known| scene.now - known.started_ms < KEPT_MS).cloned();
        known.ok_or_else(|| Refusal::not_found("The retrieval token does not exist."))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Retrieval>> {
        // Nothing that holds it can end half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn segments(seen: &Seen) -> Value {
    trace(seen, seen.documents().iter().map(|(id, json)| (id.clone(), json.to_string())))
}

fn otel(seen: &Seen) -> Value {
    let spans = seen.documents().iter().flat_map(|(_, json)| span::of_document(json, seen.site()));
    trace(seen, spans.map(|span| (span.id, span.json.to_string())))
}

fn trace(seen: &Seen, spans: impl Iterator<Item = (String, String)>) -> Value {
    let spans = spans.map(|(id, document)| Value::structure().with("Id", id).with("Document", document));
    Value::structure()
        .with("Id", seen.id)
        .with("Duration", seen.duration_s())
        .with("Spans", spans.collect::<Vec<_>>())
}
