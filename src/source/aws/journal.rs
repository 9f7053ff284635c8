//! What the feeds do, for the debug log: operations, counts and times.
//!
//! Never the text of an answer, and never that of an error: AWS repeats what was signed, a session token too, in the
//! error of a wrong signature.

use std::time::Duration;

use tracing::{Span, debug, info_span, warn};

use super::operation::Operation;
use crate::model::{Failure, Feed, FeedReport, Scope};

/// The span that everything a feed logs stands in.
pub(super) fn feed(feed: Feed) -> Span {
    info_span!("feed", name = feed.label())
}

/// One call: what became of it, and how long it took without the wait for its turn.
pub(super) fn called(operation: Operation, took: Duration, failure: Option<&Failure>) {
    let (operation, millis) = (operation.name, took.as_millis());
    match failure {
        None => debug!(operation, millis, "answered"),
        Some(failure) => debug!(operation, millis, why = failure.word(), "failed"),
    }
}

/// How a feed is doing, in its own words.
pub(super) fn reported(feed: Feed, scope: &Scope, report: &FeedReport) {
    let (feed, region) = (feed.label(), &*scope.region);
    let (operation, why) = match report {
        FeedReport::Failed { failure, .. } | FeedReport::Degraded { failure } => {
            (&*failure.operation, failure.word())
        }
        _ => ("", ""),
    };
    match report {
        FeedReport::Asking => debug!(feed, region, "a round begins"),
        FeedReport::Answered => debug!(feed, region, "a round is answered"),
        FeedReport::Failed { retry_at, .. } => {
            warn!(feed, region, operation, why, retry_at = retry_at.millis(), "a round failed");
        }
        FeedReport::Degraded { .. } => warn!(feed, region, operation, why, "a call is refused"),
        FeedReport::Restarted { times } => warn!(feed, region, times, "the task panicked and is restarted"),
    }
}
