//! What CloudWatch can filter itself, when a search goes beyond what is held.
//!
//! Both forms let through at least what the query does, never less: what comes back is held against the query again.
//! Sources: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html>.

use std::fmt::Write;

use super::needle::{Literal, Needle};
use super::term::{Term, Test};
use super::{Clause, Query};

/// A filter in a language of CloudWatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushdown {
    /// The pattern or the query; empty where nothing can be said in that language.
    pub text: String,
    /// Whether it says all that the query does: nothing that it lets through will be left out here.
    pub whole: bool,
}

impl Query {
    /// A pattern of `FilterLogEvents`: terms in quotes, which it compares with case, and at most one regex in percent
    /// signs for a word whose case does not count.
    #[must_use]
    pub fn filter_pattern(&self) -> Pushdown {
        let mut terms = Vec::new();
        let mut regex = None;
        let mut whole = true;
        for clause in &self.clauses {
            let exact = match &clause[..] {
                [term] => pattern_term(term),
                _ => None,
            };
            if let Some(term) = exact {
                terms.push(term);
            } else {
                whole = false;
                regex = regex.into_iter().chain(any_case(clause)).max_by_key(String::len);
            }
        }
        terms.extend(regex);
        Pushdown { text: terms.join(" "), whole }
    }

    /// The `filter` commands of a Logs Insights query, one for each clause that it can say.
    #[must_use]
    pub fn insights_filter(&self) -> Pushdown {
        let mut text = String::new();
        let mut whole = true;
        for clause in &self.clauses {
            let alternatives: Option<Vec<String>> = clause.iter().map(insights_term).collect();
            match alternatives {
                // Writing to a String cannot fail.
                Some(alternatives) => drop(write!(text, "| filter {} ", alternatives.join(" or "))),
                None => whole = false,
            }
        }
        Pushdown { text: text.trim_end().to_owned(), whole }
    }
}

/// A term in quotes, if case counts in it or it has none.
fn pattern_term(term: &Term) -> Option<String> {
    let sign = if term.negative { "-" } else { "" };
    let quoted = |text: &str| format!("{sign}\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""));
    match &term.test {
        Test::Text(needle) | Test::Trace(needle) | Test::Traced(_, needle) => {
            let literal = needle.literal()?;
            let caseless = !literal.text.chars().any(char::is_alphabetic);
            (literal.exact || caseless).then(|| quoted(&literal.text))
        }
        // Lambda writes request ids in small letters.
        Test::Request(id) if !term.negative && id.len() == 36 => Some(quoted(id)),
        _ => None,
    }
}

/// A regex for the longest plain stretch of a word whose case does not count: without it no line matches.
fn any_case(clause: &Clause) -> Option<String> {
    let [Term { negative: false, test: Test::Text(needle) | Test::Traced(_, needle) }] = &clause[..] else {
        return None;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let stretch = needle.literal()?.text.split(|c| !plain(c)).max_by_key(|part| part.len())?;
    if stretch.len() < 3 {
        return None;
    }
    let classes: String = stretch
        .chars()
        .map(|c| {
            if c.is_ascii_alphabetic() {
                format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase())
            } else {
                c.to_string()
            }
        })
        .collect();
    Some(format!("%{classes}%"))
}

fn insights_term(term: &Term) -> Option<String> {
    let like = |field: &str, needle: &Needle| {
        let sign = if matches!(needle.literal(), Some(Literal { exact: true, .. })) { "" } else { "(?i)" };
        let not = if term.negative { "not like" } else { "like" };
        Some(format!("{field} {not} /{sign}{}/", needle.pattern().replace('/', r"\/")))
    };
    match &term.test {
        Test::Text(needle) | Test::Trace(needle) | Test::Traced(_, needle) if needle.is_literal() => {
            like("@message", needle)
        }
        Test::Stream(needle) => like("@logStream", needle),
        _ => None,
    }
}
