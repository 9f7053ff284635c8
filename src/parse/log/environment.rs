//! What the platform says of an environment: `INIT_START`, `INIT_REPORT`, `RESTORE_START`, `RESTORE_REPORT`.

use std::borrow::Cow;

use super::labels::{self, Plain};
use super::words::{after, token};
use crate::model::{LineKind, Reading};

/// Reads a line about an init or a `SnapStart` restore.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    let (word, rest) = token(text);
    let (kind, name, plain) = match word {
        "INIT_START" => (LineKind::InitStart, "init_start", None),
        "INIT_REPORT" => (LineKind::InitReport, "init_report", Some(Plain::Init)),
        "RESTORE_START" => (LineKind::RestoreStart, "restore_start", None),
        "RESTORE_REPORT" => (LineKind::RestoreReport, "restore_report", Some(Plain::Restore)),
        _ => return false,
    };
    (into.kind, into.name) = (kind, name);
    if let Some(plain) = plain {
        labels::read(rest, plain, into);
    } else {
        let version = after(rest.trim_ascii_start(), "Runtime Version:").map(|rest| token(rest).0);
        into.runtime = version.filter(|version| !version.is_empty()).map(Cow::Borrowed);
    }
    true
}
