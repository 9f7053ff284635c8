//! `GetMetricData`: many series in one call, a page at a time.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::evaluate::{Outcome, Scope, search_key};
use super::expression::Expression;
use super::listing::metrics_of_account;
use super::observer::{Metric, Observer};
use super::request::{Query, Request, Source, is_period};
use super::search::Search;
use super::series::{Series, Statistic, Window, compute, spoil};
use crate::demo::cloud::account::Account;
use crate::demo::cloud::paging::{Token, request_digest};
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::cloud::sts;
use crate::demo::faults::SeriesFault;

/// Most series that one search finds.
const FOUND: usize = 500;
/// How many answers are remembered for their later pages.
const REMEMBERED: usize = 4;

/// Answers of more than one page, so that the later pages need not be computed again.
#[derive(Debug, Default)]
pub(super) struct Pages(Mutex<VecDeque<(Key, Arc<Answer>)>>);

/// Digest of the request, and the instant that it was looked from.
type Key = (u64, i64);

/// All pages of an answer.
#[derive(Debug)]
struct Answer {
    /// The query that each series answers, and the series.
    series: Vec<(String, Series)>,
    /// Every point by series and place in it, in the order in which the pages hold them.
    order: Vec<(u32, u32)>,
    /// How many metrics searches found.
    found: u64,
}

impl Pages {
    fn find(&self, key: Key) -> Option<Arc<Answer>> {
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.iter().find(|(other, _)| *other == key).map(|(_, answer)| Arc::clone(answer))
    }

    fn remember(&self, key: Key, answer: &Arc<Answer>) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.truncate(REMEMBERED - 1);
        pages.push_front((key, Arc::clone(answer)));
    }
}

/// Runs the operation: its answer, and how many metrics its searches found.
pub(super) async fn get_metric_data(
    account: &Account,
    pages: &Pages,
    input: &Value,
    now: i64,
    faults: &[SeriesFault],
) -> Result<(Value, u64), Refusal> {
    let request = Request::read(input)?;
    let digest = request_digest("GetMetricData", input);
    let token = match input.text("NextToken") {
        None => Token { offset: 0, at: now, request: digest },
        Some(text) => Token::decode(text, digest)
            .filter(|token| token.at <= now)
            .ok_or_else(|| Refusal::next_token("The NextToken is not valid for this request."))?,
    };
    let key = (digest, token.at);
    let answer = match pages.find(key).filter(|_| token.offset > 0) {
        Some(answer) => answer,
        None => Arc::new(answer(account, &request, token.at, faults).await?),
    };
    let limit = faults.iter().fold(request.page, |limit, fault| match fault {
        SeriesFault::Partial { points } => limit.min(*points).max(1),
        _ => limit,
    });
    let end = token.offset.saturating_add(limit).min(answer.order.len());
    let more = end < answer.order.len();
    if more && token.offset == 0 {
        pages.remember(key, &answer);
    }
    let next = more.then(|| Token { offset: end, ..token }.encode());
    let results = write_page(account, &answer, token.offset.min(end)..end, faults);
    let value = Value::structure()
        .with("MetricDataResults", results)
        .with("NextToken", next)
        .with("Messages", Vec::new());
    Ok((value, answer.found))
}

/// Computes all series of a request.
async fn answer(
    account: &Account,
    request: &Request,
    now: i64,
    faults: &[SeriesFault],
) -> Result<Answer, Refusal> {
    let mut observer = Observer::new(account, now);
    let mut metrics = HashMap::new();
    let labels = labels(&request.queries);
    for query in &request.queries {
        if let Source::Metric { metric, statistic, period, unit, .. } = &query.source {
            let window = Window::of_request(request.start, request.end, *period, now);
            let points = if unit.as_deref().is_none_or(|unit| unit == metric.unit()) {
                compute(account, &mut observer, metric, *statistic, window).await
            } else {
                Vec::new()
            };
            let label = query.label.clone().or_else(|| labels.get(query.id.as_str()).cloned());
            let mut series = Series { label: label.unwrap_or_default(), period: window.period, points };
            spoil(&mut series, faults, now);
            metrics.insert(query.id.clone(), series);
            tokio::task::yield_now().await;
        }
    }
    let searches = run_searches(account, request, &mut observer).await?;
    let found = searches.values().map(|series| series.len() as u64).sum();
    let scope =
        Scope { queries: &request.queries, metrics, searches, range: (request.start, request.end), now };
    let mut series = Vec::new();
    for query in request.queries.iter().filter(|query| query.returned) {
        let wrong = |why: String| Refusal::validation(format!("Error in expression '{}': {why}", query.id));
        match scope.resolve(&query.id, 0).map_err(wrong)? {
            Outcome::Number(_) => {
                return Err(wrong("The result of an expression must be a time series".to_owned()));
            }
            Outcome::One(mut one) => {
                if matches!(query.source, Source::Expression(_)) {
                    one.label = query.label.clone().unwrap_or_else(|| query.id.clone());
                }
                series.push((query.id.clone(), one));
            }
            Outcome::Many(many) => series.extend(many.into_iter().map(|mut one| {
                if let Some(label) = &query.label {
                    one.label = format!("{label} {}", one.label);
                }
                (query.id.clone(), one)
            })),
        }
    }
    Ok(Answer { order: order(&series, request.descending), series, found })
}

/// The points of all series, by time in the direction of the request: so every page is a stretch of time.
fn order(series: &[(String, Series)], descending: bool) -> Vec<(u32, u32)> {
    let mut order: Vec<(u32, u32)> = (0..)
        .zip(series)
        .flat_map(|(number, (_, series))| (0..series.points.len() as u32).map(move |place| (number, place)))
        .collect();
    let time = |&(number, place): &(u32, u32)| series[number as usize].1.points[place as usize].0;
    if descending {
        order.sort_by_key(|point| std::cmp::Reverse(time(point)));
    } else {
        order.sort_by_key(time);
    }
    order
}

