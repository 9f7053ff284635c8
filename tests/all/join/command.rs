//! `lambtop requests` on the real binary: one record for every REPORT that `lambtop logs` writes.

use std::collections::BTreeSet;

use lambtop::model::{LineKind, RequestId};
use lambtop::parse;
use serde_json::Value;

use crate::commands::lambtop;
use crate::listening::{Demo, with_keys};

/// What a command writes, and says.
fn run(arguments: &[&str]) -> (String, String) {
    let output = lambtop(arguments).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

/// Functions of several formats, one of which serves many requests at a time.
const ASKED: [&str; 6] = ["checkout-api", "payment-*", "image-resize", "--demo", "--since", "4m"];

#[test]
fn there_is_a_record_for_every_report_in_the_order_of_their_start() {
    let (lines, _) = run(&[&["logs", "--json"], &ASKED[..]].concat());
    let mut reported = BTreeSet::new();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("an object");
        let reading = parse::log::read(line["message"].as_str().expect("a message"));
        if reading.kind == LineKind::Report {
            reported.extend(reading.request_id());
        }
    }
    let (records, said) = run(&[&["requests", "--json"], &ASKED[..]].concat());
    let records: Vec<Value> =
        records.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let id = |record: &Value| RequestId::parse(record["request_id"].as_str().expect("an id"));
    let of_reports: BTreeSet<RequestId> =
        records.iter().filter(|record| !record["reported"].is_null()).filter_map(id).collect();
    assert!(reported.len() > 100, "{}", reported.len());
    assert_eq!(of_reports, reported);
    assert!(records.is_sorted_by_key(|record| record["start"].as_i64()), "{said}");
    assert!(said.contains(&format!("{} requests; ", records.len())), "{said}");
    assert!(records.iter().all(|record| record["version"].is_string()), "{said}");
    assert!(records.iter().all(|record| record["outcome"] != "ok" || record["cost_usd"].is_f64()));
}

#[test]
fn a_filter_asks_requests_and_csv_has_their_columns() {
    let (csv, said) = run(&[&["requests", "--csv", "--filter", "-outcome=ok"], &ASKED[..]].concat());
    let mut rows = csv.lines();
    assert!(rows.next().is_some_and(|header| header.starts_with("start,function,version,outcome,")), "{csv}");
    let rows: Vec<&str> = rows.collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| !row.contains(",ok,")), "{csv}");
    assert!(said.contains(&format!(", {} matched", rows.len())), "{said}");
}

#[test]
fn without_a_name_it_is_the_requests_of_all_functions() {
    // One has never run, and one's group can only be read by Logs Insights: that is said, and is exit code 1.
    let output = lambtop(&["requests", "--json", "--demo", "--since", "1m"]).output().expect("it runs");
    let (records, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{said}");
    let functions: BTreeSet<String> = records
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok()?["function"].as_str().map(str::to_owned))
        .collect();
    assert!(functions.len() > 20, "{functions:?} {said}");
}

#[test]
fn throttled_requests_are_listed_from_their_traces_where_a_filter_asks_for_them() {
    let asked = ["requests", "order-events", "--demo", "--since", "8m", "--json"];
    let records = |more: &[&str]| -> Vec<Value> {
        let (records, _) = run(&[&asked[..], more].concat());
        records.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
    };
    let throttled =
        |records: &[Value]| records.iter().filter(|record| record["outcome"] == "throttled").count();
    let all = records(&["--filter", "outcome=throttled | outcome=ok"]);
    assert!(throttled(&all) > 20, "{}", throttled(&all));
    assert!(all.is_sorted_by_key(|record| record["start"].as_i64()));
    let mut again = 0;
    for (at, record) in all.iter().enumerate().filter(|(_, record)| record["outcome"] == "throttled") {
        assert_eq!((&record["stream"], &record["duration_ms"]), (&"".into(), &Value::Null));
        let same = |other: &&Value| other["request_id"] == record["request_id"];
        let later: Vec<&Value> = all[at + 1..].iter().filter(same).collect();
        assert!(later.iter().all(|other| other["attempt"] != record["attempt"]), "{later:#?}");
        assert!(later.iter().all(|other| other["trace_id"] == record["trace_id"]), "{later:#?}");
        again += usize::from(later.iter().any(|other| other["outcome"] == "ok"));
    }
    assert!(again > 20, "{again} of them were let in later");
    assert_eq!(throttled(&records(&[])), 0, "X-Ray bills what it looks through: nobody asked");
}

#[test]
fn what_x_ray_refuses_of_throttled_requests_is_said_and_all_others_are_listed() {
    for action in ["xray:GetTraceSummaries", "xray:BatchGetTraces"] {
        let demo = Demo::with(&["--fault", &format!("denied@{action}")]);
        let asked = ["requests", "order-events", "--endpoint-url", &demo.url, "--json"];
        let stretch = ["--since", "2026-03-01T14:20:00Z", "--until", "2026-03-01T14:22:00Z"];
        let filter = ["--filter", "outcome=throttled | outcome=ok"];
        let mut command = lambtop(&[&asked[..], &stretch, &filter].concat());
        let output = with_keys(&mut command).output().expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (records, said) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("not all throttled requests are listed:") && said.contains(action), "{said}");
        assert!(records.lines().count() > 100 && !records.contains("throttled"), "{said}");
    }
}

#[test]
fn a_log_group_of_no_function_has_no_throttled_requests_and_says_so() {
    let group = ["requests", "--log-group", "/shop/shipping", "--demo", "--since", "2m"];
    let output =
        lambtop(&[&group[..], &["--filter", "outcome=throttled"]].concat()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("X-Ray knows functions, not log groups: name the function"), "{said}");
}
