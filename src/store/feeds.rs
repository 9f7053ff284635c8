//! How each feed is doing: when it last answered, what fails, when it tries again.

use crate::model::{Failure, FeedReport, Timestamp};

/// A failure that lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// Why.
    pub failure: Failure,
    /// When it began.
    pub since: Timestamp,
    /// When it is tried again.
    pub retry_at: Timestamp,
}

/// State of one feed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedState {
    /// When it last answered; the header's age counts from here.
    pub last_answered: Option<Timestamp>,
    /// Since when a call is on its way.
    pub asking_since: Option<Timestamp>,
    /// The failure that lasts, if any.
    pub failing: Option<Failing>,
    /// An API that is refused while the rest of the feed works.
    pub degraded: Option<Failure>,
    /// How often its task panicked and was started again.
    pub restarts: u32,
}

impl FeedState {
    pub(super) fn take(&mut self, at: Timestamp, report: FeedReport) {
        match report {
            FeedReport::Asking => self.asking_since = Some(at),
            FeedReport::Answered => self.answered(at, None),
            // The round came to its end, without the API that is refused.
            FeedReport::Degraded { failure } => self.answered(at, Some(failure)),
            FeedReport::Failed { failure, retry_at } => {
                self.asking_since = None;
                let since = self.failing.as_ref().map_or(at, |failing| failing.since);
                self.failing = Some(Failing { failure, since, retry_at });
            }
            FeedReport::Restarted { times } => self.restarts = times,
        }
    }

    fn answered(&mut self, at: Timestamp, degraded: Option<Failure>) {
        self.last_answered = Some(at);
        self.asking_since = None;
        self.failing = None;
        self.degraded = degraded;
    }

    /// The state of one feed in two scopes as one: the oldest answer and any failure count.
    pub(super) fn merged(mut self, other: &Self) -> Self {
        self.last_answered = match (self.last_answered, other.last_answered) {
            (Some(one), Some(two)) => Some(one.min(two)),
            _ => None,
        };
        self.asking_since = self.asking_since.or(other.asking_since);
        self.failing = self.failing.or_else(|| other.failing.clone());
        self.degraded = self.degraded.or_else(|| other.degraded.clone());
        self.restarts += other.restarts;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FailureKind;

    fn failure() -> Failure {
        Failure {
            operation: "GetMetricData".into(),
            region: "eu-west-1".into(),
            kind: FailureKind::NoNetwork,
            detail: "".into(),
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_secs(second)
    }

    #[test]
    fn a_failure_remembers_when_it_began_and_an_answer_ends_it() {
        let mut feed = FeedState::default();
        feed.take(at(1), FeedReport::Answered);
        feed.take(at(10), FeedReport::Failed { failure: failure(), retry_at: at(12) });
        feed.take(at(12), FeedReport::Asking);
        feed.take(at(13), FeedReport::Failed { failure: failure(), retry_at: at(17) });
        let failing = feed.failing.clone().unwrap();
        assert_eq!((failing.since, failing.retry_at), (at(10), at(17)));
        assert_eq!(feed.last_answered, Some(at(1)), "what was there before stays");
        feed.take(at(18), FeedReport::Answered);
        assert_eq!((feed.failing, feed.last_answered), (None, Some(at(18))));
    }

    #[test]
    fn a_refused_api_is_forgotten_by_the_first_whole_round_that_does_not_mention_it() {
        let mut feed = FeedState::default();
        feed.take(at(1), FeedReport::Asking);
        feed.take(at(2), FeedReport::Degraded { failure: failure() });
        assert_eq!((feed.degraded.is_some(), feed.last_answered), (true, Some(at(2))));
        feed.take(at(60), FeedReport::Asking);
        assert!(feed.degraded.is_some());
        feed.take(at(61), FeedReport::Answered);
        assert!(feed.degraded.is_none());
    }
}
