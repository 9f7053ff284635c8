//! `XRAY TraceId: ...` as an event of its own; mostly it is the second line of a `REPORT`.

use super::labels::{self, Plain};
use crate::model::{LineKind, Reading};

/// Reads an X-Ray line.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    let Some(rest) = super::words::after(text, "XRAY").filter(|rest| rest.starts_with("TraceId:")) else {
        return false;
    };
    (into.kind, into.name) = (LineKind::Platform, "xray_line");
    labels::read(rest, Plain::Request, into);
    true
}
