//! The metrics feed: asks CloudWatch for the numbers that the screen needs, first and most often for what is on it.
//!
//! [`wanted`] says what is wanted and how often, [`plan`] turns that into calls, [`fetch`](mod@fetch) makes them, [`merge`] joins
//! their pages; [`scarce`] says who comes first when money is short. The loop here keeps a few calls under way, pays for them, and waits when CloudWatch does not answer.

mod fetch;
mod merge;
mod plan;
mod scarce;
mod stretches;
mod wanted;

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;

use super::feed::{Context, Gone, Nudge, Round, Session, Wakes};
use super::pace::Backoff;
use super::spend::{DOLLARS_PER_METRIC, Ledger, Rank};
use crate::model::{Event, Failure, FailureKind, Feed, FeedReport, Interest, Scope, Timestamp};
use fetch::{Fetched, fetch};
use plan::{Batch, Next, Planner};
use scarce::Told;
use wanted::{Pace, View, Wanted};

/// Calls under way at once.
const AT_ONCE: usize = 4;
/// Of them, for functions that are not on screen: one is kept free for a row that comes into view.
const BACKGROUND_AT_ONCE: usize = 3;
/// How long after the full minute a round begins, at least, and what is added so that not all programs call at once.
const AFTER_THE_MINUTE: Duration = Duration::from_secs(5);
const SPREAD_MILLIS: u64 = 5_000;

/// A call that ended.
struct Ended {
    batch: Batch,
    asked_at: Timestamp,
    session: Arc<Session>,
    outcome: Result<Fetched, Failure>,
}

/// How the feed is doing: what it holds back, and what it has said last.
#[derive(Default)]
struct Standing {
    backoff: Backoff,
    /// No call before this: the last one failed.
    held_until: Option<Timestamp>,
    /// Some series may not be read, or could not be; said instead of "answered".
    refused: Option<Failure>,
    /// Why the call failed that failed last, while others went well.
    partly: Option<Failure>,
    /// Whether a call was answered since the last one that failed.
    answered: bool,
    told: Told,
    asking: bool,
    /// Calls under way for functions that are not on screen.
    in_background: usize,
}

/// Plans, asks, pays and tells.
pub(super) async fn run(context: Context, nudge: Nudge) -> Result<(), Gone> {
    let mut wakes = Wakes::new(&context, &nudge);
    let mut interest = context.interest.clone();
    let (mut fleet, mut provisioned) = (context.fleet.subscribe(), context.provisioned.subscribe());
    let spread = context.clock.now().millis().unsigned_abs() % SPREAD_MILLIS;
    let after_the_minute = AFTER_THE_MINUTE + Duration::from_millis(spread);
    let mut planner = Planner::new(after_the_minute);
    let mut scope: Option<Scope> = None;
    let mut standing = Standing::default();
    let mut calls: JoinSet<Ended> = JoinSet::new();
    loop {
        let Round { session, again } = wakes.begin().await?;
        if scope.as_ref() != Some(&session.scope) {
            scope = Some(session.scope.clone());
            planner = Planner::new(after_the_minute);
            standing = Standing::default();
            calls = JoinSet::new();
        }
        let now = context.clock.now();
        if again {
            standing.held_until = None;
            planner.ask_again(now);
        }
        let wanted_now = interest.borrow_and_update().clone();
        standing.told.keep(&context.fleet.borrow());
        let plan = Plan::new(&context, &session.scope, &wanted_now, &standing.told, now);
        fleet.mark_unchanged();
        provisioned.mark_unchanged();

        standing.held_until = standing.held_until.filter(|until| now < *until);
        let mut sleep_until = now + Duration::from_mins(1);
        while calls.len() < AT_ONCE {
            if let Some(until) = standing.held_until {
                sleep_until = until;
                break;
            }
            let background_is_full = standing.in_background >= BACKGROUND_AT_ONCE;
            let affords = |metrics, rank| {
                if rank == Rank::Background && background_is_full {
                    return false;
                }
                let ledger = ledger(&context);
                ledger.affords(metrics, rank, context.settings.spend_cap, plan.screen_per_hour, now)
            };
            match planner.next(&plan.wanted, plan.pace, affords, now) {
                Next::At(at) => {
                    sleep_until = at;
                    break;
                }
                Next::Batch(batch) => {
                    if !std::mem::replace(&mut standing.asking, true) {
                        context.report(&session.scope, Feed::Metrics, FeedReport::Asking).await?;
                    }
                    standing.in_background += usize::from(batch.rank == Rank::Background);
                    calls.spawn(call(context.clone(), session.clone(), batch));
                }
            }
        }
        if calls.is_empty() {
            if standing.held_until.is_none() && std::mem::take(&mut standing.asking) {
                if !planner.is_failing() {
                    standing.partly = None;
                }
                let report = match standing.refused.take().or_else(|| standing.partly.clone()) {
                    Some(failure) => FeedReport::Degraded { failure },
                    None => FeedReport::Answered,
                };
                context.report(&session.scope, Feed::Metrics, report).await?;
            }
            wakes.round_ended();
        }

        let wait = sleep_until.since(context.clock.now());
        tokio::select! {
            Some(ended) = calls.join_next() => match ended {
                Ok(ended) => take_in(&context, &mut planner, &mut standing, &plan, ended).await?,
                Err(failed) => if let Ok(panic) = failed.try_into_panic() { std::panic::resume_unwind(panic) },
            },
            () = context.clock.sleep(wait) => {}
            changed = interest.changed() => changed.map_err(|_| Gone)?,
            changed = fleet.changed() => changed.map_err(|_| Gone)?,
            changed = provisioned.changed() => changed.map_err(|_| Gone)?,
            changed = wakes.changed() => changed?,
        }
    }
}

