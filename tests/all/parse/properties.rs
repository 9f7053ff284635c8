//! What holds for any text, however hostile.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use lambtop::model::Body;
use lambtop::parse::log::{fault, read, said};
use lambtop::parse::{events, stream};
use proptest::prelude::*;

use super::samples::{given, record, samples};

/// Pieces that lines are made of, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "START RequestId: ",
            "END RequestId: ",
            "REPORT RequestId: ",
            "RequestId: ",
            "\tDuration: ",
            "Billed Duration: ",
            " ms",
            "XRAY TraceId: ",
            "INIT_REPORT ",
            "RESTORE_REPORT ",
            "EXTENSION\tName: ",
            "Status: ",
            "Error Type: ",
            "[ERROR] ",
            "[INFO]\t",
            "2026-03-01T12:00:00.123Z",
            "2026-03-01 12:00:00",
            "2026/03/01/[$LATEST]0123",
            "\t",
            " ",
            "\n",
            "\r",
            "undefined",
            "ERROR\t",
            "3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4",
            "Task timed out after 1 seconds",
            "{\"errorType\":\"E\"}",
            "Traceback",
            "E: x",
            "{\"time\":\"t\",\"type\":\"platform.report\",\"record\":",
            "{\"level\":\"INFO\",\"message\":",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\",
            "\\u",
            "\\ud83d",
            ":",
            ",",
            "null",
            "-1.5e3",
            "I, [",
            " #8]  INFO ",
            " -- : ",
            "time=",
            "level=",
            "msg=\"",
            "é",
            "\u{a0}",
            "\0",
            "𝕏",
            "\n\tat ",
            "java.lang.Error: ",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_and_always_the_same(text in pieces()) {
        let reading = read(&text);
        prop_assert_eq!(&reading, &read(&text));
        prop_assert!(!reading.name.is_empty());
        let _ = (fault(&reading), said(&text, None));
        record(&text, None);
        let _ = (events::event(&text), events::form(text.as_bytes()), stream::stream(&text));
    }

    #[test]
    fn what_is_borrowed_stands_in_the_event(text in pieces()) {
        let reading = read(&text);
        if let Body::Text(part) = reading.body {
            let range = reading.body.range_in(&text);
            prop_assert_eq!(range.and_then(|range| text.get(range)), Some(part));
        }
        prop_assert_eq!(Body::Text("elsewhere").range_in(&text), None);
    }

    #[test]
    fn a_document_gives_the_same_events_however_it_is_cut(cuts in proptest::collection::vec(1_usize..40, 1..40)) {
        let document = br#" {"searchedLogStreams":[{"logStreamName":"a","events":1}],"events":[{"message":"a \"}{ \\","timestamp":1},
            {"nested":{"events":[{"message":"no"}]},"message":"b"} ], "nextToken":"events"}"#;
        let (mut splitter, mut found, mut rest, mut cuts) = (events::Splitter::default(), Vec::new(), &document[..], cuts.iter().cycle());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(*cuts.next().expect("they repeat")));
            splitter.push(piece, |event| found.push(String::from_utf8_lossy(event).into_owned()));
            rest = after;
        }
        prop_assert!(splitter.is_whole());
        prop_assert_eq!(found.len(), 2);
        let first = events::event(&found[0]).map(|event| event.message.into_owned());
        prop_assert_eq!(first.as_deref(), Some("a \"}{ \\"));
    }
}

#[test]
fn spaces_for_tabs_and_space_around_change_nothing() {
    let mut compared = 0;
    for (_, sample) in samples() {
        let event = sample["event"].as_str().expect("an event");
        // A program's own text is its own, to the byte; an empty column is visible only between tabs.
        let platform = event.split_whitespace().next().is_some_and(|word| {
            [
                "START",
                "END",
                "REPORT",
                "XRAY",
                "INIT_START",
                "INIT_REPORT",
                "RESTORE_REPORT",
                "EXTENSION",
                "LOGS",
                "TELEMETRY",
                "RequestId:",
            ]
            .contains(&word)
        });
        if platform && sample["says"]["kind"] != "app_text" {
            for variant in [event.replace('\t', "    "), event.replace('\t', " "), format!("  {event}\r\n")] {
                assert_eq!(given(&record(&variant, None)), sample["says"], "{variant:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared} compared");
}

#[test]
fn json_that_is_too_deep_is_text_and_a_million_members_are_read() {
    let begin = Instant::now();
    let deep = format!("{{\"level\":\"INFO\",\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read(&deep).name, "app_text");
    assert_eq!(read(&"{\"a\":".repeat(100_000)).name, "app_text");
    let mut wide = String::from("{");
    for member in 0..1_000_000 {
        write!(wide, "\"k{member}\":1,").expect("a string takes it");
    }
    wide += "\"level\":\"WARN\"}";
    let reading = read(&wide);
    assert_eq!((reading.name, reading.level_word.as_deref()), ("app_json", Some("WARN")));
    let seen = begin.elapsed();
    assert!(seen < Duration::from_secs(20), "{seen:?}");
}
