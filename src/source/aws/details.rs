//! The details feed: what takes a call per function, asked for the selected function first and then the visible ones.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudwatch::types::DimensionFilter;

use super::describe::some;
use super::feed::{Context, Gone, Nudge, Session, Stop, Wakes};
use super::operation::{
    GET_FUNCTION_CONCURRENCY, GET_FUNCTION_CONFIGURATION, LIST_ALIASES, LIST_METRICS,
    LIST_PROVISIONED_CONCURRENCY_CONFIGS, LIST_TAGS, Operation,
};
use super::pace::{Backoff, Lane};
use crate::model::{
    Aliases, Concurrency, Detail, Event, Failure, FailureKind, Feed, FeedReport, FunctionKey, FunctionState,
    Interest, Known, Metric, ProvisionedConcurrency, Scope, Tags, Timestamp,
};
use crate::parse::arn;

/// How long an answer is kept, and a refusal too.
const KEPT: Duration = Duration::from_mins(15);
/// Pages of aliases, tags or configurations that are read at most of one function.
const MOST_PAGES: usize = 20;

/// What can be asked about one function, in the order of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Question {
    /// Which metrics CloudWatch has: only of the selected function.
    Metrics,
    State,
    Reserved,
    Provisioned,
    Aliases,
    Tags,
}

impl Question {
    const ALL: [Self; 6] =
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

/// What is known of one function, and when each question was answered or refused.
#[derive(Debug, Default)]
struct Asked {
    detail: Detail,
    at: HashMap<Question, Timestamp>,
    /// Told together with provisioned concurrency, which is asked after it.
    reserved: Known<Option<u32>>,
    /// As `GetFunctionConfiguration` answered it, for lists that name no ARN.
    arn: Option<Arc<str>>,
}

/// Everything that was asked, and the operations that are not allowed.
#[derive(Debug, Default)]
struct Notes {
    functions: HashMap<FunctionKey, Asked>,
    refused: HashMap<Question, (Timestamp, Failure)>,
}

impl Notes {
    /// The next question, if any is due at `now`: of the selected function, then of the visible ones from the top.
    fn next(&self, interest: &Interest, scope: &Scope, now: Timestamp) -> Option<(FunctionKey, Question)> {
        let mut seen = HashSet::new();
        let wanted = interest.selected.iter().map(|key| (key, true));
        let wanted = wanted.chain(interest.visible.iter().map(|key| (key, false)));
        for (key, selected) in wanted {
            if key.scope != *scope || !seen.insert(key) {
                continue;
            }
            for question in Question::ALL {
                if question == Question::Metrics && !selected {
                    continue;
                }
                let at = self.functions.get(key).and_then(|asked| asked.at.get(&question));
                if at.is_none_or(|at| now.since(*at) >= KEPT || *at > now) {
                    return Some((key.clone(), question));
                }
            }
        }
        None
    }

    /// When the oldest answer about anything on screen gets too old.
    fn next_due(&self, interest: &Interest, now: Timestamp) -> Duration {
        interest
            .selected
            .iter()
            .chain(&interest.visible)
            .filter_map(|key| self.functions.get(key))
            .flat_map(|asked| asked.at.values())
            .map(|at| (*at + KEPT).since(now))
            .min()
            .unwrap_or(KEPT)
    }

    fn refusal(&self, question: Question, now: Timestamp) -> Option<Failure> {
        let (at, failure) = self.refused.get(&question)?;
        (now.since(*at) < KEPT).then(|| failure.clone())
    }

    /// Any refusal that still holds.
    fn any_refusal(&self, now: Timestamp) -> Option<Failure> {
        Question::ALL.into_iter().find_map(|question| self.refusal(question, now))
    }

