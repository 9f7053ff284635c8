//! Other requests of the function that went the same way.

use std::time::Duration;

use crate::model::{ErrorNote, Invocation, InvocationKey, Timestamp};
use crate::store::invocations::{Glance, Invocations};

/// How often they are counted anew at most.
pub(super) const EVERY: Duration = Duration::from_secs(10);
/// Requests that are asked whether X-Ray took them.
const MOST_ASKED: usize = 2_000;

/// Other requests of the function that went the same way: the same outcome, and the same type of error.
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
    pub(super) counted: Timestamp,
}

impl Alike {
    /// Those like `request` among what is held.
    pub(super) fn of(request: &Invocation, held: &Invocations, now: Timestamp) -> Self {
        let kind = kind(request.error.as_deref());
        let like = |glance: &Glance<'_>| {
            glance.outcome == request.outcome && self::kind(glance.error.map(|error| &**error)) == kind
        };
        let (mut count, mut since) = (0, request.start);
        let (mut other_versions, mut other_versions_alike) = (false, false);
        let mut traced = None;
        let mut asked = 0;
        let all = held.glances(Timestamp::from_millis(i64::MIN));
        for glance in all.rev().filter(|glance| *glance.function == request.function) {
            let other = glance.version.map(|version| &**version) != request.version.as_deref();
            other_versions |= other;
            if !like(&glance) {
                continue;
            }
            other_versions_alike |= other;
            count += 1;
            since = since.min(glance.start);
            if traced.is_none() && glance.key != request.key && asked < MOST_ASKED {
                asked += 1;
                let sampled = held.get(glance.key).and_then(|held| held.sampled);
                traced = (sampled == Some(true)).then_some(glance.key);
            }
        }
        let of_this_version_alone = other_versions && !other_versions_alike;
        Self { count, since, of_this_version_alone, traced, counted: now }
    }
}

/// What tells one error from another: its type, else its message.
fn kind(error: Option<&ErrorNote>) -> &str {
    error.map_or("", |error| if error.kind.is_empty() { &error.message } else { &error.kind })
}
