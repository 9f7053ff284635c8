//! `lambtop parse` on the real binary.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::commands::lambtop;

const FIELDS: &str = "kind request_id duration_ms billed_ms memory_mb max_memory_mb init_ms restore_ms billed_restore_ms \
                      status error_type trace_id segment_id sampled level message timestamp";

/// What the command makes of this input.
fn parse(input: &[u8]) -> Output {
    let mut child = lambtop(&["parse", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the input was written");
    output
}

fn records(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}

fn messages(output: &Output) -> Vec<String> {
    records(output).iter().map(|record| record["message"].as_str().unwrap_or_default().to_owned()).collect()
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, bytes).expect("the file can be written");
    path
}

const PRETTY: &str = r#"{
    "searchedLogStreams": [],
    "events": [
        {
            "logStreamName": "2026/03/01/[7]0123456789abcdef0123456789abcdef",
            "timestamp": 1772366400123,
            "message": "REPORT RequestId: x\tDuration: 5.00 ms\t\nXRAY TraceId: 1-2-3\tSampled: true\t\n",
            "ingestionTime": 1772366401123,
            "eventId": "1"
        },
        { "timestamp": -1, "message": "two\nlines\n", "eventId": "2" }
    ]
}
"#;

#[test]
fn every_record_has_exactly_the_fields_in_their_order() {
    let output = parse(b"charged\nREPORT RequestId: x\tDuration: 5.00 ms\n");
    assert!(output.status.success(), "{}", complaint(&output));
    for record in records(&output) {
        let fields: Vec<&str> = record.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(fields.join(" "), FIELDS);
    }
}

#[test]
fn lines_objects_and_documents_are_told_apart_zipped_or_not() {
    let compact: String = PRETTY.lines().map(str::trim).collect();
    let pages = format!("{PRETTY}{compact}");
    let array = "[{\"message\":\"one\",\"timestamp\":1},{\"message\":\"two\"}]";
    let subscription = r#"{"messageType":"DATA_MESSAGE","owner":"1","logEvents":[{"id":"1","timestamp":5,"message":"one"}]}"#;
    let cases: &[(&str, usize, &str)] = &[
        ("one\n\ntwo\r\nthree", 3, "three"),
        ("{\"message\":\"one\",\"timestamp\":0}\n{\"timestamp\":1,\"message\":\"two\"}\n", 2, "two"),
        ("{\"level\":\"INFO\",\"message\":\"own\"}\n{\"level\":\"INFO\",\"message\":\"two\"}\n", 2, "two"),
        (PRETTY, 2, "two\nlines"),
        (&compact, 2, "two\nlines"),
        (&pages, 4, "two\nlines"),
        (array, 2, "two"),
        (subscription, 1, "one"),
        ("[INFO] one\n[1] two\n", 2, "[1] two"),
        ("", 0, ""),
        ("[]", 0, ""),
    ];
    for (input, count, last) in cases {
        for input in [input.as_bytes().to_vec(), zipped(input.as_bytes())] {
            let output = parse(&input);
            assert!(output.status.success(), "{input:?}: {}", complaint(&output));
            let messages = messages(&output);
            assert_eq!((messages.len(), messages.last().map_or("", String::as_str)), (*count, *last));
        }
    }
    let first = &records(&parse(PRETTY.as_bytes()))[0];
    assert_eq!(
        (&first["trace_id"], &first["sampled"]),
        (&Value::from("1-2-3"), &Value::from(true)),
        "one event"
    );
}

