//! The filter as it is typed and as it applies.

use crate::query::{Filter, FilterError};

use super::Field;

/// A filter: of functions, or with a [`Query`](crate::query::Query) of lines.
///
/// While typing, the prompt stands in the status line and the count, or the error under its character, in the
/// footer's line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterState<F = Filter> {
    /// What is typed.
    pub field: Field,
    /// Whether keys go into the field.
    pub typing: bool,
    /// The last good filter: what is applied.
    pub applied: F,
    /// What is wrong with the text in the field; the last good filter stays.
    pub error: Option<FilterError>,
}
