//! Holding names against a filter.

use std::fmt;
use std::sync::Arc;

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Utf32Str};

use super::filter::{Filter, On, Term};

/// Longest name that is matched, in characters; Lambda allows 64, and what is hostile must not cost.
const LONGEST: usize = 512;

/// What is matched: one function's name and what may be asked of it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
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

/// The memory that matching needs, made once and used for every name.
pub struct Matcher {
    inner: nucleo_matcher::Matcher,
    chars: Vec<char>,
    indices: Vec<u32>,
}

impl Default for Matcher {
    fn default() -> Self {
        Self { inner: nucleo_matcher::Matcher::new(Config::DEFAULT), chars: Vec::new(), indices: Vec::new() }
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matcher").finish_non_exhaustive()
    }
}

impl Matcher {
    /// Whether the filter lets `candidate` through, and where its name matched.
    pub fn matches(&mut self, filter: &Filter, candidate: Candidate<'_>) -> Option<Matched> {
        let mut bytes = Vec::new();
        for term in &filter.terms {
            if !self.term(term, candidate, &mut bytes) {
                return None;
            }
        }
        bytes.sort_unstable();
        bytes.dedup();
        Some(Matched { bytes })
    }

    /// How well `words` fit a text, letters in order with gaps, and where; larger is better.
    pub fn fuzzy(&mut self, words: &str, text: &str) -> Option<(u32, Matched)> {
        let mut bytes = Vec::new();
        let mut score = 0;
        for word in words.split_whitespace() {
            let atom = Atom::new(word, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy, false);
            score += u32::from(self.find(&atom, text, Some(&mut bytes))?);
        }
        bytes.sort_unstable();
        bytes.dedup();
        Some((score, Matched { bytes }))
    }

    fn term(&mut self, term: &Term, candidate: Candidate<'_>, bytes: &mut Vec<usize>) -> bool {
        let found = match &term.on {
            On::Name(atom) => {
                let highlights = (!term.negative).then_some(bytes);
                Some(self.find(atom, candidate.name, highlights).is_some())
            }
            On::Runtime(atom) => candidate.runtime.map(|runtime| self.find(atom, runtime, None).is_some()),
            On::Tag { key, value } => candidate.tags.map(|tags| {
                tags.iter().any(|(name, text)| {
                    key.as_ref().is_none_or(|key| self.find(key, name, None).is_some())
                        && self.find(value, text, None).is_some()
                })
            }),
        };
        // What is unknown is neither found nor left out.
        found.map_or(term.negative, |found| found != term.negative)
    }

    /// Finds `atom` in `text`, and adds the byte offsets of what matched.
    fn find(&mut self, atom: &Atom, text: &str, bytes: Option<&mut Vec<usize>>) -> Option<u16> {
        let haystack = if text.is_ascii() {
            Utf32Str::Ascii(&text.as_bytes()[..text.len().min(LONGEST)])
        } else {
            self.chars.clear();
            self.chars.extend(text.chars().take(LONGEST));
            Utf32Str::Unicode(&self.chars)
        };
        let Some(bytes) = bytes else { return atom.score(haystack, &mut self.inner) };
        self.indices.clear();
        let score = atom.indices(haystack, &mut self.inner, &mut self.indices)?;
        if text.is_ascii() {
            bytes.extend(self.indices.iter().map(|index| *index as usize));
        } else {
            let offsets: Vec<usize> = text.char_indices().map(|(offset, _)| offset).collect();
            bytes.extend(self.indices.iter().filter_map(|index| offsets.get(*index as usize)));
        }
        Some(score)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PYTHON: Candidate<'static> =
        Candidate { name: "payment-capture", runtime: Some("python3.13"), tags: None };

    fn bytes(filter: &str, candidate: Candidate<'_>) -> Option<Vec<usize>> {
        let filter = Filter::parse(filter).unwrap();
        Matcher::default().matches(&filter, candidate).map(|matched| matched.bytes)
    }

    fn passes(filter: &str, candidate: Candidate<'_>) -> bool {
        bytes(filter, candidate).is_some()
    }

    #[test]
    fn letters_match_in_order_and_are_highlighted() {
        assert_eq!(bytes("pay", PYTHON), Some(vec![0, 1, 2]));
        assert_eq!(bytes("pmtcap", PYTHON).unwrap().len(), 6);
        assert_eq!(bytes("capture payment", PYTHON).unwrap().len(), 14);
        assert!(!passes("zap", PYTHON));
    }

    #[test]
    fn capitals_make_case_count() {
        let loud = Candidate { name: "PaymentCapture", ..PYTHON };
        assert!(passes("payment", loud) && passes("Payment", loud));
        assert!(!passes("Payment", PYTHON));
    }

    #[test]
    fn all_terms_must_match() {
        assert!(passes("^pay ture$ !canary runtime:python", PYTHON));
        assert!(!passes("^capture", PYTHON) && !passes("payment$", PYTHON));
        assert!(!passes("pay !capture", PYTHON));
        assert!(passes("^payment-capture$", PYTHON) && !passes("^payment$", PYTHON));
        assert!(!passes("!runtime:python", PYTHON));
    }

    #[test]
    fn what_is_unknown_is_neither_found_nor_left_out() {
        let bare = Candidate { runtime: None, ..PYTHON };
        assert!(!passes("runtime:python", bare) && passes("!runtime:python", bare));
        assert!(!passes("tag:team=shop", bare) && passes("!tag:team=shop", bare));
    }

    #[test]
    fn tags_match_by_key_and_value_or_by_value_alone() {
        let tags = [("team".into(), "shop-front".into()), ("stage".into(), "prod".into())];
        let tagged = Candidate { tags: Some(&tags), ..PYTHON };
        assert!(passes("tag:team=shop tag:prod", tagged));
        assert!(!passes("tag:stage=shop", tagged) && !passes("tag:tea=shop", tagged));
        assert!(!passes("!tag:prod", tagged));
    }

    #[test]
    fn highlights_of_names_beyond_ascii_stand_on_characters() {
        let name = "größe-价格-api";
        let found = bytes("格api", Candidate { name, ..PYTHON }).unwrap();
        assert_eq!(found[0], name.find('格').unwrap());
        assert!(found.iter().all(|byte| name.is_char_boundary(*byte)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn anything_typed_is_survived(text in "\\PC{0,20}", name in "\\PC{0,70}") {
            match Filter::parse(&text) {
                Ok(filter) => {
                    let candidate = Candidate { name: &name, ..PYTHON };
                    if let Some(matched) = Matcher::default().matches(&filter, candidate) {
                        prop_assert!(matched.bytes.iter().all(|byte| name.is_char_boundary(*byte)));
                    }
                }
                Err(error) => prop_assert!(text.is_char_boundary(error.at) && error.at < text.len()),
            }
        }
    }
}
