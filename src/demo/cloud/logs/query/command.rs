//! The pipeline of a query: its commands, in order.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::expression::{Expression, Words};
use super::row::{Datum, Row};
use super::text::{Word, words};

/// A command.
#[derive(Clone, Debug)]
pub(super) enum Command {
    /// `fields` and `display`: what is shown, and under which name.
    Fields(Vec<Column>),
    Filter(Expression),
    /// Each with whether it goes down.
    Sort(Vec<(Expression, bool)>),
    Limit(usize),
    Stats(Stats),
}

/// Something with a name.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub expression: Expression,
    pub name: String,
}

/// `stats ... by ...`.
#[derive(Clone, Debug)]
pub(super) struct Stats {
    aggregates: Vec<Aggregate>,
    by: Vec<Column>,
}

#[derive(Clone, Debug)]
struct Aggregate {
    function: String,
    /// What of; every row where there is none.
    of: Option<Expression>,
    /// Of `pct`: which percentile.
    share: f64,
    name: String,
}

/// Reads a query.
pub(super) fn parse(text: &str) -> Result<Vec<Command>, String> {
    let mut words = Words::new(words(text)?);
    let mut commands = Vec::new();
    // A query that says nothing shows everything.
    while !words.at_end() {
        commands.push(command(&mut words)?);
        if !words.at_end() {
            words.expect("|")?;
        }
    }
    Ok(commands)
}

fn command(words: &mut Words) -> Result<Command, String> {
    let Some(Word::Name(name)) = words.next() else { return Err("a command is expected".to_owned()) };
    match name.to_lowercase().as_str() {
        "fields" | "display" => columns(words).map(Command::Fields),
        "filter" => words.condition(0).map(Command::Filter),
        "limit" | "head" => match words.next() {
            Some(Word::Number(number)) if (1.0..=10_000.0).contains(&number) => {
                Ok(Command::Limit(number as usize))
            }
            other => Err(format!("limit takes a number from 1 to 10000, not {other:?}")),
        },
        "sort" | "order" => {
            words.take_name("by");
            let mut keys = Vec::new();
            loop {
                let key = words.value()?;
                let down = words.take_name("desc");
                let _ = !down && words.take_name("asc");
                keys.push((key, down));
                if !words.take(",") {
                    return Ok(Command::Sort(keys));
                }
            }
        }
        "stats" => {
            let mut aggregates = vec![aggregate(words)?];
            while words.take(",") {
                aggregates.push(aggregate(words)?);
            }
            let by = if words.take_name("by") { columns(words)? } else { Vec::new() };
            Ok(Command::Stats(Stats { aggregates, by }))
        }
        other => Err(format!("command {other} is not known here")),
    }
}

fn columns(words: &mut Words) -> Result<Vec<Column>, String> {
    let mut columns = Vec::new();
    loop {
        let expression = words.value()?;
        let name = name(words)?.unwrap_or_else(|| expression.name());
        columns.push(Column { expression, name });
        if !words.take(",") {
            return Ok(columns);
        }
    }
}

fn name(words: &mut Words) -> Result<Option<String>, String> {
    if !words.take_name("as") {
        return Ok(None);
    }
    match words.next() {
        Some(Word::Name(name) | Word::Field(name)) => Ok(Some(name)),
        other => Err(format!("a name is expected after 'as', not {other:?}")),
    }
}

fn aggregate(words: &mut Words) -> Result<Aggregate, String> {
    let Some(Word::Name(function)) = words.next() else { return Err("a function is expected".to_owned()) };
    let function = function.to_lowercase();
    if !["count", "count_distinct", "sum", "avg", "min", "max", "pct"].contains(&function.as_str()) {
        return Err(format!("function {function} is not known here"));
    }
    words.expect("(")?;
    let (mut of, mut share, mut inner) = (None, 50.0, String::new());
    if words.take("*") {
        inner.push('*');
        words.expect(")")?;
    } else if !words.take(")") {
        let value = words.value()?;
        inner = value.name();
        of = Some(value);
        if words.take(",") {
            let Some(Word::Number(number)) = words.next() else {
                return Err("pct takes a number".to_owned());
            };
            share = number;
        }
        words.expect(")")?;
    }
    if of.is_none() && function != "count" {
        return Err(format!("{function} needs a field"));
    }
    let usual = match function.as_str() {
        "pct" => format!("pct({inner}, {share})"),
        _ => format!("{function}({inner})"),
    };
    let name = name(words)?.unwrap_or(usual);
    Ok(Aggregate { function, of, share, name })
}

/// Rows, counted by what they have in common.
#[derive(Debug)]
pub(super) struct Tally {
    stats: Stats,
    /// By the texts of the `by` columns: a list of values for each aggregate.
    groups: BTreeMap<Vec<Option<String>>, Vec<Values>>,
}

#[derive(Clone, Debug, Default)]
struct Values {
    count: u64,
    sum: f64,
    least: f64,
    most: f64,
    /// All of them, where a percentile or the number of different ones is asked for.
    all: Vec<Datum>,
}

impl Tally {
    pub const fn new(stats: Stats) -> Self {
        Self { stats, groups: BTreeMap::new() }
    }

    pub fn add(&mut self, row: &Row) {
        let key = self.stats.by.iter().map(|column| column.expression.of(row).text()).collect();
        let count = self.stats.aggregates.len();
        let values = self.groups.entry(key).or_insert_with(|| vec![Values::default(); count]);
        for (aggregate, values) in self.stats.aggregates.iter().zip(values) {
            let datum = aggregate.of.as_ref().map_or(Datum::Number(1.0), |of| of.of(row));
            if datum == Datum::Nothing {
                continue;
            }
            let number = datum.number();
            if matches!(aggregate.function.as_str(), "sum" | "avg" | "min" | "max" | "pct")
                && number.is_none()
            {
                continue;
            }
            let number = number.unwrap_or_default();
            values.least = if values.count == 0 { number } else { values.least.min(number) };
            values.most = if values.count == 0 { number } else { values.most.max(number) };
            values.count += 1;
            values.sum += number;
            if matches!(aggregate.function.as_str(), "pct" | "count_distinct") {
                values.all.push(datum);
            }
        }
    }

    /// A row for each group.
    pub fn rows(self) -> Vec<Row> {
        let Self { stats, groups } = self;
        let rows = groups.into_iter().map(|(key, values)| {
            let by = stats
                .by
                .iter()
                .zip(key)
                .map(|(column, text)| (column.name.clone(), text.map_or(Datum::Nothing, Datum::Text)));
            let figures = stats.aggregates.iter().zip(values);
            let figures =
                figures.map(|(aggregate, values)| (aggregate.name.clone(), values.figure(aggregate)));
            Row::made(by.chain(figures).collect())
        });
        rows.collect()
    }
}

impl Values {
    fn figure(mut self, aggregate: &Aggregate) -> Datum {
        if aggregate.function == "count" {
            return Datum::Number(self.count as f64);
        }
        if self.count == 0 {
            return Datum::Nothing;
        }
        Datum::Number(match aggregate.function.as_str() {
            "sum" => self.sum,
            "avg" => self.sum / self.count as f64,
            "min" => self.least,
            "max" => self.most,
            "count_distinct" => {
                let different: std::collections::BTreeSet<_> = self.all.iter().map(Datum::text).collect();
                different.len() as f64
            }
            _ => {
                self.all.sort_by(|a, b| a.compare(b).unwrap_or(Ordering::Equal));
                let place = ((aggregate.share / 100.0) * (self.all.len() - 1) as f64).round() as usize;
                self.all.get(place).and_then(Datum::number).unwrap_or_default()
            }
        })
    }
}
