//! One term: what is asked of a line.

use super::json::JsonTest;
use super::lexer::{Body, Token, unquoted};
use super::needle::Needle;
use super::number::{Comparison, Memory, memory, milliseconds};
use super::{FilterError, error};
use crate::model::{Level, Outcome};

/// A test and whether it must fail.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) negative: bool,
    pub(super) test: Test,
}

/// What is asked of a line.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Text(Needle),
    Level(Comparison, Level),
    Function(Needle),
    Group(Needle),
    Stream(Needle),
    /// The beginning of a request id, in small letters.
    Request(String),
    /// The beginning of a trace id.
    Trace(Needle),
    Json(Box<JsonTest>),
    Figure(Figure, Comparison, f64),
    Memory(Comparison, Memory),
    /// How a request ended; in a text, what was typed.
    Outcome(Outcome, Needle),
    /// The version that ran; in a text, what was typed.
    Version(String, Needle),
    /// A word of the platform, and how it is written in a text.
    Said(Said, Needle),
}

/// A number that the platform reports, in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    Duration,
    Billed,
    Init,
    Restore,
}

/// What the platform can say of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Cold,
    Timeout,
    OutOfMemory,
}

impl Term {
    /// Reads one term.
    pub(super) fn parse(token: &Token<'_>) -> Result<Self, FilterError> {
        let start = token.start();
        let test = match &token.body {
            Body::Phrase(phrase) if phrase.is_empty() => {
                return Err(error(start, "a phrase wants words: \"card declined\""));
            }
            Body::Phrase(phrase) => Needle::text(phrase).map(Test::Text).map_err(|why| error(start, &why))?,
            Body::Regex(pattern) => Needle::regex(&pattern.replace(r"\/", "/"))
                .map(Test::Text)
                .map_err(|why| error(start, &why))?,
            Body::Word("") => return Err(error(token.at, "\"-\" leaves out what follows it: -healthcheck")),
            Body::Word(word) => Test::parse(start, word)?,
        };
        Ok(Self { negative: token.negative, test })
    }
}

impl Term {
    /// How much it takes to ask it of a line: a look at what is known of it, a search in a name, in the text, or reading
    /// the text as JSON.
    pub(super) const fn cost(&self) -> u8 {
        match self.test {
            Test::Level(..) | Test::Figure(..) | Test::Memory(..) => 0,
            Test::Function(_) | Test::Group(_) | Test::Stream(_) | Test::Request(_) => 1,
            Test::Text(_) | Test::Trace(_) | Test::Said(..) | Test::Outcome(..) | Test::Version(..) => 2,
            Test::Json(_) => 3,
        }
    }
}

impl Test {
    fn parse(at: usize, word: &str) -> Result<Self, FilterError> {
        if let Some(field) = word.strip_prefix('.') {
            if field.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '*' | '@' | '$')) {
                return json(at, field);
            }
        } else if let Some(test) = named(at, word).or_else(|| compared(at, word)) {
            return test;
        }
        if let Some(test) = of_a_request(word) {
            return test.map_err(|why| error(at, &why));
        }
        let said = |said, pattern| Needle::whole(pattern).map(|needle| Self::Said(said, needle));
        match word {
            "cold" => said(Said::Cold, "cold"),
            "timeout" => said(Said::Timeout, r"time-?outs?|timed[ -]?out"),
            "oom" => said(Said::OutOfMemory, r"oom|out[ -]of[ -]memory"),
            _ => Needle::word(word).map(Self::Text),
        }
        .map_err(|why| error(at, &why))
    }
}

/// A term of the form `outcome=timeout` or `version=88`; with other values it is a word.
fn of_a_request(word: &str) -> Option<Result<Test, String>> {
    let (field, typed) = word.split_once('=')?;
    match field {
        "outcome" => {
            let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.name() == typed)?;
            Some(Needle::word(word).map(|needle| Test::Outcome(outcome, needle)))
        }
        "version" if !typed.is_empty() => {
            Some(Needle::word(word).map(|needle| Test::Version(value(typed), needle)))
        }
        _ => None,
    }
}

