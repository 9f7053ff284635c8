//! Python: `[INFO]\t<time>\t<request id>\t<message>`, and `[ERROR] ValueError: why\nTraceback ...` for what was not caught.
//!
//! Between the lines of one error the runtime writes `\r`, or `\n` where it can frame an event.
//! Sources: <https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html>,
//! <https://github.com/aws/aws-lambda-python-runtime-interface-client>.

use std::borrow::Cow;

use super::levels::leading_level;
use super::times::time;
use super::words::{is_error_type, is_request, skip_space, token};
use crate::model::{Level, Reading};

/// Reads a line that begins with a level in brackets.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    let Some((level, word, rest)) = leading_level(text).filter(|_| text.starts_with('[')) else {
        return false;
    };
    into.name = "app_text";
    into.level = Some(level);
    into.level_word = Some(Cow::Borrowed(word));
    let rest = skip_space(rest);
    if let Some((at, rest)) = time(rest) {
        columns(at, rest, into);
        return true;
    }
    into.body = super::body(rest);
    if level >= Level::Error {
        uncaught(rest, into);
    }
    true
}

/// Whether the runtime wrote a line that others may have put their time before: its own time stands behind the level, or
/// a traceback below the error.
pub(super) fn is_own(text: &str) -> bool {
    let Some((level, _, rest)) = leading_level(text).filter(|_| text.starts_with('[')) else {
        return false;
    };
    let traced = || rest.split_once(['\r', '\n']).is_some_and(|(_, below)| is_traceback(below));
    time(skip_space(rest)).is_some() || level >= Level::Error && traced()
}

/// Reads what follows the time: the request's id, and the message.
fn columns<'a>(at: &'a str, rest: &'a str, into: &mut Reading<'a>) {
    into.timestamp = Some(Cow::Borrowed(at));
    // With tabs the third column is the id, whatever it looks like; it is empty outside of a request.
    let column = rest.strip_prefix('\t').and_then(|rest| rest.split_once('\t'));
    let column = column.filter(|(id, _)| !id.contains(' '));
    let (id, message) = column.unwrap_or_else(|| {
        let (word, after) = token(rest);
        if is_request(word) { (word, after) } else { ("", rest) }
    });
    into.request = (!id.is_empty()).then_some(Cow::Borrowed(id));
    into.body = super::body(message);
}

fn is_traceback(below: &str) -> bool {
    skip_space(below).starts_with("Traceback")
}

/// Takes the error from `Type: why`, or from `Type` alone above its traceback.
fn uncaught<'a>(text: &'a str, into: &mut Reading<'a>) {
    let end = text.bytes().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(text.len());
    let (line, below) = text.split_at(end);
    if let Some((kind, why)) = line.split_once(": ").filter(|(kind, _)| is_error_type(kind)) {
        into.error_type = Some(Cow::Borrowed(kind));
        into.error_message = Some(Cow::Borrowed(why));
    } else if is_error_type(line.trim_end_matches(':')) && is_traceback(below) {
        into.error_type = Some(Cow::Borrowed(line.trim_end_matches(':')));
    }
}
