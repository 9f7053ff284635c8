//! `XRAY TraceId: ...` as an event of its own; mostly it is the second line of a `REPORT`.

use std::borrow::Cow;

use super::labels::{self, Plain};
use crate::model::{LineKind, Reading};

/// Takes the trace from the header's value, `Root=1-..;Parent=..;Sampled=1`; a value without `Root` is left alone.
///
/// Source: <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>.
pub(super) fn header<'a>(value: &'a str, into: &mut Reading<'a>) {
    for part in value.split(';') {
        match part.trim().split_once('=') {
            Some(("Root", root)) => into.trace = Some(Cow::Borrowed(root)),
            Some(("Sampled", "1")) => into.sampled = Some(true),
            Some(("Sampled", "0")) => into.sampled = Some(false),
            _ => {}
        }
    }
}

/// Reads an X-Ray line.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    let Some(rest) = super::words::after(text, "XRAY").filter(|rest| rest.starts_with("TraceId:")) else {
        return false;
    };
    (into.kind, into.name) = (LineKind::Platform, "xray_line");
    labels::read(rest, Plain::Request, into);
    true
}
