//! `lambtop trace`: a trace as a waterfall or as JSON, from a file, or from X-Ray by its id or by a request's.
//!
//! From a file it needs no account and no network.

mod file;
mod online;
mod request;

use super::launch::Launch;
use super::{Stop, print};
use crate::cli::{Flags, TraceArgs};
use crate::model::{RequestId, Segment, TraceId};
use crate::report::trace::{self, Missing, Record};
use crate::store::traces::Tree;
use crate::term::{self, Exit};

/// How a trace is printed.
struct Style {
    /// One JSON object instead of a waterfall.
    json: bool,
    /// Width of the waterfall in cells, where something says how much room there is.
    width: Option<usize>,
    /// Nothing above 0x7e.
    ascii: bool,
}

/// Carries out `lambtop trace`. `given` are the flags as they were given before or after the command.
pub(super) fn trace(launch: &Launch, args: &TraceArgs, given: &Flags) -> Result<Exit, Stop> {
    let style = Style { json: args.json, width: width(), ascii: launch.surroundings.ascii };
    let Some(id) = &args.id else {
        let file = args.file.as_ref();
        return file::file(
            file.ok_or_else(|| Stop::BadInput("name a trace, or a --file".to_owned()))?,
            &style,
        );
    };
    let subject = Subject::parse(id).ok_or_else(|| {
        Stop::BadInput(format!(
            "{id}: neither the id of a trace, such as 1-6a507b87-0cc4438344b48ef127ab1931, nor of a request, such as 8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9"
        ))
    })?;
    online::trace(launch, args, given, subject, &style)
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Trace(TraceId),
    Request(RequestId),
}

impl Subject {
    fn parse(text: &str) -> Option<Self> {
        // An id of OpenTelemetry has 32 digits and no dashes, as no request's has.
        TraceId::parse(text).map(Self::Trace).or_else(|| RequestId::parse(text).map(Self::Request))
    }
}

/// Width of the terminal that standard output is, else what `COLUMNS` says.
fn width() -> Option<usize> {
    let told = || std::env::var("COLUMNS").ok()?.trim().parse::<usize>().ok().filter(|width| *width > 0);
    term::columns().map(usize::from).or_else(told).map(|width| width.clamp(40, 500))
}

/// Prints what is there of a trace.
fn show(segments: Vec<Segment>, missing: &Missing, style: &Style) -> Result<Exit, Stop> {
    let tree = Tree::of(segments);
    let record = Record::of(&tree, missing);
    let exit = print(&if style.json {
        trace::json(&record)
    } else {
        trace::waterfall(&tree, &record, style.width, style.ascii)
    })?;
    let whole = !missing.truncated
        && missing.unreadable == 0
        && missing.unprocessed.is_empty()
        && record.in_progress == 0;
    Ok(if exit == Exit::Success && !whole { Exit::Incomplete } else { exit })
}
