//! `GetTraceSummaries`: the newest traces first, as in the example of the developer guide.
//! Sources: <https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSummaries.html>,
//! <https://docs.aws.amazon.com/xray/latest/devguide/xray-api-gettingdata.html>.

use std::sync::Arc;

use serde_json::Value as Json;

use super::causes::{self, Cause};
use super::filter::Filter;
use super::put::{Put, Stored};
use super::seen::{Seen, Segment};
use super::{KEPT_MS, Scene, begun_ms, invalid, range};
use crate::demo::cloud::paging::{Token, request_digest};
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::faults::{chance, hash};
use crate::demo::fleet::{LONGEST_TRACE_MS, Trace};

/// Most summaries in a page.
const PAGE: usize = 100;
/// A page ends when it has looked at so many traces, whatever it has found.
const MOST_SCANNED: usize = 3_000;
/// Room for the traces of a minute in a token.
const PER_MINUTE: usize = 1_000_000;
/// With Transaction Search, the share of traces that have a summary unless somebody pays for more.
pub(super) const INDEXED: f64 = 0.01;

const MINUTE_MS: i64 = 60_000;

/// Which of a trace's times has to be in the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TimeOf {
    /// Its beginning, as its id has it.
    Trace,
    /// The arrival of something new.
    Event,
    /// The end of a segment.
    Service,
}

/// What is asked for.
struct Asked {
    from: i64,
    to: i64,
    time: TimeOf,
    filter: Option<Filter>,
}

impl Asked {
    fn of(input: &Value) -> Result<Self, Refusal> {
        let (from, to) = range(input, 24)?;
        let time = match input.text("TimeRangeType") {
            None | Some("TraceId") => TimeOf::Trace,
            Some("Event") => TimeOf::Event,
            Some("Service") => TimeOf::Service,
            Some(other) => return Err(invalid(format!("Invalid TimeRangeType: {other}"))),
        };
        let filter = input.text("FilterExpression").filter(|text| !text.is_empty());
        Ok(Self { from, to, time, filter: filter.map(Filter::read).transpose()? })
    }

    /// The first minute in which a trace may have begun.
    const fn first_minute(&self) -> i64 {
        let before = if matches!(self.time, TimeOf::Trace) { 0 } else { LONGEST_TRACE_MS };
        (self.from - before).div_euclid(MINUTE_MS)
    }

    /// Whether a trace of the fleet can be in the range at all: quickly, because most are not.
    fn reaches(&self, trace: &Trace) -> bool {
        match self.time {
            TimeOf::Trace => (self.from..=self.to).contains(&begun_ms(&trace.id)),
            TimeOf::Event | TimeOf::Service => {
                trace.complete_ms() >= self.from && trace.start_ms <= self.to as f64
            }
        }
    }

    /// When a trace was in the range, ms since the epoch; `None` if it was not.
    fn matched(&self, seen: &Seen) -> Option<i64> {
        let inside = |at: &i64| (self.from..=self.to).contains(at);
        match self.time {
            TimeOf::Trace => Some(begun_ms(seen.id)).filter(inside),
            TimeOf::Event => {
                let arrivals = seen.segments.iter().flat_map(|segment| {
                    let (begun, complete) = segment.arrivals;
                    std::iter::once(begun).chain(complete)
                });
                arrivals.filter(inside).max()
            }
            TimeOf::Service => seen
                .segments
                .iter()
                .filter_map(|segment| segment.end_ms)
                .map(|end| end as i64)
                .filter(inside)
                .max(),
        }
    }
}

/// The page, while it is filled.
struct Page<'a> {
    asked: &'a Asked,
    summaries: Vec<Value>,
    processed: usize,
    /// When the first of its traces began, ms since the epoch.
    since: Option<i64>,
}

