//! A trace from a file.

use std::io::Read;
use std::path::Path;

use super::{Style, show};
use crate::parse::xray;
use crate::run::given::Given;
use crate::run::{Stop, say};
use crate::term::Exit;

/// Largest file that is read, in bytes: a trace is at most some hundred documents of 64 KB.
const LARGEST: u64 = 256 * 1024 * 1024;

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
            "{name}: no X-Ray documents in it: what `aws xray batch-get-traces` prints, a segment document, spans of OpenTelemetry, or an array of them"
        )));
    };
    let unreadable = found.unreadable;
    let exit = show(found.segments, unreadable, found.truncated, style)?;
    if unreadable > 0 {
        say(&format!("lambtop: {name}: {unreadable} of its documents could not be read"));
        return Ok(Exit::Incomplete);
    }
    Ok(exit)
}
