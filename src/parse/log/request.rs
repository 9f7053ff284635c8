//! `START` and `END`: `START RequestId: <id> Version: $LATEST`, `END RequestId: <id>`.

use std::borrow::Cow;

use super::timeout;
use super::words::{after, token};
use crate::model::{LineKind, Reading};

/// Reads a `START` or an `END`.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    if let Some(rest) = text.strip_prefix("START").and_then(|rest| identified(rest, into)) {
        (into.kind, into.name) = (LineKind::Start, "start");
        into.version = after(rest.trim_ascii_start(), "Version:").map(|rest| Cow::Borrowed(token(rest).0));
        true
    } else if let Some(rest) = text.strip_prefix("END").and_then(|rest| identified(rest, into)) {
        (into.kind, into.name) = (LineKind::End, "end");
        timeout::noted(rest, into);
        true
    } else {
        false
    }
}

/// Takes the id from ` RequestId: <id> ...`; gives what follows it.
pub(super) fn identified<'a>(text: &'a str, into: &mut Reading<'a>) -> Option<&'a str> {
    let (id, rest) = token(after(super::skip_space(text), "RequestId:")?);
    into.request = (!id.is_empty()).then_some(Cow::Borrowed(id));
    Some(rest)
}