/// What is wanted now, and the pace that the cap allows.
struct Plan {
    wanted: Vec<Wanted>,
    pace: Pace,
    per_hour: f64,
    screen_per_hour: f64,
    /// The cap, if it slows the rounds.
    slowed_by_cap: Option<f64>,
}

impl Plan {
    fn new(context: &Context, scope: &Scope, interest: &Interest, told: &Told, now: Timestamp) -> Self {
        let (fleet, provisioned) = (context.fleet.borrow(), context.provisioned.borrow());
        let mut wanted = View { scope, interest, fleet: &fleet, provisioned: &provisioned }.wanted(now);
        let cap = context.settings.spend_cap;
        let (pace, (per_hour, screen_per_hour)) =
            Pace::under(cap.map(|cap| cap / DOLLARS_PER_METRIC), &wanted);
        let slowed_by_cap = cap.filter(|_| pace != Pace::ALL[0]);
        if slowed_by_cap.is_some() {
            told.order(&mut wanted, &fleet);
        }
        Self { wanted, pace, per_hour, screen_per_hour, slowed_by_cap }
    }
}

fn ledger(context: &Context) -> std::sync::MutexGuard<'_, Ledger> {
    context.ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One call and its bill.
async fn call(context: Context, session: Arc<Session>, batch: Batch) -> Ended {
    let asked_at = context.clock.now();
    let paid = |metrics| ledger(&context).paid(metrics, batch.rank, context.clock.now());
    let outcome = fetch(&context, &session, &batch, paid).await;
    Ended { batch, asked_at, session, outcome }
}

/// Tells what a call brought, and keeps what it means for the next ones.
async fn take_in(
    context: &Context,
    planner: &mut Planner,
    standing: &mut Standing,
    plan: &Plan,
    ended: Ended,
) -> Result<(), Gone> {
    let Ended { batch, asked_at, session, outcome } = ended;
    standing.in_background -= usize::from(batch.rank == Rank::Background);
    let now = context.clock.now();
    match outcome {
        Ok(fetched) => {
            standing.backoff.reset();
            standing.answered = true;
            standing.told.take_in(&fetched.pages);
            for (line, came) in &fetched.lines {
                planner.answered(line, batch.range, asked_at, *came);
            }
            if !fetched.pages.is_empty() {
                context.send(Event::Series { at: now, pages: fetched.pages }).await?;
            }
            for (keys, failure) in fetched.failed {
                if matches!(failure.kind, FailureKind::AccessDenied { .. }) {
                    standing.refused = Some(failure.clone());
                }
                context.send(Event::SeriesFailed { keys, failure }).await?;
            }
        }
        Err(failure) => {
            let others_go_well = std::mem::take(&mut standing.answered);
            if is_of_the_call(&failure.kind) {
                planner.failed_by_itself(&batch, failure.kind == FailureKind::TimedOut, now);
            } else {
                planner.failed(&batch);
            }
            if is_of_the_call(&failure.kind) && others_go_well {
                // Others go well: this one alone waits, in the planner.
                standing.partly = Some(failure);
                return tell_spend(context, &session.scope, plan, now).await;
            }
            let wait = standing.backoff.next(&failure, now);
            standing.held_until = Some(now + wait);
            context.report_failed(&session.scope, Feed::Metrics, failure, wait).await?;
        }
    }
    tell_spend(context, &session.scope, plan, now).await
}

async fn tell_spend(context: &Context, scope: &Scope, plan: &Plan, now: Timestamp) -> Result<(), Gone> {
    let spend = {
        let mut ledger = ledger(context);
        ledger.plan(plan.per_hour, plan.slowed_by_cap);
        ledger.spend(now)
    };
    context.send(Event::Spend { scope: scope.clone(), spend }).await
}

/// Whether a failure may be about that one call, such as one that takes CloudWatch too long.
const fn is_of_the_call(kind: &FailureKind) -> bool {
    matches!(kind, FailureKind::TimedOut | FailureKind::Service | FailureKind::Refused)
}
