//! What a line says of its request beside numbers.

use std::sync::Arc;

use super::{fault, uncaught};
use crate::model::{ErrorNote, Fault, LineKind, Reading, RequestNotes, TraceId};

/// What a line says of its request beside numbers, if it says any of it. `before` is what another line said: most
/// requests run the same version, and its name is kept once.
#[must_use]
pub fn notes(reading: &Reading<'_>, before: Option<&RequestNotes>) -> Option<RequestNotes> {
    let fault = fault(reading);
    let reports = matches!(reading.kind, LineKind::Report | LineKind::RuntimeDone);
    let failed = matches!(reading.status.as_deref(), Some("error" | "failure" | "timeout"));
    // As much memory used as there is, and nothing went wrong: the figures say that already.
    let full = reports && fault == Some(Fault::OutOfMemory) && !failed && reading.error_type.is_none();
    let fault = fault.filter(|_| !full);
    let succeeded = reports && reading.status.as_deref() == Some("success");
    let says = reading.version.is_some() || reading.trace.is_some() || fault.is_some() || succeeded;
    if !says {
        return None;
    }
    let version = reading.version.as_deref().map(|version| {
        let known = before.and_then(|before| before.version.as_ref()).filter(|known| ***known == *version);
        known.cloned().unwrap_or_else(|| version.into())
    });
    let error = fault.filter(|fault| *fault != Fault::LogsDropped).and_then(|_| error(reading));
    Some(RequestNotes {
        version,
        trace: reading.trace.as_deref().and_then(TraceId::parse),
        sampled: reading.sampled,
        fault,
        error,
        succeeded,
    })
}

/// The error that a line tells of.
fn error(reading: &Reading<'_>) -> Option<Arc<ErrorNote>> {
    let told = uncaught::told(reading);
    let kind = reading.error_type.as_deref().map(uncaught::unwrapped);
    let kind = kind.or(told.map(|(kind, _)| kind)).unwrap_or_default();
    // Reports say no more than the kind.
    let said = reading.error_message.as_deref().or(told.map(|(_, message)| message)).or_else(|| {
        let text = !matches!(reading.kind, LineKind::Report | LineKind::RuntimeDone | LineKind::InitReport);
        reading.body.text().filter(|_| text)
    });
    let message = said.unwrap_or_default().trim_ascii_start();
    let line = message.split(['\r', '\n']).next().unwrap_or_default();
    let line = &line[..line.floor_char_boundary(ErrorNote::LONGEST)];
    (!kind.is_empty() || !line.is_empty())
        .then(|| Arc::new(ErrorNote { kind: kind.into(), message: line.into() }))
}
