//! What is kept of a line beside its text.

use super::{notes, read};
use crate::model::{Fault, Level, LineKind, RequestFigures, RequestId, RequestNotes};

/// What is kept of a line.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The level that it gives; ERROR for a line that ended its request and gives none.
    pub level: Option<Level>,
    /// What kind of line it is.
    pub kind: LineKind,
    /// The request that it names.
    pub request: Option<RequestId>,
    /// Durations and memory, if it gives any.
    pub figures: Option<RequestFigures>,
    /// If it says more of its request.
    pub notes: Option<RequestNotes>,
}

/// Reads a line. `before` is what the last line with notes said: most requests run the same version.
#[must_use]
pub fn said(message: &str, before: Option<&RequestNotes>) -> Said {
    let reading = read(message);
    let notes = notes(&reading, before);
    let ended = matches!(reading.kind, LineKind::Timeout | LineKind::Exit)
        || reading.kind == LineKind::Application
            && notes
                .as_ref()
                .is_some_and(|notes| matches!(notes.fault, Some(Fault::Unhandled | Fault::Import)));
    Said {
        level: reading.level.or(ended.then_some(Level::Error)),
        kind: reading.kind,
        request: reading.request_id(),
        figures: reading.figures(),
        notes,
    }
}
