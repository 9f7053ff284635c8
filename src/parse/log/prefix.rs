//! Lines that a console put its own columns before: `aws logs tail`, `sam logs`, the console's copy.
//!
//! `2024/12/19/[$LATEST]4dd42d66 2024-12-19T10:17:10.350000 END RequestId: ...` is read from `END` on. What stands
//! before may only be times and stream names: a program that quotes a platform's line has not become the platform.

use super::words::{is_date, skip_space, time, token};
use super::{environment, exit, extension, other, own, report, request, xray};
use crate::model::Reading;

/// Reads what follows the columns.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    if !matches!(text.as_bytes().first(), Some(b'0'..=b'9' | b'X')) {
        return false;
    }
    let (mut rest, mut stream) = (text, false);
    for _ in 0..3 {
        let Some((after, is_stream)) = column(rest) else {
            break;
        };
        rest = skip_space(after);
        stream |= is_stream;
        if platform(rest, into) {
            return true;
        }
    }
    // A time alone may belong to the program's own line, which was tried before. A stream name never does.
    if stream && !own(rest, into) {
        other(rest, into);
    }
    stream
}

fn platform<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    request::read(text, into)
        || report::read(text, into)
        || environment::read(text, into)
        || extension::read(text, into)
        || xray::read(text, into)
        || exit::read(text, into)
}

/// What follows a time or a stream name, and whether it was the latter.
fn column(text: &str) -> Option<(&str, bool)> {
    let (word, rest) = token(text);
    if is_date(word) && word.as_bytes().get(10) == Some(&b'/') && word.contains('[') && word.contains(']') {
        return Some((rest, true));
    }
    time(text).map(|(_, rest)| (rest, false))
}
