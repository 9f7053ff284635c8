//! `lambtop trace --file`: a trace from a file, as a waterfall or as JSON.
//!
//! It needs no account, no settings and no network.

use std::io::Read;
use std::path::Path;

use super::given::Given;
use super::{Stop, print, say};
use crate::parse::xray;
use crate::report::trace::{self, Record};
use crate::store::traces::Tree;
use crate::term::{self, Exit};

/// Largest file that is read, in bytes: a trace is at most some hundred documents of 64 KB.
const LARGEST: u64 = 256 * 1024 * 1024;

/// How a trace is printed.
pub(super) struct Style {
    /// One JSON object instead of a waterfall.
    pub json: bool,
    /// Width of the waterfall in cells.
    pub width: usize,
    /// Nothing above 0x7e.
    pub ascii: bool,
}

/// Width of the terminal that standard output is, or of a page.
pub(super) fn width() -> usize {
    term::columns().map_or(120, |columns| usize::from(columns).clamp(80, 500))
}

/// Carries out `lambtop trace --file FILE`; exit 1 when a part of it could not be read.
pub(super) fn file(path: &Path, style: &Style) -> Result<Exit, Stop> {
    let Given { name, bytes, .. } = Given::open(path)?;
    let mut raw = Vec::new();
    bytes
        .take(LARGEST + 1)
        .read_to_end(&mut raw)
        .map_err(|error| Stop::BadInput(format!("{name}: cannot be read: {error}")))?;
    if raw.len() as u64 > LARGEST {
        return Err(Stop::BadInput(format!("{name}: larger than 256 MB: give the documents of one trace")));
    }
    let found = xray::read(&String::from_utf8_lossy(&raw)).filter(|found| !found.segments.is_empty());
    let Some(found) = found else {
        return Err(Stop::BadInput(format!(
            "{name}: no X-Ray documents in it: what `aws xray batch-get-traces` prints, a segment document, or an array of them"
        )));
    };
    let tree = Tree::of(found.segments);
    let record = Record::of(&tree, found.unreadable, found.truncated);
    let text = if style.json {
        trace::json(&record)
    } else {
        trace::waterfall(&tree, &record, style.width, style.ascii)
    };
    print(&text)?;
    if found.unreadable > 0 {
        say(&format!("lambtop: {name}: {} of its documents could not be read", found.unreadable));
        return Ok(Exit::Incomplete);
    }
    Ok(Exit::Success)
}
