//! The functions feed: which functions there are, which of them run, and what the account allows.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::describe::describe;
use super::feed::{Context, Gone, Nudge, Round, Session, Stop, Wakes};
use super::metric_list::{Listing, list_metrics};
use super::operation::{GET_ACCOUNT_SETTINGS, LIST_FUNCTIONS};
use super::pace::{Backoff, Lane};
use crate::model::{
    Event, Failure, FailureKind, Feed, FeedReport, FleetOrigin, Function, FunctionKey, FunctionList, Metric,
    Scope, Timestamp,
};
use crate::parse::glob::Glob;

/// From one list of functions to the next, and from one look at the account's limits to the next.
const LIST_EVERY: Duration = Duration::from_mins(5);
/// From one question for recently active functions to the next: `ListMetrics` itself lags by a quarter of an hour.
const ACTIVE_EVERY: Duration = Duration::from_mins(10);
/// Functions on a page, the most that `ListFunctions` gives.
const PAGE: i32 = 50;
/// More pages than any account has: an end for an endpoint that always has another token.
const MOST_PAGES: usize = 20_000;

/// What the functions feed has found out so far, for the feeds that ask about single functions.
#[derive(Clone, Debug, Default)]
pub(super) struct Fleet {
    /// Of which scope this speaks; none before the first answer.
    pub scope: Option<Scope>,
    /// The functions, by name.
    pub functions: Arc<BTreeMap<Arc<str>, Function>>,
    /// Which of them run.
    pub activity: Activity,
}

/// Which functions had data in the last three hours.
#[derive(Clone, Debug, Default)]
pub(super) enum Activity {
    /// Not known yet.
    #[default]
    Unasked,
    /// These.
    Known(Arc<HashSet<Arc<str>>>),
    /// `ListMetrics` is refused: any of them may.
    Refused,
}

/// One kind of question with a turn of its own.
struct Part {
    due: Timestamp,
    backoff: Backoff,
    /// The refusal that is worked around, if any.
    refused: Option<Failure>,
    failed: Option<Failure>,
}

impl Part {
    fn new() -> Self {
        Self {
            due: Timestamp::from_millis(i64::MIN),
            backoff: Backoff::default(),
            refused: None,
            failed: None,
        }
    }

    /// Keeps how a round went, and when the next one is.
    fn ended(
        &mut self,
        outcome: Result<Option<Failure>, Stop>,
        every: Duration,
        now: Timestamp,
    ) -> Result<(), Gone> {
        (self.refused, self.failed) = (None, None);
        let wait = match outcome {
            Err(Stop::Gone) => return Err(Gone),
            Ok(refused) => {
                self.backoff.reset();
                self.refused = refused;
                every
            }
            Err(Stop::Failed(failure)) => {
                let wait = self.backoff.next(&failure, now);
                self.failed = Some(failure);
                wait
            }
        };
        self.due = now + wait;
        Ok(())
    }
}

/// Lists functions, limits and activity, each in its own turn.
pub(super) async fn run(context: Context, nudge: Nudge) -> Result<(), Gone> {
    let mut wakes = Wakes::new(&context, &nudge);
    let mut scope: Option<Scope> = None;
    let (mut list, mut limits, mut activity) = (Part::new(), Part::new(), Part::new());
    loop {
        let Round { session, again } = wakes.begin().await?;
        let now = context.clock.now();
        if scope.as_ref() != Some(&session.scope) {
            context.fleet.send_replace(Fleet { scope: Some(session.scope.clone()), ..Fleet::default() });
            (list, limits, activity) = (Part::new(), Part::new(), Part::new());
        }
        if again {
            for part in [&mut list, &mut limits, &mut activity] {
                part.due = part.due.min(now);
            }
        }
        scope = Some(session.scope.clone());

        context.report(&session.scope, Feed::Functions, FeedReport::Asking).await?;
        let due = |part: &Part| part.due <= now;
        let (listed, limited, active) = tokio::join!(
            when(due(&list), list_all(&context, &session)),
            when(due(&limits), ask_limits(&context, &session)),
            when(due(&activity), ask_activity(&context, &session)),
        );
        let now = context.clock.now();
        for (part, outcome, every) in [
            (&mut list, listed, LIST_EVERY),
            (&mut limits, limited, LIST_EVERY),
            (&mut activity, active, ACTIVE_EVERY),
        ] {
            if let Some(outcome) = outcome {
                part.ended(outcome, every, now)?;
            }
        }
        say(&context, &session, [&list, &limits, &activity]).await?;
        wakes.round_ended();

        let next = list.due.min(limits.due).min(activity.due);
        tokio::select! {
            () = context.clock.sleep(next.since(context.clock.now())) => {}
            changed = wakes.changed() => changed?,
        }
    }
}

async fn when<T>(due: bool, round: impl Future<Output = T>) -> Option<T> {
    if due { Some(round.await) } else { None }
}

/// One report for all parts: what fails before what is refused before that all is well.
async fn say(context: &Context, session: &Session, parts: [&Part; 3]) -> Result<(), Gone> {
    let failed = parts.into_iter().find_map(|part| Some((part.failed.clone()?, part.due)));
    if let Some((failure, due)) = failed {
        let wait = due.since(context.clock.now());
        return context.report_failed(&session.scope, Feed::Functions, failure, wait).await;
    }
    let refused = parts.into_iter().find_map(|part| part.refused.clone());
    let report = refused.map_or(FeedReport::Answered, |failure| FeedReport::Degraded { failure });
    context.report(&session.scope, Feed::Functions, report).await
}

