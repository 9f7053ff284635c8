//! Lines that a console put its own columns before: `aws logs tail`, `sam logs`, `awslogs`, the console's copy.
//!
//! `2024/12/19/[$LATEST]4dd42d66 2024-12-19T10:17:10.350000 END RequestId: ...` is read from `END` on. What stands
//! before may only be times and stream names: a program that quotes a platform's line has not become the platform.
//!
//! A second time is the program's own (`2024/12/19/[7]4dd4 2024-12-19T10:17:10.350000 2024-12-19T10:17:10.349Z ...`).

use std::borrow::Cow;

use super::times::{is_date, time};
use super::words::{skip_space, token};
use super::{dated, numbered, of_platform, other, own, plain, platform, python, ruby, timeout, uncaught};
use crate::model::{LineKind, Reading};

/// Reads what follows the columns. `dated` is the time that `text` begins with, and what follows it.
pub(super) fn read<'a>(dated: Option<(&'a str, &'a str)>, text: &'a str, into: &mut Reading<'a>) -> bool {
    let (mut rest, mut stream, mut at, mut line) = (text, false, None, None);
    let mut next = dated.map(|(at, rest)| (Column::Time(at), rest)).or_else(|| name(text));
    for _ in 0..4 {
        let Some((column, after)) = next else {
            break;
        };
        rest = skip_space(after);
        match column {
            Column::Group => {}
            Column::Stream => stream = true,
            Column::Time(time) => {
                // The line goes on behind the columns, or begins with a time that is not a console's.
                line = at.and(Some((time, after)));
                at = Some(time);
            }
        }
        if of_platform(rest, into) || timeout::read(at, rest, into) || json(rest, into) {
            return true;
        }
        next = name(rest).or_else(|| time(rest).map(|(at, rest)| (Column::Time(at), rest)));
    }
    // A time alone may belong to the program's own line, which is tried later. A stream name never does.
    if let Some((at, after)) = line {
        if numbered(line, rest, into) || dated::levelled(at, after, into) {
            return true;
        }
        if stream {
            dated::read(at, after, into);
        }
    } else if stream {
        program(rest, into);
    }
    stream || at.is_some_and(|at| runtime(at, rest, into))
}

/// Reads a line that only a runtime writes, behind a time that a console put there.
pub(super) fn runtime<'a>(at: &'a str, text: &'a str, into: &mut Reading<'a>) -> bool {
    let read = match text.as_bytes() {
        [b'[', ..] => python::is_own(text) && python::read(text, into),
        [b'D' | b'I' | b'W' | b'E' | b'F' | b'A', b',', ..] => ruby::read(text, into),
        [b'E', b'r', ..] | [b'I' | b'U', b'n', ..] => uncaught::read(text, into),
        _ => false,
    };
    if read && into.timestamp.is_none() {
        into.timestamp = Some(Cow::Borrowed(at));
    }
    read
}

/// Reads an event in JSON behind the columns. An object that no logger and no runtime wrote is the program's own text.
fn json<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    if !text.starts_with('{') {
        return false;
    }
    let mut told = Reading::default();
    let known = platform::read(text, &mut told)
        && (told.kind != LineKind::Application || told.level_word.is_some() || told.request.is_some());
    if known {
        *into = told;
    }
    known
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
