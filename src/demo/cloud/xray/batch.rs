//! `BatchGetTraces`: every document of up to five traces.
//! Source: <https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html>.

use super::put::Put;
use super::seen::Seen;
use super::{KEPT_MS, Scene, begun_ms, invalid, is_trace_id, texts};
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;

/// Most traces in a call.
const MOST: usize = 5;

pub(super) fn run(put: &Put, scene: Scene, input: &Value) -> Result<Value, Refusal> {
    let mut ids = texts(input, "TraceIds");
    if ids.len() > MOST {
        return Err(invalid(format!("Too many trace IDs. The maximum number of trace IDs is {MOST}.")));
    }
    if let Some(wrong) = ids.iter().find(|id| !is_trace_id(id)) {
        return Err(invalid(format!("Invalid trace ID: {wrong}")));
    }
    ids.sort_unstable();
    ids.dedup();
    let search = scene.account.settings.transaction_search;
    // What is in CloudWatch Logs is not here.
    let traces = ids.iter().filter(|_| !search).filter_map(|id| with_trace(put, scene, id, trace));
    Ok(Value::structure()
        .with("Traces", traces.collect::<Vec<_>>())
        .with("UnprocessedTraceIds", Vec::<Value>::new()))
}

/// Shows the trace with an id to `show`, if anything of it has arrived and it is still kept.
pub(super) fn with_trace<T>(put: &Put, scene: Scene, id: &str, show: impl FnOnce(&Seen) -> T) -> Option<T> {
    if let Some(stored) = put.find(id) {
        return Some(show(&Seen::of_stored(scene, &stored)));
    }
    let begun = begun_ms(id);
    if scene.account.settings.empty || begun < scene.now - KEPT_MS || begun > scene.now {
        return None;
    }
    let (traces, place) = scene.account.fleet.find_trace(id)?;
    Seen::of_fleet(scene, &traces[place]).map(|seen| show(&seen))
}

fn trace(seen: &Seen) -> Value {
    let segments = seen
        .documents()
        .iter()
        .map(|(id, json)| Value::structure().with("Id", id.as_str()).with("Document", json.to_string()));
    Value::structure()
        .with("Id", seen.id)
        .with("Duration", seen.duration_s())
        .with("LimitExceeded", false)
        .with("Segments", segments.collect::<Vec<_>>())
}
