//! Searches that someone gave a name.

use super::{Query, error};
use crate::query::FilterError;

/// Longest name, in characters.
const LONGEST: usize = 40;

/// A query under a name: an entry of `[searches]` in the settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSearch {
    /// ASCII letters, digits, `-` and `_`; at most 40.
    pub name: String,
    /// What it searches for; never empty.
    pub query: Query,
}

impl SavedSearch {
    /// What a name may be.
    pub const NAMES: &str = "a name has letters, digits, - and _, at most 40";

    /// Whether a search may have this name.
    #[must_use]
    pub fn may_be_called(name: &str) -> bool {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (1..=LONGEST).contains(&name.len()) && name.chars().all(allowed)
    }

    /// Parses the query of a search; one that lets everything through is a mistake.
    pub fn parse(text: &str) -> Result<Query, FilterError> {
        let query = Query::parse(text)?;
        if query.is_empty() { Err(error(0, "it searches for nothing")) } else { Ok(query) }
    }
}
