//! From Lambda's own description of a function to the program's.

use std::sync::Arc;

use aws_sdk_lambda::types as sdk;

use crate::model::{Architecture, Function, FunctionKey, LogFormat, Logging, Package, Scope, Tracing};
use crate::parse::{arn, instant};

/// The function that a `FunctionConfiguration` describes; `None` without a name.
///
/// What is not named here is never read, above all the environment variables.
pub(super) fn describe(scope: &Scope, found: &sdk::FunctionConfiguration) -> Option<Function> {
    let key = FunctionKey::new(scope, found.function_name()?);
    let positive = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    Some(Function {
        key,
        arn: found.function_arn().and_then(arn::unqualified_function).map(Into::into),
        runtime: found.runtime().map(|runtime| runtime.as_str().into()),
        memory_mb: positive(found.memory_size()),
        timeout_s: positive(found.timeout()),
        architecture: found.architectures().first().and_then(|architecture| match architecture {
            sdk::Architecture::X8664 => Some(Architecture::X86),
            sdk::Architecture::Arm64 => Some(Architecture::Arm),
            _ => None,
        }),
        package: found.package_type().and_then(|package| match package {
            sdk::PackageType::Zip => Some(Package::Zip),
            sdk::PackageType::Image => Some(Package::Image),
            _ => None,
        }),
        last_modified: found.last_modified().and_then(instant::last_modified),
        code_sha256: some(found.code_sha256()),
        tracing: found.tracing_config().and_then(|tracing| tracing.mode()).and_then(|mode| match mode {
            sdk::TracingMode::Active => Some(Tracing::Active),
            sdk::TracingMode::PassThrough => Some(Tracing::PassThrough),
            _ => None,
        }),
        logging: found.logging_config().map(|config| Logging {
            group: some(config.log_group()),
            format: config.log_format().and_then(|format| match format {
                sdk::LogFormat::Text => Some(LogFormat::Text),
                sdk::LogFormat::Json => Some(LogFormat::Json),
                _ => None,
            }),
            application_level: config.application_log_level().map(|level| level.as_str().into()),
            system_level: config.system_log_level().map(|level| level.as_str().into()),
        }),
        description: some(found.description()),
    })
}

/// AWS writes an empty text where there is none.
pub(super) fn some(text: Option<&str>) -> Option<Arc<str>> {
    text.filter(|text| !text.is_empty()).map(Into::into)
}