impl Page<'_> {
    fn is_full(&self) -> bool {
        self.summaries.len() >= PAGE || self.processed >= MOST_SCANNED
    }

    fn look_at(&mut self, seen: &Seen) {
        let Some(at) = self.asked.matched(seen) else { return };
        self.processed += 1;
        if self.asked.filter.as_ref().is_none_or(|filter| filter.matches(seen)) {
            let begun = begun_ms(seen.id);
            self.since = Some(self.since.map_or(begun, |since| since.min(begun)));
            let event = (self.asked.time == TimeOf::Event).then_some(at);
            self.summaries.push(summary(seen, event));
        }
    }
}

pub(super) async fn run(put: &Put, scene: Scene<'_>, input: &Value) -> Result<Value, Refusal> {
    let asked = Asked::of(input)?;
    let digest = request_digest("GetTraceSummaries", input);
    let token = match input.text("NextToken").filter(|text| !text.is_empty()) {
        Some(text) => Some(Token::decode(text, digest).ok_or_else(|| invalid("Invalid NextToken."))?),
        None => None,
    };
    // Every page shows what was known when the first was asked for.
    let scene = Scene { now: token.map_or(scene.now, |token| token.at), ..scene };
    let begin = token.map_or(0, |token| token.offset);
    let (mut step, mut skip) = (begin / PER_MINUTE, begin % PER_MINUTE);
    let mut page = Page { asked: &asked, summaries: Vec::new(), processed: 0, since: None };
    let first = asked.first_minute().max((scene.now - KEPT_MS).div_euclid(MINUTE_MS));
    let last = asked.to.min(scene.now).div_euclid(MINUTE_MS);
    // The first step are the traces that were put here, then come the minutes, backwards.
    let steps = 1 + usize::try_from(last - first + 1).unwrap_or(0);
    let mut next = None;
    'steps: while step < steps {
        let traces = Step::of(put, scene, last, step);
        for place in skip..traces.len() {
            if page.is_full() {
                next = Some(step * PER_MINUTE + place);
                break 'steps;
            }
            traces.show(scene, place, &asked, |seen| page.look_at(seen));
        }
        (step, skip) = (step + 1, 0);
        tokio::task::yield_now().await;
    }
    let token = next.map(|offset| Token { offset, at: scene.now, request: digest }.encode());
    Ok(Value::structure()
        .with("TraceSummaries", page.summaries)
        .with("ApproximateTime", Value::Time(page.since.unwrap_or(asked.from)))
        .with("TracesProcessedCount", page.processed)
        .with("NextToken", token))
}

/// Traces that are looked through together.
enum Step {
    Put(Vec<Arc<Stored>>),
    Minute(Arc<Vec<Trace>>),
}

impl Step {
    fn of(put: &Put, scene: Scene, last: i64, step: usize) -> Self {
        if step == 0 || scene.account.settings.empty {
            return Self::Put(if step == 0 { put.all() } else { Vec::new() });
        }
        Self::Minute(scene.account.fleet.traces(last + 1 - step.cast_signed() as i64))
    }

    fn len(&self) -> usize {
        match self {
            Self::Put(stored) => stored.len(),
            Self::Minute(traces) => traces.len(),
        }
    }

    fn show(&self, scene: Scene, place: usize, asked: &Asked, mut look_at: impl FnMut(&Seen)) {
        let indexed =
            |id: &str| !scene.account.settings.transaction_search || chance(&[hash(id), 0x1DE]) < INDEXED;
        match self {
            Self::Put(stored) => {
                if let Some(stored) = stored.get(place).filter(|stored| indexed(&stored.id)) {
                    look_at(&Seen::of_stored(scene, stored));
                }
            }
            Self::Minute(traces) => {
                let newest_first = traces.len().checked_sub(place + 1).and_then(|place| traces.get(place));
                let trace = newest_first.filter(|trace| asked.reaches(trace) && indexed(&trace.id));
                if let Some(seen) = trace.and_then(|trace| Seen::of_fleet(scene, trace)) {
                    look_at(&seen);
                }
            }
        }
    }
}

