//! A trace from a file.

use std::io::Read;
use std::path::Path;

use super::{Style, show};
use crate::model::TraceMissing;
use crate::parse::xray;
use crate::report::trace::{Missing, why_missing};
use crate::run::given::Given;
use crate::run::{Stop, say};
use crate::term::Exit;

/// Largest file that is read, in bytes: a trace is at most some hundred documents of 64 KB.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Carries out `lambtop trace --file FILE`; exit 1 when a part of it could not be read, or
/// was not looked up by X-Ray.
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
    let found = xray::read(&String::from_utf8_lossy(&raw))
        .filter(|found| !found.segments.is_empty() || found.unreadable == 0);
    let Some(found) = found else {
        return Err(Stop::BadInput(format!(
            "{name}: no X-Ray documents in it: what `aws xray batch-get-traces` prints, a segment document, spans of OpenTelemetry, or an array of them"
        )));
    };
    let missing =
        Missing { unreadable: found.unreadable, truncated: found.truncated, unprocessed: found.unprocessed };
    let none = found.segments.is_empty() && missing.unprocessed.is_empty();
    let exit = show(found.segments, &missing, style)?;
    if none {
        say(&format!(
            "lambtop: {name}: there is no trace in it. X-Ray leaves out what was not sampled, has not arrived, or is older than 30 days"
        ));
    }
    for id in &missing.unprocessed {
        say(&format!("lambtop: {id}: {}", why_missing(&TraceMissing::Unprocessed)));
    }
    if missing.unreadable > 0 {
        say(&format!("lambtop: {name}: {} of its documents could not be read", missing.unreadable));
        return Ok(Exit::Incomplete);
    }
    Ok(exit)
}
