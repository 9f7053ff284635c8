//! `lambtop trace`, on the real binary.

use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::commands::lambtop;

/// An answer of `BatchGetTraces`: documents as texts, one of them below a segment that never came.
const ANSWER: &str = r#"{"Traces":[{"Id":"1-6a507b87-0cc4438344b48ef127ab1931","LimitExceeded":false,"Segments":[
    {"Id":"aa01","Document":"{\"id\":\"aa01\",\"name\":\"shop-gateway\",\"trace_id\":\"1-6a507b87-0cc4438344b48ef127ab1931\",\"start_time\":1000.0,\"end_time\":1004.171,\"http\":{\"request\":{\"method\":\"POST\"},\"response\":{\"status\":502}},\"fault\":true}"},
    {"Id":"aa02","Document":"{\"id\":\"aa02\",\"parent_id\":\"aa01\",\"name\":\"payment-capture\",\"start_time\":1000.1,\"end_time\":1004.1,\"error\":true,\"subsegments\":[{\"id\":\"aa03\",\"name\":\"DynamoDB\",\"start_time\":1001.5,\"end_time\":1003.9,\"throttle\":true,\"aws\":{\"operation\":\"PutItem\",\"table_name\":\"payment-ledger\"}},{\"id\":\"aa04\",\"name\":\"acquirer\\u001b]0;x\\u0007\",\"start_time\":1000.2,\"in_progress\":true}]}"},
    {"Id":"aa09","Document":"{\"id\":\"aa09\",\"parent_id\":\"gone\",\"name\":\"late\",\"start_time\":1000.5,\"end_time\":1000.6}"}]}],
    "UnprocessedTraceIds":[]}"#;

