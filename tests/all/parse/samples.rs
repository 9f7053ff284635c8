//! Samples with the reading expected of each, in `samples/*.jsonl`: `name`, `event`, `says` (every field of the record
//! that is not null) and `fault`.

use std::fs;
use std::path::Path;

use lambtop::model::Timestamp;
use lambtop::parse::log::{fault, read, said};
use lambtop::report::line;
use serde_json::Value;

/// The samples of all files, each with the name of its file.
pub fn samples() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/parse/samples");
    let mut samples = Vec::new();
    for entry in fs::read_dir(folder).expect("there are samples") {
        let path = entry.expect("a file").path();
        let file = path.file_stem().expect("a name").to_string_lossy().into_owned();
        for line in fs::read_to_string(&path).expect("it is text").lines() {
            samples.push((file.clone(), serde_json::from_str(line).expect("a sample is JSON")));
        }
    }
    assert!(samples.len() > 370, "{} samples", samples.len());
    samples
}

/// The record of an event as `lambtop parse` prints it.
pub fn record(event: &str, at: Option<Timestamp>) -> Value {
    let mut out = String::new();
    line::write(&read(event), at, &mut out);
    assert_eq!(out.matches('\n').count(), 1, "one line: {out:?}");
    serde_json::from_str(&out).expect("a record is JSON")
}

/// The fields that a record gives.
pub fn given(record: &Value) -> Value {
    let fields = record.as_object().expect("an object");
    fields
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

#[test]
fn every_sample_is_read_as_it_is_meant() {
    let mut wrong = Vec::new();
    for (file, sample) in samples() {
        let event = sample["event"].as_str().expect("an event");
        let says = given(&record(event, None));
        let told = fault(&read(event)).map(|fault| format!("{fault:?}"));
        if says != sample["says"] || told.as_deref() != sample["fault"].as_str() {
            wrong.push(format!("{file}: {}: {says} {told:?}", sample["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_has_a_sample() {
    let told: Vec<String> =
        samples().iter().filter_map(|(_, sample)| sample["fault"].as_str().map(str::to_owned)).collect();
    for fault in [
        "Timeout",
        "OutOfMemory",
        "InitError",
        "InitTimeout",
        "SuppressedInit",
        "Import",
        "Unhandled",
        "Handled",
        "Exit(Status(134))",
        "Exit(Signal)",
        "Exit(Unknown)",
        "RestoreTimeout",
        "RestoreError",
        "LogsDropped",
        "Failed",
    ] {
        assert!(told.iter().any(|told| told == fault), "{fault}");
    }
}

#[test]
fn what_the_record_does_not_show_is_read_too() {
    let start = read("START RequestId: 3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4 Version: 42\n");
    assert_eq!(start.version.as_deref(), Some("42"));
    assert_eq!(start.request_id().map(|id| id.to_string()).as_deref(), start.request.as_deref());
    let init = read("INIT_START Runtime Version: python:3.12.v27\tRuntime Version ARN: arn:aws:lambda:x");
    assert_eq!(init.runtime.as_deref(), Some("python:3.12.v27"));
    let platform = read(
        r#"{"time":"2026-03-01T12:00:00Z","type":"platform.initStart","record":{"initializationType":"snap-start","phase":"init","runtimeVersion":"java:21.v7","functionVersion":"7","tenantId":"acme"}}"#,
    );
    assert_eq!(platform.init_type.as_deref(), Some("snap-start"));
    assert_eq!((platform.phase.as_deref(), platform.runtime.as_deref()), (Some("init"), Some("java:21.v7")));
    assert_eq!((platform.version.as_deref(), platform.tenant.as_deref()), (Some("7"), Some("acme")));
    let error = read("[ERROR] KeyError: 'order'\nTraceback (most recent call last):\n");
    assert_eq!(error.error_message.as_deref(), Some("'order'"));
    let killed = read("RequestId: x Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n");
    assert!(killed.figures().is_some_and(|figures| figures.out_of_memory && !figures.timed_out));
    assert!(read("Task timed out after 3.00 seconds").figures().is_some_and(|figures| figures.timed_out));
    assert_eq!(read("nothing to see").figures(), None);
}

#[test]
fn a_line_has_the_level_that_it_gives_and_what_ended_a_request_is_an_error() {
    use lambtop::model::Level::{Error, Warn};
    for (event, level) in [
        ("[ERROR] no stock", Some(Error)),
        ("[WARN] stock is low", Some(Warn)),
        ("charged", None),
        (r#"{"order":1}"#, None),
        ("START RequestId: x Version: 1", None),
        ("Task timed out after 1.00 seconds", Some(Error)),
        ("RequestId: x Error: Runtime exited with error: exit status 3", Some(Error)),
    ] {
        assert_eq!(said(event, None).level, level, "{event}");
    }
}
