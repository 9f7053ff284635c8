//! Invocations: one attempt at one request, as its log lines tell of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Fault, FunctionKey, GroupKey, LogLine, LogStream, RequestId, TimeRange, Timestamp, TraceId};

/// What a line says of its request beside numbers; one line in a handful says any of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestNotes {
    /// The version that ran: `$LATEST` or a number.
    pub version: Option<Arc<str>>,
    /// Its trace.
    pub trace: Option<TraceId>,
    /// Whether X-Ray keeps that trace.
    pub sampled: Option<bool>,
    /// What has gone wrong, as far as this line can tell.
    pub fault: Option<Fault>,
    /// The error that it tells of.
    pub error: Option<Arc<ErrorNote>>,
    /// The platform says that the request went well (`"status":"success"`): whatever was logged, it answered.
    pub succeeded: bool,
}

/// An error as a line tells of it; raw text, the message's first line alone, of at most [`ErrorNote::LONGEST`] bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ErrorNote {
    /// Its type, such as `ProvisionedThroughputExceededException`; empty where none is told.
    pub kind: Arc<str>,
    /// What it says of itself.
    pub message: Arc<str>,
}

impl ErrorNote {
    /// Bytes of a message that are kept.
    pub const LONGEST: usize = 300;
}

/// Names one attempt at one request for as long as it is held.
///
/// Lambda tries an asynchronous event again under the same request id; attempts are numbered as they are discovered,
/// which need not be their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InvocationKey {
    /// The request.
    pub request: RequestId,
    /// Which of its attempts.
    pub attempt: u32,
}

/// How an invocation ended. Ordered by how bad it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// Its REPORT has come and nothing went wrong.
    Ok,
    /// It began a short time ago and may still be running.
    Running,
    /// No REPORT came.
    #[default]
    Unknown,
    /// It logged an error and answered.
    Handled,
    /// Lambda refused it before it ran (429): it wrote no line, only a trace tells of it. CloudWatch counts it in
    /// `Throttles`, neither in `Invocations` nor in `Errors`; an asynchronous request is tried again for up to six hours.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>.
    Throttled,
    /// An error that nobody caught; Lambda counts it in `Errors`.
    Unhandled,
    /// The environment could not be initialised.
    InitError,
    /// The runtime ended before it had answered.
    RuntimeExit,
    /// The function's timeout ended it.
    Timeout,
    /// Killed for want of memory.
    OutOfMemory,
}

impl Outcome {
    /// All of them, from the worst to the best.
    pub const ALL: [Self; 10] = [
        Self::OutOfMemory,
        Self::Timeout,
        Self::RuntimeExit,
        Self::InitError,
        Self::Unhandled,
        Self::Throttled,
        Self::Handled,
        Self::Unknown,
        Self::Running,
        Self::Ok,
    ];

    /// The word for it, at most ten characters.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Running => "running",
            Self::Unknown => "no REPORT",
            Self::Handled => "handled",
            Self::Throttled => "throttled",
            Self::Unhandled => "unhandled",
            Self::InitError => "init error",
            Self::RuntimeExit => "exit",
            Self::Timeout => "timeout",
            Self::OutOfMemory => "memory",
        }
    }

    /// The word for scripts and for filters: `ok`, `running`, `unknown`, `handled`, `throttled`, `unhandled`,
    /// `init-error`, `exit`, `timeout`, `oom`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::InitError => "init-error",
            Self::OutOfMemory => "oom",
            _ => self.label(),
        }
    }

    /// Whether the caller got no answer, or one that CloudWatch counts in `Errors`.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(
            self,
            Self::Unhandled | Self::InitError | Self::RuntimeExit | Self::Timeout | Self::OutOfMemory
        )
    }
}

