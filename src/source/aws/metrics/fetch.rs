//! The fetcher: one batch becomes one call to `GetMetricData`, all its pages, and the facts in them.

use std::collections::HashSet;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types as sdk;

use super::merge::{Merger, Part, Status};
use super::plan::{Batch, Came};
use super::wanted::Line;
use crate::model::{Completeness, Failure, FailureKind, SeriesKey, SeriesPage, Statistic, Subject};
use crate::source::aws::failure::Called;
use crate::source::aws::feed::{Context, Session};
use crate::source::aws::operation::GET_METRIC_DATA;
use crate::source::aws::pace::Lane;

/// The namespace of Lambda's metrics.
const NAMESPACE: &str = "AWS/Lambda";
/// More pages than the points of one call can fill.
const MOST_PAGES: usize = 250;

/// What one batch brought.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    pub pages: Vec<SeriesPage>,
    /// Series that CloudWatch did not answer, by the reason.
    pub failed: Vec<(Vec<SeriesKey>, Failure)>,
    /// How each line came back, in the batch's order.
    pub lines: Vec<(Line, Came)>,
}

/// Asks for a batch, page by page. A page that fails fails the batch: it is asked again whole.
/// `paid` is told of each answered page, since AWS bills each.
pub(super) async fn fetch(
    context: &Context,
    session: &Session,
    batch: &Batch,
    paid: impl Fn(u64),
) -> Result<Fetched, Failure> {
    let queries = queries(batch);
    let mut merger = Merger::default();
    let mut tokens: HashSet<String> = HashSet::new();
    let mut token: Option<String> = None;
    loop {
        let call = session
            .clients
            .cloudwatch
            .get_metric_data()
            .start_time(DateTime::from_millis(batch.range.start.millis()))
            .end_time(DateTime::from_millis(batch.range.end.millis()))
            .scan_by(sdk::ScanBy::TimestampAscending)
            .set_metric_data_queries(Some(queries.clone()))
            .set_next_token(token.take())
            .send();
        let page = context.call(session, Lane::Metrics, GET_METRIC_DATA, call).await?;
        paid(batch.lines.len() as u64);
        for result in page.metric_data_results() {
            let Some(id) = result.id() else { continue };
            let timestamps =
                result.timestamps().iter().map(|at| at.to_millis().unwrap_or(i64::MAX)).collect();
            let status = status(result.status_code());
            merger.add(&Part { id, timestamps, values: result.values(), status });
        }
        token = page.next_token.filter(|token| !token.is_empty());
        match &token {
            None => break,
            Some(token) if tokens.len() < MOST_PAGES && tokens.insert(token.clone()) => {}
            Some(_) => {
                let called =
                    Called { operation: GET_METRIC_DATA, region: &session.scope.region, mfa: session.mfa };
                return Err(called.failure(FailureKind::Service, "pages without an end"));
            }
        }
    }
    Ok(read(session, batch, &merger))
}

/// From merged pages to facts.
fn read(session: &Session, batch: &Batch, merger: &Merger) -> Fetched {
    let mut fetched = Fetched::default();
    let (mut forbidden, mut broken) = (Vec::new(), Vec::new());
    let mut number = 0;
    for line in &batch.lines {
        let mut came = Came::Whole;
        for key in line.keys() {
            let (points, status) = merger.series(&id(number), batch.range);
            number += 1;
            let completeness = match status {
                Status::Complete => Completeness::Complete,
                Status::Partial | Status::InternalError | Status::Forbidden => {
                    came = Came::Partly;
                    Completeness::Partial
                }
            };
            match status {
                Status::InternalError => broken.push(key.clone()),
                Status::Forbidden => forbidden.push(key.clone()),
                Status::Complete | Status::Partial => {}
            }
            if completeness == Completeness::Complete || !points.is_empty() {
                fetched.pages.push(SeriesPage { key, range: batch.range, points, completeness });
            }
        }
        fetched.lines.push((line.clone(), came));
    }
    let called = Called { operation: GET_METRIC_DATA, region: &session.scope.region, mfa: session.mfa };
    if !forbidden.is_empty() {
        let permission = GET_METRIC_DATA.action.into();
        fetched
            .failed
            .push((forbidden, called.failure(FailureKind::AccessDenied { permission }, "Forbidden")));
    }
    if !broken.is_empty() {
        fetched.failed.push((broken, called.failure(FailureKind::Service, "InternalError")));
    }
    fetched
}

/// Only what CloudWatch calls complete is complete (M2).
fn status(code: Option<&sdk::StatusCode>) -> Status {
    match code {
        Some(sdk::StatusCode::Complete) => Status::Complete,
        Some(sdk::StatusCode::InternalError) => Status::InternalError,
        Some(sdk::StatusCode::Forbidden) => Status::Forbidden,
        _ => Status::Partial,
    }
}

/// Ids begin with a small letter.
fn id(number: usize) -> String {
    format!("q{number}")
}

fn queries(batch: &Batch) -> Vec<sdk::MetricDataQuery> {
    let statistics = batch.lines.iter().flat_map(|line| line.statistics().iter().map(move |s| (line, *s)));
    statistics.enumerate().map(|(number, (line, statistic))| query(number, line, statistic)).collect()
}

fn query(number: usize, line: &Line, statistic: Statistic) -> sdk::MetricDataQuery {
    let dimension = match &line.subject {
        Subject::Account(_) => None,
        Subject::Function(key) => {
            Some(vec![sdk::Dimension::builder().name("FunctionName").value(key.name.as_ref()).build()])
        }
    };
    let metric = sdk::Metric::builder()
        .namespace(NAMESPACE)
        .metric_name(line.metric.name())
        .set_dimensions(dimension)
        .build();
    let asked = sdk::MetricStat::builder()
        .metric(metric)
        .period(i32::try_from(line.period.seconds()).unwrap_or(i32::MAX))
        .stat(statistic.name())
        .build();
    sdk::MetricDataQuery::builder().id(id(number)).metric_stat(asked).return_data(true).build()
}
