//! A row of a query: an event with the fields that are found in it, or what was counted.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::demo::fleet::LogEvent;

/// A value of a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Datum {
    Number(f64),
    Text(String),
    Nothing,
}

impl Datum {
    /// As it stands in a result; none where there is nothing.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Number(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::Nothing => None,
        }
    }

    /// As a number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            Self::Nothing => None,
        }
    }

    /// As numbers where both are, else as texts; none where one of them is nothing.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self.number(), other.number()) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => Some(self.text()?.cmp(&other.text()?)),
        }
    }
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub event: Option<Arc<LogEvent>>,
    /// `account:group` of the event.
    pub log: Arc<str>,
    /// Fields that a command made.
    pub named: Vec<(String, Datum)>,
    json: OnceCell<Option<Json>>,
}

impl Row {
    pub fn of(event: &Arc<LogEvent>, log: &Arc<str>) -> Self {
        Self {
            event: Some(Arc::clone(event)),
            log: Arc::clone(log),
            named: Vec::new(),
            json: OnceCell::new(),
        }
    }

    /// A row that was counted.
    pub fn made(named: Vec<(String, Datum)>) -> Self {
        Self { event: None, log: "".into(), named, json: OnceCell::new() }
    }

    /// When its event was written.
    pub fn timestamp(&self) -> Option<i64> {
        self.event.as_ref().map(|event| event.timestamp)
    }

    pub fn bin(&self, span: i64) -> Datum {
        self.timestamp().map_or(Datum::Nothing, |at| Datum::Text(instant(at - at.rem_euclid(span))))
    }

    /// The value of a field: one that a command made, one of CloudWatch's own, one of a REPORT line, or one of JSON.
    pub fn field(&self, name: &str) -> Datum {
        if let Some((_, datum)) = self.named.iter().find(|(found, _)| found == name) {
            return datum.clone();
        }
        let Some(event) = &self.event else { return Datum::Nothing };
        let text = |text: &str| Datum::Text(text.to_owned());
        let some = |found: Option<Datum>| found.unwrap_or(Datum::Nothing);
        match name {
            "@message" => text(&event.message),
            "@timestamp" => Datum::Text(instant(event.timestamp)),
            "@ingestionTime" => Datum::Text(instant(event.ingested)),
            "@logStream" => text(&event.stream),
            "@log" => text(&self.log),
            "@type" => {
                let word = event.message.split(' ').next().unwrap_or_default();
                some(["START", "END", "REPORT"].contains(&word).then(|| text(word)))
            }
            "@requestId" => some(figure(&event.message, "RequestId: ").map(text)),
            "@duration" => some(number(&event.message, "\tDuration: ")),
            "@billedDuration" => some(number(&event.message, "\tBilled Duration: ")),
            "@initDuration" => some(number(&event.message, "\tInit Duration: ")),
            // In bytes of a thousand, as Insights has it.
            "@memorySize" => some(megabytes(&event.message, "\tMemory Size: ")),
            "@maxMemoryUsed" => some(megabytes(&event.message, "\tMax Memory Used: ")),
            name => self.member(name),
        }
    }

    fn member(&self, path: &str) -> Datum {
        let parse = || {
            let message = &self.event.as_ref()?.message;
            message.starts_with('{').then(|| serde_json::from_str(message).ok()).flatten()
        };
        let Some(line) = self.json.get_or_init(parse) else { return Datum::Nothing };
        let found = path.split('.').try_fold(line, |value: &Json, name| match name.parse::<usize>() {
            Ok(index) if value.is_array() => value.get(index),
            _ => value.get(name),
        });
        match found {
            None | Some(Json::Null) => Datum::Nothing,
            Some(Json::Number(number)) => number.as_f64().map_or(Datum::Nothing, Datum::Number),
            Some(Json::String(text)) => Datum::Text(text.clone()),
            Some(Json::Bool(flag)) => Datum::Number(f64::from(u8::from(*flag))),
            Some(other) => Datum::Text(other.to_string()),
        }
    }
}

/// What stands behind a label, up to the next space.
fn figure<'a>(message: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = message.split_once(label)?;
    rest.split(|c: char| c.is_whitespace()).next()
}

fn number(message: &str, label: &str) -> Option<Datum> {
    let report = message.starts_with("REPORT ");
    report.then(|| figure(message, label)?.parse().ok()).flatten().map(Datum::Number)
}

fn megabytes(message: &str, label: &str) -> Option<Datum> {
    number(message, label)?.number().map(|megabytes| Datum::Number(megabytes * 1e6))
}

/// `2026-03-01 12:00:00.000`, as results have it.
pub(super) fn instant(ms: i64) -> String {
    let at = chrono::DateTime::from_timestamp_millis(ms).unwrap_or_default();
    at.format("%Y-%m-%d %H:%M:%S%.3f").to_string()
}
