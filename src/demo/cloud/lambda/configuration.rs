//! A function's configuration, as `ListFunctions` and `GetFunctionConfiguration` describe it.

use super::Target;
use crate::demo::cloud::account::{Account, Which};
use crate::demo::cloud::calendar;
use crate::demo::cloud::protocol::value::Value;
use crate::demo::faults::{hash, mix};
use crate::demo::fleet::{Architecture, LogFormat};

/// Stands in every function's environment: whoever shows it has read what is none of their business.
const SECRET: &str = "demo-secret-never-to-be-shown";

/// When the idle functions were made, 2025-01-15.
const IDLE_SINCE: i64 = 1_736_935_200_000;

/// What `ListFunctions` says: everything but the state. Unqualified ARNs, unless versions were asked for too.
pub(super) fn listed(account: &Account, target: &Target, with_version: bool, now: i64) -> Value {
    let version = target.version(account, now).unwrap_or_else(|| "$LATEST".to_owned());
    let arn_name = match &target.qualifier {
        Some(qualifier) => format!("{}:{qualifier}", target.name),
        None if with_version => format!("{}:$LATEST", target.name),
        None => target.name.clone(),
    };
    let base = Value::structure()
        .with("FunctionName", target.name.as_str())
        .with("FunctionArn", account.arn(&arn_name))
        .with("Version", version.as_str())
        .with("RevisionId", revision(&target.name, &version))
        .with("TracingConfig", Value::structure().with("Mode", tracing(account, target.which)))
        .with("Environment", environment());
    match target.which {
        Which::Fleet(index) => {
            of_fleet(base, account, index, now).with("SnapStart", snap_start(account, index, &version))
        }
        Which::Idle(number) => of_idle(base, account, &target.name, number),
    }
}

/// What `GetFunctionConfiguration` says: the same, and the state.
pub(super) fn full(account: &Account, target: &Target, now: i64) -> Value {
    let state = match target.which {
        Which::Fleet(index) => account.fleet.functions()[index].state,
        Which::Idle(_) => "Inactive",
    };
    let idle = state == "Inactive";
    listed(account, target, false, now)
        .with("State", state)
        .with("StateReason", idle.then_some("The function is idle."))
        .with("StateReasonCode", idle.then_some("Idle"))
        .with("LastUpdateStatus", "Successful")
}

/// A revision id: another one for every version.
pub(super) fn revision(name: &str, version: &str) -> String {
    uuid(hash(name), hash(version))
}

/// A UUID-shaped id made of two numbers.
pub(in crate::demo::cloud) fn uuid(first: u64, second: u64) -> String {
    let (high, low) = (mix(first), mix(second ^ first.rotate_left(32)));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff
    )
}

fn tracing(account: &Account, which: Which) -> &'static str {
    match which {
        Which::Fleet(index) if account.fleet.functions()[index].tracing => "Active",
        _ => "PassThrough",
    }
}

fn environment() -> Value {
    Value::structure().with("Variables", Value::structure().with("STRIPE_API_KEY", SECRET))
}

fn role(account: &Account, role: &str) -> String {
    format!("arn:aws:iam::{}:role/{role}", account.settings.account)
}

fn of_fleet(base: Value, account: &Account, index: usize, now: i64) -> Value {
    let spec = &account.fleet.functions()[index];
    let deploy = account.deploy(index, now);
    let json = spec.log_format == LogFormat::Json;
    let layers: Vec<Value> = spec
        .layers
        .iter()
        .map(|layer| {
            let settings = &account.settings;
            let arn = format!("arn:aws:lambda:{}:{}:layer:{layer}", settings.region, settings.account);
            Value::structure().with("Arn", arn).with("CodeSize", 4_096_i64)
        })
        .collect();
    let architecture = match spec.architecture {
        Architecture::X86 => "x86_64",
        Architecture::Arm => "arm64",
    };
    base.with("Runtime", spec.runtime)
        .with("Role", role(account, &spec.role_name()))
        .with("Handler", spec.handler)
        .with("CodeSize", deploy.code_size)
        .with("CodeSha256", deploy.code_sha256)
        .with("Description", spec.description)
        .with("Timeout", spec.timeout_s)
        .with("MemorySize", spec.memory_mb)
        .with("LastModified", calendar::lambda(deploy.at_ms))
        .with("Layers", if layers.is_empty() { Value::Null } else { Value::List(layers) })
        .with("PackageType", if spec.is_image() { "Image" } else { "Zip" })
        .with("Architectures", vec![Value::from(architecture)])
        .with("EphemeralStorage", Value::structure().with("Size", spec.ephemeral_mb))
        .with("CapacityProviderConfig", spec.managed.then(|| capacity_provider(account)))
        .with(
            "LoggingConfig",
            Value::structure()
                .with("LogFormat", if json { "JSON" } else { "Text" })
                .with("ApplicationLogLevel", json.then_some("INFO"))
                .with("SystemLogLevel", json.then_some(spec.system_level.name()))
                .with("LogGroup", spec.log_group()),
        )
}

fn of_idle(base: Value, account: &Account, name: &str, number: u32) -> Value {
    base.with("Runtime", "python3.13")
        .with("Role", role(account, "idle-role"))
        .with("Handler", "app.handler")
        .with("CodeSize", 1_024 + i64::from(number % 4_096))
        .with("CodeSha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
        .with("Description", "")
        .with("Timeout", 3_i64)
        .with("MemorySize", 128_i64)
        .with("LastModified", calendar::lambda(IDLE_SINCE))
        .with("PackageType", "Zip")
        .with("Architectures", vec![Value::from("x86_64")])
        .with("EphemeralStorage", Value::structure().with("Size", 512_i64))
        .with("SnapStart", snap_started("None", "Off"))
        .with(
            "LoggingConfig",
            Value::structure().with("LogFormat", "Text").with("LogGroup", format!("/aws/lambda/{name}")),
        )
}

/// Of a function on Lambda Managed Instances.
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_LambdaManagedInstancesCapacityProviderConfig.html>.
fn capacity_provider(account: &Account) -> Value {
    let settings = &account.settings;
    let arn = format!("arn:aws:lambda:{}:{}:capacity-provider:shop", settings.region, settings.account);
    let instances = Value::structure()
        .with("CapacityProviderArn", arn)
        .with("PerExecutionEnvironmentMaxConcurrency", 4_i64);
    Value::structure().with("LambdaManagedInstancesCapacityProviderConfig", instances)
}

/// Whether snapshots are taken of versions, and whether this one has one: `$LATEST` never has.
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_SnapStartResponse.html>.
fn snap_start(account: &Account, index: usize, version: &str) -> Value {
    match (account.fleet.functions()[index].snap_start, version) {
        (true, "$LATEST") => snap_started("PublishedVersions", "Off"),
        (true, _) => snap_started("PublishedVersions", "On"),
        (false, _) => snap_started("None", "Off"),
    }
}

fn snap_started(apply_on: &str, status: &str) -> Value {
    Value::structure().with("ApplyOn", apply_on).with("OptimizationStatus", status)
}
