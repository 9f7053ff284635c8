//! A `GetMetricData` request, checked.

use super::expression::Expression;
use super::observer::Metric;
use super::series::Statistic;
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;

/// Most queries in one request.
const QUERIES: usize = 500;
/// Most points in one answer.
const POINTS: usize = 100_800;

/// A request that makes sense.
#[derive(Debug)]
pub(super) struct Request {
    pub queries: Vec<Query>,
    /// Milliseconds since the epoch.
    pub start: i64,
    /// Milliseconds since the epoch, exclusive.
    pub end: i64,
    /// Newest points first, which is what CloudWatch does unless told otherwise.
    pub descending: bool,
    /// Points a page, at least 1.
    pub page: usize,
}

/// One query of a request.
#[derive(Debug)]
pub(super) struct Query {
    pub id: String,
    pub label: Option<String>,
    /// Whether it is part of the answer, or only of expressions.
    pub returned: bool,
    pub source: Source,
}

/// Where the points of a query come from.
#[derive(Debug)]
pub(super) enum Source {
    /// A statistic of a metric; the period in milliseconds.
    Metric { metric: Metric, statistic: Statistic, name: String, period: i64, unit: Option<String> },
    /// Metric math.
    Expression(Expression),
}

impl Query {
    #[cfg(test)]
    pub fn placeholder(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            label: None,
            returned: true,
            source: Source::Expression(Expression::Number(0.0)),
        }
    }
}

impl Request {
    /// Reads and checks a request. As CloudWatch does, one refusal lists everything that is wrong with the queries.
    pub fn read(input: &Value) -> Result<Self, Refusal> {
        let time = |name: &str| {
            let value = input.get(name).ok_or_else(|| required(name))?;
            value
                .as_time()
                .ok_or_else(|| Refusal::validation(format!("The parameter {name} must be a timestamp.")))
        };
        let (start, end) = (time("StartTime")?, time("EndTime")?);
        if start == end {
            return Err(Refusal::validation("The parameter StartTime must not equal parameter EndTime."));
        }
        if start > end {
            return Err(Refusal::validation(
                "The parameter StartTime must be less than the parameter EndTime.",
            ));
        }
        let descending = match input.text("ScanBy") {
            None | Some("TimestampDescending") => true,
            Some("TimestampAscending") => false,
            Some(other) => {
                return Err(Refusal::validation(format!(
                    "The value {other} for parameter ScanBy is invalid."
                )));
            }
        };
        let page = match input.get("MaxDatapoints").map(Value::as_integer) {
            None => POINTS,
            Some(Some(points)) if points >= 1 && points as usize <= POINTS => points as usize,
            Some(_) => {
                let text = format!("The parameter MaxDatapoints must be between 1 and {POINTS}.");
                return Err(Refusal::validation(text));
            }
        };
        Ok(Self { queries: queries(input)?, start, end, descending, page })
    }
}

fn required(name: &str) -> Refusal {
    Refusal::validation(format!("The parameter {name} is required."))
}

fn queries(input: &Value) -> Result<Vec<Query>, Refusal> {
    let items = input.list("MetricDataQueries");
    if items.is_empty() {
        return Err(required("MetricDataQueries"));
    }
    if items.len() > QUERIES {
        let text = format!("The collection MetricDataQueries must not have a size greater than {QUERIES}.");
        return Err(Refusal::validation(text));
    }
    let mut wrong = Vec::new();
    let mut queries: Vec<Query> = Vec::with_capacity(items.len());
    for (number, item) in (1..).zip(items) {
        match query(item, &format!("MetricDataQueries.member.{number}")) {
            Ok(query) => queries.push(query),
            Err(text) => wrong.push(text),
        }
    }
    let mut ids: Vec<&str> = queries.iter().map(|query| query.id.as_str()).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        wrong.push("The values for parameter Id in MetricDataQueries are not unique.".to_owned());
    }
    if wrong.is_empty() && queries.iter().all(|query| !query.returned) {
        wrong.push("At least one query must have ReturnData set to true.".to_owned());
    }
    if wrong.is_empty() { Ok(queries) } else { Err(Refusal::validation(wrong.join("\n"))) }
}

fn query(item: &Value, place: &str) -> Result<Query, String> {
    let id = item.text("Id").ok_or_else(|| format!("The parameter {place}.Id is required."))?;
    if !is_id(id) {
        let pattern = "^[a-z][a-zA-Z0-9_]*$";
        return Err(format!(
            "The value {id} for parameter {place}.Id is not matching the expected pattern {pattern}."
        ));
    }
    let source = match (item.get("MetricStat"), item.text("Expression")) {
        (Some(stat), None) => metric(stat, &format!("{place}.MetricStat"))?,
        (None, Some(text)) => {
            let parsed = Expression::parse(text);
            Source::Expression(parsed.map_err(|why| format!("Error in expression '{id}': {why}"))?)
        }
        (Some(_), Some(_)) => {
            return Err(format!(
                "The parameters {place}.MetricStat and {place}.Expression are mutually exclusive."
            ));
        }
        (None, None) => {
            return Err(format!("The parameter {place}.MetricStat or {place}.Expression is required."));
        }
    };
    let period = item.get("Period").map(Value::as_integer);
    if period.is_some_and(|period| !period.is_some_and(is_period)) {
        return Err(wrong_period(place));
    }
    Ok(Query {
        id: id.to_owned(),
        label: item.text("Label").map(str::to_owned),
        returned: item.get("ReturnData").and_then(Value::as_bool).unwrap_or(true),
        source,
    })
}

fn is_id(id: &str) -> bool {
    id.len() <= 255
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.chars().all(|other| other.is_ascii_alphanumeric() || other == '_')
}

/// Whether a period in seconds is one that CloudWatch keeps.
pub(super) fn is_period(seconds: i64) -> bool {
    matches!(seconds, 1 | 5 | 10 | 20 | 30) || (seconds > 0 && seconds % 60 == 0 && seconds <= 86_400 * 365)
}

fn wrong_period(place: &str) -> String {
    format!("The parameter {place}.Period must be a value in the set [1, 5, 10, 20, 30] or a multiple of 60.")
}

fn metric(stat: &Value, place: &str) -> Result<Source, String> {
    let missing = |name: &str| format!("The parameter {place}.{name} is required.");
    let metric = stat.get("Metric").ok_or_else(|| missing("Metric"))?;
    let name = stat.text("Stat").ok_or_else(|| missing("Stat"))?;
    let statistic = Statistic::parse(name)
        .ok_or_else(|| format!("The value {name} for parameter {place}.Stat is not a valid statistic."))?;
    let period = stat.get("Period").ok_or_else(|| missing("Period"))?;
    let period =
        period.as_integer().filter(|&seconds| is_period(seconds)).ok_or_else(|| wrong_period(place))?;
    let dimensions = metric.list("Dimensions").iter().filter_map(|dimension| {
        Some((dimension.text("Name")?.to_owned(), dimension.text("Value")?.to_owned()))
    });
    Ok(Source::Metric {
        metric: Metric {
            namespace: metric.text("Namespace").ok_or_else(|| missing("Metric.Namespace"))?.to_owned(),
            name: metric.text("MetricName").ok_or_else(|| missing("Metric.MetricName"))?.to_owned(),
            dimensions: dimensions.collect(),
        },
        statistic,
        name: name.to_owned(),
        // Lambda publishes a point a minute, so finer points are the minute's.
        period: period.max(60) * 1000,
        unit: stat.text("Unit").map(str::to_owned),
    })
}
