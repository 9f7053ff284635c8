//! What is looked for in a text.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

/// Largest compiled pattern, in bytes: what is typed must not cost without end.
const LARGEST: usize = 1 << 20;

/// Something to be found in a text: a word, a phrase or a regex. Finding takes time linear in the text.
#[derive(Clone, Debug)]
pub struct Needle {
    regex: Regex,
    /// A plain text: no more than its own bytes decide whether it stands somewhere.
    literal: Option<Literal>,
}

/// The text of a needle that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) text: String,
    /// Whether case counts.
    pub(super) exact: bool,
}

impl Needle {
    /// A text as it stands; case counts if it holds a capital letter.
    pub(super) fn text(text: &str) -> Result<Self, String> {
        let literal = Literal { text: text.to_owned(), exact: has_capital(text) };
        let regex = build(&regex::escape(text), !literal.exact)?;
        Ok(Self { regex, literal: Some(literal) })
    }

    /// A text in which `*` stands for anything but blanks.
    pub(super) fn word(text: &str) -> Result<Self, String> {
        if !text.contains('*') {
            return Self::text(text);
        }
        let pattern: Vec<String> = text.split('*').map(regex::escape).collect();
        Ok(Self { regex: build(&pattern.join(r"\S*"), !has_capital(text))?, literal: None })
    }

    /// A text that stands there as a word of its own, whatever its case.
    pub(super) fn whole(pattern: &str) -> Result<Self, String> {
        Ok(Self { regex: build(&format!(r"\b(?:{pattern})\b"), true)?, literal: None })
    }

    /// A name: a part of it, or with `*` or `?` the whole.
    pub(super) fn name(text: &str) -> Result<Self, String> {
        if !text.contains(['*', '?']) {
            return Self::text(text);
        }
        let mut pattern = String::from("^");
        for c in text.chars() {
            match c {
                '*' => pattern.push_str(".*"),
                '?' => pattern.push('.'),
                _ => pattern.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            }
        }
        pattern.push('$');
        Ok(Self { regex: build(&pattern, !has_capital(text))?, literal: None })
    }

    /// A regex; case counts if it holds a capital letter outside of escapes.
    pub(super) fn regex(pattern: &str) -> Result<Self, String> {
        let mut escaped = false;
        let capital = pattern.chars().any(|c| {
            let counts = c.is_uppercase() && !escaped;
            escaped = c == '\\' && !escaped;
            counts
        });
        Ok(Self { regex: build(pattern, !capital)?, literal: None })
    }

    /// Whether it stands in `text`.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// Where it stands in `text` from byte `start` on, which lies on a character's boundary: its first place.
    #[must_use]
    pub fn find_at(&self, text: &str, start: usize) -> Option<Range<usize>> {
        self.regex.find_at(text, start).map(|found| found.range())
    }

    /// Every place in `text`, in order; those without a character left out.
    pub fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.regex.find_iter(text).map(|found| found.range()).filter(|place| !place.is_empty())
    }

    /// Whether its own bytes alone decide: then texts may be searched one after the other as one.
    #[must_use]
    pub const fn is_literal(&self) -> bool {
        self.literal.is_some()
    }

    /// The plain text, if it is no pattern.
    pub(super) const fn literal(&self) -> Option<&Literal> {
        self.literal.as_ref()
    }

    /// The pattern, as the regex crate writes it; for a search that CloudWatch makes.
    pub(super) fn pattern(&self) -> &str {
        self.regex.as_str()
    }
}

/// Whether case counts.
pub(super) fn has_capital(text: &str) -> bool {
    text.chars().any(char::is_uppercase)
}

fn build(pattern: &str, ignore_case: bool) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .case_insensitive(ignore_case)
        .size_limit(LARGEST)
        .dfa_size_limit(LARGEST)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "the pattern is too large: shorten it".to_owned(),
            // The crate draws the pattern with a marker below it, and says what is wrong in the last line.
            other => {
                let text = other.to_string();
                let last = text.lines().last().unwrap_or_default();
                format!("no regex: {}", last.trim_start_matches("error: "))
            }
        })
}
