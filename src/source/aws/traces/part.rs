//! How a part of the feed does, and what the feed says of all of them.

use super::{Context, Failure, FailureKind, Feed, Gone, Scope, Timestamp};
use crate::model::FeedReport;
use crate::source::aws::pace::Backoff;

/// One kind of question, which fails and waits without the others.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Calls under way.
    pub in_flight: usize,
    /// When it is asked next, where it has a turn of its own.
    pub due: Option<Timestamp>,
    /// No call before this.
    pub held_until: Option<Timestamp>,
    /// A call that is refused and worked around.
    pub refused: Option<Failure>,
    failed: Option<Failure>,
    backoff: Backoff,
}

impl Part {
    /// When it may call again, if it may not now.
    pub fn free(&self, now: Timestamp) -> Option<Timestamp> {
        self.held_until.filter(|until| now < *until)
    }

    /// Nothing is asked before `until`.
    pub fn hold(&mut self, until: Timestamp) -> Timestamp {
        self.held_until = Some(until);
        until
    }

    /// A call was answered.
    pub fn answered(&mut self) {
        self.backoff.reset();
        self.failed = None;
        self.held_until = None;
    }

    /// A call failed: longer and longer waits.
    pub fn failed(&mut self, failure: Failure, now: Timestamp) {
        let wait = self.backoff.next(&failure, now);
        self.hold(now + wait);
        self.failed = Some(failure);
    }
}

/// One report for all parts: what fails before what is refused before that all is well. A refusal that lasts is no
/// failure of the feed while another part works.
pub(super) async fn say(
    context: &Context,
    scope: &Scope,
    parts: [&Part; 4],
    now: Timestamp,
) -> Result<(), Gone> {
    let denied = |failure: &Failure| matches!(failure.kind, FailureKind::AccessDenied { .. });
    let failed = parts.iter().find_map(|part| Some((part.failed.clone().filter(|why| !denied(why))?, part)));
    if let Some((failure, part)) = failed {
        let wait = part.held_until.unwrap_or(now).since(now);
        return context.report_failed(scope, Feed::Traces, failure, wait).await;
    }
    let refused = parts.iter().find_map(|part| part.failed.clone().or_else(|| part.refused.clone()));
    let report = refused.map_or(FeedReport::Answered, |failure| FeedReport::Degraded { failure });
    context.report(scope, Feed::Traces, report).await
}
