//! `PutTraceSegments`: what clients send by themselves is kept, and read like everything else.
//! Source: <https://docs.aws.amazon.com/xray/latest/api/API_PutTraceSegments.html>.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value as Json;

use super::{Scene, invalid, is_trace_id, texts};
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;

/// A document may be so long, bytes.
const LONGEST: usize = 64 * 1_024;
/// So many traces are kept; after that the oldest ones go.
const MOST_TRACES: usize = 10_000;

/// Traces that were put here, by their ids.
#[derive(Debug, Default)]
pub(super) struct Put(Mutex<BTreeMap<String, Arc<Stored>>>);

/// One trace.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub id: String,
    pub documents: Vec<Kept>,
    /// Of every subsegment inside a document: the id of that document.
    holders: HashMap<String, String>,
}

/// One document.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub id: String,
    pub json: Json,
    /// When it came, ms since the epoch.
    pub arrived_ms: i64,
}

impl Put {
    /// Takes documents.
    pub fn run(&self, scene: Scene, input: &Value) -> Result<Value, Refusal> {
        let texts = texts(input, "TraceSegmentDocuments");
        if texts.is_empty() {
            return Err(invalid("TraceSegmentDocuments must not be empty."));
        }
        let mut unprocessed: Vec<Value> = Vec::new();
        for text in texts {
            if let Err(wrong) = self.take(scene, text) {
                unprocessed.push(
                    Value::structure()
                        .with("Id", wrong.id)
                        .with("ErrorCode", wrong.code)
                        .with("Message", wrong.message),
                );
            }
        }
        Ok(Value::structure().with("UnprocessedTraceSegments", unprocessed))
    }

    fn take(&self, scene: Scene, text: &str) -> Result<(), Wrong> {
        if text.len() > LONGEST {
            return Err(Wrong { id: None, code: "DocumentTooLarge", message: "Segment size exceeds 64 KB." });
        }
        let json: Json = serde_json::from_str(text).map_err(|_| Wrong {
            id: None,
            code: "ParseError",
            message: "Invalid segment. ErrorCode: ParseError",
        })?;
        let member = |name: &str| json.get(name).and_then(Json::as_str);
        let wrong = |code, message| Wrong { id: member("id").map(str::to_owned), code, message };
        let id = member("id").ok_or_else(|| wrong("MissingId", "Invalid segment. ErrorCode: MissingId"))?;
        let trace = member("trace_id").filter(|id| is_trace_id(id));
        let trace =
            trace.ok_or_else(|| wrong("InvalidTraceId", "Invalid segment. ErrorCode: InvalidTraceId"))?;
        if member("name").is_none() {
            return Err(wrong("MissingName", "Invalid segment. ErrorCode: MissingName"));
        }
        let time = |name: &str| json.get(name).and_then(Json::as_f64);
        let in_progress = json.get("in_progress").and_then(Json::as_bool) == Some(true);
        if time("start_time").is_none() || time("end_time").is_none() && !in_progress {
            return Err(wrong("InvalidTime", "Invalid segment. ErrorCode: InvalidTime"));
        }
        let kept = Kept { id: id.to_owned(), arrived_ms: scene.now, json: json.clone() };
        let mut traces = self.traces();
        let empty =
            || Arc::new(Stored { id: trace.to_owned(), documents: Vec::new(), holders: HashMap::new() });
        let stored = Arc::make_mut(traces.entry(trace.to_owned()).or_insert_with(empty));
        stored.add(kept);
        if traces.len() > MOST_TRACES {
            // Ids begin with the time.
            traces.pop_first();
        }
        Ok(())
    }

    /// Every trace.
    pub fn all(&self) -> Vec<Arc<Stored>> {
        self.traces().values().cloned().collect()
    }

    /// The trace with an id.
    pub fn find(&self, id: &str) -> Option<Arc<Stored>> {
        self.traces().get(id).cloned()
    }

    fn traces(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Stored>>> {
        // Nothing that holds it can end half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stored {
    /// Adds a document, in place of one with the same id.
    fn add(&mut self, kept: Kept) {
        let mut inside = vec![&kept.json];
        while let Some(node) = inside.pop() {
            if let Some(id) = node.get("id").and_then(Json::as_str) {
                self.holders.insert(id.to_owned(), kept.id.clone());
            }
            inside.extend(node.get("subsegments").and_then(Json::as_array).into_iter().flatten());
        }
        match self.documents.iter_mut().find(|document| document.id == kept.id) {
            Some(known) => *known = kept,
            None => self.documents.push(kept),
        }
    }

    /// The id of the document that has a segment or subsegment in it.
    pub fn holder_of(&self, id: &str) -> Option<&str> {
        self.holders.get(id).map(String::as_str)
    }
}

/// Why a document is not taken.
struct Wrong {
    id: Option<String>,
    code: &'static str,
    message: &'static str,
}
