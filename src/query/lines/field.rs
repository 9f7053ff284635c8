//! Terms with a name of a field before a sign: `level>=warn`, `duration>1s`, `fn:pay*`, `outcome=timeout`.
//!
//! What names a field and says nothing that could be true of it is a mistake; a text that looks so stands in quotes.

use super::lexer::value;
use super::needle::Needle;
use super::number::{Comparison, memory, milliseconds};
use super::term::{Figure, Test};
use super::{FilterError, error};
use crate::model::{Level, Outcome};

/// A name of what can be asked, and how.
#[derive(Clone, Copy)]
enum Field {
    /// A name, behind a colon.
    Name(fn(Needle) -> Test),
    /// The beginning of a request's id, behind a colon.
    Request,
    Level,
    Figure(Figure),
    Memory,
    Outcome,
    Version,
    /// Whether X-Ray took it: yes or no.
    Traced,
    /// A word that stands alone.
    Flag,
}

/// All of them, each with what it wants.
const FIELDS: [(&str, Field, &str); 20] = [
    ("fn", Field::Name(Test::Function), "a name or a part of it: fn:checkout*"),
    ("group", Field::Name(Test::Group), "a name or a part of it: group:/aws/lambda/*"),
    ("stream", Field::Name(Test::Stream), "a name or a part of it: stream:*6f1c"),
    ("env", Field::Name(Test::Stream), ENVIRONMENT),
    ("environment", Field::Name(Test::Stream), ENVIRONMENT),
    ("req", Field::Request, "a request id or its beginning: req:c1f0a7e2"),
    ("trace", Field::Name(Test::Trace), "a trace id or its beginning: trace:1-6a507b87"),
    ("level", Field::Level, "level>=warn"),
    ("duration", Field::Figure(Figure::Duration), "duration>1s"),
    ("billed", Field::Figure(Figure::Billed), "billed>1s"),
    ("init", Field::Figure(Figure::Init), "init>1s"),
    ("restore", Field::Figure(Figure::Restore), "restore>1s"),
    ("mem", Field::Memory, "mem>90%"),
    ("outcome", Field::Outcome, "outcome=timeout"),
    ("version", Field::Version, "version=88"),
    ("traced", Field::Traced, "traced=yes"),
    ("sampled", Field::Traced, "sampled=yes"),
    ("cold", Field::Flag, "cold"),
    ("timeout", Field::Flag, "timeout"),
    ("oom", Field::Flag, "oom"),
];

/// An environment writes one log stream, which names it.
const ENVIRONMENT: &str = "a log stream or a part of it: env:*6f1c";

/// What stands between a field and its value.
enum Sign {
    Colon,
    Tilde,
    Compared(Comparison),
}

impl Sign {
    fn split(text: &str) -> Option<(Self, &str)> {
        if let Some(rest) = text.strip_prefix(':') {
            return Some((Self::Colon, rest));
        }
        if let Some(rest) = text.strip_prefix('~') {
            return Some((Self::Tilde, rest));
        }
        Comparison::split(text).map(|(comparison, rest)| (Self::Compared(comparison), rest))
    }

    /// As a comparison, where a colon means that both are the same.
    const fn comparison(&self) -> Option<Comparison> {
        match self {
            Self::Colon => Some(Comparison::Equal),
            Self::Tilde => None,
            Self::Compared(comparison) => Some(*comparison),
        }
    }
}

