//! Which lines are one attempt: retries, interleaved streams, what is missing.

use lambtop::model::{Invocation, Outcome};

use super::{A, B, Event, id, joined};

fn start(at: i64, stream: char, request: &str) -> (i64, char, String) {
    (at, stream, format!("START RequestId: {request} Version: 7\n"))
}

fn report(at: i64, stream: char, request: &str, duration: f64) -> (i64, char, String) {
    (
        at,
        stream,
        format!(
            "REPORT RequestId: {request}\tDuration: {duration:.2} ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\n"
        ),
    )
}

fn all(events: &[(i64, char, String)]) -> Vec<Invocation> {
    let events: Vec<Event<'_>> = events.iter().map(|(at, stream, text)| (*at, *stream, &**text)).collect();
    joined(&events).by_start().collect()
}

#[test]
fn a_retry_in_another_environment_is_another_attempt() {
    let all = all(&[
        start(0, 'a', "$A"),
        report(10, 'a', "$A", 10.0),
        start(60_000, 'b', "$A"),
        report(60_020, 'b', "$A", 20.0),
    ]);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].key.request, all[1].key.request);
    assert_ne!(all[0].key.attempt, all[1].key.attempt);
    assert_eq!((all[0].duration_ms, all[1].duration_ms), (Some(10.0), Some(20.0)));
}

#[test]
fn a_retry_in_the_same_environment_is_another_attempt_with_lines_of_its_own() {
    let exit = "RequestId: $A Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n";
    let all = all(&[
        start(0, 'a', "$A"),
        report(10, 'a', "$A", 10.0),
        (11, 'a', exit.to_owned()),
        start(60_000, 'a', "$A"),
        report(60_020, 'a', "$A", 20.0),
    ]);
    let told: Vec<_> =
        all.iter().map(|one| (one.outcome, one.duration_ms, one.last.since(one.start))).collect();
    let millis = std::time::Duration::from_millis;
    assert_eq!(told, [(Outcome::RuntimeExit, Some(10.0), millis(11)), (Outcome::Ok, Some(20.0), millis(20))]);
}

#[test]
fn streams_interleave_in_a_page_and_requests_do_not_mix() {
    let line = |at, stream, text: &str| (at, stream, text.to_owned());
    let all = all(&[
        start(0, 'a', "$A"),
        start(1, 'b', "$B"),
        line(2, 'a', "[ERROR] KeyError: 'sku'\nTraceback (most recent call last):\n"),
        line(2, 'b', "just a line"),
        report(9, 'b', "$B", 8.0),
        report(10, 'a', "$A", 10.0),
    ]);
    assert_eq!(all.iter().map(|one| one.outcome).collect::<Vec<_>>(), [Outcome::Unhandled, Outcome::Ok]);
}

#[test]
fn where_start_is_missing_the_report_says_when_it_began() {
    let all = all(&[report(500, 'a', "$A", 400.25)]);
    assert_eq!((all[0].start.millis() - super::NOON, all[0].started), (100, false));
    assert_eq!(all[0].outcome, Outcome::Ok);
}

#[test]
fn an_id_that_a_program_logs_is_no_request_of_its_own() {
    let gateway = r#"{"level":"ERROR","requestId":"$B","message":"upstream said 502"}"#;
    let events = [start(0, 'a', "$A"), (5, 'a', gateway.to_owned()), report(10, 'a', "$A", 10.0)];
    let found = all(&events);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].key.request, found[0].outcome), (id(A), Outcome::Handled));
    // The same line where nobody else is served is a request.
    assert_eq!(all(&events[1..2])[0].key.request, id(B));
}

#[test]
fn requests_side_by_side_in_one_stream_share_no_lines() {
    let all = all(&[
        start(0, 'a', "$A"),
        start(100, 'a', "$B"),
        (150, 'a', "[ERROR] KeyError: 'sku'\nTraceback (most recent call last):\n".to_owned()),
        report(300, 'a', "$B", 200.0),
        report(400, 'a', "$A", 400.0),
    ]);
    let told: Vec<_> = all.iter().map(|one| (one.key.request, one.outcome, one.claims)).collect();
    assert_eq!(told, [(id(A), Outcome::Ok, None), (id(B), Outcome::Ok, None)]);
}

#[test]
fn an_init_long_before_the_first_request_is_not_waited_for() {
    let all = all(&[
        (-600_000, 'a', "INIT_START Runtime Version: python:3.12.v27\n".to_owned()),
        start(0, 'a', "$A"),
        report(10, 'a', "$A", 10.0),
    ]);
    assert_eq!((all[0].cold, all[0].first, all[0].init_ms), (false, all[0].start, None));
}
