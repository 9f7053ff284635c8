//! The sign and the colour of a judgement.

use super::glyph::Glyph;
use super::theme::Role;
use crate::store::Severity;

/// The sign that stands before what is judged.
pub(super) const fn glyph(severity: Severity) -> Glyph {
    match severity {
        Severity::OutOfMemory => Glyph::OutOfMemory,
        Severity::Timeout => Glyph::Timeout,
        Severity::Error => Glyph::Error,
        Severity::Throttle => Glyph::Throttle,
        Severity::Warn => Glyph::Warn,
        Severity::Unknown => Glyph::Unknown,
        Severity::Cold => Glyph::Cold,
        Severity::Ok => Glyph::Ok,
    }
}

/// Its colour; health has none.
pub(super) const fn role(severity: Severity) -> Role {
    match severity {
        Severity::OutOfMemory | Severity::Timeout => Role::Timeout,
        Severity::Error => Role::Error,
        Severity::Throttle => Role::Throttle,
        Severity::Warn => Role::Warn,
        Severity::Unknown => Role::Unknown,
        Severity::Cold => Role::Cold,
        Severity::Ok => Role::Dim,
    }
}
