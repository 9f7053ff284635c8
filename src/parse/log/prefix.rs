//! Lines that a console put its own columns before: `aws logs tail`, `sam logs`, `awslogs`, the console's copy.
//!
//! `2024/12/19/[$LATEST]4dd42d66 2024-12-19T10:17:10.350000 END RequestId: ...` is read from `END` on. What stands
//! before may only be times and stream names: a program that quotes a platform's line has not become the platform.

use super::times::{is_date, time};
use super::words::{skip_space, token};
use super::{environment, exit, extension, other, own, report, request, timeout, xray};
use crate::model::Reading;

/// Reads what follows the columns.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    if !matches!(text.as_bytes().first(), Some(b'0'..=b'9' | b'X' | b'/')) {
        return false;
    }
    let (mut rest, mut stream, mut at) = (text, false, None);
    for _ in 0..4 {
        let Some((column, after)) = column(rest) else {
            break;
        };
        rest = skip_space(after);
        match column {
            Column::Group => {}
            Column::Stream => stream = true,
            Column::Time(time) => at = Some(time),
        }
        if platform(rest, into) || timeout::read(at, rest, into) {
            return true;
        }
    }
    // A time alone may belong to the program's own line, which was tried before. A stream name never does.
    if stream && !own(rest, into) {
        other(rest, into);
    }
    stream
}

/// What a console puts before a line.
enum Column<'a> {
    Group,
    Stream,
    Time(&'a str),
}

fn platform<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    request::read(text, into)
        || report::read(text, into)
        || environment::read(text, into)
        || extension::read(text, into)
        || xray::read(text, into)
        || exit::read(text, into)
}

/// The column that `text` begins with, and what follows it.
fn column(text: &str) -> Option<(Column<'_>, &str)> {
    let (word, rest) = token(text);
    if word.starts_with("/aws/lambda/") {
        return Some((Column::Group, rest));
    }
    if is_date(word) && word.as_bytes().get(10) == Some(&b'/') && word.contains('[') && word.contains(']') {
        return Some((Column::Stream, rest));
    }
    time(text).map(|(at, rest)| (Column::Time(at), rest))
}
