//! `DescribeAlarms`: alarms on the fleet, each in the state that its metric puts it in.

use super::MINUTE;
use super::listing::dimensions;
use super::observer::{Metric, Observer};
use super::series::{Statistic, Window, compute};
use crate::demo::cloud::account::Account;
use crate::demo::cloud::calendar;
use crate::demo::cloud::paging::{Token, page, request_digest};
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::fleet::EventSource;

/// Length of the points that alarms are evaluated on.
const PERIOD: i64 = 5 * MINUTE;
/// How many of them must be over the threshold.
const PERIODS: i64 = 2;
/// How far back a change of state is looked for, in points: six hours.
const MEMORY: i64 = 72;
/// When the alarms were made, 2025-01-15.
const CONFIGURED: i64 = 1_736_935_200_000;

/// What an alarm watches.
struct Rule {
    name: String,
    description: String,
    metric: Metric,
    statistic: Statistic,
    statistic_name: &'static str,
    threshold: f64,
}

/// The state of an alarm at one instant.
#[derive(Clone, Debug, PartialEq)]
enum State {
    Ok(Vec<(i64, f64)>),
    Alarm(Vec<(i64, f64)>),
    NoData,
}

impl State {
    const fn word(&self) -> &'static str {
        match self {
            Self::Ok(_) => "OK",
            Self::Alarm(_) => "ALARM",
            Self::NoData => "INSUFFICIENT_DATA",
        }
    }
}

/// The alarms of the account, by name: errors of everything busy, throttles where concurrency is reserved, slowness of
/// what people wait for.
fn rules(account: &Account) -> Vec<Rule> {
    let functions = &account.fleet.functions()[..account.fleet_size()];
    let mut rules = Vec::new();
    for spec in functions {
        let mut add = |kind: &str, metric: &str, statistic, statistic_name, threshold: f64| {
            rules.push(Rule {
                name: format!("{}-{kind}", spec.name),
                description: format!("{metric} of {}", spec.name),
                metric: Metric::of_lambda(metric, &[("FunctionName", spec.name)]),
                statistic,
                statistic_name,
                threshold,
            });
        };
        if spec.load.per_minute >= 20.0 {
            let ordinary = spec.load.per_minute * 5.0 * spec.load.errors;
            add("errors", "Errors", Statistic::Sum, "Sum", (ordinary * 4.0).ceil().max(10.0));
        }
        if spec.reserved.is_some() {
            add("throttles", "Throttles", Statistic::Sum, "Sum", 0.0);
        }
        if spec.source == EventSource::Api {
            add("latency", "Duration", Statistic::Percentile(99.0), "p99", (spec.load.p99_ms * 3.0).round());
        }
    }
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    rules
}

/// Runs the operation.
pub(super) async fn describe_alarms(account: &Account, input: &Value, now: i64) -> Result<Value, Refusal> {
    let size = match input.get("MaxRecords").map(Value::as_integer) {
        None => 50,
        Some(Some(records)) if (1..=100).contains(&records) => records as usize,
        Some(_) => return Err(Refusal::validation("The parameter MaxRecords must be between 1 and 100.")),
    };
    let state = input.text("StateValue");
    if let Some(other) = state.filter(|state| !matches!(*state, "OK" | "ALARM" | "INSUFFICIENT_DATA")) {
        return Err(Refusal::parameter(format!("The value {other} for parameter StateValue is invalid.")));
    }
    let names: Vec<&str> = input.list("AlarmNames").iter().filter_map(Value::as_text).collect();
    let prefix = input.text("AlarmNamePrefix");
    if prefix.is_some() && !names.is_empty() {
        let text = "AlarmNames and AlarmNamePrefix must not be given together.";
        return Err(Refusal::new(400, "InvalidParameterCombinationException", text));
    }
    let digest = request_digest("DescribeAlarms", input);
    let token = match input.text("NextToken") {
        None => Token { offset: 0, at: now, request: digest },
        Some(text) => Token::decode(text, digest)
            .ok_or_else(|| Refusal::next_token("The NextToken is not valid for this request."))?,
    };
    let types = input.list("AlarmTypes");
    let metric_alarms = types.is_empty() || types.iter().any(|kind| kind.as_text() == Some("MetricAlarm"));
    let mut observer = Observer::new(account, token.at);
    let mut alarms = Vec::new();
    for rule in rules(account) {
        let asked_for = names.is_empty() || names.contains(&rule.name.as_str());
        // No alarm of the demo has an action, so a prefix of one finds nothing.
        let has_action = input.text("ActionPrefix").is_none();
        if metric_alarms
            && asked_for
            && has_action
            && prefix.is_none_or(|prefix| rule.name.starts_with(prefix))
        {
            let reached = rule.state(account, &mut observer, token.at).await;
            if state.is_none_or(|wanted| wanted == reached.word()) {
                alarms.push((rule, reached));
            }
            tokio::task::yield_now().await;
        }
    }
    let (alarms, next) = page(&alarms, token.offset, size);
    let mut described = Vec::new();
    for (rule, state) in alarms {
        described.push(rule.describe(account, &mut observer, state, token.at).await);
        tokio::task::yield_now().await;
    }
    Ok(Value::structure()
        .with("MetricAlarms", described)
        .with("CompositeAlarms", Vec::new())
        .with("NextToken", next.map(|offset| Token { offset, ..token }.encode())))
}

