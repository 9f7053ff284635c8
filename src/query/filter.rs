//! The function filter: fuzzy words, `!not`, `^prefix`, `suffix$`, `runtime:python`, `tag:key=value`.
//!
//! Several terms stand apart by blanks, and all of them must match. Case counts as soon as a term holds a
//! capital letter.

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};

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
    pub(super) terms: Vec<Term>,
}

/// One term: what is looked for, where, and whether it must not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) negative: bool,
    pub(super) on: On,
}

/// Where a term is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum On {
    Name(Atom),
    Runtime(Atom),
    /// The key, where one was typed, and the value or anything that holds it.
    Tag {
        key: Option<Atom>,
        value: Atom,
    },
}

impl Filter {
    /// Parses what was typed; an empty text matches everything.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let terms = words(text).map(|(at, word)| Term::parse(at, word)).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), terms })
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

impl Term {
    fn parse(at: usize, word: &str) -> Result<Self, FilterError> {
        let (negative, start, rest) = match word.strip_prefix('!') {
            Some(rest) => (true, at + 1, rest),
            None => (false, at, word),
        };
        if rest.is_empty() {
            return Err(error(at, "\"!\" leaves out what follows it: !canary"));
        }
        let on = match rest.split_once(':') {
            Some(("runtime", "")) => {
                return Err(error(start, "runtime: wants a name or a part of it: runtime:python"));
            }
            Some(("runtime", value)) => On::Runtime(atom(value, AtomKind::Substring)),
            Some(("tag", value)) => tag(start, value)?,
            Some((field, _)) => {
                return Err(error(start, &format!("\"{field}:\" is no field: runtime: or tag:")));
            }
            None => On::Name(name(start, rest, negative)?),
        };
        Ok(Self { negative, on })
    }
}

fn name(at: usize, word: &str, negative: bool) -> Result<Atom, FilterError> {
    let (prefix, rest) = word.strip_prefix('^').map_or((false, word), |rest| (true, rest));
    let (suffix, rest) = rest.strip_suffix('$').map_or((false, rest), |rest| (true, rest));
    if rest.is_empty() {
        let message = if prefix {
            "\"^\" wants the beginning of a name: ^pay"
        } else {
            "\"$\" wants the end of a name: api$"
        };
        return Err(error(at, message));
    }
    Ok(atom(
        rest,
        match (prefix, suffix) {
            (true, true) => AtomKind::Exact,
            (true, false) => AtomKind::Prefix,
            (false, true) => AtomKind::Postfix,
            // Scattered letters leave out far more than was meant.
            (false, false) if negative => AtomKind::Substring,
            (false, false) => AtomKind::Fuzzy,
        },
    ))
}

fn tag(at: usize, text: &str) -> Result<On, FilterError> {
    let (key, value) = match text.split_once('=') {
        Some((key, value)) => (Some(key), value),
        None => (None, text),
    };
    if value.is_empty() || key == Some("") {
        return Err(error(at, "tag: wants a value, or a key and its value: tag:shop, tag:team=shop"));
    }
    let key = key.map(|key| atom(key, AtomKind::Exact));
    Ok(On::Tag { key, value: atom(value, AtomKind::Substring) })
}

fn atom(needle: &str, kind: AtomKind) -> Atom {
    Atom::new(needle, CaseMatching::Smart, Normalization::Smart, kind, false)
}

fn error(at: usize, message: &str) -> FilterError {
    FilterError { at, message: message.to_owned() }
}

/// The words of a text, each with its byte offset.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = text.as_ptr() as usize;
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - start, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_pointed_at() {
        let at = |text: &str| Filter::parse(text).unwrap_err().at;
        assert_eq!(at("pay !"), 4);
        assert_eq!(at("pay  ^"), 5);
        assert_eq!(at("größe $"), 8);
        assert_eq!(at("!runtime:"), 1);
        assert_eq!(at("x tag:team="), 2);
        assert_eq!(at("memory:512"), 0);
        assert!(Filter::parse("memory:512").unwrap_err().message.contains("runtime: or tag:"));
    }

    #[test]
    fn an_empty_filter_is_no_filter() {
        assert!(Filter::parse("   ").unwrap().is_empty());
    }
}
