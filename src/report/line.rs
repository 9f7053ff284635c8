//! What one log event says, as scripts read it: one JSON object.

use std::fmt::Write as _;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::model::{Body, Reading, Timestamp};

/// The fields of one event; `null` where it does not give one.
#[derive(Debug, Serialize)]
struct Record<'a> {
    kind: &'a str,
    request_id: Option<&'a str>,
    duration_ms: Option<Figure>,
    billed_ms: Option<Figure>,
    memory_mb: Option<Figure>,
    max_memory_mb: Option<Figure>,
    init_ms: Option<Figure>,
    restore_ms: Option<Figure>,
    billed_restore_ms: Option<Figure>,
    status: Option<&'a str>,
    error_type: Option<&'a str>,
    trace_id: Option<&'a str>,
    segment_id: Option<&'a str>,
    sampled: Option<bool>,
    level: Option<String>,
    message: Option<Value>,
    timestamp: Option<String>,
}

/// A number that is written without `.0` where it is whole.
#[derive(Debug)]
struct Figure(f64);

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 1e15 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// Appends what `reading` says to `out`, as one line. `level` is the line's own word, in capitals. `timestamp` is the
/// line's own too; where it gives none, that of the event around it (`at`), in RFC 3339.
pub fn write(reading: &Reading<'_>, at: Option<Timestamp>, out: &mut String) {
    let record = Record {
        kind: reading.name,
        request_id: reading.request.as_deref(),
        duration_ms: reading.figures.duration_ms.map(Figure),
        billed_ms: reading.figures.billed_ms.map(Figure),
        memory_mb: reading.figures.memory_mb.map(Figure),
        max_memory_mb: reading.figures.max_memory_mb.map(Figure),
        init_ms: reading.figures.init_ms.map(Figure),
        restore_ms: reading.figures.restore_ms.map(Figure),
        billed_restore_ms: reading.billed_restore_ms.map(Figure),
        status: reading.status.as_deref(),
        error_type: reading.error_type.as_deref(),
        trace_id: reading.trace.as_deref(),
        segment_id: reading.segment.as_deref(),
        sampled: reading.sampled,
        level: reading.level_word.as_deref().map(str::to_uppercase),
        message: match &reading.body {
            Body::Json(text) => {
                Some(serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_ref())))
            }
            body => body.text().map(Value::from),
        },
        timestamp: reading.timestamp.as_deref().map(str::to_owned).or_else(|| at.and_then(rfc3339)),
    };
    if let Ok(line) = serde_json::to_string(&record) {
        harmless(&line, out);
        out.push('\n');
    }
}

fn rfc3339(at: Timestamp) -> Option<String> {
    Some(at.utc()?.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// JSON escapes what a terminal obeys below U+0020; here the rest of it is escaped too, and what turns text around or
/// hides in it. To a program it is the same string.
pub(super) fn harmless(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some((at, strange)) = rest.char_indices().find(|(_, c)| {
        matches!(c, '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    }) {
        out.push_str(&rest[..at]);
        let _ = write!(out, "\\u{:04x}", u32::from(strange));
        rest = &rest[at + strange.len_utf8()..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(reading: &Reading<'_>, at: Option<Timestamp>) -> String {
        let mut out = String::new();
        write(reading, at, &mut out);
        out
    }

    #[test]
    fn what_is_absent_is_null_and_whole_numbers_are_whole() {
        let mut reading = Reading { name: "report", ..Reading::default() };
        reading.figures.duration_ms = Some(3.5);
        reading.figures.billed_ms = Some(4.0);
        let line = line(&reading, Some(Timestamp::from_millis(1_768_429_571_234)));
        assert_eq!(line.matches(":null").count(), 13, "{line}");
        assert!(line.contains("\"duration_ms\":3.5,\"billed_ms\":4,"), "{line}");
        assert!(line.ends_with("\"timestamp\":\"2026-01-14T22:26:11.234Z\"}\n"), "{line}");
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_printed_and_nothing_is_changed() {
        let text = "a\u{1b}[2J\u{9b}2J\u{202e}b\0\u{7f}é";
        let reading = Reading { name: "app_text", body: Body::Text(text), ..Reading::default() };
        let line = line(&reading, None);
        assert!(line.chars().all(|c| c == 'é' || matches!(c, ' '..='~' | '\n')), "{line:?}");
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["message"], text);
    }
}
