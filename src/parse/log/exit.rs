//! `RequestId: <id> Error: Runtime exited with error: signal: killed`, and what else the platform says of a request that
//! its runtime did not finish. It comes after the `REPORT`.

use std::borrow::Cow;

use super::labels::{self, Plain};
use super::request::identified;
use super::timeout;
use super::words::{is_error_type, skip_space};
use crate::model::{LineKind, Reading};

/// Reads a line about a runtime that ended.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    let Some(rest) = text.starts_with("RequestId:").then(|| identified(text, into)).flatten() else {
        return false;
    };
    let rest = skip_space(rest);
    if rest.starts_with("Status:") || rest.starts_with("ErrorType:") {
        // The runtime interface emulator's own sentence.
        (into.kind, into.name) = (LineKind::Exit, "rie_error_line");
        labels::read(rest, Plain::Request, into);
        return true;
    }
    let said = rest.strip_prefix("Error:").map(skip_space);
    if let Some(sentence) = said.filter(|said| timeout::is_timeout(said)) {
        timeout::conclude(sentence, into);
        return true;
    }
    if said.is_none() && !rest.starts_with("Process exited") {
        into.request = None;
        return false;
    }
    conclude(rest, into);
    true
}

/// Fills in what the sentence says: the error's type stands in a line of its own below it.
pub(super) fn conclude<'a>(sentence: &'a str, into: &mut Reading<'a>) {
    (into.kind, into.name) = (LineKind::Exit, "runtime_exit");
    let sentence = sentence.trim_ascii_end();
    into.body = super::body(sentence);
    let mut lines = sentence.lines();
    into.error_message = lines.next().map(|line| Cow::Borrowed(line.strip_prefix("Error: ").unwrap_or(line)));
    let below = lines.next_back().map(str::trim_ascii_end).filter(|line| is_error_type(line));
    into.error_type = below.or_else(|| beside(sentence)).map(Cow::Borrowed);
    into.figures.out_of_memory = sentence.contains("signal: killed");
}

/// The type at the end of a sentence that a copy has put into one line.
fn beside(sentence: &str) -> Option<&str> {
    let word = sentence.rsplit(' ').next()?;
    let platform =
        ["Runtime.", "Extension.", "Sandbox.", "Function."].iter().any(|start| word.starts_with(start));
    (platform && is_error_type(word)).then_some(word)
}