fn trace(arguments: &[&str], input: &str) -> Output {
    let mut command = lambtop(&["trace", "--file", "-"]);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

#[test]
fn a_trace_is_printed_as_a_waterfall_with_what_failed_and_what_is_odd() {
    let output = trace(&[], ANSWER);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "something goes on: {text}");
    let line = |name: &str| {
        text.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name} in {text}"))
    };
    assert!(
        text.starts_with("1-6a507b87-0cc4438344b48ef127ab1931  4.17 s  3 segments  2 subsegments  1 fault"),
        "{text}"
    );
    assert!(
        line("shop-gateway POST 502").starts_with('✗') && line("shop-gateway").contains("4,171"),
        "{text}"
    );
    assert!(line("DynamoDB PutItem").starts_with("⊘     payment-ledger DynamoDB PutItem"), "{text}");
    assert!(line("late").ends_with("parent missing"), "{text}");
    assert!(line("acquirer").contains("acquirer␛]0;x␇") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn attempts_and_the_pauses_between_them_are_printed_and_no_name_is_cut_in_a_pipe() {
    let put = |id: &str, from: f64, to: f64, failed: bool| {
        let failed = if failed { r#","error":true,"throttle":true"# } else { "" };
        format!(
            r#"{{"id":"{id}","name":"DynamoDB","namespace":"aws","start_time":{from},"end_time":{to},"aws":{{"operation":"PutItem","table_name":"a-table-whose-name-is-longer-than-any-column-for-names-has-room-for"}}{failed}}}"#
        )
    };
    let puts =
        [put("b1", 100.0, 100.02, true), put("b2", 100.5, 100.52, true), put("b3", 101.6, 101.62, false)];
    let document = format!(
        r#"{{"id":"a1","trace_id":"1-6a507b87-0cc4438344b48ef127ab1931","name":"capture","origin":"AWS::Lambda::Function","start_time":100.0,"end_time":102.0,"subsegments":[{}]}}"#,
        puts.join(",")
    );
    let text = String::from_utf8(trace(&[], &document).stdout).expect("UTF-8");
    let count = |words: &str| text.lines().filter(|line| line.contains(words)).count();
    assert_eq!((count("⊘     attempt"), count("attempt 3"), count("retry backoff")), (2, 1, 2), "{text}");
    assert!(
        text.lines()
            .any(|line| line.contains("retry backoff") && line.contains("╌") && line.contains("1,080")),
        "{text}"
    );
    assert!(text.contains("has-room-for DynamoDB PutItem"), "{text}");
}

#[test]
fn a_trace_is_printed_as_json_for_scripts() {
    let output = trace(&["--json"], ANSWER);
    let trace: Value = serde_json::from_slice(&output.stdout).expect("one object");
    for (count, expected) in [
        ("segments", 3),
        ("subsegments", 2),
        ("faults", 1),
        ("errors", 1),
        ("throttles", 1),
        ("in_progress", 1),
        ("orphans", 1),
    ] {
        assert_eq!(trace[count], expected, "{count}");
    }
    assert_eq!(trace["roots"], serde_json::json!(["shop-gateway", "late"]));
    let put = trace["nodes"]
        .as_array()
        .and_then(|nodes| nodes.iter().find(|node| node["id"] == "aa03"))
        .expect("it is there");
    assert_eq!(
        (&put["parent_id"], &put["depth"], &put["kind"]),
        (&"aa02".into(), &3.into(), &"subsegment".into())
    );
    assert_eq!((&put["duration_ms"], &put["throttle"]), (&2400.0.into(), &true.into()));
}

#[test]
fn what_is_no_trace_is_refused_and_what_is_half_readable_is_said() {
    let refused = trace(&[], "no trace at all");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no X-Ray documents in it"));
    let half = trace(&[], r#"[{"name":"valid","start_time":1.0},"not a document"]"#);
    assert_eq!(half.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&half.stdout).contains("valid"));
    assert!(String::from_utf8_lossy(&half.stderr).contains("1 of its documents could not be read"));
}

#[test]
fn an_answer_without_traces_is_an_empty_result_and_what_was_not_looked_up_is_said() {
    let counts =
        ["segments", "subsegments", "faults", "errors", "throttles", "in_progress", "orphans", "unreadable"];
    for empty in
        ["[]", r#"{"Traces":[],"UnprocessedTraceIds":[]}"#, r#"{"Traces":[{"Id":"1-x","Segments":[]}]}"#]
    {
        let output = trace(&["--json"], empty);
        let told: Value = serde_json::from_slice(&output.stdout).expect("one object");
        assert!(counts.iter().all(|count| told[count] == 0), "{empty}: {told}");
        assert_eq!((&told["roots"], &told["nodes"]), (&serde_json::json!([]), &serde_json::json!([])));
        assert_eq!(output.status.code(), Some(0), "{empty}");
        let output = trace(&[], empty);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "0 segments\n", "{empty}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("there is no trace in it. X-Ray leaves out what was not sampled"), "{said}");
    }
    let id = "1-6a507b87-0cc4438344b48ef127ab1931";
    for (answer, segments) in [
        (format!(r#"{{"Traces":[],"UnprocessedTraceIds":["{id}"]}}"#), 0),
        (ANSWER.replace(r#""UnprocessedTraceIds":[]"#, &format!(r#""UnprocessedTraceIds":["{id}"]"#)), 3),
    ] {
        let output = trace(&["--json"], &answer);
        let told: Value = serde_json::from_slice(&output.stdout).expect("one object");
        assert_eq!(
            (&told["segments"], &told["unprocessed_trace_ids"]),
            (&segments.into(), &serde_json::json!([id]))
        );
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(&format!("{id}: X-Ray could not look it up in time: try again")), "{said}");
        assert!(!said.contains("there is no trace"), "{said}");
        assert_eq!(output.status.code(), Some(1), "not all that was asked for is there");
    }
}

#[test]
fn what_goes_on_or_was_cut_off_is_not_all_there() {
    let exit = |input: &str| trace(&["--json"], input).status.code();
    assert_eq!(exit(r#"{"id":"a","name":"a","start_time":1.0,"end_time":2.0}"#), Some(0));
    assert_eq!(exit(r#"{"id":"a","name":"a","start_time":1.0,"in_progress":true}"#), Some(1));
    let cut = r#"{"Traces":[{"Id":"1-6a507b87-0cc4438344b48ef127ab1931","LimitExceeded":true,"Segments":[{"Id":"a","Document":"{\"id\":\"a\",\"name\":\"a\",\"start_time\":1.0,\"end_time\":2.0}"}]}]}"#;
    assert_eq!(exit(cut), Some(1));
}

/// Runs a command on the simulated shop; what it printed, what it said, and its exit code.
fn on_demo(arguments: &[&str]) -> (String, String, Option<i32>) {
    let output = lambtop(arguments).arg("--demo").output().expect("the binary runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

/// A request of `checkout-api` by its id, with its trace: the last one that was sampled, or was not.
fn request(sampled: bool) -> (String, String) {
    let (lines, said, _) = on_demo(&["logs", "checkout-api", "--since", "3m", "--raw"]);
    let mark = format!("Sampled: {sampled}");
    let lines: Vec<&str> = lines.lines().collect();
    let of = |pair: &[&str]| {
        let request = pair[0].strip_prefix("REPORT RequestId: ")?.split_whitespace().next()?;
        let trace = pair[1].strip_prefix("XRAY TraceId: ")?.split_whitespace().next()?;
        pair[1].contains(&mark).then(|| (request.to_owned(), trace.to_owned()))
    };
    // The last minute may not have arrived yet.
    let found = lines.windows(2).take(lines.len() / 2).rev().find_map(of);
    found.unwrap_or_else(|| panic!("a request with {mark}: {said}"))
}

#[test]
fn a_trace_is_fetched_by_its_id_and_by_its_request() {
    let (request, id) = request(true);
    let (by_id, said, exit) = on_demo(&["trace", &id, "--json"]);
    assert_eq!(exit, Some(0), "{said}");
    let trace: Value = serde_json::from_str(&by_id).expect("one object");
    assert_eq!(trace["trace_ids"], serde_json::json!([id]));
    assert!(
        trace["nodes"]
            .as_array()
            .is_some_and(|nodes| nodes.iter().any(|node| node["name"] == "checkout-api"))
    );
    let (by_request, said, exit) = on_demo(&["trace", &request, "--function", "checkout-api", "--json"]);
    assert_eq!((by_request, exit), (by_id, Some(0)), "{said}");
    let (text, _, exit) = on_demo(&["trace", &request, "--log-group", "/aws/lambda/checkout-api"]);
    assert!(exit == Some(0) && text.starts_with(&id) && text.contains('━'), "{text}");
}

#[test]
fn a_request_without_a_trace_says_why() {
    let (request, _) = request(false);
    let (text, said, exit) = on_demo(&["trace", &request, "--function", "checkout-api"]);
    assert_eq!((text.as_str(), exit), ("", Some(1)));
    assert!(said.contains("not sampled by X-Ray (first request each second + 5 % of the rest)"), "{said}");
    let (_, said, exit) = on_demo(&["trace", &request, "--function", "nosuch"]);
    assert!(exit == Some(1) && said.contains("no function nosuch in "), "{said}");
    assert!(said.contains("there is no log group /aws/lambda/nosuch"), "{said}");
    let (_, said, exit) = on_demo(&["trace", &request]);
    assert!(exit == Some(2) && said.contains("--function"), "{said}");
    let (_, said, exit) = on_demo(&["trace", "1-69a44c87-000000000000000000000000"]);
    assert!(exit == Some(1) && said.contains("X-Ray does not have it"), "{said}");
    let (_, said, exit) = on_demo(&["trace", "nonsense"]);
    assert!(exit == Some(2) && said.contains("neither the id of a trace"), "{said}");
}
