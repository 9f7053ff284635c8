//! A Lambda function: who it is, how it is configured, and what only a call of its own can tell.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Failure, Scope, Timestamp};

/// Which function: its scope and its name, without version or alias (those are fields of what they describe).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FunctionKey {
    /// Account and region.
    pub scope: Scope,
    /// The bare name, such as `payment-capture`.
    pub name: Arc<str>,
}

impl FunctionKey {
    /// The function called `name` in `scope`.
    #[must_use]
    pub fn new(scope: &Scope, name: &str) -> Self {
        Self { scope: scope.clone(), name: name.into() }
    }
}

/// A function as `ListFunctions` describes it. What the answer left out is `None`, never a default.
///
/// Environment variables are never read into this type.
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Which one.
    pub key: FunctionKey,
    /// Its unqualified ARN.
    pub arn: Option<Arc<str>>,
    /// AWS's name of the runtime, such as `nodejs22.x`; `None` for container images.
    pub runtime: Option<Arc<str>>,
    /// Configured memory in MB, 128 to 10,240 (more on Managed Instances).
    pub memory_mb: Option<u32>,
    /// Configured timeout in seconds, 1 to 900.
    pub timeout_s: Option<u32>,
    /// Instruction set.
    pub architecture: Option<Architecture>,
    /// How the code is packed.
    pub package: Option<Package>,
    /// When code or configuration last changed.
    pub last_modified: Option<Timestamp>,
    /// Hash of the code: changes with every deploy, and a function made again has another one.
    pub code_sha256: Option<Arc<str>>,
    /// X-Ray mode.
    pub tracing: Option<Tracing>,
    /// Where and in which format it logs.
    pub logging: Option<Logging>,
    /// What its owner wrote about it.
    pub description: Option<Arc<str>>,
}

impl Function {
    /// Whether good requests leave neither START nor REPORT, because its configuration leaves out the platform's lines
    /// below WARN.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.logging.as_ref().is_some_and(|logging| {
            logging.format == Some(LogFormat::Json)
                && logging.system_level.as_deref().is_some_and(|level| level.eq_ignore_ascii_case("WARN"))
        })
    }

    /// A function of which only the name is known, as when `ListFunctions` is denied.
    #[must_use]
    pub fn named(key: FunctionKey) -> Self {
        Self {
            key,
            arn: None,
            runtime: None,
            memory_mb: None,
            timeout_s: None,
            architecture: None,
            package: None,
            last_modified: None,
            code_sha256: None,
            tracing: None,
            logging: None,
            description: None,
        }
    }
}

/// Instruction set; decides the price of a GB-second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Architecture {
    /// `x86_64`.
    X86,
    /// `arm64`.
    Arm,
}

/// How the code is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Package {
    /// A zip archive with a managed or custom runtime.
    Zip,
    /// A container image.
    Image,
}

/// X-Ray mode of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tracing {
    /// Lambda samples by itself.
    Active,
    /// Only requests that arrive sampled are traced.
    PassThrough,
}

/// A function's `LoggingConfig`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logging {
    /// The log group; never built by hand where AWS gave it.
    pub group: Option<Arc<str>>,
    /// Text or JSON.
    pub format: Option<LogFormat>,
    /// Lowest level that applications log at (JSON only).
    pub application_level: Option<Arc<str>>,
    /// Lowest level of platform lines (JSON only): at `WARN` good requests leave no line.
    pub system_level: Option<Arc<str>>,
}

/// Format of a function's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogFormat {
    /// Lines of text.
    Text,
    /// One JSON object per event.
    Json,
}

/// A fact that needs a call of its own: not asked, known since, or refused. Unknown is shown as unknown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Known<T> {
    /// Nobody has asked yet, or the answer is still out.
    #[default]
    Unasked,
    /// What AWS answered, and when.
    Known {
        /// The fact.
        value: T,
        /// When it was true.
        at: Timestamp,
    },
    /// The call failed; the fact is unknown and why.
    Refused(Failure),
}

impl<T> Known<T> {
    /// The fact, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known { value, .. } => Some(value),
            Self::Unasked | Self::Refused(_) => None,
        }
    }
}

/// What only calls per function tell: asked for the selected and visible functions alone, at most two calls a
/// second, and kept for fifteen minutes, because deployments share that quota.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// `GetFunctionConfiguration`: is it ready, and is a change under way.
    pub state: Known<FunctionState>,
    /// `GetFunctionConcurrency` and `ListProvisionedConcurrencyConfigs`.
    pub concurrency: Known<Concurrency>,
    /// `ListAliases`.
    pub aliases: Known<Aliases>,
    /// `ListTags`.
    pub tags: Known<Tags>,
}

/// State of a function, in AWS's own words (`Active`, `Pending`, `Inactive`, `Failed`, ...).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionState {
    /// `State`.
    pub state: Arc<str>,
    /// `StateReason`, if any.
    pub reason: Option<Arc<str>>,
    /// `LastUpdateStatus` (`Successful`, `InProgress`, `Failed`).
    pub last_update: Option<Arc<str>>,
}

/// Limits on how many instances of a function run at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concurrency {
    /// Reserved concurrent executions; `None` when the function shares the account's pool.
    pub reserved: Option<u32>,
    /// Provisioned concurrency by alias or version.
    pub provisioned: Vec<ProvisionedConcurrency>,
}

/// Provisioned concurrency of one alias or version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionedConcurrency {
    /// Alias or version.
    pub qualifier: Arc<str>,
    /// How many were asked for.
    pub requested: u32,
    /// How many are ready.
    pub available: u32,
    /// AWS's status word: `READY`, `IN_PROGRESS` or `FAILED`.
    pub status: Arc<str>,
}

/// Aliases and the version each points to.
pub type Aliases = Vec<(Arc<str>, Arc<str>)>;

/// Tags as key and value.
pub type Tags = Vec<(Arc<str>, Arc<str>)>;
