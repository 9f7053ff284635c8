//! What the tail keeps of a line beside its text, and whose stream it stands in.

use crate::model::{Level, LineKind, RequestFigures, RequestId};
use crate::parse;

/// What is kept of a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said {
    pub level: Option<Level>,
    pub kind: LineKind,
    pub request: Option<RequestId>,
    /// If it gives any.
    pub figures: Option<RequestFigures>,
}

/// Reads a line.
pub(super) fn read(message: &str) -> Said {
    let reading = parse::log::read(message);
    Said {
        level: reading.level,
        kind: reading.kind,
        request: reading.request.as_deref().and_then(RequestId::parse),
        figures: (reading.figures != RequestFigures::default()).then_some(reading.figures),
    }
}

/// The function that a stream of a shared group names.
pub(super) fn function_of_stream(name: &str) -> Option<&str> {
    parse::stream::stream(name)?.function
}
