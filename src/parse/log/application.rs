//! An application's JSON: Lambda's own JSON format, Powertools and other structured loggers, embedded metrics (EMF).
//!
//! | field | is read from |
//! |---|---|
//! | level | `level`, else `severity`, else the names of other loggers; numbers as pino, monolog, syslog and OpenTelemetry count |
//! | request | `requestId`, else `request_id`, `function_request_id`, else the names of other loggers; else in an object that holds a line's context |
//! | trace | `xray_trace_id`, else `trace_id`, `traceId`, ...; also as the header `Root=...;Sampled=1` |
//! | message | `message`, else `msg`, else the names of other loggers; else in `fields` (Rust) or `record` (loguru) |
//! | error | `errorType`, `errorMessage`; else those of a `message` that is an object, or a string that holds one |
//!
//! The names are in [`super::members`].
//!
//! Sources: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>,
//! <https://docs.powertools.aws.dev/lambda/python/latest/core/logger/>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>,
//! <https://opentelemetry.io/docs/specs/otel/logs/data-model/>, and the pages of the loggers.

use std::borrow::Cow;

use super::json::{self, number, text};
use super::members::{Members, Ranked};
use super::{levels, words, xray};
use crate::model::{Body, Reading};

/// Reads an application's event from its members.
pub(super) fn read<'a>(
    event: &'a str,
    members: &mut Members<'a>,
    time: Option<&'a str>,
    into: &mut Reading<'a>,
) {
    let inner = members.inner();
    let or_inner = |own: Ranked<'a>, inner: Ranked<'a>| if own.is_none() { inner } else { own };
    into.name = if members.metrics { "emf" } else { "app_json" };
    level(or_inner(members.level, inner.level), into);
    if into.level_word.is_none()
        && let Some((level, word)) = members.severity.value().and_then(number).and_then(levels::severity)
    {
        (into.level, into.level_word) = (Some(level), Some(Cow::Borrowed(word)));
    }
    into.request = or_inner(members.request, inner.request).text();
    trace(or_inner(members.trace, inner.trace), into);
    into.tenant = members.tenant.text();
    into.timestamp = members.timestamp.plain().or_else(|| time.and_then(text_or_number));
    into.error_type = members.error_type.text();
    into.error_message = members.error_message.text();
    let mut message = or_inner(members.message, inner.message);
    // What structlog and OpenTelemetry call the message is anything at all where no logger wrote the line.
    if message.is_none() && into.level_word.is_some() {
        message = members.said;
    }
    into.body = match message.value() {
        Some(message) => body(message),
        None => Body::Json(Cow::Borrowed(event.trim_ascii_end())),
    };
    if into.error_type.is_none() && message.value().is_some() {
        nested_error(into);
    }
}

/// The level: a word, or a number.
fn level<'a>(given: Ranked<'a>, into: &mut Reading<'a>) {
    let Some(value) = given.value() else {
        return;
    };
    if let Some(word) = text(value) {
        let word = match word {
            Cow::Borrowed(word) => Cow::Borrowed(words::bare(word)),
            Cow::Owned(word) => Cow::Owned(words::bare(&word).to_owned()),
        };
        into.level = levels::level(&word);
        into.level_word = (given.is_first() || into.level.is_some()).then_some(word);
    } else if let Some(number) = number(value) {
        let (level, word) = levels::numbered(number);
        (into.level, into.level_word) = (Some(level), Some(Cow::Borrowed(word)));
    } else if value.starts_with('{') {
        // loguru's: `{"icon","name","no"}`.
        let mut name = Ranked::default();
        let _ = json::object(value, |key, value| match key {
            "name" if value.starts_with('"') => name.offer(0, value),
            _ => {}
        });
        level(name, into);
    }
}

/// The trace: its id, or the header that carries it.
fn trace<'a>(given: Ranked<'a>, into: &mut Reading<'a>) {
    match given.text() {
        // Load balancers put a field of their own before the root.
        Some(Cow::Borrowed(header)) if header.contains("Root=") => xray::header(header, into),
        id => into.trace = id,
    }
}

/// The text of a value; a number as it stands there.
pub(super) fn text_or_number(value: &str) -> Option<Cow<'_, str>> {
    text(value).or_else(|| number(value).map(|_| Cow::Borrowed(value)))
}

/// What a `message` or a `record` says: text; JSON if it is another value, or text that is an object.
pub(super) fn body(value: &str) -> Body<'_> {
    match text(value) {
        None => Body::Json(Cow::Borrowed(value)),
        Some(Cow::Borrowed(text)) => Body::Text(text),
        Some(Cow::Owned(text)) if is_object(&text) => Body::Json(Cow::Owned(text)),
        Some(Cow::Owned(text)) => Body::Decoded(text),
    }
}

/// A string that holds an object has escaped quotes, so that it was decoded; it is not looked into any deeper.
fn is_object(text: &str) -> bool {
    text.trim_ascii_start().starts_with('{')
        && json::object(text, |_, _| ()).is_some_and(|rest| rest.trim_ascii().is_empty())
}

/// Takes the error from a message that is an object.
fn nested_error(into: &mut Reading<'_>) {
    let Body::Json(message) = &into.body else {
        return;
    };
    let (mut kind, mut why) = (None, None);
    let _ = json::object(message, |key, value| match key {
        "errorType" => kind = text(value),
        "errorMessage" => why = text(value),
        _ => {}
    });
    let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    let (kind, why) = (kind.map(owned), why.map(owned));
    (into.error_type, into.error_message) = (kind, why.or(into.error_message.take()));
}
