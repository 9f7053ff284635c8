//! Metric math as a tree: `(errors / invocations) * 100`, `SUM(METRICS())`, `FILL(m1, 0)`, `SEARCH('...', 'Sum', 60)`.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>.

/// A metric-math expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    /// A number.
    Number(f64),
    /// Text in single or double quotes.
    Text(String),
    /// The id of another query, or a bare word such as `REPEAT`.
    Name(String),
    /// `-x`.
    Negated(Box<Expression>),
    /// `a + b` and its like.
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// `SUM(x)` and its like.
    Call(String, Vec<Expression>),
    /// `[a, b]`.
    List(Vec<Expression>),
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Divide,
}

/// The longest expression that CloudWatch takes, in bytes.
const LENGTH: usize = 2048;
/// Deeper nesting than anyone writes; a hostile expression ends here and not in the stack.
const DEPTH: usize = 64;

impl Expression {
    /// Reads an expression; the error says what was not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LENGTH {
            return Err(format!("The expression is longer than {LENGTH} characters"));
        }
        let mut parser = Parser { rest: text, depth: 0 };
        let expression = parser.sum()?;
        parser.skip_space();
        if parser.rest.is_empty() {
            Ok(expression)
        } else {
            Err(format!("Unexpected text '{}'", parser.rest))
        }
    }

    /// Calls `visit` with this expression and with every one inside it.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::Negated(inner) => inner.walk(visit),
            Self::Binary(_, left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
            Self::Call(_, items) | Self::List(items) => items.iter().for_each(|item| item.walk(visit)),
            Self::Number(_) | Self::Text(_) | Self::Name(_) => {}
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl Parser<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes one of the given characters if it comes next.
    fn take(&mut self, wanted: &[char]) -> Option<char> {
        self.skip_space();
        let next = self.rest.chars().next().filter(|next| wanted.contains(next))?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let mut left = self.product()?;
        while let Some(sign) = self.take(&['+', '-']) {
            let operator = if sign == '+' { Operator::Plus } else { Operator::Minus };
            left = Expression::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, String> {
        let mut left = self.operand()?;
        while let Some(sign) = self.take(&['*', '/']) {
            let operator = if sign == '*' { Operator::Times } else { Operator::Divide };
            left = Expression::Binary(operator, Box::new(left), Box::new(self.operand()?));
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("The expression is nested too deeply".to_owned());
        }
        let operand = self.one_operand();
        self.depth -= 1;
        operand
    }

    fn one_operand(&mut self) -> Result<Expression, String> {
        if self.take(&['-']).is_some() {
            return Ok(Expression::Negated(Box::new(self.operand()?)));
        }
        if self.take(&['(']).is_some() {
            let inner = self.sum()?;
            return self.take(&[')']).map(|_| inner).ok_or_else(|| "Missing ')'".to_owned());
        }
        if self.take(&['[']).is_some() {
            return self.items(']').map(Expression::List);
        }
        if let Some(quote) = self.take(&['\'', '"']) {
            let (text, rest) = self.rest.split_once(quote).ok_or("Missing closing quote")?;
            self.rest = rest;
            return Ok(Expression::Text(text.to_owned()));
        }
        let length = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
        let (word, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        if word.is_empty() {
            return Err(self.rest.chars().next().map_or_else(
                || "Unexpected end of expression".to_owned(),
                |next| format!("Unexpected character '{next}'"),
            ));
        }
        self.rest = rest;
        if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return word.parse().map(Expression::Number).map_err(|_| format!("'{word}' is not a number"));
        }
        if self.take(&['(']).is_some() {
            return Ok(Expression::Call(word.to_owned(), self.items(')')?));
        }
        Ok(Expression::Name(word.to_owned()))
    }

    /// Items between commas up to the closing bracket.
    fn items(&mut self, close: char) -> Result<Vec<Expression>, String> {
        let mut items = Vec::new();
        if self.take(&[close]).is_some() {
            return Ok(items);
        }
        loop {
            items.push(self.sum()?);
            match self.take(&[',', close]) {
                Some(',') => {}
                Some(_) => return Ok(items),
                None => return Err(format!("Missing '{close}'")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Expression {
        Expression::Name(text.to_owned())
    }

    fn binary(operator: Operator, left: Expression, right: Expression) -> Expression {
        Expression::Binary(operator, Box::new(left), Box::new(right))
    }

    #[test]
    fn products_bind_closer_than_sums_and_both_from_the_left() {
        let parsed = Expression::parse("a - b - c*d").unwrap();
        let left = binary(Operator::Minus, name("a"), name("b"));
        let right = binary(Operator::Times, name("c"), name("d"));
        assert_eq!(parsed, binary(Operator::Minus, left, right));
    }

    #[test]
    fn calls_lists_and_quotes_are_read() {
        let parsed =
            Expression::parse("SEARCH('{AWS/Lambda,FunctionName} MetricName=\"Errors\"', 'Sum', 300)");
        let Ok(Expression::Call(function, arguments)) = parsed else { panic!("{parsed:?}") };
        assert_eq!((function.as_str(), arguments.len()), ("SEARCH", 3));
        assert_eq!(Expression::parse("METRICS()"), Ok(Expression::Call("METRICS".to_owned(), Vec::new())));
        assert_eq!(Expression::parse("[a]"), Ok(Expression::List(vec![name("a")])));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_text_does_harm(text in "[a-c(),+*/ '\"\\[\\]0-9.é-]{0,40}") {
            let _ = Expression::parse(&text);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let deep = "(".repeat(2_000);
        let minus = "-".repeat(2_000);
        let long = "a+".repeat(100_000);
        for text in [
            "",
            "a +",
            "(a",
            "a b",
            "SUM(a",
            "'x",
            "1.2.3",
            "a ? b",
            deep.as_str(),
            minus.as_str(),
            long.as_str(),
        ] {
            assert!(Expression::parse(text).is_err(), "{}", &text[..text.len().min(20)]);
        }
    }
}
