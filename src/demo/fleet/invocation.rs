//! One request to a function, in full: what log lines, metrics and traces are made from.

use std::fmt;

/// Kind of a service that a function calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Amazon `DynamoDB`.
    DynamoDb,
    /// Amazon SQS.
    Sqs,
    /// Amazon SNS.
    Sns,
    /// Amazon S3.
    S3,
    /// Amazon SES.
    Ses,
    /// `EventBridge`.
    Events,
    /// AWS Secrets Manager.
    SecretsManager,
    /// Another function.
    Lambda,
    /// Any HTTP host.
    Http,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The function answered.
    Ok,
    /// The function reported an error of its own.
    HandledError {
        /// Its type, such as `CardDeclined`.
        error_type: &'static str,
        /// Its message.
        message: String,
    },
    /// The code threw and nobody caught it.
    Unhandled {
        /// Its type, such as `ProvisionedThroughputExceededException`.
        error_type: &'static str,
        /// Its message.
        message: String,
    },
    /// Cut off at the function's timeout.
    Timeout,
    /// Killed for using more memory than it has.
    OutOfMemory,
    /// The environment could not be initialised.
    InitError {
        /// The runtime's error type, such as `Runtime.ImportModuleError`.
        error_type: &'static str,
        /// Its message.
        message: String,
    },
    /// The runtime ended before it had answered.
    RuntimeExit {
        /// The runtime's words, such as `signal: segmentation fault`.
        reason: &'static str,
    },
    /// Refused for want of concurrency: it never reached an environment.
    Throttled,
}

impl Outcome {
    /// Whether CloudWatch counts it in `Errors`.
    #[must_use]
    pub const fn is_error(&self) -> bool {
        !matches!(self, Self::Ok | Self::Throttled)
    }
}

/// The execution environment that served a request: one log stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Environment {
    /// 32 hexadecimal digits; the end of its log stream's name.
    pub id: String,
    /// When it was started, ms since the epoch.
    pub started_ms: i64,
    /// How it came to be.
    pub start: EnvironmentStart,
}

/// Why an environment was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnvironmentStart {
    /// A request found none free and waited for it: a cold start.
    OnDemand,
    /// Lambda had it ready ahead of requests: nobody waited.
    Proactive,
    /// It is one of the provisioned concurrency.
    Provisioned,
}

/// The trace of a request, of a function whose tracing is active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceHeader {
    /// X-Ray's id of the trace, `1-<8 hex>-<24 hex>`: the caller's where another function called.
    pub trace_id: String,
    /// The id of this function's segment, 16 hexadecimal digits.
    pub segment_id: String,
    /// Whether X-Ray keeps it: the first request each second and 5 % of the rest, as the caller decided if there is one.
    pub sampled: bool,
}

/// The request of another function that made this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Index of the calling function.
    pub function: usize,
    /// Its request.
    pub request_id: String,
}

/// One attempt to call something downstream.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Kind of service.
    pub service: Service,
    /// Name of what is called.
    pub name: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// Where it begins, ms after the beginning of the invocation (initialisation not counted).
    pub offset_ms: f64,
    /// How long it took, ms.
    pub duration_ms: f64,
    /// HTTP status of the answer; `None` when no answer came.
    pub status: Option<u16>,
    /// Which attempt it is, from 1.
    pub attempt: u8,
    /// Whether the service refused it because of its rate.
    pub throttled: bool,
    /// How long the caller waited before this attempt, ms; 0 for the first.
    pub backoff_ms: f64,
    /// Id of the request it became, where a function of the fleet was called.
    pub request_id: Option<String>,
}

/// What an invocation did for its durable execution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DurableStep {
    /// Began it.
    Started,
    /// Went on with it, up to its next wait.
    Resumed,
    /// Ended it.
    Ended {
        /// Whether well.
        succeeded: bool,
        /// How long the execution took, from its beginning, ms.
        after_ms: f64,
    },
}

/// One request to a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// Lambda's request id, a UUID; unique in the fleet.
    pub request_id: String,
    /// When it began, ms since the epoch; a cold start begins with its initialisation.
    pub start_ms: i64,
    /// How long its environment took to initialise, or to be restored with `SnapStart`, ms, where the request waited for
    /// that.
    pub init_ms: Option<f64>,
    /// How much of a restore that it waited for is billed, ms; `None` of every other request.
    pub billed_restore_ms: Option<u64>,
    /// How long the code ran, ms, to the hundredth; 0 when throttled.
    pub duration_ms: f64,
    /// What is billed, ms: initialisation and duration, rounded up; of a restore its billed part alone.
    pub billed_ms: u64,
    /// Most memory that its environment had used so far, MB; 0 when throttled.
    pub memory_used_mb: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Where it ran; `None` when throttled.
    pub environment: Option<Environment>,
    /// The version that ran: a number, or `$LATEST` where callers use no alias.
    pub version: String,
    /// Whether it waited for a new environment.
    pub cold: bool,
    /// Its trace, where tracing is active.
    pub trace: Option<TraceHeader>,
    /// The request of another function that made it.
    pub caller: Option<Caller>,
    /// HTTP status that it answered with, for functions behind an API or URL.
    pub http_status: Option<u16>,
    /// How long its event waited for asynchronous invocation, ms.
    pub event_age_ms: Option<f64>,
    /// When its event was tried before and throttled, ms since the epoch, in order.
    pub refused_ms: Vec<i64>,
    /// Age of the newest record of its batch when it was read from a stream, ms.
    pub iterator_age_ms: Option<f64>,
    /// Records between the newest of its topic and the last one read.
    pub offset_lag: Option<u32>,
    /// How long an extension ran on after the answer, ms.
    pub extension_ms: Option<f64>,
    /// Whether it failed for good and its dead-letter queue did not take the event either.
    pub dead_letter_failed: bool,
    /// What it did for its durable execution.
    pub durable: Option<DurableStep>,
    /// What it called, in order of time.
    pub downstream: Vec<Call>,
}

impl Invocation {
    /// When its environment was free again, ms since the epoch.
    #[must_use]
    pub fn end_ms(&self) -> f64 {
        self.start_ms as f64 + self.init_ms.unwrap_or(0.0) + self.duration_ms
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DynamoDb => "DynamoDB",
            Self::Sqs => "SQS",
            Self::Sns => "SNS",
            Self::S3 => "S3",
            Self::Ses => "SES",
            Self::Events => "Events",
            Self::SecretsManager => "SecretsManager",
            Self::Lambda => "Lambda",
            Self::Http => "remote",
        })
    }
}
