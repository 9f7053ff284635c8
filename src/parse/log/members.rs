//! The members of an application's JSON that are looked at, under every name that loggers give them.

use std::borrow::Cow;
use std::mem;

use super::application::text_or_number;
use super::json;

/// Containers that are looked into, in one event.
const MOST: usize = 6;

/// The members of an event, as they stand there. Of several spellings the first in rank counts; of two members with one
/// name the last, as every JSON library has it.
#[derive(Default)]
pub(super) struct Members<'a> {
    pub(super) level: Ranked<'a>,
    /// OpenTelemetry's number of a level.
    pub(super) severity: Ranked<'a>,
    pub(super) request: Ranked<'a>,
    pub(super) trace: Ranked<'a>,
    pub(super) timestamp: Ranked<'a>,
    pub(super) message: Ranked<'a>,
    /// What is the message only in the line of a logger.
    pub(super) said: Ranked<'a>,
    pub(super) error_type: Ranked<'a>,
    pub(super) error_message: Ranked<'a>,
    pub(super) tenant: Ranked<'a>,
    pub(super) metrics: bool,
    /// Most events have none, and then nothing is allocated.
    containers: Vec<(&'a str, &'a str)>,
}

/// A value and the rank of its spelling; lower is better.
#[derive(Clone, Copy, Default)]
pub(super) struct Ranked<'a>(Option<(u8, &'a str)>);

impl<'a> Ranked<'a> {
    /// Keeps the value if none of a better spelling is kept.
    pub(super) fn offer(&mut self, rank: u8, value: &'a str) {
        if self.0.is_none_or(|(held, _)| rank <= held) && !matches!(value, "null" | "\"\"") {
            self.0 = Some((rank, value));
        }
    }

    /// Keeps `other` if nothing is kept.
    fn or(&mut self, other: Self) {
        self.0 = self.0.or(other.0);
    }

    pub(super) fn is_none(self) -> bool {
        self.0.is_none()
    }

    /// Whether it came under the best of its names.
    pub(super) fn is_first(self) -> bool {
        self.0.is_some_and(|(rank, _)| rank == 0)
    }

    /// The value as it stands there.
    pub(super) fn value(self) -> Option<&'a str> {
        Some(self.0?.1)
    }

    /// The value, if it is a string.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        json::text(self.0?.1)
    }

    /// The value, if it is a string or a number.
    pub(super) fn plain(self) -> Option<Cow<'a, str>> {
        text_or_number(self.0?.1)
    }
}

/// What the containers of an event say.
#[derive(Default)]
pub(super) struct Inner<'a> {
    pub(super) level: Ranked<'a>,
    pub(super) request: Ranked<'a>,
    pub(super) trace: Ranked<'a>,
    pub(super) message: Ranked<'a>,
}

impl<'a> Members<'a> {
    /// Keeps a member if it is one that is looked at.
    pub(super) fn take(&mut self, key: &'a str, value: &'a str) {
        let word = value.starts_with('"');
        let nested = value.starts_with(['{', '[']);
        let (slot, rank) = match key.as_bytes() {
            // A number is a level if no word says it: monolog writes both.
            b"level" => (&mut self.level, if word { 0 } else { 3 }),
            b"severity" if word => (&mut self.level, 1),
            b"levelname" | b"log.level" | b"lvl" | b"loglevel" | b"log_level" | b"logLevel" | b"LogLevel"
            | b"Level" | b"LEVEL" | b"level_name" | b"levelName" | b"Severity" | b"severityText"
            | b"SeverityText" | b"severity_text" | b"@l" | b"@level" | b"_logLevel"
                if word =>
            {
                (&mut self.level, 2)
            }
            b"severityNumber" | b"SeverityNumber" | b"severity_number" => (&mut self.severity, 0),
            // Lambda's name, and Powertools'.
            b"requestId" => (&mut self.request, 0),
            b"request_id" => (&mut self.request, 1),
            b"function_request_id" => (&mut self.request, 2),
            b"awsRequestId"
            | b"AWSRequestId"
            | b"AwsRequestId"
            | b"awsRequestID"
            | b"aws_request_id"
            | b"aws-request-id"
            | b"RequestId"
            | b"requestID"
            | b"RequestID"
            | b"lambda_request_id"
            | b"lambdaRequestId"
            | b"aws.requestId"
            | b"aws.request_id"
            | b"faas.execution"
            | b"faas.invocation_id"
            | b"lambda.requestId"
            | b"lambda.request_id"
                if word =>
            {
                (&mut self.request, 3)
            }
            b"xray_trace_id" => (&mut self.trace, 0),
            b"trace_id" | b"traceId" | b"trace.id" | b"xrayTraceId" | b"XrayTraceId" | b"xray_trace"
            | b"TraceId"
                if word =>
            {
                (&mut self.trace, 1)
            }
            b"timestamp" => (&mut self.timestamp, 0),
            b"@timestamp"
            | b"ts"
            | b"Timestamp"
            | b"@t"
            | b"asctime"
            | b"datetime"
            | b"timeUnixNano"
            | b"observedTimeUnixNano"
                if !nested =>
            {
                (&mut self.timestamp, 1)
            }
            b"message" => (&mut self.message, 0),
            b"msg" => (&mut self.message, 1),
            b"RenderedMessage" | b"@m" => (&mut self.message, 2),
            b"Message" | b"MessageTemplate" | b"@message" | b"@mt" | b"short_message" if word => {
                (&mut self.message, 3)
            }
            b"event" | b"body" | b"Body" if word => (&mut self.said, 0),
            b"errorType" => (&mut self.error_type, 0),
            b"errorMessage" => (&mut self.error_message, 0),
            b"tenantId" => (&mut self.tenant, 0),
            b"tenant_id" => (&mut self.tenant, 1),
            b"_aws" => return self.metrics = value.starts_with('{'),
            // Objects in which loggers put what a line's context is: the map of a thread (Java), properties (.NET),
            // spans (Rust), loguru's record.
            b"context" | b"contextMap" | b"mdc" | b"MDC" | b"Properties" | b"State" | b"lambda" | b"aws"
            | b"faas" | b"extra" | b"span" | b"spans" | b"fields" | b"record" | b"log" | b"attributes"
                if nested =>
            {
                return self.contain(key, value);
            }
            _ => return,
        };
        slot.offer(rank, value);
    }

    fn contain(&mut self, key: &'a str, value: &'a str) {
        if self.containers.len() < MOST {
            self.containers.push((key, value));
        }
    }

    /// What the containers say of what the event itself does not. A level counts only where a logger puts its own.
    pub(super) fn inner(&mut self) -> Inner<'a> {
        let mut inner = Inner::default();
        let wanting = self.request.is_none() || self.message.is_none() || self.level.is_none();
        if !wanting || self.containers.is_empty() {
            return inner;
        }
        let mut open = mem::take(&mut self.containers);
        let mut looked = 0;
        while let Some((container, object)) = open.pop() {
            looked += 1;
            let mut own = Members::default();
            let mut take = |object| {
                let _ = json::object(object, |key, value| own.take(key, value));
            };
            if container == "spans" {
                let _ = json::array(object, take);
            } else {
                take(object);
            }
            inner.request.or(own.request);
            inner.trace.or(own.trace);
            if matches!(container, "record" | "log") {
                inner.level.or(own.level);
            }
            if matches!(container, "record" | "fields") {
                inner.message.or(own.message);
            }
            // loguru's record has one of its own.
            if looked <= MOST {
                open.extend(own.containers.into_iter().filter(|(key, _)| *key == "extra"));
            }
        }
        inner
    }
}