impl Rule {
    /// The state at an instant, from the last finished points; two more minutes are waited for late reports.
    async fn state(&self, account: &Account, observer: &mut Observer<'_>, at: i64) -> State {
        let end = (at - 2 * MINUTE).div_euclid(PERIOD) * PERIOD;
        let window = Window { start: end - PERIODS * PERIOD, end, period: PERIOD };
        let points = compute(account, observer, &self.metric, self.statistic, window).await;
        if points.is_empty() {
            State::NoData
        } else if points.len() as u64 == PERIODS.unsigned_abs()
            && points.iter().all(|(_, value)| *value > self.threshold)
        {
            State::Alarm(points)
        } else {
            State::Ok(points)
        }
    }

    /// When the state was entered: the first evaluation that came to it, or the making of the alarm if that lies
    /// further back than is remembered.
    async fn since(&self, account: &Account, observer: &mut Observer<'_>, word: &str, at: i64) -> i64 {
        let newest = (at - 2 * MINUTE).div_euclid(PERIOD) * PERIOD + 2 * MINUTE;
        for earlier in (1..=MEMORY).map(|step| newest - step * PERIOD) {
            if self.state(account, observer, earlier).await.word() != word {
                return earlier + PERIOD;
            }
        }
        CONFIGURED
    }

    async fn describe(
        &self,
        account: &Account,
        observer: &mut Observer<'_>,
        state: &State,
        at: i64,
    ) -> Value {
        let settings = &account.settings;
        let since = self.since(account, observer, state.word(), at).await;
        let percentile = matches!(self.statistic, Statistic::Percentile(_));
        Value::structure()
            .with("AlarmName", self.name.as_str())
            .with(
                "AlarmArn",
                format!("arn:aws:cloudwatch:{}:{}:alarm:{}", settings.region, settings.account, self.name),
            )
            .with("AlarmDescription", self.description.as_str())
            .with("AlarmConfigurationUpdatedTimestamp", Value::Time(CONFIGURED))
            .with("ActionsEnabled", true)
            .with("OKActions", Vec::new())
            .with("AlarmActions", Vec::new())
            .with("InsufficientDataActions", Vec::new())
            .with("StateValue", state.word())
            .with("StateReason", self.reason(state))
            .with("StateUpdatedTimestamp", Value::Time(since))
            .with("StateTransitionedTimestamp", Value::Time(since))
            .with("MetricName", self.metric.name.as_str())
            .with("Namespace", self.metric.namespace.as_str())
            .with("Statistic", (!percentile).then_some(self.statistic_name))
            .with("ExtendedStatistic", percentile.then_some(self.statistic_name))
            .with("Dimensions", dimensions(&self.metric))
            .with("Period", PERIOD / 1000)
            .with("EvaluationPeriods", PERIODS)
            .with("DatapointsToAlarm", PERIODS)
            .with("Threshold", self.threshold)
            .with("ComparisonOperator", "GreaterThanThreshold")
            .with("TreatMissingData", "missing")
    }

    /// The state in words, as CloudWatch gives its reasons.
    fn reason(&self, state: &State) -> String {
        let list = |points: &[(i64, f64)]| {
            let texts: Vec<String> = points
                .iter()
                .rev()
                .map(|(start, value)| format!("{value:?} ({})", calendar::alarm(*start)))
                .collect();
            texts.join(", ")
        };
        let count = |points: &[(i64, f64)]| match points.len() {
            1 => "1 datapoint".to_owned(),
            several => format!("{several} datapoints"),
        };
        match state {
            State::Alarm(points) => format!(
                "Threshold Crossed: {} [{}] greater than the threshold ({:?}).",
                count(points),
                list(points),
                self.threshold
            ),
            State::Ok(points) => format!(
                "Threshold Crossed: {} [{}] not greater than the threshold ({:?}).",
                count(points),
                list(points),
                self.threshold
            ),
            State::NoData => {
                format!("Insufficient Data: {PERIODS} datapoints were unknown.")
            }
        }
    }
}
