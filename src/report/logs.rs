//! Log lines without a screen: columns for people, objects for scripts, the bare messages.
//!
//! [`Form`] says how a line is written, [`Window`] puts lines in order that come nearly so, [`Seen`] knows which
//! have come before.

mod export;
mod people;
mod seen;
mod window;

use serde::Serialize;

use crate::model::{LogLine, NO_TIME, SafeText, Showing};

pub use export::export;
pub(super) use people::{PLAIN, RED};
pub use people::{Style, time};
pub use seen::Seen;
pub use window::{Key, Window};

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Time, level, function, message, made safe for a terminal; secrets are masked.
    People(Style),
    /// One JSON object a line, with the exact message.
    Json,
    /// The messages, byte for byte; a line end is added where there is none.
    Raw,
    /// The messages, made safe for a terminal.
    Safe(Showing),
}

/// One line as scripts read it: these fields, in this order.
#[derive(Serialize)]
struct Record<'a> {
    timestamp: Option<i64>,
    ingestion_time: Option<i64>,
    event_id: &'a str,
    group: &'a str,
    stream: &'a str,
    function: Option<&'a str>,
    message: &'a str,
    late: bool,
}

impl Form {
    /// Appends `line` to `out`. `late` says that lines which happened later were written before it.
    pub fn write(&self, line: &LogLine<'_>, late: bool, out: &mut String) {
        match self {
            Self::People(style) => people::write(line, late, *style, out),
            Self::Json => json(line, late, out),
            Self::Raw => {
                out.push_str(line.message);
                if !line.message.ends_with('\n') {
                    out.push('\n');
                }
            }
            Self::Safe(showing) => {
                for row in people::rows(line.message, *showing) {
                    out.push_str(&row);
                    out.push('\n');
                }
            }
        }
    }
}

fn json(line: &LogLine<'_>, late: bool, out: &mut String) {
    let millis = |at| (at != NO_TIME).then(|| crate::model::Timestamp::millis(at));
    let record = Record {
        timestamp: millis(line.timestamp),
        ingestion_time: millis(line.ingested),
        event_id: line.event_id,
        group: &line.group.name,
        stream: &line.stream.name,
        function: line.function(),
        message: line.message,
        late,
    };
    if let Ok(object) = serde_json::to_string(&record) {
        super::line::harmless(&object, out);
        out.push('\n');
    }
}

/// A mistake in a filter: what is wrong, the filter, and a mark under the character.
#[must_use]
pub fn pointed_at(filter: &str, at: usize, message: &str) -> [String; 3] {
    let shown = SafeText::new(filter);
    let column = shown.cell_of(at.min(filter.len()));
    [format!("--filter: {message}"), format!("  {shown}"), format!("  {:column$}^", "")]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::Value;

    use super::*;
    use crate::model::{GroupKey, Level, LineKind, LogStream, Scope, Timestamp};

    fn write(form: Form, message: &str, late: bool) -> String {
        let group = GroupKey::new(&Scope::new("123456789012", "eu-west-1"), "/aws/lambda/checkout-api");
        let stream = LogStream { name: Arc::from("2026/03/01/[$LATEST]0f"), function: None, version: None };
        let line = LogLine {
            group: &group,
            timestamp: Timestamp::from_millis(1_772_366_400_123),
            ingested: Timestamp::from_millis(1_772_366_400_999),
            id: 7,
            event_id: "3900",
            stream: &stream,
            message,
            level: Some(Level::Error),
            kind: LineKind::Application,
            request: None,
            provisional: false,
            figures: None,
            late: false,
        };
        let mut out = String::new();
        form.write(&line, late, &mut out);
        out
    }

    fn people(colour: bool) -> Form {
        Form::People(Style { zone: None, colour, showing: Showing::default() })
    }

    #[test]
    fn an_object_has_exactly_these_fields_and_the_exact_message() {
        let text = "a\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\"é\n\n";
        let written = write(Form::Json, text, true);
        assert!(written.chars().all(|c| c == 'é' || matches!(c, ' '..='~' | '\n')), "{written:?}");
        assert_eq!(written.matches('\n').count(), 1);
        let object: Value = serde_json::from_str(&written).unwrap();
        let names: Vec<&String> = object.as_object().unwrap().keys().collect();
        assert_eq!(names.len(), 8, "{names:?}");
        assert!(
            written.starts_with(
                "{\"timestamp\":1772366400123,\"ingestion_time\":1772366400999,\"event_id\":\"3900\",\
                 \"group\":\"/aws/lambda/checkout-api\",\"stream\":\"2026/03/01/[$LATEST]0f\",\
                 \"function\":\"checkout-api\",\"message\":"
            ),
            "{written}"
        );
        assert_eq!((&object["message"], &object["late"]), (&Value::from(text), &Value::from(true)));
    }

    #[test]
    fn raw_is_the_message_and_a_line_end_only_where_it_has_none() {
        assert_eq!(write(Form::Raw, "a\u{1b}[2J\tb", false), "a\u{1b}[2J\tb\n");
        assert_eq!(write(Form::Raw, "a\n", false), "a\n");
        assert_eq!(write(Form::Raw, "a\n\n", false), "a\n\n");
        assert_eq!(write(Form::Raw, "", false), "\n");
        assert_eq!(write(Form::Safe(Showing::default()), "a\u{1b}[2J\nb\n", false), "a␛[2J\nb\n");
    }

    #[test]
    fn people_read_time_level_function_and_a_message_that_a_terminal_cannot_obey() {
        assert_eq!(
            write(people(false), "boom\u{1b}[2J\n  at x\n", false),
            "2026-03-01T12:00:00.123Z ERROR checkout-api  boom␛[2J\n      at x\n"
        );
        let late = write(people(false), "x", true);
        assert_eq!(late, "2026-03-01T12:00:00.123Z ERROR checkout-api  (late) x\n");
        let secret = write(people(false), "password=hunter2hunter2", false);
        assert!(!secret.contains("hunter2"), "{secret}");
        let coloured = write(people(true), "\u{1b}[31mred", false);
        assert!(
            coloured.contains("\u{1b}[31mERROR\u{1b}[0m") && coloured.ends_with("  red\n"),
            "{coloured:?}"
        );
    }

    #[test]
    fn a_long_line_is_written_whole() {
        let long = "é ".repeat(20_000);
        let written = write(people(false), &long, false);
        assert_eq!(written.matches('é').count(), 20_000);
        assert_eq!(written.lines().count(), 1);
    }

    #[test]
    fn a_mistake_is_pointed_at() {
        let [_, shown, mark] = pointed_at("日本 level>=loud", 14, "no such level");
        assert_eq!((shown.as_str(), mark.as_str()), ("  日本 level>=loud", "              ^"));
    }
}