/// Reads a term with a field. Other words with a sign are words; with `<` or `>` before a number they are taken for
/// fields that do not exist.
pub(super) fn read(at: usize, word: &str) -> Option<Result<Test, FilterError>> {
    let end = word.find(['<', '>', '=', '!', ':', '~'])?;
    let (name, rest) = word.split_at(end);
    let (sign, typed) = Sign::split(rest)?;
    let place = at + word.len() - typed.len();
    let Some((_, field, example)) = FIELDS.iter().find(|(own, ..)| *own == name) else {
        return unknown(at, word, name, &sign, typed);
    };
    let as_text = if word.contains('"') { String::new() } else { format!("; as text \"{word}\"") };
    let wrong_sign = |right: &str| Err(error(at + end, &format!("{name} {right}: {example}{as_text}")));
    let wrong = |wanted: &str| Err(error(place, &format!("\"{typed}\" is no {wanted}")));
    let compares = "compares with =, !=, <, <=, > or >=";
    Some(match *field {
        // `env=prod` is how lines say something else.
        Field::Name(_) if name.starts_with("env") && !matches!(sign, Sign::Colon) => {
            return unknown(at, word, name, &sign, typed);
        }
        Field::Name(_) | Field::Request if !matches!(sign, Sign::Colon) => {
            let (_, example) = example.split_once(": ").unwrap_or(("", example));
            Err(error(at + end, &format!("{name} takes a colon: {example}{as_text}")))
        }
        Field::Name(_) | Field::Request if value(typed).is_empty() => {
            Err(error(at, &format!("{name}: wants {example}")))
        }
        Field::Name(_) if name.starts_with("env") && is_on_screen_alone(&value(typed)) => {
            let own = value(typed);
            Err(error(
                place,
                &format!("{own} is a name of this screen: g, then Enter on it; by stream env:*6f1c"),
            ))
        }
        Field::Name(make) => {
            let needle = if name == "trace" { Needle::text } else { Needle::name };
            needle(&value(typed)).map(make).map_err(|why| error(at, &why))
        }
        Field::Request => Ok(Test::Request(value(typed).to_lowercase())),
        Field::Level => match (sign.comparison(), level(typed)) {
            (None, _) => wrong_sign(compares),
            (Some(comparison), Some(level)) => Ok(Test::Level(comparison, level)),
            (Some(_), None) => wrong("level: trace, debug, info, warn, error or fatal"),
        },
        // `duration:` alone is how lines begin that people write.
        Field::Figure(_) | Field::Memory if matches!(sign, Sign::Colon) && typed.is_empty() => return None,
        Field::Figure(figure) => match (&sign, milliseconds(typed)) {
            (Sign::Colon | Sign::Tilde, _) => wrong_sign(compares),
            (Sign::Compared(comparison), Some(ms)) => Ok(Test::Figure(figure, *comparison, ms)),
            (Sign::Compared(_), None) => wrong("duration: 250ms, 1.5s or 2m"),
        },
        Field::Memory => match (&sign, memory(typed)) {
            (Sign::Colon | Sign::Tilde, _) => wrong_sign(compares),
            (Sign::Compared(comparison), Some(memory)) => Ok(Test::Memory(*comparison, memory)),
            (Sign::Compared(_), None) => wrong("memory: 90% of what is configured, or 200MB"),
        },
        Field::Outcome => match (sign.comparison(), outcome(typed)) {
            (Some(comparison @ (Comparison::Equal | Comparison::NotEqual)), Some(outcome)) => {
                let needle = Needle::word(word).map_err(|why| error(at, &why));
                needle.map(|needle| Test::Outcome(comparison, outcome, needle))
            }
            (Some(Comparison::Equal | Comparison::NotEqual), None) => {
                // As short as that, all of them fit below the filter on 80 columns.
                let mut names = Outcome::ALL.map(Outcome::name);
                names.reverse();
                Err(error(place, &format!("one of {}", names.join(" "))))
            }
            _ => wrong_sign("compares with = or !="),
        },
        Field::Version => match sign.comparison() {
            None => wrong_sign(compares),
            Some(comparison) => version(comparison, typed)
                .and_then(|(number, name)| Ok((number, name, Needle::word(word)?)))
                .map(|(number, name, needle)| Test::Version(comparison, number, name, needle))
                .map_err(|why| error(place, &why)),
        },
        Field::Traced => match (sign.comparison(), truth(typed)) {
            (Some(comparison @ (Comparison::Equal | Comparison::NotEqual)), Some(yes)) => {
                let needle = Needle::word(word).map_err(|why| error(at, &why));
                needle.map(|needle| Test::Traced(yes == (comparison == Comparison::Equal), needle))
            }
            (Some(Comparison::Equal | Comparison::NotEqual), None) => {
                wrong(&format!("answer: {name}=yes or {name}=no"))
            }
            _ => wrong_sign("compares with = or !="),
        },
        Field::Flag if is_truth(typed) => wrong_sign(&format!("stands alone, or -{name}")),
        Field::Flag => return unknown(at, word, name, &sign, typed),
    })
}

/// A word with a sign whose field is none.
fn unknown(
    at: usize,
    word: &str,
    field: &str,
    sign: &Sign,
    typed: &str,
) -> Option<Result<Test, FilterError>> {
    let Sign::Compared(comparison) = sign else { return None };
    let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    let small = field.to_lowercase();
    let means_a_field = FIELDS.iter().any(|(own, ..)| *own == small);
    let looks_like_a_field = !field.is_empty()
        && field.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
        && (means_a_field || typed.starts_with(|c: char| c.is_ascii_digit()));
    (ordered && looks_like_a_field).then(|| {
        let message = format!(
            "\"{field}\" is no field of the platform (duration, billed, init, restore, mem, level, version); of JSON it is .{field}, as text \"{word}\""
        );
        Err(error(at, &message))
    })
}

/// A version as it was typed: its number, if it is one, and its name.
fn version(comparison: Comparison, typed: &str) -> Result<(Option<f64>, String), String> {
    let name = value(typed);
    // On screen a `v` stands before the number.
    let digits = name.strip_prefix('v').unwrap_or(&name);
    let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
    let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    match number {
        Some(number) => Ok((Some(number), digits.to_owned())),
        None if ordered => Err(format!("\"{typed}\" is no number: version>=88; by name version=$LATEST")),
        None if name.starts_with("$LATEST") => Ok((None, name)),
        None => Err(format!("\"{typed}\" is no version: a number, or $LATEST")),
    }
}

fn outcome(typed: &str) -> Option<Outcome> {
    let name = value(typed);
    Outcome::ALL.into_iter().find(|outcome| outcome.name().eq_ignore_ascii_case(&name))
}

