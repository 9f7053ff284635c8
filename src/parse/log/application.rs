//! An application's JSON: Lambda's own JSON format, Powertools and other structured loggers, embedded metrics (EMF).
//!
//! | field | is read from |
//! |---|---|
//! | level | `level`, else `severity`, `levelname`, `log.level`, `lvl`, `loglevel`; pino's and bunyan's numbers too |
//! | request | `requestId`, else `request_id`, `function_request_id`, `awsRequestId`, `AWSRequestId`, `aws_request_id` |
//! | trace | `xray_trace_id`, else `trace_id` |
//! | error | `errorType`, `errorMessage`; else those of a `message` that is an object, or a string that holds one |
//!
//! Sources: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>,
//! <https://docs.powertools.aws.dev/lambda/python/latest/core/logger/>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use std::borrow::Cow;

use super::json::{self, text};
use super::words;
use crate::model::{Body, Level, Reading};

/// The members of an event that are looked at, as they stand there. Of several spellings the first in rank counts; of
/// two members with one name the last, as every JSON library has it.
#[derive(Default)]
pub(super) struct Members<'a> {
    level: Ranked<'a>,
    request: Ranked<'a>,
    trace: Ranked<'a>,
    timestamp: Ranked<'a>,
    message: Ranked<'a>,
    error_type: Ranked<'a>,
    error_message: Ranked<'a>,
    tenant: Ranked<'a>,
    metrics: bool,
}

/// A value and the rank of its spelling; lower is better.
#[derive(Clone, Copy, Default)]
struct Ranked<'a>(Option<(u8, &'a str)>);

impl<'a> Ranked<'a> {
    fn offer(&mut self, rank: u8, value: &'a str) {
        if self.0.is_none_or(|(held, _)| rank <= held) && !matches!(value, "null" | "\"\"") {
            self.0 = Some((rank, value));
        }
    }

    fn text(self) -> Option<Cow<'a, str>> {
        text(self.0?.1)
    }
}

impl<'a> Members<'a> {
    /// Keeps a member if it is one that is looked at.
    pub(super) fn take(&mut self, key: &'a str, value: &'a str) {
        let (slot, rank) = match key {
            "level" => (&mut self.level, 0),
            "severity" => (&mut self.level, 1),
            "levelname" | "log.level" | "lvl" | "loglevel" => (&mut self.level, 2),
            "requestId" => (&mut self.request, 0),
            "request_id" => (&mut self.request, 1),
            "function_request_id" => (&mut self.request, 2),
            "awsRequestId" | "AWSRequestId" | "aws_request_id" => (&mut self.request, 3),
            "xray_trace_id" => (&mut self.trace, 0),
            "trace_id" => (&mut self.trace, 1),
            "timestamp" => (&mut self.timestamp, 0),
            "@timestamp" | "ts" => (&mut self.timestamp, 1),
            "message" => (&mut self.message, 0),
            "msg" => (&mut self.message, 1),
            "errorType" => (&mut self.error_type, 0),
            "errorMessage" => (&mut self.error_message, 0),
            "tenantId" => (&mut self.tenant, 0),
            "tenant_id" => (&mut self.tenant, 1),
            "_aws" => return self.metrics = value.starts_with('{'),
            _ => return,
        };
        slot.offer(rank, value);
    }
}

/// Reads an application's event from its members.
pub(super) fn read<'a>(event: &'a str, members: &Members<'a>, time: Option<&'a str>, into: &mut Reading<'a>) {
    into.name = if members.metrics { "emf" } else { "app_json" };
    level(members.level, into);
    into.request = members.request.text();
    into.trace = members.trace.text();
    into.tenant = members.tenant.text();
    into.timestamp = members.timestamp.text().or_else(|| time.and_then(text));
    into.error_type = members.error_type.text();
    into.error_message = members.error_message.text();
    into.body = match members.message.0 {
        Some((_, message)) => body(message),
        None => Body::Json(Cow::Borrowed(event.trim_ascii_end())),
    };
    if into.error_type.is_none() && members.message.0.is_some() {
        nested_error(into);
    }
}

/// The level: a word, or a number as pino and bunyan count (30 is info).
fn level<'a>(given: Ranked<'a>, into: &mut Reading<'a>) {
    let Some((rank, value)) = given.0 else {
        return;
    };
    if let Some(word) = text(value) {
        into.level = words::level(&word);
        into.level_word = (rank == 0 || into.level.is_some()).then_some(word);
    } else if let Some(number) = json::number(value) {
        let (level, word) = match number {
            ..20.0 => (Level::Trace, "TRACE"),
            ..30.0 => (Level::Debug, "DEBUG"),
            ..40.0 => (Level::Info, "INFO"),
            ..50.0 => (Level::Warn, "WARN"),
            ..60.0 => (Level::Error, "ERROR"),
            _ => (Level::Fatal, "FATAL"),
        };
        (into.level, into.level_word) = (Some(level), Some(Cow::Borrowed(word)));
    }
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
