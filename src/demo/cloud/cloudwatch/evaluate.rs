//! Metric math over series that are already there.

use std::collections::{BTreeMap, HashMap};

use super::expression::{Expression, Operator};
use super::request::{Query, Source};
use super::series::{Series, Window};

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// A single number, over all time.
    Number(f64),
    /// One series.
    One(Series),
    /// Several series.
    Many(Vec<Series>),
}

/// Everything that expressions may refer to.
pub(super) struct Scope<'a> {
    /// The queries of the request, in its order.
    pub queries: &'a [Query],
    /// The series of its metric queries, by id.
    pub metrics: HashMap<String, Series>,
    /// What each search found, by its place in the request's expressions.
    pub searches: HashMap<String, Vec<Series>>,
    /// Start and end of the request.
    pub range: (i64, i64),
    /// The instant that is looked from.
    pub now: i64,
}

/// More steps from expression to expression than this are a circle.
const DEPTH: usize = 32;

impl Scope<'_> {
    /// The outcome of the query called `id`.
    pub fn resolve(&self, id: &str, depth: usize) -> Result<Outcome, String> {
        if depth > DEPTH {
            return Err(format!("The expression refers to itself through '{id}'"));
        }
        if let Some(series) = self.metrics.get(id) {
            return Ok(Outcome::One(series.clone()));
        }
        let query = self.queries.iter().find(|query| query.id == id);
        match query.map(|query| &query.source) {
            Some(Source::Expression(expression)) => self.evaluate(expression, depth + 1),
            _ => Err(format!("Unknown identifier '{id}'")),
        }
    }

    fn evaluate(&self, expression: &Expression, depth: usize) -> Result<Outcome, String> {
        match expression {
            Expression::Number(number) => Ok(Outcome::Number(*number)),
            Expression::Text(text) => Err(format!("Unexpected text '{text}'")),
            Expression::Name(id) => self.resolve(id, depth),
            Expression::Negated(inner) => map(self.evaluate(inner, depth)?, |value| -value),
            Expression::Binary(operator, left, right) => {
                combine(*operator, self.evaluate(left, depth)?, self.evaluate(right, depth)?)
            }
            Expression::List(items) => self.list(items, depth).map(Outcome::Many),
            Expression::Call(function, arguments) => self.call(expression, function, arguments, depth),
        }
    }

    fn list(&self, items: &[Expression], depth: usize) -> Result<Vec<Series>, String> {
        let mut series = Vec::new();
        for item in items {
            match self.evaluate(item, depth)? {
                Outcome::One(one) => series.push(one),
                Outcome::Many(many) => series.extend(many),
                Outcome::Number(_) => return Err("An array holds time series only".to_owned()),
            }
        }
        Ok(series)
    }

    fn call(
        &self,
        whole: &Expression,
        function: &str,
        arguments: &[Expression],
        depth: usize,
    ) -> Result<Outcome, String> {
        match (function, arguments) {
            ("METRICS", []) => Ok(Outcome::Many(self.all_metrics(""))),
            ("METRICS", [Expression::Text(part)]) => Ok(Outcome::Many(self.all_metrics(part))),
            ("SEARCH", [Expression::Text(_), Expression::Text(_), ..]) => {
                let found = self.searches.get(&search_key(whole)).ok_or("The search was not understood")?;
                Ok(Outcome::Many(found.clone()))
            }
            ("FILL", [inner, filler]) => {
                let filler = match filler {
                    Expression::Name(word) if word == "REPEAT" => Filler::Repeat,
                    Expression::Name(word) if word == "LINEAR" => Filler::Linear,
                    other => match self.evaluate(other, depth)? {
                        Outcome::Number(number) => Filler::Constant(number),
                        _ => return Err("FILL takes a number, REPEAT or LINEAR".to_owned()),
                    },
                };
                each(self.evaluate(inner, depth)?, |series| self.fill(series, filler))
            }
            ("SUM" | "AVG" | "MIN" | "MAX", [inner]) => reduce(function, self.evaluate(inner, depth)?),
            ("ABS", [inner]) => map(self.evaluate(inner, depth)?, f64::abs),
            ("CEIL", [inner]) => map(self.evaluate(inner, depth)?, f64::ceil),
            ("FLOOR", [inner]) => map(self.evaluate(inner, depth)?, f64::floor),
            ("PERIOD", [inner]) => match self.evaluate(inner, depth)? {
                Outcome::One(series) => Ok(Outcome::Number(series.period as f64 / 1000.0)),
                _ => Err("PERIOD takes one time series".to_owned()),
            },
            ("METRIC_COUNT", [inner]) => match self.evaluate(inner, depth)? {
                Outcome::Many(series) => Ok(Outcome::Number(series.len() as f64)),
                _ => Err("METRIC_COUNT takes an array of time series".to_owned()),
            },
            (
                "METRICS" | "SEARCH" | "FILL" | "SUM" | "AVG" | "MIN" | "MAX" | "ABS" | "CEIL" | "FLOOR"
                | "PERIOD" | "METRIC_COUNT",
                _,
            ) => Err(format!("Invalid arguments for function '{function}'")),
            _ => Err(format!("Unknown function '{function}'")),
        }
    }

    /// The series of all metric queries whose id contains `part`, in the order of the request.
    fn all_metrics(&self, part: &str) -> Vec<Series> {
        let ids = self.queries.iter().map(|query| &query.id).filter(|id| id.contains(part));
        ids.filter_map(|id| self.metrics.get(id).cloned()).collect()
    }

    /// The series with a value at every point of the request that has begun, where the filler has one to give.
    fn fill(&self, series: Series, filler: Filler) -> Series {
        let known: BTreeMap<i64, f64> = series.points.iter().copied().collect();
        let window = Window::of_request(self.range.0, self.range.1, series.period, self.now);
        let value_at = |at: i64| {
            if let Some(value) = known.get(&at) {
                return Some(*value);
            }
            let before = known.range(..at).next_back();
            let after = known.range(at..).next();
            match filler {
                Filler::Constant(number) => Some(number),
                Filler::Repeat => before.map(|(_, value)| *value),
                Filler::Linear => {
                    let ((from, low), (to, high)) = (before?, after?);
                    Some(low + (high - low) * (at - from) as f64 / (to - from) as f64)
                }
            }
        };
        let points = window.starts(self.now).filter_map(|at| value_at(at).map(|value| (at, value))).collect();
        Series { points, ..series }
    }
}

