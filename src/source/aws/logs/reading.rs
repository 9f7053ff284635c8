//! What the tail keeps of a line beside its text, and whose stream it stands in.

use crate::model::{Fault, Level, LineKind, RequestFigures, RequestId, RequestNotes};
use crate::parse;

/// What is kept of a line.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub level: Option<Level>,
    pub kind: LineKind,
    pub request: Option<RequestId>,
    /// If it gives any.
    pub figures: Option<RequestFigures>,
    /// If it says more of its request.
    pub notes: Option<RequestNotes>,
}

/// Reads a line. `before` is what the last line with notes said: most requests run the same version.
pub(super) fn read(message: &str, before: Option<&RequestNotes>) -> Said {
    let reading = parse::log::read(message);
    let notes = parse::log::notes(&reading, before);
    // What ended a request is an error also where its line gives no level.
    let ended = matches!(reading.kind, LineKind::Timeout | LineKind::Exit)
        || reading.kind == LineKind::Application
            && notes
                .as_ref()
                .is_some_and(|notes| matches!(notes.fault, Some(Fault::Unhandled | Fault::Import)));
    Said {
        level: reading.level.or(ended.then_some(Level::Error)),
        kind: reading.kind,
        request: reading.request.as_deref().and_then(RequestId::parse),
        figures: (reading.figures != RequestFigures::default()).then_some(reading.figures),
        notes,
    }
}

/// The function that a stream of a shared group names.
pub(super) fn function_of_stream(name: &str) -> Option<&str> {
    parse::stream::stream(name)?.function
}
