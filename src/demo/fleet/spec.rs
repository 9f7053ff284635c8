//! What is fixed about a function of the shop: its configuration and how it behaves when nothing is wrong.

use super::invocation::Service;

/// Instruction set of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// `x86_64`.
    X86,
    /// `arm64`.
    Arm,
}

/// Format of a function's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines of text.
    Text,
    /// One JSON object per event.
    Json,
}

/// From which level on Lambda writes its own records to a JSON log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SystemLevel {
    /// Everything.
    Debug,
    /// Beginnings, reports and whatever went wrong.
    Info,
    /// Only what went wrong: of a request that succeeded there is no record at all.
    Warn,
}

impl SystemLevel {
    /// In Lambda's spelling.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
        }
    }
}

/// What invokes a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventSource {
    /// An HTTP API, synchronously.
    Api,
    /// A synchronous call of another function of the fleet, given by name.
    Function(&'static str),
    /// A queue.
    Queue,
    /// A Kinesis or `DynamoDB` stream: the function has an iterator age.
    Stream,
    /// A Kafka topic: the function has an offset lag.
    Kafka,
    /// A schedule.
    Schedule,
    /// Events accepted for asynchronous invocation, with no retries configured.
    Async,
    /// The function's own URL.
    Url,
    /// A task of a Step Functions state machine.
    Step,
    /// A durable execution, which is replayed until it is complete.
    Durable,
}

/// Provisioned concurrency of a function's alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provisioned {
    /// The alias it is configured for.
    pub alias: &'static str,
    /// How many environments are kept ready.
    pub environments: u32,
}

/// A call that a function makes in every healthy request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Kind of the service called.
    pub service: Service,
    /// Name of what is called: a table, a queue, a bucket, a host.
    pub name: &'static str,
    /// The operation, such as `PutItem` or `POST /authorise`.
    pub operation: &'static str,
    /// Its share of a healthy request's duration, per cent.
    pub share: u8,
}

/// How much a function is used, and how it runs when nothing is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Requests a minute in the busiest hour of an ordinary day.
    pub per_minute: f64,
    /// How much of that is gone in the quietest hour, 0 to 1: 0 has no daily rhythm.
    pub rhythm: f64,
    /// Median duration of a warm request, ms.
    pub p50_ms: f64,
    /// 99th percentile of the same, ms.
    pub p99_ms: f64,
    /// Median initialisation of a new environment, or of its restore with `SnapStart`, ms.
    pub init_ms: f64,
    /// Memory that a warm environment uses, MB.
    pub memory_mb: u32,
    /// Share of requests that fail on an ordinary day, 0 to 1.
    pub errors: f64,
}

/// How an answer is sent, in the words of <https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvokeMode {
    /// Once it is whole.
    Buffered,
    /// While it is still made.
    ResponseStream,
}

/// A function of the shop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FunctionSpec {
    /// Its name, in kebab case.
    pub name: &'static str,
    /// AWS's name of its runtime; `None` for a container image.
    pub runtime: Option<&'static str>,
    /// Configured memory, MB.
    pub memory_mb: u32,
    /// Timeout, seconds.
    pub timeout_s: u32,
    /// Instruction set.
    pub architecture: Architecture,
    /// Its entry point; `None` for a container image.
    pub handler: Option<&'static str>,
    /// What its owner wrote about it.
    pub description: &'static str,
    /// Whether X-Ray tracing is active.
    pub tracing: bool,
    /// Format of its log.
    pub log_format: LogFormat,
    /// Level of the platform's records, where the log is JSON.
    pub system_level: SystemLevel,
    /// How its answer is sent.
    pub invoke_mode: InvokeMode,
    /// Whether it runs on Lambda Managed Instances: an environment serves several requests at a time.
    pub managed: bool,
    /// Whether its published versions have `SnapStart`: a new environment is restored from a snapshot, not initialised.
    pub snap_start: bool,
    /// Its log group where it is not the usual one: several functions share such a group.
    pub shared_log_group: Option<&'static str>,
    /// Reserved concurrency.
    pub reserved: Option<u32>,
    /// Provisioned concurrency.
    pub provisioned: Option<Provisioned>,
    /// The alias that callers use, if they do not call `$LATEST`.
    pub alias: Option<&'static str>,
    /// The team that owns it.
    pub team: &'static str,
    /// What invokes it.
    pub source: EventSource,
    /// Names of its layers, each `name:version`.
    pub layers: &'static [&'static str],
    /// Size of `/tmp`, MB.
    pub ephemeral_mb: u32,
    /// State in AWS's words: `Active` or `Inactive`.
    pub state: &'static str,
    /// Ordinary load.
    pub load: Load,
    /// Calls of every healthy request, in order.
    pub steps: &'static [Step],
}

impl FunctionSpec {
    /// The log group that it writes to.
    #[must_use]
    pub fn log_group(&self) -> String {
        self.shared_log_group.map_or_else(|| format!("/aws/lambda/{}", self.name), str::to_owned)
    }

    /// Whether it is a container image rather than a zip archive.
    #[must_use]
    pub const fn is_image(&self) -> bool {
        self.runtime.is_none()
    }

    /// Name of its role.
    #[must_use]
    pub fn role_name(&self) -> String {
        format!("{}-role", self.name)
    }

    /// Its tags: key and value, by key.
    #[must_use]
    pub fn tags(&self) -> [(&'static str, &'static str); 3] {
        let service = self.name.split('-').next().unwrap_or(self.name);
        [("service", service), ("stage", "prod"), ("team", self.team)]
    }

    /// Whether an extension runs on after its requests: such a function has a layer with an agent.
    #[must_use]
    pub fn has_extension(&self) -> bool {
        self.layers.iter().any(|layer| layer.starts_with("otel-agent"))
    }
}
