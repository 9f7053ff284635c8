//! What runtimes write of an error that nobody caught, where that is text: Java, .NET, Go, Ruby and Rust. Node's and
//! Python's say it in the form of their other lines.

use std::borrow::Cow;

use memchr::memchr_iter;

use super::node::thrown;
use super::words::{is_error_type, skip_space, token};
use crate::model::Reading;

/// What Ruby's runtime writes before the error: <https://docs.aws.amazon.com/lambda/latest/dg/ruby-exceptions.html>.
const RUBY: [&str; 2] = ["Error raised from handler method", "Init error when loading handler"];

/// What Node's runtime writes before the error, where its columns were cut away: <https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html>.
const NODE: [&str; 3] = ["Invoke Error", "Uncaught Exception", "Unhandled Promise Rejection"];

/// Reads what Ruby's runtime writes: `Error raised from handler method`, and the error as JSON on the next line; or what
/// Node's does, without its columns.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    let ruby = RUBY.iter().find_map(|start| text.strip_prefix(start));
    let node = || NODE.iter().find_map(|start| text.strip_prefix(start)).filter(|rest| opens(rest));
    let Some(rest) = ruby.or_else(node) else { return false };
    into.name = "app_text";
    into.body = super::body(text);
    thrown(rest, into);
    true
}

/// Whether nothing but white space stands before an object.
fn opens(rest: &str) -> bool {
    skip_space(rest).starts_with('{') && !rest.starts_with('{')
}

/// The type and the message of an error that a line tells of without the fields of one.
///
/// .NET's runtime logs it at its own level, `fail`, with the stack below; a panic of Rust names the thread.
pub(super) fn told<'a>(reading: &'a Reading<'_>) -> Option<(&'a str, &'a str)> {
    let text = reading.body.text()?;
    if reading.level_word.as_deref() == Some("fail") {
        let (first, stack) = text.split_once('\n')?;
        let (kind, message) = first.split_once(": ")?;
        let is_kind = kind.ends_with("Exception") && !kind.contains(' ');
        return (is_kind && stack.trim_start().starts_with("at ")).then_some((kind, message));
    }
    // Go's, and Rust's: the message below its place, or until Rust 1.73 in quotes before it.
    if let Some(message) = text.strip_prefix("panic: ") {
        return Some(("panic", message));
    }
    let (head, message) = text.split_once('\n').unwrap_or((text, ""));
    let (_, said) = head.strip_prefix("thread '")?.split_once(" panicked at ")?;
    let quoted = said.strip_prefix('\'').and_then(|said| said.rsplit_once("', ")).map(|(said, _)| said);
    Some(("panic", quoted.unwrap_or(message)))
}

/// The error above a stack that Java, .NET or an old Python prints, and what a runtime that knows nothing more writes.
///
/// `java.lang.IllegalStateException: why\n\tat ...`, also behind `Exception in thread "main"`;
/// `Unhandled exception. System.InvalidOperationException: why\n   at ...`. `first` is where the first line ends.
pub(super) fn trace<'a>(text: &'a str, first: usize, into: &mut Reading<'a>) {
    if let Some(kind) = text.strip_prefix("Unknown application error occurred") {
        let kind = token(kind).0;
        into.error_type = is_error_type(unwrapped(kind)).then_some(Cow::Borrowed(kind));
        return;
    }
    if let Some(error) = text.strip_prefix("Unhandled exception. ") {
        named(error.lines().next().unwrap_or_default(), into);
        return;
    }
    // Python's runtime before version 3.7 and .NET's before 6: `why: Type`, and the stack below.
    let below = &text[first + 1..];
    let (python, dotnet) =
        (below.starts_with("Traceback (most recent call last):"), below.starts_with("   at "));
    if (python || dotnet)
        && let Some((why, kind)) = text[..first].trim_ascii_end().rsplit_once(": ")
        && is_error_type(kind)
        && (python || kind.ends_with("Exception"))
    {
        into.error_type = Some(Cow::Borrowed(kind));
        into.error_message = Some(Cow::Borrowed(why));
        return;
    }
    let bytes = text.as_bytes();
    let is_frame = |at: &usize| bytes[..*at].ends_with(b"\n") && bytes[at + 1..].starts_with(b"at ");
    if let Some(end) = memchr_iter(b'\t', bytes).find(is_frame) {
        // A message may have several lines, and what was thrown stands in the last that names a type.
        let _ = text[..end - 1].lines().rev().any(|line| named(line, into));
    }
}