/// What stands in for a missing point.
#[derive(Clone, Copy)]
enum Filler {
    Constant(f64),
    Repeat,
    Linear,
}

/// What a search is remembered under: two searches that read the same are the same.
pub(super) fn search_key(call: &Expression) -> String {
    format!("{call:?}")
}

/// Applies a change to each series; a number is no series.
fn each(outcome: Outcome, change: impl Fn(Series) -> Series) -> Result<Outcome, String> {
    match outcome {
        Outcome::Number(_) => Err("A time series was expected".to_owned()),
        Outcome::One(series) => Ok(Outcome::One(change(series))),
        Outcome::Many(series) => Ok(Outcome::Many(series.into_iter().map(change).collect())),
    }
}

/// Applies a function to every value.
#[expect(clippy::unnecessary_wraps, reason = "it stands beside its fallible siblings in one match")]
fn map(outcome: Outcome, function: impl Fn(f64) -> f64) -> Result<Outcome, String> {
    let change = |mut series: Series| {
        series.points.iter_mut().for_each(|(_, value)| *value = function(*value));
        series
    };
    Ok(match outcome {
        Outcome::Number(number) => Outcome::Number(function(number)),
        Outcome::One(series) => Outcome::One(change(series)),
        Outcome::Many(series) => Outcome::Many(series.into_iter().map(change).collect()),
    })
}

/// `left operator right`, point by point: only where both have one, and only where the result is a number.
fn combine(operator: Operator, left: Outcome, right: Outcome) -> Result<Outcome, String> {
    let apply = move |left: f64, right: f64| match operator {
        Operator::Plus => left + right,
        Operator::Minus => left - right,
        Operator::Times => left * right,
        Operator::Divide => left / right,
    };
    let join = |left: &Series, right: &Series| {
        let others: HashMap<i64, f64> = right.points.iter().copied().collect();
        let points =
            left.points.iter().filter_map(|(at, value)| Some((*at, apply(*value, *others.get(at)?))));
        finite(Series { points: points.collect(), ..left.clone() })
    };
    match (left, right) {
        (Outcome::Number(left), Outcome::Number(right)) => Ok(Outcome::Number(apply(left, right))),
        (left, Outcome::Number(right)) => {
            map(left, |value| apply(value, right)).and_then(|outcome| each(outcome, finite))
        }
        (Outcome::Number(left), right) => {
            map(right, |value| apply(left, value)).and_then(|outcome| each(outcome, finite))
        }
        (Outcome::One(left), Outcome::One(right)) => Ok(Outcome::One(join(&left, &right))),
        (Outcome::Many(left), Outcome::One(right)) => {
            Ok(Outcome::Many(left.iter().map(|left| join(left, &right)).collect()))
        }
        (Outcome::One(left), Outcome::Many(right)) => {
            let labelled = |right: &Series| Series { label: right.label.clone(), ..join(&left, right) };
            Ok(Outcome::Many(right.iter().map(labelled).collect()))
        }
        (Outcome::Many(_), Outcome::Many(_)) => Err("Unsupported operand types: two arrays".to_owned()),
    }
}