    /// Forgets functions whose answers are all too old: nobody has looked at them since.
    fn forget(&mut self, now: Timestamp) {
        self.functions.retain(|_, asked| asked.at.values().any(|at| now.since(*at) < KEPT));
    }
}

/// Asks one question after the other, as long as any is due.
pub(super) async fn run(context: Context, nudge: Nudge) -> Result<(), Gone> {
    let mut wakes = Wakes::new(&context, &nudge);
    let mut interest = context.interest.clone();
    let mut backoff = Backoff::default();
    let mut notes = Notes::default();
    let mut scope: Option<Scope> = None;
    loop {
        let session = wakes.session().await?;
        if scope.as_ref() != Some(&session.scope) {
            notes = Notes::default();
            scope = Some(session.scope.clone());
        }
        let mut reported_asking = false;
        let outcome = loop {
            let now = context.clock.now();
            let wanted = interest.borrow_and_update().clone();
            let Some((key, question)) = notes.next(&wanted, &session.scope, now) else { break Ok(()) };
            if !reported_asking {
                context.report(&session.scope, Feed::Details, FeedReport::Asking).await?;
                reported_asking = true;
            }
            match ask(&context, &session, &mut notes, &key, question).await {
                Ok(()) => backoff.reset(),
                Err(Stop::Gone) => return Err(Gone),
                Err(Stop::Failed(failure)) => break Err(failure),
            }
        };
        let now = context.clock.now();
        let (wait, failed) = if let Err(failure) = outcome {
            let wait = backoff.next(&failure, now);
            context.report_failed(&session.scope, Feed::Details, failure, wait).await?;
            (wait, true)
        } else {
            if reported_asking {
                let report = notes
                    .any_refusal(now)
                    .map_or(FeedReport::Answered, |failure| FeedReport::Degraded { failure });
                context.report(&session.scope, Feed::Details, report).await?;
            }
            notes.forget(now);
            (notes.next_due(&interest.borrow(), now), false)
        };
        wakes.round_ended();
        // After a failure only time, a nudge or new credentials count: a moving cursor must not hurry it.
        let moved = async { if failed { std::future::pending().await } else { interest.changed().await } };
        tokio::select! {
            () = context.clock.sleep(wait) => {}
            changed = moved => changed.map_err(|_| Gone)?,
            changed = wakes.changed() => {
                changed?;
                notes.refused.clear();
            }
        }
    }
}

/// What one question was answered with.
enum Answer {
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

/// Asks one question and tells its answer.
async fn ask(
    context: &Context,
    session: &Session,
    notes: &mut Notes,
    key: &FunctionKey,
    question: Question,
) -> Result<(), Stop> {
    let answer = match notes.refusal(question, context.clock.now()) {
        Some(failure) => Err(failure),
        None => put(context, session, notes, key, question).await,
    };
    let at = context.clock.now();
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => match failure.kind {
            FailureKind::AccessDenied { .. } => {
                notes.refused.retain(|_, (since, _)| at.since(*since) < KEPT);
                notes.refused.entry(question).or_insert_with(|| (at, failure.clone()));
                Answer::Refused(failure)
            }
            // About this function alone, such as one that was deleted since.
            FailureKind::Refused => Answer::Refused(failure),
            _ => return Err(failure.into()),
        },
    };
    if let Answer::Provisioned(provisioned) = &answer {
        tell_of_provisioned(context, key, !provisioned.is_empty());
    }
    let asked = notes.functions.entry(key.clone()).or_default();
    asked.at.insert(question, at);
    let event = match answer {
        Answer::Metrics(metrics) => Some(Event::MetricsOf { key: key.clone(), metrics }),
        answer => asked
            .take_in(question, answer, at)
            .then(|| Event::Detail { key: key.clone(), detail: asked.detail.clone() }),
    };
    match event {
        Some(event) => Ok(context.send(event).await?),
        None => Ok(()),
    }
}

impl Asked {
    /// Keeps an answer; says whether the detail changed.
    fn take_in(&mut self, question: Question, answer: Answer, at: Timestamp) -> bool {
        let detail = &mut self.detail;
        match answer {
            Answer::Metrics(_) | Answer::Unknown => return false,
            Answer::State(value, arn) => {
                self.arn = arn;
                detail.state = Known::Known { value, at };
            }
            Answer::Aliases(value) => detail.aliases = Known::Known { value, at },
            Answer::Tags(value) => detail.tags = Known::Known { value, at },
            Answer::Reserved(value) => {
                self.reserved = Known::Known { value, at };
                return false;
            }
            Answer::Provisioned(provisioned) => {
                // Without the one, the other is only half of the truth: then the refusal stands.
                let Some(reserved) = self.reserved.value().copied() else { return false };
                detail.concurrency = Known::Known { value: Concurrency { reserved, provisioned }, at };
            }
            Answer::Refused(failure) => match question {
                Question::Metrics => return false,
                Question::State => detail.state = Known::Refused(failure),
                Question::Reserved => {
                    self.reserved = Known::Refused(failure.clone());
                    detail.concurrency = Known::Refused(failure);
                }
                Question::Provisioned => detail.concurrency = Known::Refused(failure),
                Question::Aliases => detail.aliases = Known::Refused(failure),
                Question::Tags => detail.tags = Known::Refused(failure),
            },
        }
        true
    }
}

/// Lets the metrics feed know which functions have provisioned concurrency to draw.
fn tell_of_provisioned(context: &Context, key: &FunctionKey, has: bool) {
    context.provisioned.send_if_modified(|keys| {
        let known = keys.contains(key);
        if has && !known {
            keys.push(key.clone());
        } else if !has {
            keys.retain(|other| other != key);
        }
        has != known
    });
}

/// Puts one question to AWS.
async fn put(
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
            let answered = || notes.functions.get(key).and_then(|asked| asked.arn.clone());
            let Some(arn) = listed.or_else(answered) else { return Ok(Answer::Unknown) };
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

/// The metrics that CloudWatch has for one function itself, not for its versions or aliases.
async fn metrics_of(context: &Context, session: &Session, name: &str) -> Result<Vec<Metric>, Failure> {
    let mut metrics = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let call = session
            .clients
            .cloudwatch
            .list_metrics()
            .namespace("AWS/Lambda")
            .dimensions(DimensionFilter::builder().name("FunctionName").value(name).build())
            .set_next_token(token)
            .send();
        let page = context.call(session, Lane::Details, LIST_METRICS, call).await?;
        let own = page.metrics().iter().filter(|metric| metric.dimensions().len() == 1);
        metrics.extend(own.filter_map(|metric| Metric::named(metric.metric_name()?)));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    metrics.sort_unstable();
    metrics.dedup();
    Ok(metrics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_function_is_asked_about_first_and_answers_are_kept_for_a_quarter_of_an_hour() {
        let scope = Scope::new("123456789012", "eu-west-1");
        let (selected, visible) =
            (FunctionKey::new(&scope, "checkout-api"), FunctionKey::new(&scope, "cart-api"));
        let elsewhere = FunctionKey::new(&Scope::new("123456789012", "us-east-1"), "checkout-api");
        let interest = Interest {
            selected: Some(selected.clone()),
            visible: vec![elsewhere, visible.clone(), selected.clone()],
            ..Interest::default()
        };
        let now = Timestamp::from_secs(1_772_366_400);
        let mut notes = Notes::default();
        let mut order = Vec::new();
        while let Some((key, question)) = notes.next(&interest, &scope, now) {
            notes.functions.entry(key.clone()).or_default().at.insert(question, now);
            order.push((key, question));
        }
        assert_eq!(order.len(), 11, "six about the selected function, five about the visible one: {order:?}");
        assert!(
            order[..6].iter().all(|(key, _)| *key == selected)
                && order[6..].iter().all(|(key, _)| *key == visible)
        );
        assert_eq!(notes.next(&interest, &scope, now + KEPT - Duration::from_secs(1)), None);
        assert_eq!(notes.next(&interest, &scope, now + KEPT), Some((selected, Question::Metrics)));
        assert_eq!(notes.next_due(&interest, now + Duration::from_mins(1)), Duration::from_mins(14));
    }
}