/// Takes `package.Type: why`, if a line is that.
fn named<'a>(line: &'a str, into: &mut Reading<'a>) -> bool {
    let thread = line.strip_prefix("Exception in thread \"").and_then(|rest| rest.split_once("\" "));
    let line = thread.map_or(line, |(_, rest)| rest);
    let (kind, why) = line.split_once(": ").map_or((line, None), |(kind, why)| (kind, Some(why)));
    let known = kind.contains('.') && !kind.ends_with('.') && is_error_type(kind);
    if known {
        into.error_type = Some(Cow::Borrowed(kind));
        into.error_message = why.map(Cow::Borrowed);
    }
    known
}

/// The type by its own name: Ruby's and Go's runtimes wrap it, `Function<KeyError>`, `Init<LoadError>`.
pub(super) fn unwrapped(kind: &str) -> &str {
    let inner = kind.strip_prefix("Function<").or_else(|| kind.strip_prefix("Init<"));
    inner.and_then(|kind| kind.strip_suffix('>')).unwrap_or(kind)
}

#[cfg(test)]
mod tests {
    use crate::model::Fault;
    use crate::parse::log::{fault, notes, read};

    #[test]
    fn what_nobody_caught_is_told_by_each_runtime_in_its_way() {
        for (line, kind, message) in [
            (
                "Error raised from handler method\n{\"errorMessage\":\"key not found: :sku\",\
                 \"errorType\":\"Function<KeyError>\",\"stackTrace\":[\"/var/task/app.rb:4:in 'fetch'\"]}\n",
                "KeyError",
                "key not found: :sku",
            ),
            (
                "2026-03-01T13:31:19.493Z\ta2fc83c6-f77b-4c49-88af-f6255d448cff\tfail\tSystem.Net.Http.HttpRequestException: \
                 no route\n   at Shop.Rules.Find(String key) in /src/Rules.cs:line 135\n",
                "System.Net.Http.HttpRequestException",
                "no route",
            ),
            (
                "thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds\n",
                "panic",
                "index out of bounds",
            ),
            ("thread 'main' panicked at 'no stock', src/main.rs:4:5", "panic", "no stock"),
            ("thread 'w' (17) panicked at src/main.rs:4:5:\nno stock", "panic", "no stock"),
            ("panic: no stock\n\ngoroutine 1 [running]:\n", "panic", "no stock"),
            (
                "Unhandled exception. Shop.NoStock: none left\n   at Shop.Rules.Find()\n",
                "Shop.NoStock",
                "none left",
            ),
            (
                "Exception in thread \"main\" shop.NoStock: none left\n\tat shop.Rules.find(Rules.java:1)\n",
                "shop.NoStock",
                "none left",
            ),
        ] {
            let reading = read(line);
            assert_eq!(fault(&reading), Some(Fault::Unhandled), "{line}");
            let error = notes(&reading, None).and_then(|notes| notes.error).unwrap();
            assert_eq!((&*error.kind, &*error.message), (kind, message), "{line}");
        }
    }

    #[test]
    fn what_a_program_logs_of_an_error_that_it_caught_is_handled() {
        for line in [
            "2026-03-01T13:31:19.493Z\ta2fc83c6-f77b-4c49-88af-f6255d448cff\tfail\tgave up after 3 attempts",
            "2026-03-01T13:31:19.493Z\ta2fc83c6-f77b-4c49-88af-f6255d448cff\tfail\tno route: HttpRequestException\n",
        ] {
            assert_eq!(fault(&read(line)), Some(Fault::Handled), "{line}");
        }
    }
}
