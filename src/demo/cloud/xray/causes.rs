//! Root causes in summaries: the way from the root to where a failure, or the time, came from.
//! Source: <https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html>.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::seen::Seen;
use crate::demo::cloud::protocol::value::Value;

/// The part of its caller's time that a piece of work has to be for the way to go on into it.
const SHARE: f64 = 0.5;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Fault,
    Error,
    ResponseTime,
}

/// The root causes of a trace: none, or one.
pub(super) fn of(seen: &Seen, cause: Cause) -> Vec<Value> {
    let Some(root) = seen.root() else { return Vec::new() };
    let wanted = match cause {
        Cause::Fault => root.fault,
        Cause::Error => root.error && !root.fault,
        Cause::ResponseTime => root.end_ms.is_some(),
    };
    let Some(mut place) =
        seen.segments.iter().position(|segment| std::ptr::eq(segment, root)).filter(|_| wanted)
    else {
        return Vec::new();
    };
    let failing = failing(seen);
    let length = took(&seen.documents()[place].1).unwrap_or_default().max(f64::MIN_POSITIVE);
    let mut services = Vec::new();
    // No way is longer than there are segments.
    for _ in 0..seen.segments.len() {
        let segment = &seen.segments[place];
        let (path, next) = way(seen, place, cause, &failing);
        let entities: Vec<Value> = path.iter().map(|node| entity(node, cause, length)).collect();
        services.push(
            Value::structure()
                .with("Name", segment.name)
                .with("Names", vec![Value::from(segment.name)])
                .with("Type", Some(segment.kind).filter(|kind| !kind.is_empty()))
                .with("AccountId", seen.account())
                .with("EntityPath", entities)
                .with("Inferred", segment.kind.starts_with("AWS::DynamoDB") || segment.kind == "remote"),
        );
        match next {
            Some(next) => place = next,
            None => break,
        }
    }
    vec![Value::structure().with("Services", services).with("ClientImpacting", true)]
}

/// The way within a segment, from its outermost work to the innermost that matters, and the service that follows.
fn way<'a>(
    seen: &'a Seen,
    place: usize,
    cause: Cause,
    failing: &HashSet<&str>,
) -> (Vec<&'a Json>, Option<usize>) {
    let mut path = vec![&seen.documents()[place].1];
    loop {
        let node = path[path.len() - 1];
        let id = node.get("id").and_then(Json::as_str).unwrap_or_default();
        let called = |(place, (_, json)): (usize, &(String, Json))| {
            let own = json.get("parent_id").and_then(Json::as_str) == Some(id);
            (own && seen.segments[place].is_service && is_part(json, node, cause, failing)).then_some(place)
        };
        if let Some(next) = seen.documents().iter().enumerate().filter_map(called).last() {
            return (path, Some(next));
        }
        let below = node.get("subsegments").and_then(Json::as_array).into_iter().flatten();
        let mut below: Vec<&Json> = below.filter(|inner| is_part(inner, node, cause, failing)).collect();
        below.sort_by(|one, two| took(one).unwrap_or_default().total_cmp(&took(two).unwrap_or_default()));
        let last = match cause {
            Cause::ResponseTime => below.last(),
            Cause::Fault | Cause::Error => {
                below.iter().find(|inner| inner.get("cause").is_some()).or(below.last())
            }
        };
        match last {
            Some(inner) => path.push(inner),
            None => return (path, None),
        }
    }
}

/// The ids of all work that failed, or that something failed in.
fn failing<'a>(seen: &'a Seen) -> HashSet<&'a str> {
    let mut above: HashMap<&str, &str> = HashMap::new();
    let mut failed: Vec<&str> = Vec::new();
    let mut open: Vec<(&Json, Option<&str>)> =
        seen.documents().iter().map(|(_, json)| (json, None)).collect();
    while let Some((node, outer)) = open.pop() {
        let text = |name: &str| node.get(name).and_then(Json::as_str);
        let flag = |name: &str| node.get(name).and_then(Json::as_bool).unwrap_or(false);
        let Some(id) = text("id") else { continue };
        if let Some(parent) = outer.or(text("parent_id")) {
            above.insert(id, parent);
        }
        if flag("fault") || flag("error") || flag("throttle") {
            failed.push(id);
        }
        let below = node.get("subsegments").and_then(Json::as_array).into_iter().flatten();
        open.extend(below.map(|inner| (inner, Some(id))));
    }
    let mut marked = HashSet::new();
    for id in failed {
        let mut next = Some(id);
        // What is marked has all above it marked, so that circles end too.
        while let Some(id) = next.filter(|id| marked.insert(*id)) {
            next = above.get(id).copied();
        }
    }
    marked
}

/// Whether a piece of work is on the way to what is looked for.
fn is_part(json: &Json, above: &Json, cause: Cause, failing: &HashSet<&str>) -> bool {
    match cause {
        Cause::Fault | Cause::Error => {
            json.get("id").and_then(Json::as_str).is_some_and(|id| failing.contains(id))
        }
        Cause::ResponseTime => took(json).zip(took(above)).is_some_and(|(own, whole)| own >= whole * SHARE),
    }
}

/// Seconds.
fn took(json: &Json) -> Option<f64> {
    let time = |name: &str| json.get(name).and_then(Json::as_f64);
    Some(time("end_time")? - time("start_time")?)
}

fn entity(json: &Json, cause: Cause, length: f64) -> Value {
    let entity = Value::structure()
        .with("Name", json.get("name").and_then(Json::as_str))
        .with("Remote", json.get("namespace").and_then(Json::as_str) == Some("remote"));
    if cause == Cause::ResponseTime {
        return entity.with("Coverage", took(json).map(|took| (took / length).min(1.0)));
    }
    let thrown = json.pointer("/cause/exceptions").and_then(Json::as_array).into_iter().flatten();
    let exceptions: Vec<Value> = thrown
        .map(|thrown| {
            Value::structure()
                .with("Name", thrown.get("type").and_then(Json::as_str))
                .with("Message", thrown.get("message").and_then(Json::as_str))
        })
        .collect();
    entity.with("Exceptions", exceptions)
}
