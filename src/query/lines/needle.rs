//! What is looked for in a text.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind};

/// Largest compiled pattern, in bytes: what is typed must not cost without end.
const LARGEST: usize = 1 << 20;

/// Letters that a place must begin with to be looked for in many lines at once.
const LEAST_LETTERS: usize = 2;

/// Something to be found in a text: a word, a phrase or a regex. Finding takes time linear in the text.
#[derive(Clone, Debug)]
pub struct Needle {
    regex: Regex,
    /// Finds no less than `regex` does, whatever stands before and behind a line; none where lines are better looked at
    /// one by one.
    scan: Option<Regex>,
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
        Ok(Self { literal: Some(literal), ..Self::build(&regex::escape(text), !has_capital(text))? })
    }

    /// A text in which `*` stands for anything but blanks.
    pub(super) fn word(text: &str) -> Result<Self, String> {
        if !text.contains('*') {
            return Self::text(text);
        }
        let pattern: Vec<String> = text.split('*').map(regex::escape).collect();
        Self::build(&pattern.join(r"\S*"), !has_capital(text))
    }

    /// A text that stands there as a word of its own, whatever its case.
    pub(super) fn whole(pattern: &str) -> Result<Self, String> {
        Self::build(&format!(r"\b(?:{pattern})\b"), true)
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
        Self::build(&pattern, !has_capital(text))
    }

    /// A regex; case counts if it holds a capital letter outside of escapes.
    pub(super) fn regex(pattern: &str) -> Result<Self, String> {
        let mut escaped = false;
        let capital = pattern.chars().any(|c| {
            let counts = c.is_uppercase() && !escaped;
            escaped = c == '\\' && !escaped;
            counts
        });
        Self::build(pattern, !capital)
    }

    fn build(pattern: &str, ignore_case: bool) -> Result<Self, String> {
        let regex = compile(pattern, ignore_case)?;
        Ok(Self { scan: scan(pattern, ignore_case), regex, literal: None })
    }

    /// Whether it stands in `text`.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// A byte of the first line, from `start` on, that may hold it: of lines one behind the other, `start` being the
    /// beginning of one. `None` if none does.
    ///
    /// It is the end of the place that ends first: whatever else a line holds ends there or later, so no line before
    /// that byte's holds it, also where the place began in one line and ended in another.
    #[must_use]
    pub fn candidate(&self, text: &str, start: usize) -> Option<usize> {
        let Some(scan) = &self.scan else { return Some(start) };
        scan.shortest_match_at(text, start).map(|end| end.saturating_sub(1).max(start))
    }

    /// Every place in `text`, in order; those without a character left out.
    pub fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.regex.find_iter(text).map(|found| found.range()).filter(|place| !place.is_empty())
    }

    /// Whether it is a plain text.
    pub(super) const fn is_literal(&self) -> bool {
        self.literal.is_some()
    }

    /// How much it narrows a search of many lines at once; `None` if it does not. A literal text does so best.
    pub(super) fn narrows(&self) -> Option<(bool, usize)> {
        let length = self.literal().map_or(0, |literal| literal.text.len());
        self.scan.as_ref().map(|_| (length > 0, length))
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

/// What `pattern` matches without regard to what stands around it, and perhaps more.
fn scan(pattern: &str, ignore_case: bool) -> Option<Regex> {
    let syntax =
        regex_syntax::ParserBuilder::new().case_insensitive(ignore_case).build().parse(pattern).ok()?;
    let anywhere = without_surroundings(&syntax);
    // Many lines at once are searched faster only for some letters that a place begins with. Without those it takes twice
    // as long as line by line, where each line ends what has to be looked at.
    let mut beginnings = Extractor::new().extract(&anywhere);
    beginnings.optimize_for_prefix_by_preference();
    beginnings.min_literal_len().filter(|letters| *letters >= LEAST_LETTERS)?;
    // What is written out has its cases in it.
    compile(&anywhere.to_string(), false).ok()
}

/// The same pattern without the beginnings and ends of lines and words in it: it matches wherever the pattern does.
fn without_surroundings(syntax: &Hir) -> Hir {
    match syntax.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => syntax.clone(),
        HirKind::Look(_) => Hir::empty(),
        HirKind::Repetition(repetition) => {
            let sub = Box::new(without_surroundings(&repetition.sub));
            Hir::repetition(regex_syntax::hir::Repetition { sub, ..repetition.clone() })
        }
        HirKind::Capture(capture) => without_surroundings(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(without_surroundings).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(without_surroundings).collect()),
    }
}

fn compile(pattern: &str, ignore_case: bool) -> Result<Regex, String> {
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
