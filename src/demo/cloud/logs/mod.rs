//! CloudWatch Logs.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html>.
//!
//! `group` says what log groups there are and what is in them, `read` walks through their events, and every
//! operation stands in a file of its own.

mod events;
mod filter;
mod frame;
mod group;
mod groups;
mod oracle;
mod pattern;
mod query;
mod read;
mod spans;
mod streams;
mod synthetic;
mod tail;
mod token;

use std::sync::Arc;

use bytes::Bytes;

pub use synthetic::{Lines, Synthetic};

use super::Now;
use super::account::Account;
use super::body::Body;
use super::protocol::value::Value;
use super::refusal::Refusal;
use crate::demo::faults::{LogFault, TailFault};

/// What an operation answers.
pub(super) enum Answer {
    /// A tree, to be encoded.
    Value(Value),
    /// JSON, as it goes out.
    Json(Bytes),
    /// An event stream.
    Events(Body),
}

/// The service, and what it remembers between calls.
#[derive(Debug, Default)]
pub(super) struct Logs {
    tokens: token::Repeats,
    sessions: tail::Sessions,
    queries: query::Queries,
}

/// One call: the account, the instant, and what goes wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub account: &'a Arc<Account>,
    pub clock: &'a Now,
    pub now: i64,
    pub faults: &'a [LogFault],
    /// Faults of a Live Tail session, each with the number of the update that it comes before.
    pub tail_faults: &'a [(TailFault, u32)],
}

impl Logs {
    /// Runs an operation.
    pub async fn run(&self, scene: Scene<'_>, operation: &str, input: &Value) -> Result<Answer, Refusal> {
        match operation {
            "DescribeLogGroups" => groups::describe(scene, input).map(Answer::Value),
            "DescribeLogStreams" => streams::describe(scene, input).map(Answer::Value),
            "GetLogEvents" => events::run(scene, input).await.map(Answer::Json),
            "StartQuery" => self.queries.start(scene, input).map(Answer::Value),
            "GetQueryResults" => self.queries.results(scene, input).map(Answer::Value),
            "StopQuery" => self.queries.stop(input).map(Answer::Value),
            "StartLiveTail" => tail::start(&self.sessions, scene, input).map(Answer::Events),
            "FilterLogEvents" => filter::run(&self.tokens, scene, input).await.map(Answer::Json),
            _ => Err(Refusal::unknown_operation(operation)),
        }
    }
}

/// CloudWatch Logs' refusal of a parameter.
fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidParameterException", message)
}

/// The words for a value that breaks a rule of the model.
fn constraint(value: &str, member: &str, rule: &str) -> Refusal {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {rule}"
    ))
}

/// A whole number of the input that has to lie between two bounds.
fn bounded(input: &Value, member: &str, least: i64, most: i64) -> Result<Option<i64>, Refusal> {
    let Some(value) = input.get(member) else { return Ok(None) };
    let number = value
        .as_integer()
        .ok_or_else(|| Refusal::new(400, "SerializationException", format!("{member} is not a number")))?;
    if number < least {
        let rule = format!("Member must have value greater than or equal to {least}");
        return Err(constraint(&number.to_string(), member, &rule));
    }
    if number > most {
        let rule = format!("Member must have value less than or equal to {most}");
        return Err(constraint(&number.to_string(), member, &rule));
    }
    Ok(Some(number))
}

/// The texts of a list of the input.
fn texts(input: &Value, member: &str) -> Vec<String> {
    input.list(member).iter().filter_map(Value::as_text).map(str::to_owned).collect()
}