#[test]
fn the_time_is_the_lines_own_else_the_events_and_none_where_that_is_no_time() {
    let times: Vec<Value> = [
        r#"{"timestamp":1772366400123,"message":"x"}"#,
        r#"{"timestamp":1772366400123,"message":"2026-01-01T00:00:00Z x"}"#,
        r#"{"timestamp":0,"message":"x"}"#,
        r#"{"timestamp":-1,"message":"x"}"#,
        r#"{"timestamp":9007199254740992,"message":"x"}"#,
        r#"{"timestamp":9223372036854775807,"message":"x"}"#,
        r#"{"message":"x"}"#,
    ]
    .iter()
    .map(|line| records(&parse(line.as_bytes()))[0]["timestamp"].clone())
    .collect();
    assert_eq!(times[0], "2026-03-01T12:00:00.123Z");
    assert_eq!(times[1], "2026-01-01T00:00:00Z");
    assert!(times[2..].iter().all(Value::is_null), "{times:?}");
}

#[test]
fn broken_text_is_kept_with_replacement_characters() {
    let raw = parse(b"a\xffb\0c\n");
    assert_eq!(messages(&raw), ["a\u{fffd}b\0c"]);
    let escaped = parse(br#"{"message":"lone \ud83d here","timestamp":1}"#);
    assert_eq!(messages(&escaped), ["lone \u{fffd} here"]);
}

#[test]
fn a_wrong_line_is_named_and_still_there() {
    let output = parse(b"{\"message\":\"one\"}\n{\"message\":\n{\"message\":\"three\"}\n{\"order\":1}\n");
    assert_eq!(output.status.code(), Some(2));
    let told = complaint(&output);
    assert!(
        told.contains("line 2 is not") && told.contains("line 4 is not") && told.contains("2 of 4 events"),
        "{told}"
    );
    assert_eq!(records(&output).len(), 4);
}

#[test]
fn what_cannot_be_read_is_told_once_and_what_was_read_before_is_there() {
    let missing = lambtop(&["parse", "/nowhere/events.json"]).output().expect("it starts");
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        complaint(&missing).starts_with("lambtop: /nowhere/events.json: cannot be read: "),
        "{}",
        complaint(&missing)
    );
    let folder = lambtop(&["parse", env!("CARGO_TARGET_TMPDIR")]).output().expect("it starts");
    assert_eq!((folder.status.code(), folder.stdout.len()), (Some(2), 0));

    let lines: Vec<String> = (0..20_000).map(|line| format!("line {line}\n")).collect();
    let whole = zipped(lines.concat().as_bytes());
    let broken = file("broken.log.gz", &whole[..whole.len() / 2]);
    let output = lambtop(&["parse"]).arg(&broken).output().expect("it starts");
    let told = complaint(&output);
    assert_eq!((output.status.code(), told.lines().count()), (Some(2), 1), "{told}");
    assert!(
        told.contains("broken.log.gz") && told.contains("the gzip data is broken or cut off after"),
        "{told}"
    );
    let messages = messages(&output);
    assert!(messages.len() > 1_000, "{} were read", messages.len());
    assert!(messages.iter().rev().skip(1).rev().enumerate().all(|(at, line)| *line == format!("line {at}")));

    let cut = parse(&PRETTY.as_bytes()[..PRETTY.len() - 60]);
    assert_eq!((cut.status.code(), records(&cut).len()), (Some(2), 1));
    assert!(complaint(&cut).contains("ends in the middle of its JSON after 1 events"), "{}", complaint(&cut));
}

#[test]
fn it_needs_no_settings_and_answers_whoever_writes_slowly() {
    let mut child = lambtop(&["--config", "/nowhere/config.toml", "parse"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let mut stdout = child.stdout.take().expect("it is piped");
    stdin.write_all(b"first\n").expect("it reads");
    let mut seen = Vec::new();
    while !seen.ends_with(b"\n") {
        let mut byte = [0];
        assert_eq!(
            stdout.read(&mut byte).expect("it answers"),
            1,
            "the first line is answered before the second comes"
        );
        seen.push(byte[0]);
    }
    drop(stdout);
    // Nobody reads any more: it leaves without a word, however much is still to come.
    let _ = stdin.write_all("more\n".repeat(200_000).as_bytes());
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}
