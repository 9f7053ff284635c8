//! The questions about one function, and how each is put to AWS.

use std::sync::Arc;

use super::notes::Notes;
use crate::model::{Aliases, Failure, FunctionKey, FunctionState, Metric, ProvisionedConcurrency, Tags};
use crate::parse::arn;
use crate::source::aws::describe::some;
use crate::source::aws::feed::{Context, Session};
use crate::source::aws::metric_list::{Listing, list_metrics};
use crate::source::aws::operation::{
    GET_FUNCTION_CONCURRENCY, GET_FUNCTION_CONFIGURATION, LIST_ALIASES, LIST_METRICS,
    LIST_PROVISIONED_CONCURRENCY_CONFIGS, LIST_TAGS, Operation,
};
use crate::source::aws::pace::Lane;

/// Pages of aliases, tags or configurations that are read at most of one function.
const MOST_PAGES: usize = 20;

/// What can be asked about one function, in the order of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// Which metrics CloudWatch has: only of the selected function.
    Metrics,
    State,
    Reserved,
    Provisioned,
    Aliases,
    Tags,
}

impl Question {
    pub const ALL: [Self; 6] =
        [Self::Metrics, Self::State, Self::Reserved, Self::Provisioned, Self::Aliases, Self::Tags];

    const fn operation(self) -> Operation {
        match self {
            Self::Metrics => LIST_METRICS,
            Self::State => GET_FUNCTION_CONFIGURATION,
            Self::Reserved => GET_FUNCTION_CONCURRENCY,
            Self::Provisioned => LIST_PROVISIONED_CONCURRENCY_CONFIGS,
            Self::Aliases => LIST_ALIASES,
            Self::Tags => LIST_TAGS,
        }
    }
}

/// What one question was answered with.
pub(super) enum Answer {
    Metrics(Vec<Metric>),
    State(FunctionState, Option<Arc<str>>),
    Reserved(Option<u32>),
    Provisioned(Vec<ProvisionedConcurrency>),
    Aliases(Aliases),
    Tags(Tags),
    Refused(Failure),
    /// It could not be put: nothing names what it needs.
    Unknown,
}

/// Puts one question to AWS.
pub(super) async fn put(
    context: &Context,
    session: &Session,
    notes: &Notes,
    key: &FunctionKey,
    question: Question,
) -> Result<Answer, Failure> {
    let (lambda, name) = (&session.clients.lambda, key.name.as_ref());
    let operation = question.operation();
    let count = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    match question {
        Question::Metrics => metrics_of(context, session, name).await.map(Answer::Metrics),
        Question::State => {
            let call = lambda.get_function_configuration().function_name(name).send();
            let found = context.call(session, Lane::Details, operation, call).await?;
            let state = FunctionState {
                state: found.state().map_or("Unknown", |state| state.as_str()).into(),
                reason: some(found.state_reason()),
                last_update: found.last_update_status().map(|status| status.as_str().into()),
            };
            Ok(Answer::State(state, found.function_arn().and_then(arn::unqualified_function).map(Into::into)))
        }
        Question::Reserved => {
            let call = lambda.get_function_concurrency().function_name(name).send();
            let found = context.call(session, Lane::Details, operation, call).await?;
            Ok(Answer::Reserved(count(found.reserved_concurrent_executions())))
        }
        Question::Provisioned => {
            let mut provisioned = Vec::new();
            let mut marker = None;
            for _ in 0..MOST_PAGES {
                let call = lambda
                    .list_provisioned_concurrency_configs()
                    .function_name(name)
                    .set_marker(marker)
                    .send();
                let page = context.call(session, Lane::Details, operation, call).await?;
                provisioned.extend(page.provisioned_concurrency_configs().iter().map(|config| {
                    let qualifier = config.function_arn().and_then(|arn| arn.rsplit(':').next());
                    ProvisionedConcurrency {
                        qualifier: qualifier.unwrap_or_default().into(),
                        requested: count(config.requested_provisioned_concurrent_executions()).unwrap_or(0),
                        available: count(config.available_provisioned_concurrent_executions()).unwrap_or(0),
                        status: config.status().map_or("", |status| status.as_str()).into(),
                    }
                }));
                marker = page.next_marker.filter(|marker| !marker.is_empty());
                if marker.is_none() {
                    break;
                }
            }
            Ok(Answer::Provisioned(provisioned))
        }
        Question::Aliases => {
            let mut aliases = Aliases::new();
            let mut marker = None;
            for _ in 0..MOST_PAGES {
                let call = lambda.list_aliases().function_name(name).set_marker(marker).send();
                let page = context.call(session, Lane::Details, operation, call).await?;
                aliases.extend(
                    page.aliases()
                        .iter()
                        .filter_map(|alias| Some((alias.name()?.into(), alias.function_version()?.into()))),
                );
                marker = page.next_marker.filter(|marker| !marker.is_empty());
                if marker.is_none() {
                    break;
                }
            }
            Ok(Answer::Aliases(aliases))
        }
        Question::Tags => {
            let listed = context.fleet.borrow().functions.get(name).and_then(|function| function.arn.clone());
            let Some(arn) = listed.or_else(|| notes.arn(key)) else { return Ok(Answer::Unknown) };
            let call = lambda.list_tags().resource(arn.as_ref()).send();
            let found = context.call(session, Lane::Details, operation, call).await?;
            let mut tags: Tags = found
                .tags()
                .map(|tags| {
                    tags.iter().map(|(key, value)| (key.as_str().into(), value.as_str().into())).collect()
                })
                .unwrap_or_default();
            tags.sort_unstable();
            Ok(Answer::Tags(tags))
        }
    }
}

/// The metrics that CloudWatch has for one function itself.
async fn metrics_of(context: &Context, session: &Session, name: &str) -> Result<Vec<Metric>, Failure> {
    let mut metrics = Vec::new();
    let listing = Listing { lane: Lane::Details, function: Some(name), metric: None, recently: false };
    list_metrics(context, session, listing, |_, metric| metrics.extend(Metric::named(metric))).await?;
    metrics.sort_unstable();
    metrics.dedup();
    Ok(metrics)
}
