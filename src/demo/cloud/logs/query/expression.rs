//! Conditions and values of a query.

use regex::Regex;

use super::row::{Datum, Row};
use super::text::Word;

/// Something that can be worked out of a row.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Field(String),
    Number(f64),
    Text(String),
    /// The beginning of the stretch of time that the event lies in, ms.
    Bin(i64),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
    Compare(Box<Self>, &'static str, Box<Self>),
    Contains(Box<Self>, String),
    Matches(Box<Self>, Regex),
    OneOf(Box<Self>, Vec<Self>),
    IsPresent(Box<Self>),
}

/// The words of a query that have yet to be read.
pub(super) struct Words {
    words: std::iter::Peekable<std::vec::IntoIter<Word>>,
}

impl Words {
    pub fn new(words: Vec<Word>) -> Self {
        Self { words: words.into_iter().peekable() }
    }

    pub fn next(&mut self) -> Option<Word> {
        self.words.next()
    }

    pub fn at_end(&mut self) -> bool {
        self.words.peek().is_none()
    }

    pub fn take(&mut self, sign: &str) -> bool {
        self.words.next_if(|word| matches!(word, Word::Sign(found) if *found == sign)).is_some()
    }

    pub fn take_name(&mut self, name: &str) -> bool {
        self.words
            .next_if(|word| matches!(word, Word::Name(found) if found.eq_ignore_ascii_case(name)))
            .is_some()
    }

    pub fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) {
            Ok(())
        } else {
            Err(format!("'{sign}' expected before {:?}", self.words.peek()))
        }
    }

    /// Reads a condition.
    pub fn condition(&mut self, depth: usize) -> Result<Expression, String> {
        if depth > 20 {
            return Err("too many parentheses".to_owned());
        }
        let mut any = Vec::new();
        loop {
            let mut all = vec![self.unit(depth)?];
            while self.take_name("and") {
                all.push(self.unit(depth)?);
            }
            any.push(if all.len() == 1 { all.remove(0) } else { Expression::All(all) });
            if !self.take_name("or") {
                return Ok(if any.len() == 1 { any.remove(0) } else { Expression::Any(any) });
            }
        }
    }

    fn unit(&mut self, depth: usize) -> Result<Expression, String> {
        if self.take_name("not") {
            return Ok(Expression::Not(Box::new(self.unit(depth + 1)?)));
        }
        if self.take("(") {
            let inner = self.condition(depth + 1)?;
            self.expect(")")?;
            return Ok(inner);
        }
        let left = Box::new(self.value()?);
        let negated = self.take_name("not");
        let test = if self.take_name("like") || self.take("=~") {
            match self.next() {
                Some(Word::Regex(regex)) => Expression::Matches(left, regex),
                Some(Word::Text(text)) => Expression::Contains(left, text),
                other => return Err(format!("a text or /regex/ is expected, not {other:?}")),
            }
        } else if self.take_name("in") {
            self.expect("[")?;
            let mut values = vec![self.value()?];
            while self.take(",") {
                values.push(self.value()?);
            }
            self.expect("]")?;
            Expression::OneOf(left, values)
        } else {
            let sign = ["!=", "<=", ">=", "=", "<", ">"].into_iter().find(|sign| self.take(sign));
            match sign {
                Some(sign) => Expression::Compare(left, sign, Box::new(self.value()?)),
                None => *left,
            }
        };
        Ok(if negated { Expression::Not(Box::new(test)) } else { test })
    }

    /// Reads a value: a field, a constant, a function.
    pub fn value(&mut self) -> Result<Expression, String> {
        match self.next() {
            Some(Word::Number(number)) => Ok(Expression::Number(number)),
            Some(Word::Sign("-")) => match self.next() {
                Some(Word::Number(number)) => Ok(Expression::Number(-number)),
                other => Err(format!("a number is expected after '-', not {other:?}")),
            },
            Some(Word::Text(text)) => Ok(Expression::Text(text)),
            Some(Word::Field(field)) => Ok(Expression::Field(field)),
            Some(Word::Name(name)) if self.take("(") => self.function(&name.to_lowercase()),
            Some(Word::Name(name)) => Ok(Expression::Field(name)),
            other => Err(format!("a value is expected, not {other:?}")),
        }
    }

    fn function(&mut self, name: &str) -> Result<Expression, String> {
        let expression = match name {
            "bin" => match self.next() {
                Some(Word::Span(span)) => Expression::Bin(span),
                other => return Err(format!("bin() takes a stretch of time such as 5m, not {other:?}")),
            },
            "ispresent" => Expression::IsPresent(Box::new(self.value()?)),
            "strcontains" => {
                let text = Box::new(self.value()?);
                self.expect(",")?;
                match self.next() {
                    Some(Word::Text(part)) => Expression::Contains(text, part),
                    other => return Err(format!("a text is expected, not {other:?}")),
                }
            }
            other => return Err(format!("function {other} is not known here")),
        };
        self.expect(")")?;
        Ok(expression)
    }
}

impl Expression {
    /// What it is called where nobody gave it a name.
    pub fn name(&self) -> String {
        match self {
            Self::Field(name) => name.clone(),
            Self::Bin(span) => match *span {
                span if span % 86_400_000 == 0 => format!("bin({}d)", span / 86_400_000),
                span if span % 3_600_000 == 0 => format!("bin({}h)", span / 3_600_000),
                span if span % 60_000 == 0 => format!("bin({}m)", span / 60_000),
                span if span % 1_000 == 0 => format!("bin({}s)", span / 1_000),
                span => format!("bin({span}ms)"),
            },
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            _ => "condition".to_owned(),
        }
    }

    /// What it is of a row.
    pub fn of(&self, row: &Row) -> Datum {
        let flag = |holds: bool| Datum::Number(f64::from(u8::from(holds)));
        match self {
            Self::Field(name) => row.field(name),
            Self::Number(number) => Datum::Number(*number),
            Self::Text(text) => Datum::Text(text.clone()),
            // Behind a count it is a column of its own.
            Self::Bin(span) if row.event.is_some() => row.bin(*span),
            Self::Bin(_) => row.field(&self.name()),
            test => flag(test.holds(row)),
        }
    }

    /// Whether it holds of a row.
    pub fn holds(&self, row: &Row) -> bool {
        match self {
            Self::Not(inner) => !inner.holds(row),
            Self::All(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Self::Compare(left, sign, right) => {
                let (left, right) = (left.of(row), right.of(row));
                // Nothing can be said of what is not there, but that it is something else.
                match left.compare(&right) {
                    None => *sign == "!=",
                    Some(order) => match *sign {
                        "=" => order.is_eq(),
                        "!=" => order.is_ne(),
                        "<" => order.is_lt(),
                        "<=" => order.is_le(),
                        ">" => order.is_gt(),
                        _ => order.is_ge(),
                    },
                }
            }
            Self::Contains(value, text) => value.of(row).text().is_some_and(|value| value.contains(text)),
            Self::Matches(value, regex) => value.of(row).text().is_some_and(|value| regex.is_match(&value)),
            Self::OneOf(value, values) => {
                let value = value.of(row);
                values
                    .iter()
                    .any(|other| value.compare(&other.of(row)).is_some_and(std::cmp::Ordering::is_eq))
            }
            Self::IsPresent(value) => value.of(row).text().is_some(),
            value => match value.of(row) {
                Datum::Number(number) => number != 0.0,
                Datum::Text(_) => true,
                Datum::Nothing => false,
            },
        }
    }
}