fn summary(seen: &Seen, event: Option<i64>) -> Value {
    let root = seen.root();
    let of_root = |flag: fn(&Segment) -> bool| root.is_some_and(flag);
    let start = seen.start_ms();
    Value::structure()
        .with("Id", seen.id)
        .with("StartTime", Value::Time(start as i64))
        .with("Duration", seen.duration_s())
        .with("ResponseTime", seen.response_time_s())
        // Errors and faults are those of the root; throttles those of any segment.
        .with("HasFault", of_root(|root| root.fault))
        .with("HasError", of_root(|root| root.error))
        .with("HasThrottle", seen.segments.iter().any(|segment| segment.throttle))
        .with("IsPartial", seen.is_partial())
        .with("Http", http(seen))
        .with("Annotations", annotations(seen))
        .with("Users", Vec::<Value>::new())
        .with("ServiceIds", services(seen))
        .with("ResourceARNs", arns(seen))
        .with("InstanceIds", Vec::<Value>::new())
        .with("AvailabilityZones", Vec::<Value>::new())
        .with("EntryPoint", root.map(|root| service_id(seen, root)))
        .with("FaultRootCauses", causes::of(seen, Cause::Fault))
        .with("ErrorRootCauses", causes::of(seen, Cause::Error))
        .with("ResponseTimeRootCauses", causes::of(seen, Cause::ResponseTime))
        .with("Revision", seen.revision())
        .with("MatchedEventTime", event.map(Value::Time))
}

/// What the client asked of the root.
fn http(seen: &Seen) -> Value {
    let Some(root) = seen.root_document() else { return Value::structure() };
    let text = |name: &str| root.pointer(&format!("/http/request/{name}")).and_then(Json::as_str);
    let status = root.pointer("/http/response/status").and_then(Json::as_i64);
    Value::structure()
        .with("HttpURL", text("url"))
        .with("HttpStatus", status)
        .with("HttpMethod", text("method"))
        .with("UserAgent", text("user_agent"))
        .with("ClientIp", text("client_ip"))
}

fn service_id(seen: &Seen, segment: &Segment) -> Value {
    let kind = (!segment.kind.is_empty()).then_some(segment.kind);
    Value::structure()
        .with("Name", segment.name)
        .with("Names", vec![Value::from(segment.name)])
        .with("AccountId", seen.account())
        .with("Type", kind)
}

/// Every service once, in the order in which they came in.
fn services(seen: &Seen) -> Vec<Value> {
    let mut known: Vec<(&str, &str)> = Vec::new();
    let mut ids = Vec::new();
    for segment in seen.segments.iter().filter(|segment| segment.is_service) {
        if !known.contains(&(segment.name, segment.kind)) {
            known.push((segment.name, segment.kind));
            ids.push(service_id(seen, segment));
        }
    }
    ids
}

/// The resources that its segments name.
fn arns(seen: &Seen) -> Vec<Value> {
    let arns =
        seen.documents().iter().filter_map(|(_, json)| json.get("resource_arn").and_then(Json::as_str));
    arns.map(|arn| Value::structure().with("ARN", arn)).collect()
}

/// Annotations of every segment and subsegment: each value with the service that it is of.
fn annotations(seen: &Seen) -> Value {
    let mut found: Vec<(String, Vec<Value>)> = Vec::new();
    seen.for_each_annotation(|place, key, value| {
        let value = match value {
            Json::Bool(flag) => Value::structure().with("BooleanValue", *flag),
            Json::Number(number) => Value::structure().with("NumberValue", number.as_f64()),
            Json::String(text) => Value::structure().with("StringValue", text.as_str()),
            _ => return,
        };
        let entry = Value::structure()
            .with("AnnotationValue", value)
            .with("ServiceIds", vec![service_id(seen, &seen.segments[place])]);
        match found.iter_mut().find(|(known, _)| known == key) {
            Some((_, values)) => values.push(entry),
            None => found.push((key.to_owned(), vec![entry])),
        }
    });
    Value::Map(found.into_iter().map(|(key, values)| (key, Value::List(values))).collect())
}
