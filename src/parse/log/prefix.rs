//! Lines that a console put its own columns before: `aws logs tail`, `sam logs`, `awslogs`, the console's copy.
//!
//! `2024/12/19/[$LATEST]4dd42d66 2024-12-19T10:17:10.350000 END RequestId: ...` is read from `END` on. What stands
//! before may only be times and stream names: a program that quotes a platform's line has not become the platform.

use super::times::{is_date, time};
use super::words::{skip_space, token};
use super::{numbered, of_platform, other, own, plain, timeout};
use crate::model::Reading;

/// Reads what follows the columns. `dated` is the time that `text` begins with, and what follows it.
pub(super) fn read<'a>(dated: Option<(&'a str, &'a str)>, text: &'a str, into: &mut Reading<'a>) -> bool {
    let (mut rest, mut stream, mut at) = (text, false, None);
    let mut next = dated.map(|(at, rest)| (Column::Time(at), rest)).or_else(|| name(text));
    for _ in 0..4 {
        let Some((column, after)) = next else {
            break;
        };
        rest = skip_space(after);
        match column {
            Column::Group => {}
            Column::Stream => stream = true,
            Column::Time(time) => at = Some(time),
        }
        if of_platform(rest, into) || timeout::read(at, rest, into) {
            return true;
        }
        next = name(rest).or_else(|| time(rest).map(|(at, rest)| (Column::Time(at), rest)));
    }
    // A time alone may belong to the program's own line, which is tried later. A stream name never does.
    if stream {
        program(rest, into);
    }
    stream
}

/// What a console puts before a line.
enum Column<'a> {
    Group,
    Stream,
    Time(&'a str),
}

/// The name of a group or a stream that `text` begins with, and what follows it.
fn name(text: &str) -> Option<(Column<'_>, &str)> {
    let column = match text.as_bytes() {
        [b'/', ..] if text.starts_with("/aws/lambda/") => Column::Group,
        [_, _, _, _, _, _, _, _, _, _, b'/', ..] if is_date(text) => Column::Stream,
        _ => return None,
    };
    let (word, rest) = token(text);
    let named = matches!(column, Column::Group) || word.contains('[') && word.contains(']');
    named.then_some((column, rest))
}

/// Reads a program's own line behind the columns.
fn program<'a>(text: &'a str, into: &mut Reading<'a>) {
    if matches!(text.as_bytes().first(), Some(b'0'..=b'9' | b'X')) {
        let dated = time(text);
        if !numbered(dated, text, into) {
            other(dated, text, text, into);
        }
    } else if !own(text, into) {
        plain::read(text, text, into);
    }
}
