//! X-Ray's documents to segments.
//!
//! [`read`] takes what `aws xray batch-get-traces` prints, one of its traces, what `put-trace-segments` is given, a
//! segment document, spans of OpenTelemetry as OTLP sends them or Transaction Search keeps them, or any of these in an
//! array or one after the other. [`document`] takes the one document that
//! `BatchGetTraces` hands out as a text.
//!
//! Source: <https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html>.

mod segment;
mod span;
mod split;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde_json::Value;

use crate::model::Segment;

/// The segments of a text, in the order in which they stand there, each before its subsegments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Documents {
    /// What could be read.
    pub segments: Vec<Segment>,
    /// Documents that could not.
    pub unreadable: usize,
    /// X-Ray says that a trace is cut off (`LimitExceeded`).
    pub truncated: bool,
}

/// Reads a segment document with everything in it, however deep, or a span of OpenTelemetry; `None` if it is neither.
///
/// `id` is what the answer around it calls it, for a document that does not say so itself.
#[must_use]
pub fn document(text: &str, id: Option<&str>) -> Option<Vec<Segment>> {
    let pieces = split::pieces(text)?;
    let mut segments: Vec<Segment> = Vec::with_capacity(pieces.len());
    for (number, piece) in pieces.iter().enumerate() {
        let value: Value = serde_json::from_str(&piece.text).ok()?;
        if pieces.len() == 1 && span::is_span(&value) {
            return Some(vec![span::from_json(&value, None)?]);
        }
        let mut segment = segment::from_json(&value, piece.parent.is_some())?;
        match piece.parent.and_then(|parent| segments.get(parent)) {
            Some(parent) => {
                segment.trace_id = segment.trace_id.or_else(|| parent.trace_id.clone());
                // A document without ids holds together by its own shape.
                segment.parent.clone_from(&parent.id);
            }
            None => segment.id = segment.id.or_else(|| id.filter(|id| !id.is_empty()).map(Into::into)),
        }
        if segment.id.is_none() && pieces.len() > 1 {
            segment.id = Some(made_up_id(text, number));
        }
        segments.push(segment);
    }
    Some(segments)
}

/// An id for a node of a document that names none: the same document has the same one, no other has.
fn made_up_id(document: &str, number: usize) -> Arc<str> {
    let mut hasher = DefaultHasher::new();
    document.hash(&mut hasher);
    format!("unnamed-{:016x}-{number}", hasher.finish()).into()
}

/// Reads everything in a text that looks like X-Ray's; `None` if the text holds no JSON at all.
#[must_use]
pub fn read(text: &str) -> Option<Documents> {
    let mut found = Documents::default();
    let values = split::values(text)?;
    for value in values {
        take(value, &mut found);
    }
    Some(found)
}

/// What a value of an answer can be.
fn take(text: &str, found: &mut Documents) {
    let mut open = vec![text.to_owned()];
    while let Some(text) = open.pop() {
        let Some(kind) = Shape::of(&text) else {
            found.unreadable += 1;
            continue;
        };
        match kind {
            // Taken from the end: so that they come in their order.
            Shape::Several(parts) => open.extend(parts.into_iter().rev()),
            Shape::Trace { truncated, documents } => {
                found.truncated |= truncated;
                for (id, text) in documents {
                    add(&text, id.as_deref(), found);
                }
            }
            Shape::Spans { resource, spans } => {
                for text in spans {
                    let span: Option<Value> = serde_json::from_str(&text).ok();
                    match span.and_then(|span| span::from_json(&span, resource.as_ref())) {
                        Some(segment) => found.segments.push(segment),
                        None => found.unreadable += 1,
                    }
                }
            }
            Shape::Document => add(&text, None, found),
        }
    }
}

fn add(text: &str, id: Option<&str>, found: &mut Documents) {
    match document(text, id) {
        Some(segments) => found.segments.extend(segments),
        None => found.unreadable += 1,
    }
}

/// What a JSON text of X-Ray's is.
enum Shape {
    /// An array, or an answer with a list in it.
    Several(Vec<String>),
    /// A trace: its documents, each with the id that stands beside it.
    Trace {
        truncated: bool,
        documents: Vec<(Option<String>, String)>,
    },
    /// Spans as OTLP sends them, with what sent them.
    Spans {
        resource: Option<Value>,
        spans: Vec<String>,
    },
    Document,
}

impl Shape {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim_start();
        if text.starts_with('[') {
            return Some(Self::Several(split::elements(text)?));
        }
        if text.starts_with('"') {
            // A document as a text.
            return Some(Self::Several(vec![serde_json::from_str(text).ok()?]));
        }
        let fields = split::fields(text)?;
        let field = |name: &str| fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
        let lists = ["Traces", "TraceSegmentDocuments", "resourceSpans"];
        if let Some(list) = lists.into_iter().find_map(field) {
            return Some(Self::Several(split::elements(list)?));
        }
        // Events of the log group of spans: each message is one.
        if let Some(events) = field("events").filter(|_| field("spanId").is_none()) {
            let message = |event: &String| {
                let fields = split::fields(event)?;
                fields.into_iter().find(|(name, _)| name == "message").map(|(_, message)| message)
            };
            return Some(Self::Several(split::elements(events)?.iter().filter_map(message).collect()));
        }
        if let Some(scopes) = field("scopeSpans") {
            let resource = field("resource").and_then(|resource| serde_json::from_str(resource).ok());
            let scopes = split::elements(scopes)?;
            let spans = scopes.iter().filter_map(|scope| {
                let fields = split::fields(scope)?;
                let (_, spans) = fields.iter().find(|(name, _)| name == "spans")?;
                split::elements(spans)
            });
            return Some(Self::Spans { resource, spans: spans.flatten().collect() });
        }
        let Some(segments) = field("Segments").or_else(|| field("Spans")) else {
            return Some(Self::Document);
        };
        let documents = split::elements(segments)?
            .iter()
            .filter_map(|segment| {
                let fields = split::fields(segment)?;
                let field = |name: &str| fields.iter().find(|(own, _)| own == name).map(|(_, value)| value);
                let id = field("Id").and_then(|id| serde_json::from_str::<String>(id).ok());
                let document = field("Document")?;
                let text = serde_json::from_str::<String>(document).unwrap_or_else(|_| document.clone());
                Some((id, text))
            })
            .collect();
        let truncated = field("LimitExceeded") == Some("true");
        Some(Self::Trace { truncated, documents })
    }
}

#[cfg(test)]
mod tests;