/// A term of the form `field:value`; any other word with a colon is a word.
fn named(at: usize, word: &str) -> Option<Result<Test, FilterError>> {
    let (field, typed) = word.split_once(':')?;
    let (wants, example) = match field {
        "fn" => ("a name or a part of it", "fn:checkout*"),
        "group" => ("a name or a part of it", "group:/aws/lambda/*"),
        "stream" => ("a name or a part of it", "stream:*6f1c"),
        "req" => ("a request id or its beginning", "req:c1f0a7e2"),
        "trace" => ("a trace id or its beginning", "trace:1-6a507b87"),
        _ => return None,
    };
    let value = value(typed);
    if value.is_empty() {
        return Some(Err(error(at, &format!("{field}: wants {wants}: {example}"))));
    }
    let needle = |make: fn(Needle) -> Test| Needle::name(&value).map(make).map_err(|why| error(at, &why));
    Some(match field {
        "fn" => needle(Test::Function),
        "group" => needle(Test::Group),
        "stream" => needle(Test::Stream),
        "req" => Ok(Test::Request(value.to_lowercase())),
        _ => Needle::text(&value).map(Test::Trace).map_err(|why| error(at, &why)),
    })
}

/// A term of the form `level>=warn` or `duration>1s`. Other words with `=` are words; with `<` or `>` before a number
/// they are taken for fields that do not exist.
fn compared(at: usize, word: &str) -> Option<Result<Test, FilterError>> {
    let end = word.find(['<', '>', '=', '!', ':'])?;
    let (field, rest) = word.split_at(end);
    let colon = rest.strip_prefix(':').filter(|_| field == "level").map(|typed| (Comparison::Equal, typed));
    let (comparison, typed) = colon.or_else(|| Comparison::split(rest))?;
    let place = at + word.len() - typed.len();
    let wrong = |wanted: &str| Some(Err(error(place, &format!("\"{typed}\" is no {wanted}"))));
    let figure = match field {
        "level" => {
            return match level(typed) {
                Some(level) => Some(Ok(Test::Level(comparison, level))),
                None => wrong("level: trace, debug, info, warn, error or fatal"),
            };
        }
        "mem" => {
            return match memory(typed) {
                Some(memory) => Some(Ok(Test::Memory(comparison, memory))),
                None => wrong("memory: 90% of what is configured, or 200MB"),
            };
        }
        "duration" => Figure::Duration,
        "billed" => Figure::Billed,
        "init" => Figure::Init,
        "restore" => Figure::Restore,
        _ => {
            let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
            let looks_like_a_field = !field.is_empty()
                && field.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
                && typed.starts_with(|c: char| c.is_ascii_digit());
            return (ordered && looks_like_a_field).then(|| {
                let message = format!(
                    "\"{field}\" is no field of the platform (duration, billed, init, restore, mem, level); of JSON it is .{field}, as text \"{word}\""
                );
                Err(error(at, &message))
            });
        }
    };
    match milliseconds(typed) {
        Some(milliseconds) => Some(Ok(Test::Figure(figure, comparison, milliseconds))),
        None => wrong("duration: 250ms, 1.5s or 2m"),
    }
}

/// A field of JSON, without its first dot.
fn json(at: usize, field: &str) -> Result<Test, FilterError> {
    let end = field.find(['=', '!', '<', '>', '~']).unwrap_or(field.len());
    let (path, rest) = field.split_at(end);
    let test = JsonTest::new(path)
        .ok_or_else(|| error(at, "a field of JSON has names between its dots: .user.id"))?;
    let place = at + 1 + end;
    let test = if rest.is_empty() {
        Ok(test)
    } else if let Some(pattern) = rest.strip_prefix('~') {
        if pattern.is_empty() {
            return Err(error(place, "~ wants a regex: .path~^/api"));
        }
        test.matching(&value(pattern))
    } else {
        let (comparison, typed) = Comparison::split(rest)
            .ok_or_else(|| error(place, "a field compares with =, !=, <, <=, >, >= or ~: .status!=200"))?;
        if typed.is_empty() {
            return Err(error(place, "a value is missing: .status=502"));
        }
        let typed = value(typed);
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if ordered && typed.parse::<f64>().is_err() {
            return Err(error(place, &format!("\"{typed}\" is no number: .latency>250")));
        }
        test.compared(comparison, &typed)
    };
    test.map(|test| Test::Json(Box::new(test))).map_err(|why| error(place, &why))
}

/// What was typed as a value, without its quotes.
fn value(typed: &str) -> String {
    typed.strip_prefix('"').map_or_else(|| typed.to_owned(), |quoted| unquoted(quoted).0)
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
