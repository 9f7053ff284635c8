use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::*;
use crate::demo::fleet::{DEFAULT_SEED, EventSource, MINUTE_MS, Outcome};

/// 2026-03-01T14:30:00Z: half an hour into the bad deploy.
const TROUBLE: i64 = 1_772_375_400_000 / MINUTE_MS;
/// A day later: everything has arrived.
const LATER: i64 = (TROUBLE + 1_440) * MINUTE_MS;
const SITE: Site = Site { account: "123456789012", region: "eu-west-1" };

fn fleet() -> Fleet {
    Fleet::new(DEFAULT_SEED)
}

/// The requests of the traced functions in some minutes, by their ids.
fn requests(fleet: &Fleet, minutes: std::ops::Range<i64>) -> HashMap<String, (usize, Invocation)> {
    let traced = (0..fleet.functions().len()).filter(|function| fleet.functions()[*function].tracing);
    let all = traced.flat_map(|function| {
        let requests = minutes.clone().flat_map(move |minute| fleet.invocations(function, minute));
        requests.map(move |request| (request.request_id.clone(), (function, request)))
    });
    all.collect()
}

#[test]
fn every_sampled_request_has_a_trace_and_no_other_has() {
    let fleet = fleet();
    let requests = requests(&fleet, TROUBLE..TROUBLE + 1);
    let sampled: BTreeSet<String> = requests
        .values()
        .filter(|(_, request)| request.caller.is_none())
        .filter_map(|(_, request)| request.trace.as_ref().filter(|trace| trace.sampled))
        .map(|trace| trace.trace_id.clone())
        .collect();
    let traces: BTreeSet<String> = fleet.traces(TROUBLE).iter().map(|trace| trace.id.clone()).collect();
    assert_eq!(traces, sampled);
    assert!(
        sampled.len() > 300 && sampled.len() < requests.len() / 2,
        "{} of {}",
        sampled.len(),
        requests.len()
    );
    for id in sampled.iter().take(20) {
        let (traces, place) = fleet.find_trace(id).expect("it is found by its id");
        assert_eq!(&traces[place].id, id);
    }
    assert!(fleet.find_trace("1-69a44d2c-000000000000000000000000").is_none());
}

#[test]
fn segments_have_the_ids_times_and_calls_of_the_request() {
    let fleet = fleet();
    let requests = requests(&fleet, TROUBLE - 1..TROUBLE + 2);
    let mut seen = BTreeMap::new();
    for trace in fleet.traces(TROUBLE).iter() {
        let documents = fleet.documents(trace, SITE, LATER);
        for service in documents.iter().filter(|document| document.json["origin"] == "AWS::Lambda") {
            let id = service.json["aws"]["request_id"].as_str().expect("a request id");
            let (function, request) = &requests[id];
            let Some(header) = &request.trace else {
                assert_eq!(
                    (&request.outcome, &service.json["throttle"]),
                    (&Outcome::Throttled, &true.into())
                );
                continue;
            };
            assert_eq!(service.json["trace_id"], header.trace_id.as_str());
            let own = documents.iter().find(|document| document.id == header.segment_id);
            let own = &own.expect("the function's segment has the id of the report").json;
            assert_eq!(own["name"], fleet.functions()[*function].name);
            assert_eq!(own["fault"] == true, request.outcome.is_error());
            let lasted = |json: &serde_json::Value| {
                let time = |name: &str| json[name].as_f64().expect("a time");
                (time("end_time") - time("start_time")) * 1_000.0
            };
            assert!((lasted(own) - request.duration_ms).abs() < 0.01, "{own} {request:?}");
            let mut below: Vec<&serde_json::Value> = Vec::new();
            let mut open = vec![own];
            open.extend(documents.iter().map(|one| &one.json).filter(|json| json["type"] == "subsegment"));
            while let Some(json) = open.pop() {
                below.push(json);
                open.extend(json["subsegments"].as_array().into_iter().flatten());
            }
            let init = below
                .iter()
                .find(|json| matches!(json["name"].as_str(), Some("Init" | "Initialization" | "Restore")));
            let restored = fleet.functions()[*function].snap_start;
            assert!(init.is_none_or(|json| restored == (json["name"] == "Restore")), "{own}");
            match (init, request.init_ms) {
                (Some(json), Some(init)) => assert!((lasted(json) - init).abs() < 0.01),
                (None, Some(_)) => panic!("a cold start without its initialisation: {own}"),
                // It was made ready ahead.
                (Some(json), None) => assert!(json["end_time"].as_f64() < own["start_time"].as_f64()),
                (None, None) => {}
            }
            let calls = below.iter().filter(|json| json["namespace"].is_string());
            let statuses: BTreeMap<String, u64> = calls
                .map(|json| {
                    (json["start_time"].to_string(), json["http"]["response"]["status"].as_u64().unwrap_or(0))
                })
                .collect();
            let begun_ms = request.start_ms as f64 + request.init_ms.unwrap_or(0.0);
            let wanted: BTreeMap<String, u64> = request
                .downstream
                .iter()
                .map(|call| {
                    let start = ((begun_ms + call.offset_ms) * 1_000.0).round() / 1_000_000.0;
                    (serde_json::Value::from(start).to_string(), u64::from(call.status.unwrap_or(0)))
                })
                .collect();
            assert_eq!(statuses, wanted, "{own:#}");
            *seen.entry(fleet.functions()[*function].name).or_insert(0) += 1;
        }
    }
    assert!(seen.len() > 10 && seen["payment-capture"] > 10, "{seen:?}");
}

