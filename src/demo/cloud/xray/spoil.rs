//! What goes wrong with the documents of a trace, when it is told to.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value as Json, json};

use crate::demo::faults::{TraceFault, hash, mix};

/// How often each trace was asked for, where a fault depends on it.
#[derive(Debug, Default)]
pub(super) struct Asked(Mutex<HashMap<String, u32>>);

impl Asked {
    /// How often a trace was asked for before, now included from the next time on.
    pub fn count(&self, id: &str, faults: &[TraceFault]) -> u32 {
        let counts = |fault: &TraceFault| {
            matches!(fault, TraceFault::Unprocessed { .. } | TraceFault::InProgress { .. })
        };
        if !faults.iter().any(counts) {
            return 0;
        }
        // Nothing that holds it can end half-way.
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = asked.entry(id.to_owned()).or_default();
        *count += 1;
        *count - 1
    }
}

/// Whether a trace that was asked for so often before is not processed.
pub(super) fn unprocessed(before: u32, faults: &[TraceFault]) -> bool {
    faults.iter().any(|fault| matches!(fault, TraceFault::Unprocessed { times } if before < *times))
}

/// The documents of a trace that was asked for so often before, as texts, with their ids.
pub(super) fn documents(
    documents: &[(String, Json)],
    before: u32,
    faults: &[TraceFault],
) -> Vec<(String, String)> {
    if faults.is_empty() {
        return documents.iter().map(|(id, json)| (id.clone(), json.to_string())).collect();
    }
    let mut documents = documents.to_vec();
    for fault in faults {
        shape(&mut documents, before, *fault);
    }
    let function = documents.iter().position(|(_, json)| is_function(json));
    let written = documents.iter().enumerate().map(|(place, (id, json))| {
        let text = if Some(place) == function { with_members(json, faults) } else { json.to_string() };
        (id.clone(), text)
    });
    written.collect()
}

/// The text of a function's segment, with what it is given by faults.
fn with_members(json: &Json, faults: &[TraceFault]) -> String {
    let members: Vec<(&str, String)> = faults.iter().filter_map(|fault| member(json, *fault)).collect();
    let mut rest = json.clone();
    if let Some(own) = rest.as_object_mut() {
        own.retain(|name, _| !members.iter().any(|(given, _)| given == name));
    }
    let mut text = "{".to_owned();
    for (name, value) in members {
        let _ = write!(text, r#""{name}":{value},"#);
    }
    text + rest.to_string().trim_start_matches('{')
}

fn is_function(json: &Json) -> bool {
    json.get("origin").and_then(Json::as_str) == Some("AWS::Lambda::Function")
}

/// Changes which documents there are, and what stands at their top.
fn shape(documents: &mut Vec<(String, Json)>, before: u32, fault: TraceFault) {
    match fault {
        TraceFault::Cycle => {
            let Some((_, model)) = documents.first().cloned() else { return };
            let ids = [1, 2, 3].map(|number| made_up(&model, number));
            for (id, parent) in [(0, 1), (1, 0), (2, 2)] {
                documents.push((ids[id].clone(), json!({
                    "id": ids[id], "parent_id": ids[parent], "type": "subsegment", "name": format!("loop {id}"),
                    "trace_id": model["trace_id"], "start_time": model["start_time"], "end_time": model["end_time"],
                })));
            }
        }
        TraceFault::Twins => {
            let open: Vec<_> = documents.iter().map(|(id, json)| (id.clone(), in_progress(json))).collect();
            *documents = open
                .into_iter()
                .zip(documents.iter().cloned())
                .flat_map(|(open, full)| [open, full])
                .collect();
        }
        TraceFault::MissingParents => documents.retain(|(_, json)| json.get("parent_id").is_some()),
        TraceFault::NoEnd => {
            for json in documents.iter_mut().filter_map(|(_, json)| json.as_object_mut()) {
                json.retain(|name, _| name != "end_time" && name != "in_progress");
            }
        }
        TraceFault::LimitExceeded => documents.truncate(documents.len().div_ceil(2)),
        TraceFault::InProgress { times } if before < times => {
            for (_, json) in documents {
                *json = in_progress(json);
            }
        }
        TraceFault::InProgress { .. }
        | TraceFault::OpenTelemetry
        | TraceFault::Unprocessed { .. }
        | TraceFault::Wide { .. }
        | TraceFault::Deep { .. }
        | TraceFault::NestedMetadata { .. }
        | TraceFault::ManyKeys { .. } => {}
    }
}

/// A document before its segment has ended.
fn in_progress(json: &Json) -> Json {
    let kept = |name: &str| {
        ["id", "name", "trace_id", "parent_id", "type", "origin", "namespace", "start_time", "aws"]
            .contains(&name)
    };
    let members = json.as_object().into_iter().flatten().filter(|(name, _)| kept(name));
    let mut open: Map<String, Json> = members.map(|(name, value)| (name.clone(), value.clone())).collect();
    open.insert("in_progress".to_owned(), true.into());
    Json::Object(open)
}

/// What a document is given instead of its own member, as text: some of it is too deep for a tree.
fn member(json: &Json, fault: TraceFault) -> Option<(&'static str, String)> {
    let (start, end) = (json["start_time"].as_f64()?, json["end_time"].as_f64().unwrap_or_default());
    let step = |number: usize, of: usize| start + (end - start).max(0.0) * number as f64 / of.max(1) as f64;
    let opening = |number: usize, from: f64, to: f64| {
        let id = made_up(json, number as u64 + 10);
        format!(r#"{{"id":"{id}","name":"step {number}","start_time":{from:.6},"end_time":{to:.6}"#)
    };
    Some(match fault {
        TraceFault::Wide { subsegments } => {
            let one =
                |number| opening(number, step(number, subsegments), step(number + 1, subsegments)) + "}";
            ("subsegments", format!("[{}]", (0..subsegments).map(one).collect::<Vec<_>>().join(",")))
        }
        TraceFault::Deep { levels } => {
            let (mut text, levels) = ("[".to_owned(), levels.max(1));
            for number in 0..levels {
                let inside = if number + 1 < levels { r#","subsegments":["# } else { "" };
                let _ = write!(text, "{}{inside}", opening(number, step(number, levels * 2), end));
            }
            ("subsegments", text + &"}]".repeat(levels))
        }
        TraceFault::NestedMetadata { levels } => {
            ("metadata", format!(r#"{{"deep":{}{}}}"#, "[".repeat(levels), "]".repeat(levels)))
        }
        TraceFault::ManyKeys { keys } => {
            let one = |number| format!(r#""key {number}":{number}"#);
            ("metadata", format!(r#"{{"many":{{{}}}}}"#, (0..keys).map(one).collect::<Vec<_>>().join(",")))
        }
        _ => return None,
    })
}

/// An id that nothing else in the trace has.
fn made_up(json: &Json, number: u64) -> String {
    let seed = hash(json.get("trace_id").and_then(Json::as_str).unwrap_or_default());
    format!("{:016x}", mix(seed ^ number.rotate_left(24)))
}
