//! Failures to tell apart: a test for each, from text and from JSON where both exist.

use lambtop::model::{ExitCause, Fault, FunctionKey, Invocation, Outcome};

use super::{Event, joined, one, page};

const START: Event<'_> = (0, 'a', "START RequestId: $A Version: $LATEST\n");
const END: Event<'_> = (120, 'a', "END RequestId: $A\n");
const REPORT: Event<'_> = (
    120,
    'a',
    "REPORT RequestId: $A\tDuration: 118.42 ms\tBilled Duration: 119 ms\tMemory Size: 512 MB\tMax Memory Used: 87 MB\t\n",
);
const JSON_START: Event<'_> = (
    0,
    'a',
    r#"{"time":"2026-03-01T12:00:00.000Z","type":"platform.start","record":{"requestId":"$A","version":"88"}}"#,
);

/// A request between START and END of which the rest is given.
fn text(rest: &[Event<'_>]) -> Invocation {
    let mut events = vec![START];
    events.extend(rest);
    one(&events)
}

/// A request of the JSON format whose report has this status, after what else was logged.
fn json(status: &str, rest: &[Event<'_>]) -> Invocation {
    let report = format!(
        r#"{{"time":"2026-03-01T12:00:00.120Z","type":"platform.report","record":{{"requestId":"$A",{status},"metrics":{{"durationMs":118.42,"billedDurationMs":119,"memorySizeMB":512,"maxMemoryUsedMB":87}}}}}}"#
    );
    let mut events = vec![JSON_START];
    events.extend(rest);
    events.push((120, 'a', &report));
    one(&events)
}

#[track_caller]
fn ended(invocation: &Invocation, outcome: Outcome, fault: Option<Fault>, kind: &str, message: &str) {
    let error = invocation.error.as_deref();
    let said = error.map_or(("", ""), |error| (&*error.kind, &*error.message));
    assert_eq!((invocation.outcome, invocation.fault, said), (outcome, fault, (kind, message)));
}

#[test]
fn a_request_that_went_well_is_ok_with_all_that_its_report_says() {
    let text = text(&[(60, 'a', "2026-03-01T12:00:00.060Z\t$A\tINFO\tpaid\n"), END, REPORT]);
    ended(&text, Outcome::Ok, None, "", "");
    assert_eq!(text.version.as_deref(), Some("$LATEST"));
    assert_eq!((text.duration_ms, text.billed_ms, text.cold), (Some(118.42), Some(119.0), false));
    assert_eq!((text.memory_mb, text.max_memory_mb), (Some(512.0), Some(87.0)));
    let json = json(r#""status":"success""#, &[]);
    ended(&json, Outcome::Ok, None, "", "");
    assert_eq!((json.version.as_deref(), json.duration_ms), (Some("88"), Some(118.42)));
    let midway = one(&[END, REPORT]);
    assert_eq!((midway.started, midway.version.as_deref()), (false, Some("$LATEST")), "as its stream says");
}

#[test]
fn a_timeout_is_told_by_the_line_after_the_report_or_by_its_status() {
    let line = "2026-03-01T12:00:03.004Z $A Task timed out after 3.00 seconds\n\n";
    let text = text(&[END, REPORT, (121, 'a', line)]);
    ended(&text, Outcome::Timeout, Some(Fault::Timeout), "", "Task timed out after 3.00 seconds");
    assert_eq!(text.last.millis() - text.start.millis(), 121);
    let status = one(&[
        START,
        (
            3_000,
            'a',
            "REPORT RequestId: $A\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\tStatus: timeout\n",
        ),
    ]);
    ended(&status, Outcome::Timeout, Some(Fault::Timeout), "", "");
    ended(&json(r#""status":"timeout""#, &[]), Outcome::Timeout, Some(Fault::Timeout), "", "");
}

#[test]
fn a_runtime_that_was_killed_ran_out_of_memory() {
    let killed = "RequestId: $A Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n";
    let text = text(&[END, REPORT, (121, 'a', killed)]);
    let message = "Runtime exited with error: signal: killed";
    ended(&text, Outcome::OutOfMemory, Some(Fault::OutOfMemory), "Runtime.ExitError", message);
    let named = json(r#""status":"error","errorType":"Runtime.OutOfMemory""#, &[]);
    ended(&named, Outcome::OutOfMemory, Some(Fault::OutOfMemory), "Runtime.OutOfMemory", "");
}

#[test]
fn all_memory_used_is_out_of_memory_only_with_an_error() {
    let full = |status: &str| {
        format!(
            "REPORT RequestId: $A\tDuration: 9.00 ms\tBilled Duration: 9 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB{status}\n"
        )
    };
    ended(&one(&[START, (9, 'a', &full(""))]), Outcome::Ok, None, "", "");
    let failed = one(&[START, (9, 'a', &full("\tStatus: error\tError Type: Runtime.ExitError"))]);
    ended(&failed, Outcome::OutOfMemory, Some(Fault::OutOfMemory), "Runtime.ExitError", "");
    let thrown =
        "[ERROR] MemoryError\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 3\n";
    assert_eq!(one(&[START, (8, 'a', thrown), (9, 'a', &full(""))]).outcome, Outcome::OutOfMemory);
    let late = "2026-03-01T12:00:03.004Z $A Task timed out after 3.00 seconds\n\n";
    assert_eq!(one(&[START, (9, 'a', &full("")), (10, 'a', late)]).outcome, Outcome::Timeout);
}

#[test]
fn an_init_that_fails_takes_its_first_request_with_it() {
    let text = one(&[
        (
            -900,
            'a',
            "INIT_START Runtime Version: nodejs:22.v31\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:0\n",
        ),
        (
            -100,
            'a',
            "INIT_REPORT Init Duration: 801.20 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError\n",
        ),
        START,
        (
            118,
            'a',
            "INIT_REPORT Init Duration: 112.05 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError\n",
        ),
        (119, 'a', "RequestId: $A Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n"),
        END,
        REPORT,
    ]);
    let message = "Runtime exited with error: exit status 1";
    ended(&text, Outcome::InitError, Some(Fault::InitError), "Runtime.ExitError", message);
    assert!(text.cold, "it waited for its environment");
    assert_eq!(text.first.millis() - text.start.millis(), -900, "its init is part of it");
    let json = one(&[
        (
            -100,
            'a',
            r#"{"time":"2026-03-01T11:59:59.900Z","type":"platform.initReport","record":{"initializationType":"on-demand","phase":"init","status":"error","errorType":"Runtime.ExitError","metrics":{"durationMs":801.2}}}"#,
        ),
        JSON_START,
        (
            120,
            'a',
            r#"{"time":"2026-03-01T12:00:00.120Z","type":"platform.report","record":{"requestId":"$A","status":"error","errorType":"Runtime.ExitError","metrics":{"durationMs":118.42}}}"#,
        ),
    ]);
    assert_eq!((json.outcome, json.init_ms, json.cold), (Outcome::InitError, Some(801.2), true));
}

#[test]
fn an_init_that_took_too_long_and_then_succeeded_is_a_cold_start() {
    let events = [
        (
            -10_100,
            'a',
            "INIT_START Runtime Version: java:21.v41\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:0\n",
        ),
        (-90, 'a', "INIT_REPORT Init Duration: 10007.33 ms\tPhase: init\tStatus: timeout\n"),
        START,
        (90, 'a', "INIT_REPORT Init Duration: 61.15 ms\tPhase: invoke\tStatus: success\n"),
        END,
        REPORT,
    ];
    let suppressed = one(&events);
    ended(&suppressed, Outcome::Ok, Some(Fault::SuppressedInit), "", "");
    assert_eq!((suppressed.cold, suppressed.init_ms), (true, Some(10_007.33)));
    let timed_out =
        [&events[..], &[(121, 'a', "2026-03-01T12:00:00.121Z $A Task timed out after 0.12 seconds\n\n")]];
    assert_eq!(one(&timed_out.concat()).outcome, Outcome::Timeout);
    assert_eq!(one(&[events[1], START, REPORT]).fault, Some(Fault::InitTimeout));
}

#[test]
fn a_module_that_cannot_be_loaded_is_an_init_error() {
    let python = "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'requests'\nTraceback (most recent call last):\n";
    let failed = one(&[
        START,
        (4, 'a', python),
        (
            9,
            'a',
            "REPORT RequestId: $A\tDuration: 2.10 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\tMax Memory Used: 43 MB\tStatus: error\tError Type: Runtime.ImportModuleError\n",
        ),
    ]);
    let message = "Unable to import module 'app': No module named 'requests'";
    ended(&failed, Outcome::InitError, Some(Fault::Import), "Runtime.ImportModuleError", message);
    let json = json(r#""status":"error","errorType":"Runtime.HandlerNotFound""#, &[]);
    ended(&json, Outcome::InitError, Some(Fault::Import), "Runtime.HandlerNotFound", "");
}

#[test]
fn what_nobody_caught_is_unhandled_also_where_the_line_names_no_request() {
    let python = "[ERROR] ValueError: 42 is no amount\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 9\n";
    let failed = text(&[(60, 'a', python), END, REPORT]);
    ended(&failed, Outcome::Unhandled, Some(Fault::Unhandled), "ValueError", "42 is no amount");
    let node = "2026-03-01T12:00:00.060Z\t$A\tERROR\tInvoke Error \t{\"errorType\":\"TypeError\",\"errorMessage\":\"x is not a function\",\"stack\":[]}\n";
    let failed = text(&[(60, 'a', node), END, REPORT]);
    ended(&failed, Outcome::Unhandled, Some(Fault::Unhandled), "TypeError", "x is not a function");
    let line = r#"{"timestamp":"2026-03-01T12:00:00.060Z","level":"ERROR","requestId":"$A","message":{"errorType":"TypeError","errorMessage":"x is not a function","stackTrace":[]}}"#;
    let failed = json(r#""status":"error","errorType":"TypeError""#, &[(60, 'a', line)]);
    ended(&failed, Outcome::Unhandled, Some(Fault::Unhandled), "TypeError", "x is not a function");
    let warning = "[WARNING]\t2026-03-01T12:00:00.060Z\t\tLAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code.\n";
    assert_eq!(text(&[(60, 'a', warning), END, REPORT]).outcome, Outcome::Unhandled);
    for (first, second) in [(warning, python), (python, warning)] {
        let failed = text(&[(60, 'a', first), (61, 'a', second), END, REPORT]);
        ended(&failed, Outcome::Unhandled, Some(Fault::Unhandled), "ValueError", "42 is no amount");
    }
    let only = json(r#""status":"failure","errorType":"Function.Unhandled""#, &[]);
    ended(&only, Outcome::Unhandled, Some(Fault::Failed), "Function.Unhandled", "");
}

#[test]
fn an_error_that_was_logged_and_answered_is_handled() {
    let line = "2026-03-01T12:00:00.060Z\t$A\tERROR\tcard declined, answered 402\n";
    let text = text(&[(60, 'a', line), END, REPORT]);
    ended(&text, Outcome::Handled, Some(Fault::Handled), "", "card declined, answered 402");
    let thrown = r#"{"timestamp":"2026-03-01T12:00:00.060Z","level":"ERROR","requestId":"$A","message":{"errorType":"Declined","errorMessage":"card declined","stackTrace":[]}}"#;
    let json = json(r#""status":"success""#, &[(60, 'a', thrown)]);
    ended(&json, Outcome::Handled, Some(Fault::Handled), "Declined", "card declined");
}

#[test]
fn a_runtime_that_ended_by_itself_is_an_exit() {
    let exit = "RequestId: $A Error: Runtime exited with error: exit status 129\nRuntime.ExitError\n";
    let text = text(&[(60, 'a', exit), END, REPORT]);
    let fault = Some(Fault::Exit(ExitCause::Status(129)));
    let message = "Runtime exited with error: exit status 129";
    ended(&text, Outcome::RuntimeExit, fault, "Runtime.ExitError", message);
    let thrown = "2026-03-01T12:00:00.050Z\t$A\tERROR\tUncaught Exception \t{\"errorType\":\"Error\",\"errorMessage\":\"lost\",\"stack\":[]}\n";
    let because = one(&[START, (50, 'a', thrown), (60, 'a', exit), REPORT]);
    ended(&because, Outcome::Unhandled, Some(Fault::Unhandled), "Error", "lost");
    let json = json(r#""status":"error","errorType":"Runtime.ExitError""#, &[]);
    ended(&json, Outcome::RuntimeExit, Some(Fault::Exit(ExitCause::Unknown)), "Runtime.ExitError", "");
}

#[test]
fn a_restore_that_fails_is_an_init_error_and_one_that_works_a_cold_start() {
    let restore = |rest: &str| format!("RESTORE_REPORT Restore Duration: 511.25 ms{rest}\n");
    let failed =
        one(&[(-20, 'a', &restore("\tStatus: error\tError Type: Runtime.ExitError")), START, REPORT]);
    ended(&failed, Outcome::InitError, Some(Fault::RestoreError), "Runtime.ExitError", "");
    assert_eq!((failed.cold, failed.restore_ms), (true, Some(511.25)), "by the line beside its REPORT");
    let slow = one(&[(-20, 'a', &restore("\tStatus: timeout")), START, REPORT]);
    ended(&slow, Outcome::InitError, Some(Fault::RestoreTimeout), "", "");
    let timed_out = REPORT.2.replace("\t\n", "\tStatus: timeout\n");
    let slow = one(&[(-20, 'a', &restore("\tStatus: timeout")), START, (120, 'a', &timed_out)]);
    ended(&slow, Outcome::Timeout, Some(Fault::RestoreTimeout), "", "");
    let report = "REPORT RequestId: $A\tDuration: 9.00 ms\tBilled Duration: 35 ms\tMemory Size: 512 MB\tMax Memory Used: 87 MB\tRestore Duration: 511.25 ms\tBilled Restore Duration: 26 ms\n";
    let restored = one(&[(-20, 'a', &restore("")), START, (9, 'a', report)]);
    ended(&restored, Outcome::Ok, None, "", "");
    assert_eq!((restored.cold, restored.restore_ms), (true, Some(511.25)));
}

#[test]
fn a_cold_start_has_its_init_and_the_request_after_it_has_none() {
    let cold = "REPORT RequestId: $A\tDuration: 3.10 ms\tBilled Duration: 546 ms\tMemory Size: 2048 MB\tMax Memory Used: 95 MB\tInit Duration: 542.01 ms\t\nXRAY TraceId: 1-6a507b87-0cc4438344b48ef127ab1931\tSegmentId: d0025b207c551fde\tSampled: true\t\n";
    let invocations = joined(&[
        (
            -545,
            'a',
            "INIT_START Runtime Version: python:3.12.v27\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:0\n",
        ),
        START,
        (4, 'a', cold),
        (50, 'a', "START RequestId: $B Version: $LATEST\n"),
        (
            59,
            'a',
            "REPORT RequestId: $B\tDuration: 9.00 ms\tBilled Duration: 9 ms\tMemory Size: 2048 MB\tMax Memory Used: 95 MB\n",
        ),
    ]);
    let all: Vec<Invocation> = invocations.by_start().collect();
    assert_eq!((all[0].cold, all[0].init_ms, all[0].sampled), (true, Some(542.01), Some(true)));
    assert_eq!(all[0].trace.map(|id| id.to_string()).as_deref(), Some("1-6a507b87-0cc4438344b48ef127ab1931"));
    assert_eq!((all[1].cold, all[1].init_ms, all[1].trace, all[1].sampled), (false, None, None, None));
}

#[test]
fn without_a_report_the_outcome_is_unknown_unless_none_is_written() {
    let line = (
        60,
        'a',
        r#"{"timestamp":"2026-03-01T12:00:00.060Z","level":"INFO","requestId":"$A","message":"paid"}"#,
    );
    ended(&one(&[START, line]), Outcome::Unknown, None, "", "");
    let mut invocations = joined(&[line]);
    assert_eq!(
        invocations.by_start().next().map(|one| (one.outcome, one.started)),
        Some((Outcome::Unknown, false))
    );
    let function = FunctionKey::new(&super::group().scope, "checkout");
    let before = invocations.revision();
    invocations.set_quiet(&function, true);
    assert_eq!(invocations.changed_since(before).map(|one| one.outcome).collect::<Vec<_>>(), [Outcome::Ok]);
    // What fails is logged at WARN all the same.
    invocations.take(&page(&[(90, 'a', r#"{"time":"2026-03-01T12:00:00.090Z","type":"platform.runtimeDone","record":{"requestId":"$A","status":"failure","errorType":"TypeError"}}"#)]));
    assert_eq!(invocations.by_start().next().map(|one| one.outcome), Some(Outcome::Unhandled));
}

#[test]
fn lines_that_were_dropped_are_a_fault_and_no_failure() {
    let dropped = r#"{"time":"2026-03-01T12:00:00.050Z","type":"platform.logsDropped","record":{"droppedBytes":12345,"droppedRecords":12,"reason":"Consumer seems to have fallen behind"}}"#;
    ended(
        &json(r#""status":"success""#, &[(50, 'a', dropped)]),
        Outcome::Ok,
        Some(Fault::LogsDropped),
        "",
        "",
    );
}
