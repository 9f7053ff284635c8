//! What JSON and column patterns have in common: comparisons, `&&`, `||` and parentheses.

use regex::Regex;

/// A pattern while it is read.
pub(super) struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    pub const fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    pub fn at_end(&mut self) -> bool {
        self.skip_spaces();
        self.rest.is_empty()
    }

    pub fn peek(&mut self) -> Option<char> {
        self.skip_spaces();
        self.rest.chars().next()
    }

    /// Takes a sign, if it comes next.
    pub fn take(&mut self, sign: &str) -> bool {
        self.skip_spaces();
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    pub fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) { Ok(()) } else { Err(format!("'{sign}' expected before '{}'", self.rest)) }
    }

    /// Takes everything up to a character that ends it.
    pub fn word(&mut self, ends: impl Fn(char) -> bool) -> &'a str {
        self.skip_spaces();
        let (word, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// Takes a text in double quotes.
    pub fn quoted(&mut self) -> Result<String, String> {
        self.expect("\"")?;
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(text);
                }
                '\\' => text.extend(chars.next().map(|(_, escaped)| escaped)),
                c => text.push(c),
            }
        }
        Err("a quote is not closed".to_owned())
    }

    /// Takes a regular expression between per cent signs.
    pub fn regex(&mut self) -> Result<Regex, String> {
        self.expect("%")?;
        let (text, rest) = self.rest.split_once('%').ok_or("a regular expression is not closed")?;
        self.rest = rest;
        Regex::new(text).map_err(|_| format!("'{text}' is no regular expression"))
    }
}

/// Conditions, joined.
#[derive(Debug)]
pub enum Tree<T> {
    Leaf(T),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl<T> Tree<T> {
    /// Reads conditions, each of them by `leaf`.
    pub(super) fn parse(
        reader: &mut Reader,
        leaf: &dyn Fn(&mut Reader) -> Result<T, String>,
        depth: usize,
    ) -> Result<Self, String> {
        if depth > 20 {
            return Err("too many parentheses".to_owned());
        }
        let unit = |reader: &mut Reader| {
            if !reader.take("(") {
                return leaf(reader).map(Self::Leaf);
            }
            let inner = Self::parse(reader, leaf, depth + 1)?;
            reader.expect(")")?;
            Ok(inner)
        };
        let mut any = Vec::new();
        loop {
            let mut all = vec![unit(reader)?];
            while reader.take("&&") {
                all.push(unit(reader)?);
            }
            any.push(Self::All(all));
            if !reader.take("||") {
                return Ok(Self::Any(any));
            }
        }
    }

    /// Whether they hold, where `leaf` says so of each.
    pub fn holds(&self, leaf: &dyn Fn(&T) -> bool) -> bool {
        match self {
            Self::Leaf(test) => leaf(test),
            Self::All(parts) => parts.iter().all(|part| part.holds(leaf)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(leaf)),
        }
    }
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A comparison with a fixed value.
#[derive(Debug)]
pub struct Comparison {
    operator: Operator,
    operand: Operand,
}

#[derive(Debug)]
enum Operand {
    Text { text: String, number: Option<f64> },
    Regex(Regex),
}

impl Comparison {
    /// Reads an operator and what stands behind it, up to one of `ends`.
    pub(super) fn parse(reader: &mut Reader, ends: &[char]) -> Result<Self, String> {
        const OPERATORS: [(&str, Operator); 6] = [
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        let operator = OPERATORS.iter().find(|(sign, _)| reader.take(sign)).map(|(_, operator)| *operator);
        let operator = operator.ok_or("a comparison is expected")?;
        let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        let operand = match reader.peek() {
            Some('%') if equality => Operand::Regex(reader.regex()?),
            Some('"') if equality => Operand::Text { text: reader.quoted()?, number: None },
            _ => {
                let text = reader.word(|c| c.is_whitespace() || ends.contains(&c));
                let number = text.parse().ok();
                if text.is_empty() || (!equality && number.is_none()) {
                    return Err(format!("'{text}' is nothing to compare with"));
                }
                Operand::Text { text: text.to_owned(), number }
            }
        };
        Ok(Self { operator, operand })
    }

    /// Whether a number compares so.
    pub fn holds_of_number(&self, value: f64) -> bool {
        let Operand::Text { number: Some(number), .. } = self.operand else {
            return self.holds_of_text(&value.to_string());
        };
        match self.operator {
            Operator::Equal => value.total_cmp(&number).is_eq(),
            Operator::NotEqual => value.total_cmp(&number).is_ne(),
            Operator::Less => value < number,
            Operator::LessOrEqual => value <= number,
            Operator::Greater => value > number,
            Operator::GreaterOrEqual => value >= number,
        }
    }

    /// Whether a text compares so.
    pub fn holds_of_text(&self, value: &str) -> bool {
        let equal = match &self.operand {
            Operand::Regex(regex) => regex.is_match(value),
            Operand::Text { text, .. } => wild(text, value),
        };
        match self.operator {
            Operator::Equal => equal,
            Operator::NotEqual => !equal,
            _ => value.parse().is_ok_and(|number| self.holds_of_number(number)),
        }
    }
}

/// Whether a text is like a pattern, in which `*` stands for any number of characters.
fn wild(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last)
}
