//! What a JSON text of X-Ray's is: an answer, a trace, a document, spans, or a list of any of them.
//!
//! Names are compared without case and without `_`: the clients write `Traces` or `traces`, OTLP's `resourceSpans` is
//! `resource_spans` where a serialiser keeps the names of the wire.

use serde_json::Value;

use super::split;

/// What a JSON text is.
pub(super) enum Shape {
    /// An array, or an answer with a list in it.
    Several(Vec<String>),
    /// An answer of `BatchGetTraces`: what came, and the ids of what X-Ray did not look up.
    Answer { traces: Vec<String>, unprocessed: Vec<String> },
    /// A trace: its documents, each with the id that stands beside it.
    Trace { truncated: bool, documents: Vec<(Option<String>, String)> },
    /// Spans as OTLP sends them, with what sent them.
    Spans { resource: Option<Value>, spans: Vec<String> },
    /// A document, as far as its shape tells.
    Document,
}

/// The fields of an object.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn of(text: &str) -> Option<Self> {
        let mut fields = split::fields(text)?;
        for (name, _) in &mut fields {
            name.retain(|c| c != '_');
            name.make_ascii_lowercase();
        }
        Some(Self(fields))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The value, if it is a string.
    fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?).ok()
    }
}

impl Shape {
    /// What `text` is; `None` if it is neither an object, nor an array, nor a text that holds one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim_start();
        if text.starts_with('[') {
            return Some(Self::Several(split::elements(text)?));
        }
        if text.starts_with('"') {
            // A document as a text.
            return Some(Self::Several(vec![serde_json::from_str(text).ok()?]));
        }
        let fields = Fields::of(text)?;
        let span = fields.get("spanid").is_some();
        if let Some(ids) = fields.get("unprocessedtraceids") {
            let unprocessed = elements(ids)?.iter().filter_map(|id| serde_json::from_str(id).ok()).collect();
            let traces = fields.get("traces").map_or(Some(Vec::new()), elements)?;
            return Some(Self::Answer { traces, unprocessed });
        }
        let lists = ["traces", "tracesegmentdocuments", "resourcespans"];
        if let Some(list) = lists.into_iter().find_map(|name| fields.get(name)) {
            return Some(Self::Several(elements(list)?));
        }
        // Events of the log group of spans: each message is one.
        if let Some(events) = fields.get("events").filter(|_| !span) {
            let messages =
                split::elements(events)?.iter().filter_map(|event| message(event)).collect::<Vec<_>>();
            // A console's span has events of its own.
            if !messages.is_empty() || fields.get("context").is_none() {
                return Some(Self::Several(messages));
            }
        }
        if let Some(rows) = fields.get("results") {
            return Some(Self::Several(split::elements(rows)?.iter().filter_map(|row| found(row)).collect()));
        }
        let scopes = ["scopespans", "instrumentationlibraryspans"];
        if let Some(scopes) = scopes.into_iter().find_map(|name| fields.get(name)) {
            let resource = fields.get("resource").and_then(|resource| serde_json::from_str(resource).ok());
            let scopes = elements(scopes)?;
            let spans = scopes.iter().filter_map(|scope| elements(Fields::of(scope)?.get("spans")?));
            return Some(Self::Spans { resource, spans: spans.flatten().collect() });
        }
        if fields.get("format").is_some() && fields.get("version").is_some() && fields.0.len() == 2 {
            // What stands before each document that the daemon is sent.
            return Some(Self::Several(Vec::new()));
        }
        // An event of a log group as one line: its message is a span.
        if let Some(message) = fields.get("message").filter(|_| !span && fields.get("timestamp").is_some()) {
            return Some(Self::Several(vec![message.to_owned()]));
        }
        let Some(segments) = fields.get("segments").or_else(|| fields.get("spans")) else {
            return Some(match fields.get("document") {
                Some(_) if !span && fields.get("starttime").is_none() => {
                    Self::Trace { truncated: false, documents: vec![beside(text)] }
                }
                _ => Self::Document,
            });
        };
        let documents = elements(segments)?.iter().map(|segment| beside(segment)).collect();
        Some(Self::Trace { truncated: fields.get("limitexceeded") == Some("true"), documents })
    }
}

/// The elements of a list, none of which are in one that is `null`.
fn elements(list: &str) -> Option<Vec<String>> {
    if list == "null" { Some(Vec::new()) } else { split::elements(list) }
}

/// A document and the id beside it: `{"Id","Document"}`. Where there is no such frame, the text is the document.
fn beside(text: &str) -> (Option<String>, String) {
    let Some(fields) = Fields::of(text) else { return (None, text.to_owned()) };
    match fields.get("document") {
        Some(document) => (fields.text("id"), fields.text("document").unwrap_or_else(|| document.to_owned())),
        None => (None, text.to_owned()),
    }
}

/// The message of a log event.
fn message(event: &str) -> Option<String> {
    Fields::of(event)?.get("message").map(str::to_owned)
}

/// The message in a row of Logs Insights: `[{"field","value"}]`.
fn found(row: &str) -> Option<String> {
    split::elements(row)?.iter().find_map(|cell| {
        let cell = Fields::of(cell)?;
        cell.text("value").filter(|_| cell.text("field").as_deref() == Some("@message"))
    })
}
