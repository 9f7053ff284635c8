//! STS: who is calling.

use super::Settings;
use super::protocol::value::Value;
use super::refusal::Refusal;

const ROLE: &str = "lambtop-demo";
const SESSION: &str = "viewer";

/// The principal that every caller of the demo is.
pub(super) fn caller_arn(settings: &Settings) -> String {
    format!("arn:aws:sts::{}:assumed-role/{ROLE}/{SESSION}", settings.account)
}

/// Runs an operation of STS.
pub(super) fn run(settings: &Settings, operation: &str) -> Result<Value, Refusal> {
    match operation {
        "GetCallerIdentity" => Ok(Value::structure()
            .with("Arn", caller_arn(settings))
            .with("UserId", format!("AROADEMODEMODEMODEMO1:{SESSION}"))
            .with("Account", settings.account.as_str())),
        _ => Err(Refusal::unknown_operation(operation)),
    }
}
