//! What is wrong with a function, how badly, and in words.

use crate::model::Timestamp;

/// How bad, the worst first: when one cell must choose, the smallest counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Ran out of memory.
    OutOfMemory,
    /// Ran into its timeout.
    Timeout,
    /// Errors.
    Error,
    /// Requests are refused for want of concurrency.
    Throttle,
    /// Not bad yet.
    Warn,
    /// Nothing is known, or what is known is stale.
    Unknown,
    /// Cold starts.
    Cold,
    /// Nothing to see.
    #[default]
    Ok,
}

/// Why a function ranks where it does.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cause {
    /// Nothing is wrong.
    #[default]
    None,
    /// Placeholder until measured.
    Errors {
        /// Per cent.
        rate: f64,
        /// Since the change at this time.
        since: Option<Timestamp>,
    },
}

/// The judgement on one function.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trouble {
    /// How bad.
    pub severity: Severity,
    /// How bad among those of the same severity; larger is worse.
    pub score: f64,
    /// Why.
    pub cause: Cause,
}

impl Trouble {
    /// The words of the TROUBLE column, at most 18 columns wide, raw text; empty when nothing is wrong.
    ///
    /// `zone` is the offset from UTC in seconds in which clock times are written.
    #[must_use]
    pub fn words(&self, now: Timestamp, zone: i32) -> String {
        let _ = (now, zone);
        String::new()
    }
}
