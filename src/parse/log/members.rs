//! The members of an application's JSON that are looked at, under every name that loggers give them.

use std::borrow::Cow;

use super::application::text_or_number;
use super::json;

/// Names of a level beside `level` and `severity`.
const LEVELS: &[&str] = &[
    "levelname",
    "log.level",
    "lvl",
    "loglevel",
    "log_level",
    "logLevel",
    "LogLevel",
    "Level",
    "LEVEL",
    "level_name",
    "levelName",
    "Severity",
    "severityText",
    "SeverityText",
    "severity_text",
    "@l",
    "@level",
    "_logLevel",
];

/// Names of the request beside those of Lambda and Powertools.
const REQUESTS: &[&str] = &[
    "awsRequestId",
    "AWSRequestId",
    "AwsRequestId",
    "awsRequestID",
    "aws_request_id",
    "aws-request-id",
    "RequestId",
    "requestID",
    "RequestID",
    "lambda_request_id",
    "lambdaRequestId",
    "aws.requestId",
    "aws.request_id",
    "faas.execution",
    "faas.invocation_id",
    "lambda.requestId",
    "lambda.request_id",
];

/// Names of the X-Ray trace beside Powertools' `xray_trace_id`.
const TRACES: &[&str] =
    &["trace_id", "traceId", "trace.id", "xrayTraceId", "XrayTraceId", "xray_trace", "TraceId"];

/// Names of the time beside `timestamp`.
const TIMES: &[&str] =
    &["@timestamp", "ts", "Timestamp", "@t", "asctime", "datetime", "timeUnixNano", "observedTimeUnixNano"];

/// Objects in which loggers put what a line's context is: the map of a thread (Java), properties (.NET), spans (Rust),
/// loguru's record.
const CONTAINERS: &[&str] = &[
    "context",
    "contextMap",
    "mdc",
    "MDC",
    "Properties",
    "State",
    "lambda",
    "aws",
    "faas",
    "extra",
    "span",
    "spans",
    "fields",
    "record",
    "log",
    "attributes",
];

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
    containers: [Option<(&'a str, &'a str)>; MOST],
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

impl<'a> Members<'a> {
    /// Keeps a member if it is one that is looked at.
    pub(super) fn take(&mut self, key: &'a str, value: &'a str) {
        let word = value.starts_with('"');
        let (slot, rank) = match key {
            // A number is a level if no word says it: monolog writes both.
            "level" => (&mut self.level, if word { 0 } else { 3 }),
            "severity" if word => (&mut self.level, 1),
            "requestId" => (&mut self.request, 0),
            "request_id" => (&mut self.request, 1),
            "function_request_id" => (&mut self.request, 2),
            "xray_trace_id" => (&mut self.trace, 0),
            "timestamp" => (&mut self.timestamp, 0),
            "message" => (&mut self.message, 0),
            "msg" => (&mut self.message, 1),
            "RenderedMessage" | "@m" => (&mut self.message, 2),
            "Message" | "MessageTemplate" | "@message" | "@mt" | "short_message" if word => {
                (&mut self.message, 3)
            }
            "event" | "body" | "Body" if word => (&mut self.said, 0),
            "errorType" => (&mut self.error_type, 0),
            "errorMessage" => (&mut self.error_message, 0),
            "tenantId" => (&mut self.tenant, 0),
            "tenant_id" => (&mut self.tenant, 1),
            "severityNumber" | "SeverityNumber" | "severity_number" => (&mut self.severity, 0),
            "_aws" => return self.metrics = value.starts_with('{'),
            _ if value.starts_with(['{', '[']) => return self.contain(key, value),
            _ if word && LEVELS.contains(&key) => (&mut self.level, 2),
            _ if word && REQUESTS.contains(&key) => (&mut self.request, 3),
            _ if word && TRACES.contains(&key) => (&mut self.trace, 1),
            _ if TIMES.contains(&key) => (&mut self.timestamp, 1),
            _ => return,
        };
        slot.offer(rank, value);
    }

    fn contain(&mut self, key: &'a str, value: &'a str) {
        if CONTAINERS.contains(&key)
            && let Some(free) = self.containers.iter_mut().find(|held| held.is_none())
        {
            *free = Some((key, value));
        }
    }

    /// What the containers say of what the event itself does not. A level counts only where a logger puts its own.
    pub(super) fn inner(&self) -> Self {
        let mut inner = Self::default();
        let wanting = self.request.is_none() || self.message.is_none() || self.level.is_none();
        if !wanting {
            return inner;
        }
        let mut open: Vec<(&str, &str)> = self.containers.iter().flatten().copied().collect();
        let mut looked = 0;
        while let Some((container, object)) = open.pop() {
            looked += 1;
            let mut own = Self::default();
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
                open.extend(own.containers.iter().flatten().filter(|(key, _)| *key == "extra"));
            }
        }
        inner
    }
}
