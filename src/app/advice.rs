//! What is wrong with the connection to AWS, why, and the next step, in words.

use crate::store::Severity;

/// Where advice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the middle, where there is no data.
    Page,
    /// In a band above the data, which is old.
    Band,
}

/// A state that needs someone: what, why, next, in that order. Raw text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Page or band.
    pub place: Place,
    /// `Error`, `Warn`, or `Ok` for a state that is no fault, such as looking for functions.
    pub severity: Severity,
    /// What is wrong, one sentence.
    pub what: String,
    /// Why, if it is known: what AWS said.
    pub why: Option<String>,
    /// What to do next, a line each; commands stand as one can paste them.
    pub next: Vec<String>,
}
