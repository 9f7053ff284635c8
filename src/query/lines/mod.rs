//! The query language of lines: what `/` means where log lines, requests and traces stand, on the command line
//! and in saved searches.
//!
//! ```text
//! words  "a phrase"  -not  a | b  /regex/  level>=warn  fn:pay*  req:ID  trace:ID
//! .status=502  .latency>250  .path~^/api  duration>1s  mem>90%  cold  timeout  oom
//! ```
//!
//! * Terms stand apart by blanks, and all of them must match. `|`, alone between two terms, binds closer than that:
//!   `level>=error timeout | oom` is either of the two, among errors. `-` before a term leaves out what it matches.
//! * A word or a phrase matches anywhere in the text. Case counts as soon as it holds a capital letter. `*` in a word
//!   stands for anything but blanks. A phrase in quotes is taken as it is: `"timeout"` is the word and nothing else.
//! * `/regex/` is a word whose slashes enclose it; `/api/orders` is a path.
//! * `level` compares with `=`, `!=`, `<`, `<=`, `>`, `>=`; a line that says none counts as `info`.
//! * `fn:`, `group:`, `stream:` match names: a part of them, or with `*` and `?` the whole. `env:` and `environment:` are
//!   `stream:`, because each environment writes a stream of its own.
//! * `req:` and `trace:` take the beginning of an id.
//! * `.a.b` is a field of the JSON in the line: alone it must be there; `=` compares values (numbers as numbers, `*` in
//!   texts), `~` is a regex. An array's elements are counted from 0, and `.items.*.id` looks into each.
//! * `duration`, `billed`, `init`, `restore` (`250ms`, `1.5s`, `2m`; milliseconds alone) and `mem` (`90%` of what is
//!   configured, `200MB`) are what the platform reports at the end of a request.
//! * `cold`, `timeout` and `oom` match where the platform says so, and where the text has the word.
//! * Of a request as a whole the same can be asked: words are looked for in its error, `level` is `error` where it failed
//!   or logged one, else `info`. `outcome=timeout` is one of `ok running unknown handled unhandled init-error exit timeout
//!   oom`, `version=88` the version that ran (`version>=88` compares numbers, which `$LATEST` is not), `traced=yes` or
//!   `traced` whether X-Ray took it (`sampled` is the same); of a line these are words.
//!
//! A mistake is an error that points at its character, never a filter that finds nothing: so is a field with a sign that
//! it does not take or a value that it cannot have.

mod evaluate;
mod field;
mod json;
mod lexer;
mod needle;
mod number;
mod pushdown;
mod request;
mod saved;
mod term;
mod traces;

pub use evaluate::Facts;
pub use needle::Needle;
pub use pushdown::Pushdown;
pub use saved::SavedSearch;
pub use traces::TraceQuery;

use std::sync::Arc;

use super::FilterError;
use crate::model::{Outcome, RequestPlace};
use lexer::Token;
use number::Comparison;
use term::{Term, Test};

/// A query that parsed: clauses that must all match, each of one or more alternatives.
#[derive(Clone, Debug, Default)]
pub struct Query {
    text: String,
    clauses: Vec<Clause>,
    /// Where lines of the named requests stand that do not name them.
    places: Arc<[RequestPlace]>,
}

/// Alternatives, of which one must match; never empty.
type Clause = Vec<Term>;

impl Query {
    /// Whether it asks for requests that ended so by name: `outcome=throttled`.
    #[must_use]
    pub fn asks_for(&self, outcome: Outcome) -> bool {
        self.clauses.iter().flatten().any(|term| {
            matches!(&term.test, Test::Outcome(Comparison::Equal, asked, _) if *asked == outcome && !term.negative)
        })
    }

    /// Parses what was typed; an empty text matches everything.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut clauses = clauses(text, Term::parse)?;
        // All of them must match: what is cheap to ask is asked first.
        clauses.sort_by_key(|clause| clause.iter().map(Term::cost).max());
        Ok(Self { text: text.to_owned(), clauses, places: Arc::default() })
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }
}

impl PartialEq for Query {
    /// The same text is the same query.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Query {}

/// Reads the terms of a text with `read`, and what stands between bars as alternatives.
fn clauses<T>(
    text: &str,
    read: impl Fn(&Token<'_>) -> Result<T, FilterError>,
) -> Result<Vec<Vec<T>>, FilterError> {
    let mut clauses: Vec<Vec<T>> = Vec::new();
    // Where a `|` stands that still wants its right side.
    let mut open = None;
    for token in lexer::tokens(text) {
        if token.is_bar() {
            if clauses.is_empty() || open.is_some() {
                return Err(error(token.at, "\"|\" stands between two terms: timeout | oom"));
            }
            open = Some(token.at);
            continue;
        }
        let term = read(&token)?;
        match clauses.last_mut() {
            Some(clause) if open.take().is_some() => clause.push(term),
            _ => clauses.push(vec![term]),
        }
    }
    if let Some(at) = open {
        return Err(error(at, "\"|\" wants another term after it: timeout | oom"));
    }
    Ok(clauses)
}

fn error(at: usize, message: &str) -> FilterError {
    FilterError { at, message: message.to_owned() }
}

#[cfg(test)]
mod tests;
