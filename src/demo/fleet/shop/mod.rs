//! The functions of the shop, by the team that owns them.

mod fulfilment;
mod payments;
mod platform;
mod storefront;

use super::invocation::Service;
use super::spec::{Architecture, EventSource, FunctionSpec, InvokeMode, Load, LogFormat, Step, SystemLevel};

/// Every function, in an order that does not change.
pub(super) fn functions() -> Vec<FunctionSpec> {
    [storefront::FUNCTIONS, payments::FUNCTIONS, fulfilment::FUNCTIONS, platform::FUNCTIONS].concat()
}

const NODE: Option<&str> = Some("nodejs22.x");
const PYTHON: Option<&str> = Some("python3.13");
const PYTHON_312: Option<&str> = Some("python3.12");
const JAVA: Option<&str> = Some("java21");
const CUSTOM: Option<&str> = Some("provided.al2023");
const DOTNET: Option<&str> = Some("dotnet8");
const RUBY: Option<&str> = Some("ruby3.4");

/// Layer with an agent that sends telemetry on after each request.
const AGENT: &str = "otel-agent:14";
/// Layer with shared code.
const SHARED: &str = "shop-shared:61";

/// A function with what most of them have in common.
const fn function(
    name: &'static str,
    runtime: Option<&'static str>,
    memory_mb: u32,
    timeout_s: u32,
    source: EventSource,
) -> FunctionSpec {
    FunctionSpec {
        name,
        runtime,
        memory_mb,
        timeout_s,
        architecture: Architecture::Arm,
        handler: Some("index.handler"),
        description: "",
        tracing: false,
        log_format: LogFormat::Text,
        system_level: SystemLevel::Info,
        invoke_mode: InvokeMode::Buffered,
        managed: false,
        snap_start: false,
        shared_log_group: None,
        reserved: None,
        provisioned: None,
        alias: None,
        team: "platform",
        source,
        layers: &[],
        ephemeral_mb: 512,
        state: "Active",
        load: load(0.0, 0.0, [100.0, 400.0, 300.0], 80, 0.0),
        steps: &[],
    }
}

/// A load: requests a minute, daily rhythm, `[p50, p99, init]` in ms, memory in MB, share of errors.
const fn load(per_minute: f64, rhythm: f64, times: [f64; 3], memory_mb: u32, errors: f64) -> Load {
    Load { per_minute, rhythm, p50_ms: times[0], p99_ms: times[1], init_ms: times[2], memory_mb, errors }
}

/// A call, and the per cent that it has of a healthy request's duration.
const fn step(service: Service, name: &'static str, operation: &'static str, share: u8) -> Step {
    Step { service, name, operation, share }
}
