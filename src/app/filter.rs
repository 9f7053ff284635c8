//! The filter as it is typed and as it applies.

use crate::query::{Filter, FilterError};

use super::Field;

/// The filter of the functions screen.
///
/// While typing, the prompt stands in the status line and the count, or the error under its character, in the
/// footer's line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterState {
    /// What is typed.
    pub field: Field,
    /// Whether keys go into the field.
    pub typing: bool,
    /// The last good filter: what is applied.
    pub applied: Filter,
    /// What is wrong with the text in the field; the last good filter stays.
    pub error: Option<FilterError>,
}
