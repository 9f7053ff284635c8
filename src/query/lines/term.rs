//! One term: what is asked of a line.

use super::json::JsonTest;
use super::lexer::{Body, Token, value};
use super::needle::Needle;
use super::number::{Comparison, Memory};
use super::{FilterError, error, field};
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
    /// How a request ended, or did not; in a text, what was typed.
    Outcome(Comparison, Outcome, Needle),
    /// The version that ran, its number and its name; in a text, what was typed.
    Version(Comparison, Option<f64>, String, Needle),
    /// Whether X-Ray took the request; in a text, what was typed.
    Traced(bool, Needle),
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
            Test::Text(_)
            | Test::Trace(_)
            | Test::Said(..)
            | Test::Traced(..)
            | Test::Outcome(..)
            | Test::Version(..) => 2,
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
        } else if let Some(test) = field::read(at, word) {
            return test;
        }
        let said = |said, pattern| Needle::whole(pattern).map(|needle| Self::Said(said, needle));
        match word {
            "cold" => said(Said::Cold, "cold"),
            "timeout" => said(Said::Timeout, r"time-?outs?|timed[ -]?out"),
            "oom" => said(Said::OutOfMemory, r"oom|out[ -]of[ -]memory"),
            "traced" | "sampled" => Needle::word(word).map(|needle| Self::Traced(true, needle)),
            _ => Needle::word(word).map(Self::Text),
        }
        .map_err(|why| error(at, &why))
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
