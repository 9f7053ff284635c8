//! `REPORT`: what a request took, with the X-Ray line that belongs to the same event.
//!
//! Every field after the request id is optional, and their order has changed over the years; copies leave out the id as
//! well. Since August 2025
//! `Billed Duration` holds the init too (<https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/>).

use super::labels::{self, Plain};
use super::request::identified;
use super::timeout;
use super::words::after;
use crate::model::{LineKind, Reading, RequestFigures};

/// Reads a `REPORT`.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    let unnamed = || after(text, "REPORT").filter(|rest| rest.starts_with("Duration:"));
    let Some(rest) = text.strip_prefix("REPORT").and_then(|rest| identified(rest, into)).or_else(unnamed)
    else {
        return false;
    };
    (into.kind, into.name) = (LineKind::Report, "report");
    labels::read(rest, Plain::Request, into);
    timeout::noted(rest, into);
    conclude(into);
    true
}

/// What follows from the figures of a request: that it ran out of time, or of memory.
pub(super) fn conclude(into: &mut Reading<'_>) {
    let RequestFigures { memory_mb, max_memory_mb, .. } = into.figures;
    into.figures.timed_out = into.status.as_deref() == Some("timeout");
    into.figures.out_of_memory = into.error_type.as_deref() == Some("Runtime.OutOfMemory")
        || memory_mb.zip(max_memory_mb).is_some_and(|(size, used)| size > 0.0 && used >= size);
}
