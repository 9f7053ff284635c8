//! Searches beyond what is held, each a task of its own beside the tails: they share the pace of their calls.
//!
//! A search lives as long as its want: whoever takes the want away stops it. What it finds comes as pages of lines,
//! like everything that is read; the stretch is marked, because what did not match was not read.

mod insights;
mod pattern;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;

use super::group::describe;
use crate::model::{
    Event, Failure, FailureKind, GapReason, GroupKey, LogGap, LogSearch, SearchBy, SearchProgress,
    SearchReport, SearchState, TimeRange, Timestamp, Want, WantId,
};
use crate::source::aws::feed::{Context, Gone, Session, Stop};
use crate::source::aws::pace::Backoff;
use crate::source::aws::spend::DOLLARS_PER_SCANNED_BYTE;

/// Carries out searches for ever.
pub(in crate::source::aws) async fn run(context: Context) -> Result<(), Gone> {
    let mut interest = context.interest.clone();
    let mut taken: BTreeSet<WantId> = BTreeSet::new();
    let mut searches: JoinSet<Result<(), Gone>> = JoinSet::new();
    loop {
        let wants = interest.borrow_and_update().wants.clone();
        taken.retain(|id| wants.iter().any(|(want, _)| want == id));
        for (id, want) in wants {
            let (search, only_estimate) = match want {
                Want::SearchLogs(search) => (search, false),
                Want::EstimateSearch(search) => (search, true),
                _ => continue,
            };
            if taken.insert(id) {
                let one = Searching { context: context.clone(), id, search, paid: AtomicU64::new(0) };
                searches.spawn(one.run(only_estimate));
            }
        }
        tokio::select! {
            changed = interest.changed() => changed.map_err(|_| Gone)?,
            Some(ended) = searches.join_next() => match ended {
                Ok(ended) => ended?,
                Err(failed) => if let Ok(panic) = failed.try_into_panic() { std::panic::resume_unwind(panic) },
            },
        }
    }
}

/// One search.
struct Searching {
    context: Context,
    id: WantId,
    search: LogSearch,
    /// Bytes that were scanned for it and are on the bill.
    paid: AtomicU64,
}

impl Searching {
    async fn run(self, only_estimate: bool) -> Result<(), Gone> {
        let mut sessions = self.context.session.subscribe();
        let session = sessions.wait_for(Option::is_some).await.map_err(|_| Gone)?.clone();
        let Some(session) = session else { return Ok(()) };
        let outcome = if only_estimate {
            self.estimated(&session).await
        } else {
            match &self.search.by {
                SearchBy::Pattern(pattern) => tokio::select! {
                    outcome = self.by_pattern(session, pattern) => outcome,
                    gone = self.withdrawn() => return gone,
                },
                SearchBy::Insights(filter) => self.by_insights(&session, filter).await,
            }
        };
        let state = match outcome {
            Ok(Some(state)) => state,
            // It was withdrawn.
            Ok(None) => return Ok(()),
            Err(Stop::Gone) => return Err(Gone),
            Err(Stop::Failed(failure)) => {
                if failure.needs_login() {
                    self.context.login_lost.send_modify(|times| *times += 1);
                }
                SearchState::Failed { failure }
            }
        };
        self.say(state).await?;
        self.context.send(Event::Answered(self.id)).await
    }

    async fn say(&self, state: SearchState) -> Result<(), Gone> {
        let ahead = |session: &Option<_>| {
            session.as_ref().map_or(0, |session: &Arc<Session>| session.clients.server.clock_ahead_ms())
        };
        let clock_ahead_ms = ahead(&self.context.session.borrow());
        let report = SearchReport { id: self.id, at: self.context.clock.now(), clock_ahead_ms, state };
        self.context.send(Event::LogSearch(report)).await
    }

    /// Returns when nobody wants it any more.
    async fn withdrawn(&self) -> Result<(), Gone> {
        let mut interest = self.context.interest.clone();
        let gone = |interest: &crate::model::Interest| interest.wants.iter().all(|(id, _)| *id != self.id);
        interest.wait_for(gone).await.map(drop).map_err(|_| Gone)
    }