/// What is asked of a word that is there or is not.
pub(super) fn is_truth(typed: &str) -> bool {
    truth(typed).is_some()
}

/// Yes or no, as people write them.
fn truth(typed: &str) -> Option<bool> {
    let is = |words: [&str; 3]| words.iter().any(|word| typed.eq_ignore_ascii_case(word));
    if is(["yes", "true", "1"]) { Some(true) } else { is(["no", "false", "0"]).then_some(false) }
}

/// Whether an environment has such a name only on screen: `a3`. As a part of a stream's name, which has such letters
/// anywhere, it would find others.
fn is_on_screen_alone(name: &str) -> bool {
    let digits = name.strip_prefix(|c: char| c.is_ascii_lowercase());
    digits.is_some_and(|digits| {
        (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn level(text: &str) -> Option<Level> {
    Some(match text.to_ascii_lowercase().as_str() {
        "trace" => Level::Trace,
        "debug" => Level::Debug,
        "info" => Level::Info,
        "warn" | "warning" => Level::Warn,
        "error" | "err" => Level::Error,
        "fatal" | "critical" => Level::Fatal,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Query;

    /// What is wrong with a text, and where; nothing where it can be read.
    fn mistake(text: &str) -> Option<(usize, String)> {
        Query::parse(text).err().map(|error| (error.at, error.message))
    }

    #[test]
    fn no_field_takes_a_value_or_a_sign_that_could_never_match_in_silence() {
        for (text, at, says) in [
            (
                "outcome=foo",
                8,
                "one of ok running unknown handled throttled unhandled init-error exit timeout oom",
            ),
            ("outcome!=foo", 9, "one of ok"),
            ("outcome:", 8, "one of ok"),
            ("x outcome>timeout", 9, "outcome compares with = or !=: outcome=timeout"),
            ("outcome~time", 7, "compares with = or !="),
            ("version=live", 8, "\"live\" is no version: a number, or $LATEST"),
            ("version=", 8, "is no version"),
            ("version>$LATEST", 8, "\"$LATEST\" is no number: version>=88; by name version=$LATEST"),
            ("version>", 8, "is no number"),
            ("version~8", 7, "version compares with"),
            (
                "level~warn",
                5,
                "level compares with =, !=, <, <=, > or >=: level>=warn; as text \"level~warn\"",
            ),
            ("level=loud", 6, "trace, debug, info, warn, error or fatal"),
            ("Level>=warn", 0, "level, version); of JSON it is .Level"),
            ("duration:1s", 8, "duration compares with =, !=, <, <=, > or >=: duration>1s"),
            ("duration~1s", 8, "duration compares with"),
            ("duration=", 9, "is no duration"),
            ("billed=fast", 7, "is no duration: 250ms, 1.5s or 2m"),
            ("init=>1s", 5, "is no duration"),
            ("restore>soon", 8, "is no duration"),
            ("mem:90%", 3, "mem compares with =, !=, <, <=, > or >=: mem>90%"),
            ("mem=much", 4, "90% of what is configured"),
            ("fn=checkout", 2, "fn takes a colon: fn:checkout*; as text \"fn=checkout\""),
            ("fn~check", 2, "fn takes a colon"),
            ("group!=a", 5, "group takes a colon: group:/aws/lambda/*"),
            ("stream=a", 6, "stream takes a colon"),
            ("req=c1f0", 3, "req takes a colon: req:c1f0a7e2"),
            ("trace=1-6a", 5, "trace takes a colon: trace:1-6a507b87"),
            ("traced=maybe", 7, "\"maybe\" is no answer: traced=yes or traced=no"),
            ("sampled=", 8, "sampled=yes or sampled=no"),
            ("sampled>1", 7, "sampled compares with = or !=: sampled=yes"),
            ("environment:", 0, "environment: wants a log stream or a part of it"),
            ("env:a3", 4, "a3 is a name of this screen: g, then Enter on it"),
            ("cold=true", 4, "cold stands alone, or -cold"),
            ("-timeout:no", 8, "timeout stands alone, or -timeout"),
            ("oom!=1", 3, "oom stands alone, or -oom"),
        ] {
            let (place, message) = mistake(text).unwrap_or_else(|| panic!("{text} is taken for a filter"));
            assert_eq!(place, at, "{text}: {message}");
            assert!(message.contains(says), "{text}: {message}");
        }
    }

    #[test]
    fn what_can_be_true_is_read() {
        for text in [
            "outcome=timeout",
            "outcome:timeout",
            "outcome!=ok",
            "outcome=Init-Error",
            "version=88",
            "version:88",
            "version=v88",
            "version=$LATEST",
            "version!=$LATEST",
            "version=$LATEST.PUBLISHED",
            "version>=88",
            "level:warn",
            "duration:",
            "Duration:",
            "timeout=30",
            "traced=yes",
            "sampled!=No",
            "traced:1",
            "traced",
            "env:6f1c",
            "environment:*abc",
            "env=prod",
            "\"outcome=foo\"",
            "\"cold=true\"",
            "status=502",
            "a~b",
        ] {
            assert_eq!(mistake(text), None, "{text}");
        }
    }
}
