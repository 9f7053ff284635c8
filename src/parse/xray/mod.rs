//! X-Ray's documents to segments.
//!
//! [`read`] takes what `aws xray batch-get-traces` prints, one of its traces, what `put-trace-segments` is given, a
//! segment document, spans of OpenTelemetry as OTLP sends them or Transaction Search keeps them, or any of these in an
//! array or one after the other. [`document`] takes the one document that
//! `BatchGetTraces` hands out as a text.
//!
//! Source: <https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html>.

mod attributes;
mod segment;
mod shape;
mod span;
mod split;

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::model::Segment;
use shape::Shape;

/// The segments of a text, in the order in which they stand there, each before its subsegments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Documents {
    /// What could be read.
    pub segments: Vec<Segment>,
    /// Documents that could not.
    pub unreadable: usize,
    /// X-Ray says that a trace is cut off (`LimitExceeded`).
    pub truncated: bool,
    /// Ids of traces that X-Ray did not look up (`UnprocessedTraceIds`).
    pub unprocessed: Vec<String>,
}

/// Reads a segment document with everything in it, however deep, or a span of OpenTelemetry; `None` if it is neither.
///
/// `id` is what the answer around it calls it, for a document that does not say so itself.
#[must_use]
pub fn document(text: &str, id: Option<&str>) -> Option<Vec<Segment>> {
    let pieces = split::pieces(text)?;
    let mut segments: Vec<Segment> = Vec::with_capacity(pieces.len());
    // Of the whole text, and that only once.
    let mut document = None;
    for (number, piece) in pieces.iter().enumerate() {
        let value = flat(&piece.text)?;
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
            let document = *document.get_or_insert_with(|| hash(text));
            segment.id = Some(format!("unnamed-{document:016x}-{number}").into());
        }
        segments.push(segment);
    }
    Some(segments)
}

/// The JSON of a node; what lies too deep for a tree, as metadata may, stands in it as its text.
fn flat(text: &str) -> Option<Value> {
    if let Some(value) = split::value(text) {
        return Some(value);
    }
    let members = split::fields(text)?.into_iter().map(|(name, text)| {
        let value = serde_json::from_str(&text).ok();
        let deep = || text.starts_with(['{', '[']).then(|| Value::String(text.clone()));
        Some((name, value.or_else(deep)?))
    });
    members.collect::<Option<_>>().map(Value::Object)
}

/// What a node that names no id is called after: the same document has the same one, no other has.
fn hash(document: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    document.hash(&mut hasher);
    hasher.finish()
}

/// Reads everything in a text that looks like X-Ray's; `None` if the text holds no JSON at all, or breaks off before
/// anything was read.
#[must_use]
pub fn read(text: &str) -> Option<Documents> {
    let mut found = Documents::default();
    let (values, cut) = split::values(text);
    for value in &values {
        take(value, &mut found);
    }
    found.unreadable += usize::from(cut);
    (!values.is_empty() && (!cut || !found.segments.is_empty())).then_some(found)
}

/// How deep lists may lie in each other: an answer, its traces, their documents, and texts that hold them. Each level is
/// a copy, so that what is hostile must not have as many as it likes.
const DEEPEST: usize = 12;

/// What a value of an answer can be.
fn take(text: &str, found: &mut Documents) {
    let mut open = vec![(0, text.to_owned())];
    while let Some((depth, text)) = open.pop() {
        let Some(kind) = Shape::of(&text).filter(|_| depth < DEEPEST) else {
            found.unreadable += 1;
            continue;
        };
        match kind {
            // Taken from the end: so that they come in their order.
            Shape::Several(parts) => open.extend(parts.into_iter().rev().map(|part| (depth + 1, part))),
            Shape::Answer { traces, unprocessed } => {
                found.unprocessed.extend(unprocessed);
                open.extend(traces.into_iter().rev().map(|part| (depth + 1, part)));
            }
            Shape::Trace { truncated, documents } => {
                found.truncated |= truncated;
                for (id, text) in documents {
                    add(&text, id.as_deref(), found);
                }
            }
            Shape::Spans { resource, spans } => {
                for text in spans {
                    match split::value(&text).and_then(|span| span::from_json(&span, resource.as_ref())) {
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
    // One that was made a text twice.
    let inner: Option<String> = if text.starts_with('"') { serde_json::from_str(text).ok() } else { None };
    match document(inner.as_deref().unwrap_or(text), id) {
        Some(segments) => found.segments.extend(segments),
        None => found.unreadable += 1,
    }
}

#[cfg(test)]
mod tests;
