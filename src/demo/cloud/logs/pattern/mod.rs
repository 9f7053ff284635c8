//! Filter patterns: which events are wanted.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>.
//!
//! ```text
//! error "access denied" -debug ?warn ?fail %5\d\d%      terms
//! { $.level = "ERROR" && $.latency > 250 }              JSON, in `json`
//! [ip, user, status = 5*, ...]                          columns, in `columns`
//! ```

mod columns;
mod condition;
mod json;

use regex::Regex;

use super::invalid;
use crate::demo::cloud::refusal::Refusal;
use columns::Columns;
use condition::{Reader, Tree};

/// Longest pattern that is taken, characters.
const LONGEST: usize = 1_024;

/// A filter pattern.
#[derive(Debug)]
pub(super) enum Pattern {
    /// Everything.
    All,
    /// Words, phrases and expressions in the text.
    Terms(Terms),
    /// A condition on the members of a JSON object.
    Json(Tree<json::Test>),
    /// A condition on the columns of a line.
    Columns(Columns),
}

/// What must, may and must not be in a text.
#[derive(Debug, Default)]
pub(super) struct Terms {
    all: Vec<Term>,
    any: Vec<Term>,
    none: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    Text(String),
    Regex(Regex),
}

impl Term {
    fn found_in(&self, text: &str) -> bool {
        match self {
            Self::Text(term) => text.contains(term.as_str()),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

impl Pattern {
    /// Reads a pattern; an empty one, or none, matches everything.
    pub fn parse(text: Option<&str>) -> Result<Self, Refusal> {
        let text = text.unwrap_or_default().trim();
        if text.chars().count() > LONGEST {
            return Err(invalid("Member must have length less than or equal to 1024: filterPattern"));
        }
        let mut reader = Reader::new(text);
        let parsed = match text.chars().next() {
            None => return Ok(Self::All),
            Some('{') => json::parse(&mut reader).map(Self::Json),
            Some('[') => columns::parse(&mut reader).map(Self::Columns),
            Some(_) => terms(&mut reader).map(Self::Terms),
        };
        parsed.map_err(|why| invalid(format!("Invalid filter pattern: {why}")))
    }

    /// Whether a message matches.
    pub fn matches(&self, message: &str) -> bool {
        match self {
            Self::All => true,
            Self::Terms(Terms { all, any, none }) => {
                // Terms with a question mark count only where there are no others.
                let wanted = if all.is_empty() && none.is_empty() && !any.is_empty() {
                    any.iter().any(|term| term.found_in(message))
                } else {
                    all.iter().all(|term| term.found_in(message))
                };
                wanted && !none.iter().any(|term| term.found_in(message))
            }
            Self::Json(tree) => {
                serde_json::from_str(message).is_ok_and(|line| tree.holds(&|test| test.holds(&line)))
            }
            Self::Columns(columns) => columns.matches(message),
        }
    }
}

fn terms(reader: &mut Reader) -> Result<Terms, String> {
    let mut terms = Terms::default();
    while !reader.at_end() {
        let into = if reader.take("-") {
            &mut terms.none
        } else if reader.take("?") {
            &mut terms.any
        } else {
            &mut terms.all
        };
        into.push(if reader.peek() == Some('"') {
            Term::Text(reader.quoted()?)
        } else if reader.peek() == Some('%') {
            Term::Regex(reader.regex()?)
        } else {
            let word = reader.word(char::is_whitespace);
            if word.is_empty() || !word.chars().all(|c| c.is_alphanumeric() || c == '_') {
                return Err(format!("Invalid character(s) in term '{word}'"));
            }
            Term::Text(word.to_owned())
        });
    }
    Ok(terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(pattern: &str, message: &str) -> bool {
        Pattern::parse(Some(pattern)).unwrap().matches(message)
    }

    #[test]
    fn terms_are_all_wanted_unless_they_say_otherwise() {
        let line = "[ERROR 400] BAD REQUEST of user 42";
        for (pattern, matches) in [
            ("", true),
            ("ERROR", true),
            ("error", false),
            ("ERROR REQUEST", true),
            ("ERROR WARN", false),
            ("?ERROR ?WARN", true),
            ("?FATAL ?WARN", false),
            ("ERROR ?WARN", true),
            ("ERROR -BAD", false),
            ("ERROR -GOOD", true),
            ("\"BAD REQUEST\"", true),
            ("\"REQUEST BAD\"", false),
            ("-\"BAD REQUEST\"", false),
            (r"%4\d\d%", true),
            (r"%5\d\d%", false),
        ] {
            assert_eq!(hits(pattern, line), matches, "{pattern}");
        }
    }

    #[test]
    fn conditions_look_into_json() {
        let line = r#"{"level":"ERROR","latency":251.5,"user":{"id":42,"tier":"gold"},"path":"/api/carts/7","ok":false,"none":null,"tags":["a","b"]}"#;
        for (pattern, matches) in [
            ("{ $.level = \"ERROR\" }", true),
            ("{ $.level = ERROR }", true),
            ("{ $.level != \"ERROR\" }", false),
            ("{ $.latency > 250 && $.user.id = 42 }", true),
            ("{ $.latency > 252 || $.user.tier = \"g*\" }", true),
            ("{ ($.latency > 252 || $.user.id = 1) && $.level = \"ERROR\" }", false),
            ("{ $.path = \"/api/*\" }", true),
            ("{ $.path = %^/api/[a-z]+/7$% }", true),
            ("{ $.ok IS FALSE }", true),
            ("{ $.ok IS TRUE }", false),
            ("{ $.none IS NULL }", true),
            ("{ $.level IS NULL }", false),
            ("{ $.missing NOT EXISTS }", true),
            ("{ $.level NOT EXISTS }", false),
            ("{ $.tags[1] = \"b\" }", true),
            ("{ $.tags[*] = \"a\" }", true),
            ("{ $.user.id >= 42 && $.user.id <= 42 }", true),
            ("{ $.missing = \"*\" }", false),
        ] {
            assert_eq!(hits(pattern, line), matches, "{pattern}");
        }
        assert!(!hits("{ $.level = \"*\" }", "no JSON"));
    }

    #[test]
    fn columns_are_split_at_spaces() {
        let line = "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";
        for (pattern, matches) in [
            ("[ip, user, username, timestamp, request, status_code, bytes]", true),
            ("[ip, user, username, timestamp, request, status_code = 4*, bytes]", true),
            ("[ip, user, username, timestamp, request =*html*, status_code = 4*, bytes > 1000]", true),
            ("[ip, ..., status_code = 404, bytes < 1000]", false),
            ("[..., request, status_code, bytes]", true),
            ("[ip, ...]", true),
            ("[ip]", false),
            ("[ip, user, username != frank, ...]", false),
            ("[..., status_code = 404 || status_code = 410, bytes]", true),
            (r"[ip = %127\.0\.0\.[1-9]%, ...]", true),
        ] {
            assert_eq!(hits(pattern, line), matches, "{pattern}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for wrong in
            ["foo:bar", "\"open", "{ $.a", "{ a = 1 }", "{ $.a ~ 1 }", "[a, b", "[.., a]", "%(%", "{ $.a = }"]
        {
            let refusal = Pattern::parse(Some(wrong)).unwrap_err();
            assert_eq!(refusal.shape, "InvalidParameterException", "{wrong}");
        }
    }
}
