//! What runtimes write of an error that nobody caught, where that is text: .NET, Ruby and Rust. Node's and Python's say
//! it in the form of their other lines.

use super::node::thrown;
use crate::model::Reading;

/// What Ruby's runtime writes before the error: <https://docs.aws.amazon.com/lambda/latest/dg/ruby-exceptions.html>.
const RUBY: &str = "Error raised from handler method";

/// Reads what Ruby's runtime writes: `Error raised from handler method`, and the error as JSON on the next line.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    let Some(rest) = text.strip_prefix(RUBY) else { return false };
    into.name = "app_text";
    into.body = super::body(text);
    thrown(rest, into);
    true
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
    let (head, message) = text.split_once('\n')?;
    (head.starts_with("thread '") && head.contains("' panicked at ")).then_some(("panic", message))
}

/// The type by its own name: Ruby's and Go's runtimes wrap it, `Function<KeyError>`.
pub(super) fn unwrapped(kind: &str) -> &str {
    kind.strip_prefix("Function<").and_then(|kind| kind.strip_suffix('>')).unwrap_or(kind)
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