fn finite(mut series: Series) -> Series {
    series.points.retain(|(_, value)| value.is_finite());
    series
}

/// `SUM`, `AVG`, `MIN`, `MAX`: of a series a number, of an array a series.
fn reduce(function: &str, outcome: Outcome) -> Result<Outcome, String> {
    let fold = |values: &[f64]| match function {
        "SUM" => values.iter().sum(),
        "AVG" => values.iter().sum::<f64>() / values.len() as f64,
        "MIN" => values.iter().copied().fold(f64::INFINITY, f64::min),
        _ => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    };
    match outcome {
        Outcome::Number(_) => Err(format!("Invalid arguments for function '{function}'")),
        Outcome::One(series) => {
            let values: Vec<f64> = series.points.iter().map(|(_, value)| *value).collect();
            Ok(Outcome::Number(if values.is_empty() { f64::NAN } else { fold(&values) }))
        }
        Outcome::Many(many) => {
            let mut columns: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
            for (at, value) in many.iter().flat_map(|series| &series.points) {
                columns.entry(*at).or_default().push(*value);
            }
            Ok(Outcome::One(Series {
                label: String::new(),
                period: many.first().map_or(super::MINUTE, |series| series.period),
                points: columns.into_iter().map(|(at, values)| (at, fold(&values))).collect(),
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn series(label: &str, points: &[(i64, f64)]) -> Series {
        let points = points.iter().map(|(minute, value)| (minute * MINUTE, *value)).collect();
        Series { label: label.to_owned(), period: MINUTE, points }
    }

    fn evaluated(text: &str) -> Result<Outcome, String> {
        let metrics = [
            ("a", series("a", &[(0, 1.0), (1, 2.0), (3, 4.0)])),
            ("b", series("b", &[(0, 2.0), (1, 0.0), (2, 5.0)])),
        ];
        let queries: Vec<Query> = metrics.iter().map(|(id, _)| Query::placeholder(id)).collect();
        let scope = Scope {
            queries: &queries,
            metrics: metrics.into_iter().map(|(id, series)| (id.to_owned(), series)).collect(),
            searches: HashMap::new(),
            range: (0, 5 * MINUTE),
            now: 4 * MINUTE,
        };
        scope.evaluate(&Expression::parse(text)?, 0)
    }

    fn points(text: &str) -> Vec<(i64, f64)> {
        match evaluated(text) {
            Ok(Outcome::One(series)) => {
                series.points.iter().map(|(at, value)| (at / MINUTE, *value)).collect()
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn two_series_meet_where_both_have_a_point() {
        assert_eq!(points("a + b"), [(0, 3.0), (1, 2.0)]);
        assert_eq!(points("100 * (b - 1)"), [(0, 100.0), (1, -100.0), (2, 400.0)]);
    }

    #[test]
    fn a_division_by_zero_has_no_point() {
        assert_eq!(points("a / b"), [(0, 0.5)]);
        assert_eq!(points("1 / b"), [(0, 0.5), (2, 0.2)]);
    }

    #[test]
    fn an_array_folds_into_a_series_and_a_series_into_a_number() {
        assert_eq!(points("SUM([a, b])"), [(0, 3.0), (1, 2.0), (2, 5.0), (3, 4.0)]);
        assert_eq!(points("MAX(METRICS())"), [(0, 2.0), (1, 2.0), (2, 5.0), (3, 4.0)]);
        assert_eq!(evaluated("SUM(a)"), Ok(Outcome::Number(7.0)));
        assert_eq!(points("a / SUM(a) * 7"), [(0, 1.0), (1, 2.0), (3, 4.0)]);
    }

    #[test]
    fn gaps_are_filled_up_to_now() {
        assert_eq!(points("FILL(a, 0)"), [(0, 1.0), (1, 2.0), (2, 0.0), (3, 4.0), (4, 0.0)]);
        assert_eq!(points("FILL(a, REPEAT)"), [(0, 1.0), (1, 2.0), (2, 2.0), (3, 4.0), (4, 4.0)]);
        assert_eq!(points("FILL(a, LINEAR)"), [(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0)]);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(evaluated("nobody"), Err("Unknown identifier 'nobody'".to_owned()));
        assert_eq!(evaluated("GUESS(a)"), Err("Unknown function 'GUESS'".to_owned()));
        assert_eq!(evaluated("FILL(a)"), Err("Invalid arguments for function 'FILL'".to_owned()));
        assert!(evaluated("METRICS() + METRICS()").is_err());
    }
}
