//! Search expressions: `{AWS/Lambda,FunctionName} MetricName="Errors" checkout`.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html>.

use super::observer::Metric;

/// What a search looks for.
#[derive(Debug)]
pub(super) struct Search {
    /// Namespace and dimension names, where a schema was given.
    schema: Option<(String, Vec<String>)>,
    condition: Condition,
}

#[derive(Debug)]
enum Condition {
    /// Every one of these; none at all is true.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// A property, or any if none is named, equals a text, or contains its words.
    Term {
        property: Option<String>,
        text: String,
        exact: bool,
    },
}

impl Search {
    /// Reads a search; `None` if it makes no sense.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let (schema, rest) = match text.strip_prefix('{') {
            None => (None, text),
            Some(inside) => {
                let (schema, rest) = inside.split_once('}')?;
                let mut parts = schema.split(',').map(|part| part.trim().trim_matches('"').to_owned());
                (Some((parts.next()?, parts.collect())), rest)
            }
        };
        let tokens = tokens(rest)?;
        let mut parser = Parser { tokens: &tokens, depth: 0 };
        let condition = parser.any()?;
        parser.tokens.is_empty().then_some(Self { schema, condition })
    }

    /// Whether the metric is one of those that are looked for.
    pub fn matches(&self, metric: &Metric) -> bool {
        let fits = self.schema.as_ref().is_none_or(|(namespace, dimensions)| {
            *namespace == metric.namespace
                && dimensions.len() == metric.dimensions.len()
                && metric.dimensions.iter().all(|(name, _)| dimensions.contains(name))
        });
        fits && self.condition.holds(metric)
    }
}

impl Condition {
    fn holds(&self, metric: &Metric) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(metric)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(metric)),
            Self::Not(inner) => !inner.holds(metric),
            Self::Term { property, text, exact } => {
                let fits = |value: &str| if *exact { value == text } else { has_words(value, text) };
                let properties =
                    [("Namespace", metric.namespace.as_str()), ("MetricName", metric.name.as_str())];
                let dimensions =
                    metric.dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                properties.into_iter().chain(dimensions).any(|(name, value)| {
                    property.as_deref().is_none_or(|wanted| wanted == name) && fits(value)
                })
            }
        }
    }
}

/// Whether every word of `text` is a word of `value`, whatever its case.
fn has_words(value: &str, text: &str) -> bool {
    let value = words(value);
    words(text).iter().all(|word| value.contains(word))
}