#[test]
fn a_call_between_functions_is_one_trace() {
    let fleet = fleet();
    let (mut calls, mut throttles, mut retried) = (0, 0, 0);
    for minute in TROUBLE..TROUBLE + 3 {
        for trace in fleet.traces(minute).iter().filter(|trace| trace.requests.len() == 2) {
            calls += 1;
            let place = trace.nodes.iter().position(|node| node.part == Part::Service && node.request == 1);
            let callee = &trace.nodes[place.expect("Lambda's segment of the callee")];
            let call = &trace.nodes[callee.parent.expect("a parent")];
            assert!(matches!(call.part, Part::Call(_)) && call.request == 0);
            assert!((call.start_ms - callee.start_ms).abs() < 0.001);
            throttles += usize::from(callee.throttle);
            retried += trace.nodes.iter().filter(|node| matches!(node.part, Part::Attempts(_))).count();
        }
    }
    assert!(calls > 20 && retried > 10, "{calls} {throttles} {retried}");
}

#[test]
fn each_node_has_an_id_of_its_own_and_stands_after_its_parent() {
    let fleet = fleet();
    for trace in fleet.traces(TROUBLE).iter() {
        let ids: BTreeSet<u64> = trace.nodes.iter().map(|node| node.id).collect();
        assert_eq!(ids.len(), trace.nodes.len());
        assert!(
            trace
                .nodes
                .iter()
                .enumerate()
                .all(|(place, node)| node.parent.is_none_or(|parent| parent < place))
        );
        assert!(trace.nodes.iter().filter(|node| node.parent.is_none()).count() == 1);
        for node in &trace.nodes {
            let Some(arrival) = node.arrival else { continue };
            assert!(arrival.begun_ms <= arrival.complete_ms);
            let late = arrival.complete_ms as f64 - node.end_ms.unwrap_or(node.start_ms);
            assert!(
                (-1.0..10_000.0).contains(&late) || matches!(node.part, Part::Inferred(_)),
                "{late} {node:?}"
            );
        }
    }
}

#[test]
fn both_shapes_are_in_the_story() {
    let fleet = fleet();
    let shape = |name| Shape::of(&fleet.functions()[fleet.find(name).expect("a function")]);
    assert_eq!((shape("checkout-api"), shape("payment-capture")), (Shape::New, Shape::Old));
    for trace in fleet.traces(TROUBLE).iter().filter(|trace| trace.requests.len() == 2) {
        for document in fleet.documents(trace, SITE, LATER) {
            let json = document.json;
            if json["origin"] == "AWS::Lambda::Function" {
                let names: Vec<_> =
                    json["subsegments"].as_array().into_iter().flatten().map(|one| &one["name"]).collect();
                let old = names.iter().any(|name| *name == "Invocation");
                assert_eq!(old, json["name"] == "payment-capture", "{names:?}");
                assert_eq!(!old, json["annotations"]["aws.responseLatency"].is_f64());
            }
        }
    }
}

#[test]
fn functions_behind_the_api_begin_there_and_events_begin_with_lambda() {
    let fleet = fleet();
    let mut dwelt = 0;
    for trace in fleet.traces(TROUBLE).iter() {
        let spec = &fleet.functions()[trace.requests[0].function];
        let stage = trace.nodes[0].part == Part::Stage;
        assert_eq!(stage, spec.source == EventSource::Api, "{}", spec.name);
        let async_event = spec.source == EventSource::Async;
        assert_eq!(async_event, trace.nodes.iter().any(|node| node.part == Part::Dwell));
        dwelt += usize::from(async_event);
    }
    assert!(dwelt > 20);
}

#[test]
fn what_never_came_back_has_no_end() {
    let fleet = fleet();
    let mut open = 0;
    for minute in TROUBLE - 20..TROUBLE + 10 {
        for trace in fleet.traces(minute).iter() {
            for node in trace.nodes.iter().filter(|node| node.end_ms.is_none()) {
                assert!(matches!(node.part, Part::Handler | Part::Call(_) | Part::Attempts(_)), "{node:?}");
                assert!(node.arrival.is_none());
                open += 1;
            }
        }
    }
    assert!(open > 3, "{open}");
}

#[test]
fn functions_of_the_new_shape_tell_of_streaming_extensions_and_runtime_and_those_of_the_old_have_subsegments()
{
    let fleet = fleet();
    let mut told: BTreeMap<(String, String), f64> = BTreeMap::new();
    for trace in fleet.traces(TROUBLE).iter() {
        for document in fleet.documents(trace, SITE, LATER) {
            let name = document.json["name"].as_str().unwrap_or_default().to_owned();
            for (key, value) in document.json["annotations"].as_object().into_iter().flatten() {
                let most = told.entry((name.clone(), key.clone())).or_default();
                *most = most.max(value.as_f64().unwrap_or_default());
            }
            for below in document.json["subsegments"].as_array().into_iter().flatten() {
                let part = below["name"].as_str().unwrap_or_default().to_owned();
                told.entry((name.clone(), part)).or_default();
            }
        }
    }
    let told = |name: &str, what: &str| told.get(&(name.to_owned(), what.to_owned())).copied();
    assert!(told("catalog-read", "aws.responseDuration") > Some(5.0), "it streams its pages");
    assert!(told("cart-api", "aws.responseDuration") <= Some(0.6), "it does not");
    assert!(told("fraud-score", "aws.extensionOverhead") > Some(1.0), "its agent sends telemetry");
    assert!(told("checkout-api", "aws.runtimeOverhead") > Some(0.5));
    assert!(told("payment-capture", "Overhead").is_some() && told("payment-capture", "Invocation").is_some());
    assert_eq!(told("payment-capture", "aws.runtimeOverhead"), None);
}