/// One attempt at one request. What its lines do not give is `None`; times are ms, memory is MB.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// Which attempt at which request.
    pub key: InvocationKey,
    /// The function; in a group that several share, as its stream or its lines tell.
    pub function: Arc<FunctionKey>,
    /// The log group of its lines.
    pub group: Arc<GroupKey>,
    /// The log stream of its lines: its execution environment. Its name is empty where it reached none.
    pub stream: Arc<LogStream>,
    /// The version that ran.
    pub version: Option<Arc<str>>,
    /// When its START was logged; where that is missing, its end less its duration, or else its first line.
    pub start: Timestamp,
    /// Whether START itself was seen.
    pub started: bool,
    /// The earliest and the latest of its lines, its init and what came after REPORT included.
    pub first: Timestamp,
    /// See `first`.
    pub last: Timestamp,
    /// When its REPORT was logged.
    pub reported: Option<Timestamp>,
    /// How long it ran, init excluded.
    pub duration_ms: Option<f64>,
    /// How much is billed, since August 2025 with the init.
    pub billed_ms: Option<f64>,
    /// How long its init took: there is one only after a cold start.
    pub init_ms: Option<f64>,
    /// How long a `SnapStart` restore took: a cold start as well.
    pub restore_ms: Option<f64>,
    /// Configured memory.
    pub memory_mb: Option<f64>,
    /// The most that was used in its environment so far.
    pub max_memory_mb: Option<f64>,
    /// It waited for a new environment.
    pub cold: bool,
    /// How it ended, by all of its lines. Never [`Outcome::Running`]: see [`Invocation::outcome_at`].
    pub outcome: Outcome,
    /// The most telling fault that its lines name.
    pub fault: Option<Fault>,
    /// The error that its lines tell of.
    pub error: Option<Arc<ErrorNote>>,
    /// Its trace.
    pub trace: Option<TraceId>,
    /// Whether X-Ray keeps that trace; `None` where nothing says.
    pub sampled: Option<bool>,
    /// The stretch of its stream in which lines that name no request are its own: its environment served nobody else.
    /// `None` where requests run side by side in one environment, and every line names its request.
    pub claims: Option<TimeRange>,
}

impl Invocation {
    /// Whether a line is of this attempt: it names the request, or stands where only this one can have written it.
    #[must_use]
    pub fn owns(&self, line: &LogLine<'_>) -> bool {
        if line.stream.name != self.stream.name || *line.group != *self.group {
            return false;
        }
        let claimed = self.claims.is_some_and(|claims| claims.contains(line.timestamp));
        match line.request {
            // What names the request beyond its stretch is of another attempt in the same environment.
            Some(request) if request == self.key.request => {
                claimed || (self.first <= line.timestamp && line.timestamp <= self.last)
            }
            _ => claimed,
        }
    }

    /// From its first line to its last, as far as they can be told before all have come.
    #[must_use]
    pub fn stretch(&self) -> (Timestamp, Timestamp) {
        let claims = self.claims.unwrap_or(TimeRange { start: self.first, end: self.last });
        (self.first.min(claims.start), self.last.max(claims.end))
    }

    /// Where its lines stand that do not name it; `None` where every line names its request.
    #[must_use]
    pub fn place(&self) -> Option<RequestPlace> {
        let claims = self.claims?;
        let (group, stream) = (Arc::clone(&self.group), Arc::clone(&self.stream));
        Some(RequestPlace { request: self.key.request, group, stream, claims })
    }

    /// How it ended, as seen at `now`: without a REPORT it may still be running for `timeout` after its start.
    #[must_use]
    pub fn outcome_at(&self, now: Timestamp, timeout: std::time::Duration) -> Outcome {
        let open = self.outcome == Outcome::Unknown && now.since(self.start) <= timeout;
        if open { Outcome::Running } else { self.outcome }
    }
}

/// Where lines of a request stand that do not name it: in a stretch of a stream that served nobody else.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestPlace {
    /// The request.
    pub request: RequestId,
    /// The log group.
    pub group: Arc<GroupKey>,
    /// The log stream.
    pub stream: Arc<LogStream>,
    /// From when to when.
    pub claims: TimeRange,
}

impl RequestPlace {
    /// Whether a line stands there; of one that names a request itself this says nothing.
    #[must_use]
    pub fn holds(&self, group: &str, stream: &str, at: Timestamp) -> bool {
        self.claims.contains(at) && *self.stream.name == *stream && *self.group.name == *group
    }
}
