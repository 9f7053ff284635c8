//! What has gone wrong, as far as one line can tell.

use super::uncaught;
use crate::model::{Body, ExitCause, Fault, Level, LineKind, Reading};

/// Errors that mean that the program could not be loaded: <https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html>.
const IMPORT: &[&str] = &[
    "Runtime.ImportModuleError",
    "Runtime.HandlerNotFound",
    "Runtime.MalformedHandlerName",
    "Runtime.UserCodeSyntaxError",
    "Runtime.InvalidEntrypoint",
    "Runtime.InvalidTaskConfig",
];

/// What a line tells of a fault; `None` if it tells of none.
///
/// A request that failed is told of by several lines; each says what it knows, and whoever joins them picks the most telling.
#[must_use]
pub fn fault(reading: &Reading<'_>) -> Option<Fault> {
    let error = reading.error_type.as_deref();
    let (timeout, failed) = match reading.status.as_deref() {
        Some("timeout") => (true, true),
        _ if error == Some("Sandbox.Timedout") => (true, true),
        Some("error" | "failure") => (false, true),
        _ => (false, false),
    };
    match reading.kind {
        LineKind::Timeout => Some(Fault::Timeout),
        LineKind::Dropped => Some(Fault::LogsDropped),
        LineKind::Exit | LineKind::Report | LineKind::RuntimeDone if reading.figures.out_of_memory => {
            Some(Fault::OutOfMemory)
        }
        LineKind::InitReport if reading.phase.as_deref() == Some("invoke") => Some(Fault::SuppressedInit),
        LineKind::InitDone | LineKind::InitReport if timeout => Some(Fault::InitTimeout),
        _ if is_import(error) => Some(Fault::Import),
        LineKind::Exit => Some(Fault::Exit(cause(reading))),
        LineKind::InitDone | LineKind::InitReport if failed => Some(Fault::InitError),
        LineKind::RestoreDone | LineKind::RestoreReport if timeout => Some(Fault::RestoreTimeout),
        LineKind::RestoreDone | LineKind::RestoreReport if failed => Some(Fault::RestoreError),
        LineKind::Report | LineKind::RuntimeDone | LineKind::End if timeout => Some(Fault::Timeout),
        LineKind::Application => application(reading),
        _ if error == Some("Runtime.ExitError") => Some(Fault::Exit(ExitCause::Unknown)),
        _ => failed.then_some(Fault::Failed),
    }
}

fn is_import(error: Option<&str>) -> bool {
    error.is_some_and(|error| IMPORT.contains(&error))
}

/// A runtime writes the type of what was not caught; a program writes a level.
fn application(reading: &Reading<'_>) -> Option<Fault> {
    let text = match &reading.body {
        Body::Text(text) => text,
        _ => "",
    };
    if text.starts_with("Unable to import module") {
        Some(Fault::Import)
    } else if reading.error_type.is_some() && (reading.level.is_none() || reading.level >= Some(Level::Error))
        || uncaught::told(reading).is_some()
    {
        Some(Fault::Unhandled)
    } else if text.starts_with("LAMBDA_WARNING: Unhandled exception") {
        // Lambda's own word, at a level of its own.
        Some(Fault::Unhandled)
    } else {
        (reading.level >= Some(Level::Error)).then_some(Fault::Handled)
    }
}

/// `exit status 1`, `signal: terminated`.
fn cause(reading: &Reading<'_>) -> ExitCause {
    let said = reading.error_message.as_deref().unwrap_or_default();
    let status = said
        .split_once("exit status ")
        .and_then(|(_, status)| status.split_ascii_whitespace().next()?.parse().ok());
    match status {
        Some(status) => ExitCause::Status(status),
        None if said.contains("signal:") => ExitCause::Signal,
        None => ExitCause::Unknown,
    }
}
