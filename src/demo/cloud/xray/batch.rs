//! `BatchGetTraces`: every document of up to five traces.
//! Source: <https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html>.

use super::put::Put;
use super::seen::Seen;
use super::spoil::{self, Asked};
use super::{KEPT_MS, Scene, begun_ms, invalid, is_trace_id, texts};
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::faults::TraceFault;

/// Most traces in a call.
const MOST: usize = 5;

pub(super) fn run(put: &Put, asked: &Asked, scene: Scene, input: &Value) -> Result<Value, Refusal> {
    let mut ids = texts(input, "TraceIds");
    if ids.len() > MOST {
        return Err(invalid(format!("Too many trace IDs. The maximum number of trace IDs is {MOST}.")));
    }
    if let Some(wrong) = ids.iter().find(|id| !is_trace_id(id)) {
        return Err(invalid(format!("Invalid trace ID: {wrong}")));
    }
    ids.sort_unstable();
    ids.dedup();
    let (mut traces, mut unprocessed) = (Vec::new(), Vec::new());
    for id in ids {
        let times = asked.count(id, scene.faults);
        if spoil::unprocessed(times, scene.faults) {
            unprocessed.push(Value::from(id));
        } else if !scene.account.settings.transaction_search {
            // What is in CloudWatch Logs is not here.
            traces.extend(with_trace(put, scene, id, |seen| trace(seen, times, scene.faults)));
        }
    }
    Ok(Value::structure().with("Traces", traces).with("UnprocessedTraceIds", unprocessed))
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

fn trace(seen: &Seen, times: u32, faults: &[TraceFault]) -> Value {
    let documents = spoil::documents(seen.documents(), times, faults).into_iter();
    let segments = documents.map(|(id, text)| Value::structure().with("Id", id).with("Document", text));
    Value::structure()
        .with("Id", seen.id)
        .with("Duration", seen.duration_s())
        .with("LimitExceeded", faults.contains(&TraceFault::LimitExceeded))
        .with("Segments", segments.collect::<Vec<_>>())
}