/// Which names are watched.
struct Watched(Vec<Glob>);

impl Watched {
    fn new(context: &Context) -> Self {
        Self(context.settings.functions.iter().map(|glob| Glob::new(glob)).collect())
    }

    fn includes(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|glob| glob.matches(name))
    }
}

/// The fleet, by `ListFunctions` or, where that is denied, by `ListMetrics`. Answers the refusal that was worked around.
async fn list_all(context: &Context, session: &Session) -> Result<Option<Failure>, Stop> {
    let (functions, origin) = match list_functions(context, session).await {
        Ok(functions) => (functions, FleetOrigin::ListFunctions),
        Err(Stop::Failed(because)) if matches!(because.kind, FailureKind::AccessDenied { .. }) => {
            let names = functions_with_metrics(context, session, false).await?;
            let bare = |name: Arc<str>| Function::named(FunctionKey { scope: session.scope.clone(), name });
            (names.into_iter().map(bare).collect(), FleetOrigin::ListMetrics { because })
        }
        Err(stop) => return Err(stop),
    };
    let by_name = functions.iter().map(|function| (function.key.name.clone(), function.clone())).collect();
    context.fleet.send_modify(|fleet| fleet.functions = Arc::new(by_name));
    let refused = match &origin {
        FleetOrigin::ListFunctions => None,
        FleetOrigin::ListMetrics { because } => Some(because.clone()),
    };
    let list = FunctionList { scope: session.scope.clone(), functions, origin, complete: true };
    context.send(Event::Functions(list)).await?;
    Ok(refused)
}

/// Every page of `ListFunctions`. The first time each page is told as it comes, so that the first rows show at once.
async fn list_functions(context: &Context, session: &Session) -> Result<Vec<Function>, Stop> {
    let watched = Watched::new(context);
    let first_time = context.fleet.borrow().functions.is_empty();
    let mut functions: Vec<Function> = Vec::new();
    let mut marker: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let call = session.clients.lambda.list_functions().max_items(PAGE).set_marker(marker.take()).send();
        let page = context.call(session, Lane::Listing, LIST_FUNCTIONS, call).await?;
        let described = page.functions().iter().filter_map(|found| describe(&session.scope, found));
        let new: Vec<Function> = described.filter(|function| watched.includes(&function.key.name)).collect();
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        functions.extend(new.iter().cloned());
        if marker.is_none() {
            return Ok(functions);
        }
        if first_time {
            let list = FunctionList {
                scope: session.scope.clone(),
                functions: new,
                origin: FleetOrigin::ListFunctions,
                complete: false,
            };
            context.send(Event::Functions(list)).await?;
        }
    }
    Ok(functions)
}

/// The account's limits. A denial leaves them unknown.
async fn ask_limits(context: &Context, session: &Session) -> Result<Option<Failure>, Stop> {
    let call = session.clients.lambda.get_account_settings().send();
    let answer = match context.call(session, Lane::Listing, GET_ACCOUNT_SETTINGS, call).await {
        Ok(answer) => answer,
        Err(failure) if matches!(failure.kind, FailureKind::AccessDenied { .. }) => return Ok(Some(failure)),
        Err(failure) => return Err(failure.into()),
    };
    let limit = answer.account_limit();
    context
        .send(Event::Account {
            scope: session.scope.clone(),
            concurrency_limit: limit.and_then(|limit| u32::try_from(limit.concurrent_executions()).ok()),
            unreserved_limit: limit
                .and_then(|limit| u32::try_from(limit.unreserved_concurrent_executions().unwrap_or(-1)).ok()),
        })
        .await?;
    Ok(None)
}

/// Which functions ran in the last three hours. Where `ListMetrics` is denied, any of them may have.
async fn ask_activity(context: &Context, session: &Session) -> Result<Option<Failure>, Stop> {
    match functions_with_metrics(context, session, true).await {
        Ok(names) => {
            let active = Activity::Known(Arc::new(names.iter().cloned().collect()));
            context.fleet.send_modify(|fleet| fleet.activity = active);
            context.send(Event::RecentlyActive { scope: session.scope.clone(), names }).await?;
            Ok(None)
        }
        Err(Stop::Failed(failure)) if matches!(failure.kind, FailureKind::AccessDenied { .. }) => {
            context.fleet.send_modify(|fleet| fleet.activity = Activity::Refused);
            Ok(Some(failure))
        }
        Err(stop) => Err(stop),
    }
}

/// The functions that CloudWatch has invocations of.
async fn functions_with_metrics(
    context: &Context,
    session: &Session,
    recently: bool,
) -> Result<Vec<Arc<str>>, Stop> {
    let watched = Watched::new(context);
    let mut names: HashSet<Arc<str>> = HashSet::new();
    let listing =
        Listing { lane: Lane::MetricLists, function: None, metric: Some(Metric::Invocations), recently };
    list_metrics(context, session, listing, |name, _| {
        if watched.includes(name) {
            names.insert(name.into());
        }
    })
    .await?;
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable();
    Ok(names)
}
