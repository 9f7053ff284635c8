//! What went wrong with a request, in words. All of it is raw text.

use std::sync::Arc;

use crate::model::{Invocation, Outcome, number};
use crate::store::invocations::fingerprint;

/// What its lines say of its error; without that, what its outcome means. `None` where nothing went wrong.
#[must_use]
pub fn error_words(invocation: &Invocation) -> Option<String> {
    let error = invocation.error.as_deref();
    if let Some(error) = error.filter(|error| !(error.kind.is_empty() && error.message.is_empty())) {
        return Some(match (&*error.kind, &*error.message) {
            (kind, "") => kind.to_owned(),
            ("", message) => message.to_owned(),
            (kind, message) if message.starts_with(kind) => message.to_owned(),
            (kind, message) => format!("{kind}: {message}"),
        });
    }
    Some(match invocation.outcome {
        Outcome::Ok | Outcome::Running | Outcome::Unknown => return None,
        Outcome::Handled => "logged an error".to_owned(),
        Outcome::Throttled => "429: refused, not run".to_owned(),
        Outcome::Unhandled => "unhandled error".to_owned(),
        Outcome::InitError => "init failed".to_owned(),
        Outcome::RuntimeExit => "the runtime exited".to_owned(),
        Outcome::Timeout => match invocation.duration_ms {
            Some(ms) => format!("Task timed out after {:.2} s", ms / 1000.0),
            None => "Task timed out".to_owned(),
        },
        Outcome::OutOfMemory => match invocation.memory_mb {
            Some(size) => format!("killed: all of {} MB used", number::count(size)),
            None => "killed for want of memory".to_owned(),
        },
    })
}

/// The same without what tells two of a kind apart: numbers, ids, paths and what stands in quotes.
#[must_use]
pub(super) fn error_kind(invocation: &Invocation) -> Option<Arc<str>> {
    error_words(invocation).map(|words| fingerprint("", &words).into())
}
