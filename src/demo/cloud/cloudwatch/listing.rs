//! `ListMetrics`: which metrics there are.

use super::MINUTE;
use super::observer::{Metric, Observer, resource_of};
use crate::demo::cloud::account::Account;
use crate::demo::cloud::paging::{Token, page, request_digest};
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;

/// Metrics in a page.
const PAGE: usize = 500;
/// A new metric is listed this much later, in minutes.
const LAG: i64 = 15;
/// `PT3H` in minutes.
const RECENT: i64 = 180;

/// Every metric that the account has: of each function in use, by name and by what its callers name, and of all
/// together.
pub(super) fn metrics_of_account(account: &Account) -> Vec<Metric> {
    if account.fleet_size() == 0 {
        return Vec::new();
    }
    let fleet = &account.fleet;
    let mut metrics: Vec<Metric> =
        fleet.account_metrics().iter().map(|name| Metric::of_lambda(name, &[])).collect();
    for (index, spec) in fleet.functions().iter().enumerate() {
        // Lambda makes a function inactive when nobody has invoked it for weeks: its metrics are listed no longer.
        if spec.state == "Inactive" {
            continue;
        }
        let resource = resource_of(account, index);
        for name in fleet.metrics_of(index) {
            metrics.push(Metric::of_lambda(name, &[("FunctionName", spec.name)]));
            metrics.push(Metric::of_lambda(name, &[("FunctionName", spec.name), ("Resource", &resource)]));
        }
    }
    metrics
}

/// Runs the operation.
pub(super) fn list_metrics(account: &Account, input: &Value, now: i64) -> Result<Value, Refusal> {
    let recent = match input.text("RecentlyActive") {
        None => false,
        Some("PT3H") => true,
        Some(other) => {
            let text = format!("The value {other} for parameter RecentlyActive is invalid.");
            return Err(Refusal::parameter(text));
        }
    };
    let filters = input.list("Dimensions");
    if filters.len() > 10 {
        return Err(Refusal::parameter("The collection Dimensions must not have a size greater than 10."));
    }
    if filters.iter().any(|filter| filter.text("Name").is_none_or(str::is_empty)) {
        return Err(Refusal::parameter("The parameter Dimensions.member.1.Name is required."));
    }
    let digest = request_digest("ListMetrics", input);
    let token = match input.text("NextToken") {
        None => Token { offset: 0, at: now, request: digest },
        Some(text) => Token::decode(text, digest)
            .ok_or_else(|| Refusal::parameter("Invalid NextToken: it does not belong to this request."))?,
    };
    let mut observer = Observer::new(account, token.at);
    let wanted = |name: &str, value: &str| input.text(name).is_none_or(|asked| asked == value);
    let mut metrics = metrics_of_account(account);
    metrics.retain(|metric| {
        wanted("Namespace", &metric.namespace)
            && wanted("MetricName", &metric.name)
            && filters.iter().all(|filter| has_dimension(metric, filter))
    });
    if recent {
        metrics.retain(|metric| is_recent(account, &mut observer, metric));
    }
    let (metrics, next) = page(&metrics, token.offset, PAGE);
    let next = next.map(|offset| Token { offset, ..token }.encode());
    Ok(Value::structure()
        .with("Metrics", metrics.iter().map(describe).collect::<Vec<_>>())
        .with("NextToken", next))
}

fn has_dimension(metric: &Metric, filter: &Value) -> bool {
    metric.dimensions.iter().any(|(name, value)| {
        filter.text("Name") == Some(name) && filter.text("Value").is_none_or(|asked| asked == value)
    })
}

/// Whether the metric had data in the last three hours, as far as the listing knows.
fn is_recent(account: &Account, observer: &mut Observer<'_>, metric: &Metric) -> bool {
    // Newest first: a busy function is recognised by its newest minutes.
    const STEP: i64 = 5;
    let Some(subject) = metric.subject(account) else { return false };
    let newest = observer.now().div_euclid(MINUTE) - LAG;
    let oldest = newest - (RECENT - LAG);
    (0..(newest - oldest) / STEP).any(|step| {
        let end = newest - step * STEP;
        observer.samples(subject, &metric.name, end - STEP..end).is_some()
    })
}

/// A metric as answers describe it.
pub(super) fn describe(metric: &Metric) -> Value {
    Value::structure()
        .with("Namespace", metric.namespace.as_str())
        .with("MetricName", metric.name.as_str())
        .with("Dimensions", dimensions(metric))
}

/// The dimensions of a metric as answers list them.
pub(super) fn dimensions(metric: &Metric) -> Vec<Value> {
    let dimensions = metric.dimensions.iter();
    dimensions
        .map(|(name, value)| Value::structure().with("Name", name.as_str()).with("Value", value.as_str()))
        .collect()
}