/// Splits at what is no letter or digit, and before capitals that follow small letters.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small_before = false;
    for character in text.chars() {
        let starts = !character.is_alphanumeric() || (character.is_uppercase() && small_before);
        if starts {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
        small_before = character.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[derive(Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Equals,
    Quoted(String),
    Word(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let single = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            '=' => Some(Token::Equals),
            _ => None,
        };
        if let Some(token) = single {
            tokens.push(token);
            rest = &rest[1..];
        } else if let Some(inside) = rest.strip_prefix('"') {
            let (quoted, after) = inside.split_once('"')?;
            tokens.push(Token::Quoted(quoted.to_owned()));
            rest = after;
        } else {
            let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '=' | '"');
            let (word, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
            tokens.push(Token::Word(word.to_owned()));
            rest = after;
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    depth: usize,
}

/// Deeper nesting than anyone writes; a hostile search ends here and not in the stack.
const DEPTH: usize = 64;

impl Parser<'_> {
    fn keyword(&mut self, keyword: &str) -> bool {
        let is_next = matches!(self.tokens.first(), Some(Token::Word(word)) if word == keyword);
        if is_next {
            self.tokens = &self.tokens[1..];
        }
        is_next
    }

    fn any(&mut self) -> Option<Condition> {
        let mut parts = vec![self.all()?];
        while self.keyword("OR") {
            parts.push(self.all()?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self) -> Option<Condition> {
        let mut parts = Vec::new();
        loop {
            self.keyword("AND");
            match self.tokens.first() {
                None | Some(Token::Close) => break,
                Some(Token::Word(word)) if word == "OR" => break,
                Some(_) => parts.push(self.one(None)?),
            }
        }
        Some(Condition::All(parts))
    }

    fn one(&mut self, property: Option<&str>) -> Option<Condition> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let condition = self.one_here(property);
        self.depth -= 1;
        condition
    }

    fn one_here(&mut self, property: Option<&str>) -> Option<Condition> {
        if self.keyword("NOT") {
            return Some(Condition::Not(Box::new(self.one(property)?)));
        }
        let (token, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        let term = |text: &str, exact| {
            Some(Condition::Term { property: property.map(str::to_owned), text: text.to_owned(), exact })
        };
        match token {
            Token::Quoted(text) | Token::Word(text) if self.tokens.first() == Some(&Token::Equals) => {
                self.tokens = &self.tokens[1..];
                self.one(Some(text))
            }
            Token::Quoted(text) => term(text, true),
            Token::Word(text) => term(text, false),
            Token::Open if property.is_some() => self.alternatives(property),
            Token::Open => {
                let inside = self.any()?;
                let (close, rest) = self.tokens.split_first()?;
                self.tokens = rest;
                (*close == Token::Close).then_some(inside)
            }
            Token::Close | Token::Equals => None,
        }
    }

    /// `("a" OR "b")` behind a property.
    fn alternatives(&mut self, property: Option<&str>) -> Option<Condition> {
        let mut parts = Vec::new();
        loop {
            parts.push(self.one(property)?);
            if self.keyword("OR") {
                continue;
            }
            let (close, rest) = self.tokens.split_first()?;
            self.tokens = rest;
            return (*close == Token::Close).then_some(Condition::Any(parts));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(search: &str, name: &str, dimensions: &[(&str, &str)]) -> bool {
        Search::parse(search).unwrap().matches(&Metric::of_lambda(name, dimensions))
    }

    #[test]
    fn a_schema_wants_exactly_its_dimensions() {
        let search = "{AWS/Lambda,FunctionName} MetricName=\"Errors\"";
        assert!(finds(search, "Errors", &[("FunctionName", "a")]));
        assert!(!finds(search, "Throttles", &[("FunctionName", "a")]));
        assert!(!finds(search, "Errors", &[]));
        assert!(!finds(search, "Errors", &[("FunctionName", "a"), ("Resource", "a:live")]));
        assert!(finds("{AWS/Lambda} MetricName=\"Errors\"", "Errors", &[]));
    }

    #[test]
    fn bare_words_match_words_and_quotes_match_the_whole() {
        let dimensions = [("FunctionName", "checkout-api")];
        assert!(finds("checkout errors", "Errors", &dimensions));
        assert!(finds("concurrent", "ConcurrentExecutions", &dimensions));
        assert!(!finds("check", "Errors", &dimensions));
        assert!(!finds("FunctionName=\"checkout\"", "Errors", &dimensions));
    }

    #[test]
    fn conditions_join() {
        let dimensions = [("FunctionName", "checkout-api")];
        assert!(finds("MetricName=(\"Errors\" OR \"Throttles\")", "Throttles", &dimensions));
        assert!(finds("(orders OR checkout) AND NOT MetricName=\"Duration\"", "Errors", &dimensions));
        assert!(!finds("checkout NOT MetricName=\"Errors\"", "Errors", &dimensions));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_text_does_harm(text in "([a-c(){},=\"é ]|OR|AND|NOT){0,40}") {
            let _ = Search::parse(&text);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let deep = "NOT ".repeat(100_000);
        for search in ["{AWS/Lambda", "MetricName=", "(a", "a)", "\"a", deep.as_str()] {
            assert!(Search::parse(search).is_none(), "{}", &search[..search.len().min(20)]);
        }
    }
}
