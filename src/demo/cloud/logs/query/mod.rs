//! Logs Insights: `StartQuery`, `GetQueryResults`, `StopQuery`.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html>.
//!
//! A query runs on a task of its own, a minute of the log at a time, from the newest to the oldest. `text` reads its
//! words, `command` the pipeline, `expression` its conditions, `row` and `run` work it out.

mod command;
mod expression;
mod row;
mod run;
mod text;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::group::Group;
use super::groups::{next_token, offset};
use super::{Scene, bounded, invalid, texts};
use crate::demo::cloud::lambda::uuid;
use crate::demo::cloud::paging::{page, request_digest};
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::faults::hash;
use run::{Running, State};

/// Most rows of a result; what a query gives without saying how many.
const MOST_ROWS: i64 = 10_000;
/// Most groups of a query.
const MOST_GROUPS: usize = 50;
/// Most queries of an account at a time.
const MOST_QUERIES: usize = 100;

/// The queries that were started.
#[derive(Debug, Default)]
pub(super) struct Queries(Mutex<HashMap<String, Arc<Running>>>);

impl Queries {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Running>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn named(&self, input: &Value) -> Result<Arc<Running>, Refusal> {
        let id = input.text("queryId").unwrap_or_default();
        let missing =
            || Refusal::new(400, "ResourceNotFoundException", format!("Query {id} does not exist."));
        self.all().get(id).cloned().ok_or_else(missing)
    }

    /// `StartQuery`.
    pub fn start(&self, scene: Scene, input: &Value) -> Result<Value, Refusal> {
        let mut named: Vec<String> = input.text("logGroupName").map(str::to_owned).into_iter().collect();
        named.extend(texts(input, "logGroupNames"));
        let identified = texts(input, "logGroupIdentifiers");
        if named.is_empty() == identified.is_empty() {
            return Err(invalid(
                "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers is to be given.",
            ));
        }
        if named.len() + identified.len() > MOST_GROUPS {
            return Err(invalid(format!("A query can look at {MOST_GROUPS} log groups at most.")));
        }
        let groups: Result<Vec<Group>, Refusal> =
            named.iter().chain(&identified).map(|name| Group::identified(scene, name)).collect();
        let groups = groups?;
        let time = |member: &str| {
            let given = bounded(input, member, 0, i64::MAX)?;
            let given = given.ok_or_else(|| invalid(format!("{member} is missing")))?;
            // Seconds, as documented, or milliseconds, as accepted.
            Ok(if given < 100_000_000_000 { given * 1_000 } else { given })
        };
        let (from, to) = (time("startTime")?, time("endTime")?);
        if from > to {
            return Err(invalid("End time should not be before start time."));
        }
        let limit = bounded(input, "limit", 1, MOST_ROWS)?.unwrap_or(MOST_ROWS);
        let text = input.text("queryString").unwrap_or_default();
        let pipeline = command::parse(text).map_err(|why| {
            Refusal::new(400, "MalformedQueryException", format!("unexpected symbol found: {why}"))
        })?;
        let mut queries = self.all();
        if queries.values().filter(|query| query.state().is_open()).count() >= MOST_QUERIES {
            let text = "The limit of concurrent queries is exceeded.";
            return Err(Refusal::new(400, "LimitExceededException", text));
        }
        let id = uuid(scene.now.cast_unsigned(), hash(text) ^ queries.len() as u64);
        let running = Arc::new(Running::default());
        queries.insert(id.clone(), Arc::clone(&running));
        let account = Arc::clone(scene.account);
        let work = run::Work {
            account,
            groups,
            from,
            to: to.min(scene.now),
            now: scene.now,
            limit: limit as usize,
            pipeline,
        };
        tokio::spawn(async move { work.run(&running).await });
        Ok(Value::structure().with("queryId", id))
    }

    /// `GetQueryResults`.
    pub fn results(&self, scene: Scene, input: &Value) -> Result<Value, Refusal> {
        let query = self.named(input)?;
        let most = bounded(input, "maxItems", 1, MOST_ROWS)?.unwrap_or(MOST_ROWS);
        let digest = request_digest("GetQueryResults", input);
        let begin = offset(input, digest, scene.now)?;
        let state = query.state();
        let (rows, next) = page(&state.rows, begin, most as usize);
        let rows: Vec<Value> = rows
            .iter()
            .map(|row| {
                let members = row.iter().map(|(field, value)| {
                    Value::structure().with("field", field.as_str()).with("value", value.as_str())
                });
                Value::List(members.collect())
            })
            .collect();
        let State { scanned, matched, bytes, groups, .. } = *state;
        let statistics = Value::structure()
            .with("recordsMatched", matched as f64)
            .with("recordsScanned", scanned as f64)
            .with("estimatedRecordsSkipped", 0.0)
            .with("bytesScanned", bytes as f64)
            .with("estimatedBytesSkipped", 0.0)
            .with("logGroupsScanned", groups as f64);
        Ok(Value::structure()
            .with("queryLanguage", "CWLI")
            .with("results", rows)
            .with("statistics", statistics)
            .with("status", state.status.name())
            .with("nextToken", next_token(next, digest, scene.now)))
    }

    /// `StopQuery`.
    pub fn stop(&self, input: &Value) -> Result<Value, Refusal> {
        let query = self.named(input)?;
        if !query.state().cancel() {
            return Err(invalid("Query is not in Running or Scheduled status"));
        }
        Ok(Value::structure().with("success", true))
    }
}
