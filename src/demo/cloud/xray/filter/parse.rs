//! From words to a filter.

use super::word::Word;
use super::{Comparison, Figure, Filter, Flag, Literal, Pattern, Property};

/// How deep an expression may be.
const DEEPEST: usize = 64;

/// Reads all words as one filter.
pub(super) fn filter(words: &[Word]) -> Result<Filter, String> {
    let mut reader = Reader { words, at: 0, depth: 0 };
    let filter = reader.any()?;
    match reader.peek() {
        None => Ok(filter),
        Some(word) => Err(format!("unexpected {word:?}")),
    }
}

struct Reader<'a> {
    words: &'a [Word],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Word> {
        self.words.get(self.at)
    }

    fn next(&mut self) -> Result<&'a Word, String> {
        let word = self.peek().ok_or_else(|| "the expression ends too early".to_owned())?;
        self.at += 1;
        Ok(word)
    }

    /// Takes a sign if it comes next.
    fn takes(&mut self, sign: &str) -> bool {
        let comes = matches!(self.peek(), Some(Word::Sign(own)) if *own == sign);
        self.at += usize::from(comes);
        comes
    }

    fn needs(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { Err(format!("'{sign}' is missing")) }
    }

    /// Takes a keyword, in capitals or not, if it comes next.
    fn takes_word(&mut self, keyword: &str) -> bool {
        let comes = matches!(self.peek(), Some(Word::Name(name)) if name.eq_ignore_ascii_case(keyword));
        self.at += usize::from(comes);
        comes
    }

    fn any(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.all()?];
        while self.takes_word("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Filter::Any))
    }

    fn all(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.one()?];
        loop {
            let joined = self.takes_word("and");
            let ends = match self.peek() {
                None | Some(Word::Sign(")" | "}")) => true,
                Some(Word::Name(name)) => name.eq_ignore_ascii_case("or"),
                Some(_) => false,
            };
            // Two that stand beside each other both have to hold.
            if ends && !joined {
                return Ok(one_or(parts, Filter::All));
            }
            parts.push(self.one()?);
        }
    }

    fn one(&mut self) -> Result<Filter, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("too deep".to_owned());
        }
        let filter = if self.takes("!") || self.takes_word("not") {
            Filter::Not(Box::new(self.one()?))
        } else if self.takes("(") {
            let inside = self.any()?;
            self.needs(")")?;
            inside
        } else {
            self.term()?
        };
        self.depth -= 1;
        Ok(filter)
    }

    fn term(&mut self) -> Result<Filter, String> {
        let Word::Name(name) = self.next()? else { return Err("a keyword is missing".to_owned()) };
        let lower = name.to_ascii_lowercase();
        if let Some(key) = name.get(..11).filter(|start| start.eq_ignore_ascii_case("annotation.")) {
            let key = &name[key.len()..];
            return if key.is_empty() {
                Err("an annotation without a key".to_owned())
            } else {
                self.annotation(key)
            };
        }
        match &*lower {
            "service" => {
                self.needs("(")?;
                let pattern = if self.takes(")") { Pattern::default() } else { self.pattern_to(")")? };
                Ok(Filter::Service(pattern, self.scoped()?))
            }
            "edge" => {
                self.needs("(")?;
                let (from, to) = (self.pattern_to(",")?, self.pattern_to(")")?);
                Ok(Filter::Edge(from, to, self.scoped()?))
            }
            "ok" => self.flag(Flag::Ok),
            "error" => self.flag(Flag::Error),
            "throttle" => self.flag(Flag::Throttle),
            "fault" => self.flag(Flag::Fault),
            "partial" => self.flag(Flag::Partial),
            "responsetime" => self.number(Figure::ResponseTime),
            "duration" => self.number(Figure::Duration),
            "http.status" => self.number(Figure::Status),
            "http.url" => self.text(Property::Url),
            "http.method" => self.text(Property::Method),
            "http.useragent" => self.text(Property::UserAgent),
            "http.clientip" => self.text(Property::ClientIp),
            "name" => self.text(Property::Name),
            "type" => self.text(Property::Kind),
            _ => Err(format!("unknown keyword '{name}'")),
        }
    }

    /// What stands in braces.
    fn scoped(&mut self) -> Result<Option<Box<Filter>>, String> {
        if !self.takes("{") {
            return Ok(None);
        }
        let inside = self.any()?;
        self.needs("}")?;
        Ok(Some(Box::new(inside)))
    }

    /// A service: its name, or `id(name: "...", type: "...")`; and what follows it.
    fn pattern_to(&mut self, end: &str) -> Result<Pattern, String> {
        let mut pattern = Pattern::default();
        if self.takes_word("id") {
            self.needs("(")?;
            while !self.takes(")") {
                let Word::Name(member) = self.next()? else {
                    return Err("a member of id is missing".to_owned());
                };
                self.needs(":")?;
                let Word::Text(text) = self.next()? else { return Err("a text is missing".to_owned()) };
                let text = Some(text.clone());
                match &*member.to_ascii_lowercase() {
                    "name" => pattern.name = text,
                    "type" => pattern.kind = text,
                    "account.id" => pattern.account = text,
                    _ => return Err(format!("unknown member '{member}' of id")),
                }
                self.takes(",");
            }
        } else {
            let Word::Text(name) = self.next()? else {
                return Err("the name of a service is missing".to_owned());
            };
            pattern.name = Some(name.clone());
        }
        self.needs(end)?;
        Ok(pattern)
    }

    fn flag(&mut self, flag: Flag) -> Result<Filter, String> {
        let filter = Filter::Flag(flag);
        let unequal = self.takes("!=");
        if !unequal && !self.takes("=") {
            return Ok(filter);
        }
        let Literal::Bool(wanted) = self.literal()? else {
            return Err("true or false is missing".to_owned());
        };
        Ok(if wanted == unequal { Filter::Not(Box::new(filter)) } else { filter })
    }

    fn number(&mut self, figure: Figure) -> Result<Filter, String> {
        let comparison = self.comparison()?;
        match self.literal()? {
            Literal::Number(number) if comparison.is_of_numbers() => {
                Ok(Filter::Number(figure, comparison, number))
            }
            _ => Err("a number is missing".to_owned()),
        }
    }

    fn text(&mut self, property: Property) -> Result<Filter, String> {
        let comparison = self.comparison()?;
        match self.literal()? {
            Literal::Text(text) if comparison.is_of_texts() => Ok(Filter::Text(property, comparison, text)),
            _ => Err("a text is missing".to_owned()),
        }
    }

    fn annotation(&mut self, key: &str) -> Result<Filter, String> {
        let comparison = self.comparison()?;
        let literal = self.literal()?;
        let fits = match literal {
            Literal::Text(_) => comparison.is_of_texts(),
            Literal::Number(_) => comparison.is_of_numbers(),
            Literal::Bool(_) => matches!(comparison, Comparison::Equal | Comparison::Unequal),
        };
        if fits {
            Ok(Filter::Annotation(key.to_owned(), comparison, literal))
        } else {
            Err("a value cannot be compared in this way".to_owned())
        }
    }

    fn comparison(&mut self) -> Result<Comparison, String> {
        Ok(match self.next()? {
            Word::Sign("=") => Comparison::Equal,
            Word::Sign("!=") => Comparison::Unequal,
            Word::Sign("<") => Comparison::Less,
            Word::Sign("<=") => Comparison::AtMost,
            Word::Sign(">") => Comparison::More,
            Word::Sign(">=") => Comparison::AtLeast,
            Word::Name(name) if name.eq_ignore_ascii_case("contains") => Comparison::Contains,
            Word::Name(name) if name.eq_ignore_ascii_case("beginswith") => Comparison::BeginsWith,
            Word::Name(name) if name.eq_ignore_ascii_case("endswith") => Comparison::EndsWith,
            word => return Err(format!("a comparison is missing before {word:?}")),
        })
    }

    fn literal(&mut self) -> Result<Literal, String> {
        Ok(match self.next()? {
            Word::Text(text) => Literal::Text(text.clone()),
            Word::Number(number) => Literal::Number(*number),
            Word::Name(name) if name.eq_ignore_ascii_case("true") => Literal::Bool(true),
            Word::Name(name) if name.eq_ignore_ascii_case("false") => Literal::Bool(false),
            word => return Err(format!("a value is missing before {word:?}")),
        })
    }
}

/// The only part, or all of them together.
fn one_or(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}
