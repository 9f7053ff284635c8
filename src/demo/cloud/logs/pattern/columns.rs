//! Patterns for lines of columns: `[ip, user, status = 5*, ...]`.

use super::condition::{Comparison, Reader, Tree};

/// What the columns of a line have to be.
#[derive(Debug)]
pub struct Columns {
    before: Vec<Column>,
    /// What stands behind `...`; none where the number of columns has to agree.
    after: Option<Vec<Column>>,
}

type Column = Option<Tree<Comparison>>;

/// Reads a pattern with its brackets.
pub(super) fn parse(reader: &mut Reader) -> Result<Columns, String> {
    const ENDS: [char; 4] = [',', ']', '&', '|'];
    reader.expect("[")?;
    let mut columns = Columns { before: Vec::new(), after: None };
    loop {
        if reader.take("...") {
            if columns.after.replace(Vec::new()).is_some() {
                return Err("only one '...' is possible".to_owned());
            }
        } else {
            let into = columns.after.as_mut().unwrap_or(&mut columns.before);
            into.push(column(reader, &ENDS)?);
        }
        if reader.take("]") {
            break;
        }
        reader.expect(",")?;
    }
    if reader.at_end() { Ok(columns) } else { Err("nothing may follow the ']'".to_owned()) }
}

fn column(reader: &mut Reader, ends: &[char]) -> Result<Column, String> {
    let name = |reader: &mut Reader| {
        let name = reader.word(|c| c.is_whitespace() || "=!<>,]&|()".contains(c));
        let named = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if named { Ok(()) } else { Err(format!("'{name}' is no name of a column")) }
    };
    name(reader)?;
    if matches!(reader.peek(), Some(',' | ']') | None) {
        return Ok(None);
    }
    let first = std::cell::Cell::new(true);
    let test = |reader: &mut Reader| {
        // The name of the first condition has been read.
        if !first.replace(false) {
            name(reader)?;
        }
        Comparison::parse(reader, ends)
    };
    Tree::parse(reader, &test, 0).map(Some)
}

impl Columns {
    /// Whether a line is so.
    pub fn matches(&self, line: &str) -> bool {
        let fields = split(line);
        let all = |columns: &[Column], fields: &[&str]| {
            columns.iter().zip(fields).all(|(column, field)| {
                column.as_ref().is_none_or(|tree| tree.holds(&|test| test.holds_of_text(field)))
            })
        };
        let Some(after) = &self.after else {
            return fields.len() == self.before.len() && all(&self.before, &fields);
        };
        fields.len() >= self.before.len() + after.len()
            && all(&self.before, &fields)
            && all(after, &fields[fields.len() - after.len()..])
    }
}

/// The columns of a line: what stands in brackets or quotes is one.
fn split(line: &str) -> Vec<&str> {
    let (mut fields, mut rest) = (Vec::new(), line.trim());
    while !rest.is_empty() {
        let close = match rest.chars().next() {
            Some('"') => rest[1..].find('"'),
            Some('[') => rest[1..].find(']'),
            _ => None,
        };
        let (field, after) = match close {
            Some(end) => (&rest[1..=end], &rest[end + 2..]),
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        fields.push(field);
        rest = after.trim_start();
    }
    fields
}
