//! Other requests of the function that went the same way.

use std::time::Duration;

use super::TimelineScreen;
use crate::model::{Invocation, InvocationKey, Timestamp};
use crate::store::invocations::{Invocations, fingerprint};

/// How often they are counted anew at most.
const EVERY: Duration = Duration::from_secs(10);

/// Other requests of the function that went the same way: the same outcome, and the same error but for numbers, ids and
/// paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// How many, with this one.
    pub count: usize,
    /// When the first of them that is held began.
    pub since: Timestamp,
    /// Others of the function ran in another version, and none of those went this way.
    pub of_this_version_alone: bool,
    /// The newest other one that X-Ray took.
    pub traced: Option<InvocationKey>,
    /// When they were counted.
    counted: Timestamp,
    /// What was held then.
    revision: u64,
}

impl TimelineScreen {
    /// Counts them, unless that was done a moment ago or nothing has come since; whether that is news.
    pub(super) fn count_alike(&mut self, held: &Invocations, now: Timestamp) -> bool {
        let known = self
            .alike
            .as_ref()
            .is_some_and(|alike| alike.revision == held.revision() || now.since(alike.counted) < EVERY);
        let Some(request) = self.request().filter(|_| !known) else { return false };
        let counted = Alike::of(request, held, now);
        let same = self.alike.as_ref().is_some_and(|alike| {
            (alike.count, alike.since, alike.traced) == (counted.count, counted.since, counted.traced)
        });
        self.alike = Some(counted);
        !same
    }
}

impl Alike {
    /// Those like `request` among what is held.
    fn of(request: &Invocation, held: &Invocations, now: Timestamp) -> Self {
        let kind = kind(request);
        let mut alike = Self {
            count: 0,
            since: request.start,
            of_this_version_alone: false,
            traced: None,
            counted: now,
            revision: held.revision(),
        };
        let (mut other_versions, mut other_versions_alike) = (false, false);
        for other in held.of_function(&request.function).rev() {
            let version = other.version != request.version;
            other_versions |= version;
            if other.outcome != request.outcome || self::kind(&other) != kind {
                continue;
            }
            other_versions_alike |= version;
            alike.count += 1;
            alike.since = alike.since.min(other.start);
            if alike.traced.is_none() && other.key != request.key && other.sampled == Some(true) {
                alike.traced = Some(other.key);
            }
        }
        alike.of_this_version_alone = other_versions && !other_versions_alike;
        alike
    }
}

/// What tells one error from another.
fn kind(request: &Invocation) -> Option<String> {
    request.error.as_ref().map(|error| fingerprint(&error.kind, &error.message))
}
