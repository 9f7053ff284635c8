//! How each feed is doing: when it last answered, what fails, when it tries again.

use crate::model::{Failure, Timestamp};

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
