//! Patterns for JSON: `{ $.user.id = 42 && $.level != "INFO" }`.

use serde_json::Value;

use super::condition::{Comparison, Reader, Tree};

/// A condition on one member.
#[derive(Debug)]
pub struct Test {
    selector: Vec<Step>,
    check: Check,
}

#[derive(Debug)]
enum Step {
    Member(String),
    Item(usize),
    AnyItem,
}

#[derive(Debug)]
enum Check {
    Compares(Comparison),
    IsNull,
    Is(bool),
    NotExists,
}

/// Reads a pattern with its braces.
pub(super) fn parse(reader: &mut Reader) -> Result<Tree<Test>, String> {
    reader.expect("{")?;
    let tree = Tree::parse(reader, &test, 0)?;
    reader.expect("}")?;
    if reader.at_end() { Ok(tree) } else { Err("nothing may follow the '}'".to_owned()) }
}

fn test(reader: &mut Reader) -> Result<Test, String> {
    reader.expect("$")?;
    let mut selector = Vec::new();
    loop {
        if reader.take(".") {
            let name = reader.word(|c| c.is_whitespace() || ".[]=!<>(){}&|".contains(c));
            if name.is_empty() {
                return Err("a member is expected after '.'".to_owned());
            }
            selector.push(Step::Member(name.to_owned()));
        } else if reader.take("[") {
            selector.push(if reader.peek() == Some('"') {
                Step::Member(reader.quoted()?)
            } else {
                match reader.word(|c| c == ']') {
                    "*" => Step::AnyItem,
                    text => Step::Item(text.parse().map_err(|_| format!("'{text}' is no index"))?),
                }
            });
            reader.expect("]")?;
        } else {
            break;
        }
    }
    let check = if reader.take("IS ") {
        if reader.take("NULL") {
            Check::IsNull
        } else if reader.take("TRUE") {
            Check::Is(true)
        } else if reader.take("FALSE") {
            Check::Is(false)
        } else {
            return Err("NULL, TRUE or FALSE is expected after IS".to_owned());
        }
    } else if reader.take("NOT EXISTS") {
        Check::NotExists
    } else {
        Check::Compares(Comparison::parse(reader, &[')', '}', '&', '|'])?)
    };
    Ok(Test { selector, check })
}

impl Test {
    /// Whether it holds of a line.
    pub fn holds(&self, line: &Value) -> bool {
        let mut found = Vec::new();
        select(line, &self.selector, &mut found);
        match &self.check {
            Check::NotExists => found.is_empty(),
            Check::IsNull => found.iter().any(|value| value.is_null()),
            Check::Is(flag) => found.iter().any(|value| value.as_bool() == Some(*flag)),
            Check::Compares(comparison) => found.iter().any(|value| match value {
                Value::Number(number) => number.as_f64().is_some_and(|n| comparison.holds_of_number(n)),
                Value::String(text) => comparison.holds_of_text(text),
                Value::Bool(flag) => comparison.holds_of_text(&flag.to_string()),
                _ => false,
            }),
        }
    }
}

fn select<'a>(value: &'a Value, steps: &[Step], found: &mut Vec<&'a Value>) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(value);
        return;
    };
    match step {
        Step::Member(name) => value.get(name).into_iter().for_each(|value| select(value, rest, found)),
        Step::Item(index) => value.get(index).into_iter().for_each(|value| select(value, rest, found)),
        Step::AnyItem => {
            value.as_array().into_iter().flatten().for_each(|value| select(value, rest, found));
        }
    }
}
