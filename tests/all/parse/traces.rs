//! Traces in every frame that the clients, the exporters and the collectors put around them, in `traces.jsonl`: `name`,
//! `text`, and the `facts` that `lambtop trace --file --json` gives of it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use lambtop::parse::xray::{self, Documents};
use lambtop::report::trace::{Missing, Record};
use lambtop::store::traces::Tree;
use serde_json::{Value, json};

/// The facts of a text, with its roots by name.
fn facts(text: &str) -> Value {
    let Documents { segments, unreadable, truncated, unprocessed } = xray::read(text).unwrap_or_default();
    let tree = Tree::of(segments);
    let missing = Missing { unreadable, truncated, unprocessed };
    let record = Record::of(&tree, &missing);
    let mut roots = record.roots.clone();
    roots.sort_unstable();
    json!({
        "segments": record.segments, "subsegments": record.subsegments, "faults": record.faults,
        "errors": record.errors, "throttles": record.throttles, "in_progress": record.in_progress,
        "orphans": record.orphans, "roots": roots, "unreadable": unreadable, "truncated": truncated,
    })
}

#[test]
fn every_frame_around_a_trace_is_read_as_it_is_meant() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/parse/traces.jsonl");
    let text = fs::read_to_string(file).expect("there are samples");
    let samples: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a sample is JSON")).collect();
    assert!(samples.len() > 100, "{} samples", samples.len());
    let wrong: Vec<String> = samples
        .iter()
        .map(|sample| (sample, facts(sample["text"].as_str().expect("a text"))))
        .filter(|(sample, facts)| *facts != sample["facts"])
        .map(|(sample, facts)| format!("{}: {facts}", sample["name"]))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_made_to_take_long_is_read_at_once() {
    let nameless = vec![r#"{"name":"x","start_time":1}"#; 5_000].join(",");
    let long = [
        ("no ids", format!(r#"{{"name":"a","start_time":1,"subsegments":[{nameless}]}}"#)),
        ("lists in lists", format!("{}{}", "[".repeat(20_000), "]".repeat(20_000))),
        ("answers in answers", format!("{}{}", r#"{"Traces":["#.repeat(5_000), "]}".repeat(5_000))),
        ("one id", r#"{"id":"a","parent_id":"b","name":"x","start_time":1}"#.repeat(2_000)),
    ];
    for (what, text) in long {
        let begin = Instant::now();
        let _ = xray::read(&text);
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(2), "{what}: {took:?}");
    }
}