    /// Why `range` lacks lines, or that it does not any more.
    async fn mark(&self, range: TimeRange, why: GapReason, filled: bool) -> Result<(), Gone> {
        for group in &self.search.groups {
            let gap = LogGap { group: group.clone(), range, why, filled };
            self.context.send(Event::LogGap(gap)).await?;
        }
        Ok(())
    }

    /// What Logs Insights would scan.
    async fn estimated(&self, session: &Session) -> Result<Option<SearchState>, Stop> {
        let now = session.clients.server.now();
        let (mut sum, mut known) = (0.0, false);
        for group in &self.search.groups {
            let described = match describe(&self.context, session, group).await {
                Ok(described) => described.unwrap_or_default(),
                // Whoever may not list groups may still query them.
                Err(failure) if !failure.needs_login() => continue,
                Err(failure) => return Err(failure.into()),
            };
            let Some(stored) = described.stored else { continue };
            known = true;
            sum += stored as f64 * share(self.search.range, described.oldest(now), now);
        }
        let dollars = sum * DOLLARS_PER_SCANNED_BYTE;
        Ok(Some(SearchState::Estimated { bytes: known.then_some(sum as u64), dollars }))
    }

    /// Waits after a failure that may pass; one that will not is handed back.
    async fn wait_after(
        &self,
        failure: Failure,
        backoff: &mut Backoff,
        progress: &mut SearchProgress,
    ) -> Result<(), Stop> {
        let passes = matches!(
            failure.kind,
            FailureKind::Throttled | FailureKind::NoNetwork | FailureKind::TimedOut | FailureKind::Service
        );
        if !passes {
            return Err(failure.into());
        }
        let wait = backoff.next(&failure, self.context.clock.now());
        progress.waits_for = Some(failure);
        self.say(SearchState::Running(progress.clone())).await?;
        self.context.clock.sleep(wait).await;
        Ok(())
    }

    /// Puts what was scanned so far on the bill; US dollars that the last hour has cost.
    async fn pay(&self, session: &Session, scanned: u64) -> Result<f64, Gone> {
        let now = self.context.clock.now();
        let bytes = scanned.saturating_sub(self.paid.fetch_max(scanned, Ordering::Relaxed));
        let (spend, last_hour) = {
            let mut ledger = self.context.ledger.lock().unwrap_or_else(PoisonError::into_inner);
            ledger.scanned(bytes, now);
            (ledger.spend(now), ledger.last_hour_cost(now))
        };
        if bytes > 0 {
            self.context.send(Event::Spend { scope: session.scope.clone(), spend }).await?;
        }
        Ok(last_hour)
    }
}

/// The part of what a group stores that lies in `range`, if it came at an even pace.
fn share(range: TimeRange, oldest: Option<Timestamp>, now: Timestamp) -> f64 {
    let Some(oldest) = oldest.filter(|oldest| *oldest < now) else { return 1.0 };
    let inside = range.end.min(now).since(range.start.max(oldest));
    (inside.as_secs_f64() / now.since(oldest).as_secs_f64()).min(1.0)
}

/// The group of this search that Logs Insights calls `log`: `123456789012:/aws/lambda/NAME`.
fn named<'a>(groups: &'a [GroupKey], log: &str) -> Option<&'a GroupKey> {
    let name = log.split_once(':').map_or(log, |(_, name)| name);
    groups.iter().find(|group| &*group.name == name)
}

/// How long the first window of a search is; how long the longest.
const FIRST_WINDOW: Duration = Duration::from_mins(10);
const LONGEST_WINDOW: Duration = Duration::from_hours(6);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_the_part_of_the_life_of_a_group_that_is_searched() {
        let now = Timestamp::from_secs(1_772_366_400);
        let days = |days: u64| Duration::from_hours(24 * days);
        let last = |length| TimeRange::last(length, now);
        let close = |own: f64, wanted: f64| assert!((own - wanted).abs() < 1e-9, "{own} is not {wanted}");
        close(share(last(days(7)), Some(now - days(28)), now), 0.25);
        close(share(last(days(30)), Some(now - days(7)), now), 1.0);
        close(share(TimeRange::new(now - days(30), now - days(14)), Some(now - days(7)), now), 0.0);
        close(share(last(days(7)), None, now), 1.0);
    }
}