fn write_page(
    account: &Account,
    answer: &Answer,
    page: std::ops::Range<usize>,
    faults: &[SeriesFault],
) -> Vec<Value> {
    let mut columns = vec![(Vec::new(), Vec::new()); answer.series.len()];
    for &(number, place) in &answer.order[page.clone()] {
        let (at, value) = answer.series[number as usize].1.points[place as usize];
        let (times, values) = &mut columns[number as usize];
        times.push(Value::Time(at));
        values.push(Value::Double(value));
    }
    let mut unfinished = vec![false; answer.series.len()];
    for &(number, _) in &answer.order[page.end..] {
        unfinished[number as usize] = true;
    }
    let rows = answer.series.iter().zip(columns).zip(unfinished).enumerate();
    rows.map(|(number, (((id, series), (mut times, mut values)), unfinished))| {
        let refused = |fault: &SeriesFault| number % 2 == 1 && faults.contains(fault);
        let mut status = if unfinished { "PartialData" } else { "Complete" };
        let mut messages = Value::Null;
        if refused(&SeriesFault::InternalError) || refused(&SeriesFault::Forbidden) {
            (times, values) = (Vec::new(), Vec::new());
            status = "InternalError";
        }
        if refused(&SeriesFault::Forbidden) {
            status = "Forbidden";
            let caller = sts::caller_arn(&account.settings);
            let text = format!("User: {caller} is not authorized to perform: cloudwatch:GetMetricData");
            messages = vec![Value::structure().with("Code", "Forbidden").with("Value", text)].into();
        }
        if faults.contains(&SeriesFault::Reversed) {
            times.reverse();
            values.reverse();
        }
        Value::structure()
            .with("Id", id.as_str())
            .with("Label", series.label.as_str())
            .with("Timestamps", times)
            .with("Values", values)
            .with("StatusCode", status)
            .with("Messages", messages)
    })
    .collect()
}

/// The labels that CloudWatch makes up: what tells the metrics of a request apart, or the metric's name.
fn labels(queries: &[Query]) -> HashMap<&str, String> {
    let metrics: Vec<_> = queries
        .iter()
        .filter_map(|query| match &query.source {
            Source::Metric { metric, name, .. } => {
                let values: Vec<&str> = metric.dimensions.iter().map(|(_, value)| value.as_str()).collect();
                Some((query.id.as_str(), [values.join(" "), metric.name.clone(), name.clone()]))
            }
            Source::Expression(_) => None,
        })
        .collect();
    let differs = |part: usize| metrics.windows(2).any(|pair| pair[0].1[part] != pair[1].1[part]);
    let parts: Vec<usize> = (0..3).filter(|&part| differs(part)).collect();
    let parts = if parts.is_empty() { vec![1] } else { parts };
    metrics
        .iter()
        .map(|(id, texts)| {
            let words: Vec<&str> =
                parts.iter().map(|&part| texts[part].as_str()).filter(|text| !text.is_empty()).collect();
            (*id, words.join(" "))
        })
        .collect()
}

/// Runs every search that the expressions contain.
async fn run_searches(
    account: &Account,
    request: &Request,
    observer: &mut Observer<'_>,
) -> Result<HashMap<String, Vec<Series>>, Refusal> {
    let mut calls: Vec<(&str, &Expression)> = Vec::new();
    for query in &request.queries {
        if let Source::Expression(expression) = &query.source {
            expression.walk(&mut |part| {
                if matches!(part, Expression::Call(name, _) if name == "SEARCH") {
                    calls.push((&query.id, part));
                }
            });
        }
    }
    let mut searches = HashMap::new();
    for (id, call) in calls {
        let wrong = |why: &str| Refusal::validation(format!("Error in expression '{id}': {why}"));
        let (search, statistic, period) =
            search_arguments(call).ok_or_else(|| wrong("Invalid arguments for function 'SEARCH'"))?;
        let window = Window::of_request(request.start, request.end, period, observer.now());
        let mut found: Vec<Metric> = metrics_of_account(account);
        found.retain(|metric| search.matches(metric));
        if found.len() > FOUND {
            return Err(wrong("The search found too many metrics"));
        }
        let mut series = Vec::new();
        for metric in found {
            let points = compute(account, observer, &metric, statistic, window).await;
            if !points.is_empty() {
                let values: Vec<&str> = metric.dimensions.iter().map(|(_, value)| value.as_str()).collect();
                let label = if values.is_empty() { metric.name.clone() } else { values.join(" ") };
                series.push(Series { label, period: window.period, points });
            }
            tokio::task::yield_now().await;
        }
        searches.insert(search_key(call), series);
    }
    Ok(searches)
}

/// `SEARCH(expression, statistic, period)`; the period may be left out and is five minutes then.
fn search_arguments(call: &Expression) -> Option<(Search, Statistic, i64)> {
    let Expression::Call(_, arguments) = call else { return None };
    let (text, statistic, period) = match arguments.as_slice() {
        [Expression::Text(text), Expression::Text(statistic)] => (text, statistic, 300.0),
        [Expression::Text(text), Expression::Text(statistic), Expression::Number(period)] => {
            (text, statistic, *period)
        }
        _ => return None,
    };
    let period = Some(period as i64).filter(|&seconds| is_period(seconds))?;
    Some((Search::parse(text)?, Statistic::parse(statistic)?, period.max(60) * 1000))
}
