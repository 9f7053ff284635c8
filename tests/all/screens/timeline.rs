//! The timeline of the incident: a request that X-Ray took, one that it did not, and every way of not knowing.

use lambtop::app::{App, Input};
use lambtop::model::{Event, Failure, FailureKind, TraceBackend, TraceMissing};

use super::scene::{incident, now, press, scope, tell};
use super::snapshots::check;
use crate::app::timeline::{found, lines, missing, page, segments, trace};

/// The log of payment-capture on screen; `more` stands in one of its lines.
fn log(size: (u16, u16), more: &str) -> App {
    let mut app = incident(size);
    press(&mut app, "/^payment-capture$<Enter>l");
    let lines = lines(more);
    let borrowed: Vec<(u64, &str)> = lines.iter().map(|(before, text)| (*before, text.as_str())).collect();
    tell(&mut app, now(), Event::Logs(page(now(), &scope(), "payment-capture", &borrowed)));
    app
}

/// The timeline of the request that failed, with its trace.
pub fn sampled(size: (u16, u16), keys: &str) -> App {
    let mut app = log(size, "");
    press(&mut app, "<Enter>");
    tell(&mut app, now(), found(&scope(), now(), trace(), segments(now(), "payment-ledger")));
    press(&mut app, keys);
    app
}

fn without(size: (u16, u16), why: Option<TraceMissing>) -> App {
    let mut app = log(size, "");
    press(&mut app, "<Enter>");
    if let Some(why) = why {
        tell(&mut app, now(), missing(&scope(), now(), trace(), why));
    }
    app
}

#[test]
fn a_request_that_x_ray_took() {
    check("timeline", false, |size| sampled(size, ""));
}

#[test]
fn the_same_in_ascii() {
    check("timeline-ascii", true, |size| sampled(size, ""));
}

#[test]
fn zoomed_in_on_the_critical_path_with_the_focus_in_the_log() {
    check("timeline-zoomed", false, |size| sampled(size, "jjc++<Tab>"));
}

#[test]
fn what_is_selected_in_full() {
    check("timeline-detail", false, |size| sampled(size, "<Enter><Tab><Tab><Tab>G<Tab>G<Tab>"));
}

#[test]
fn a_request_that_x_ray_did_not_take() {
    check("timeline-not-sampled", false, |size| {
        let mut app = log(size, "");
        press(&mut app, "gjjjjj<Enter>");
        app
    });
}

#[test]
fn a_trace_that_has_been_asked_for() {
    check("timeline-asking", false, |size| without(size, None));
}

#[test]
fn a_trace_of_which_a_part_has_come() {
    check("timeline-arriving", false, |size| {
        let mut app = without(size, None);
        let mut parts = segments(now(), "payment-ledger");
        parts.truncate(8);
        for part in
            parts.iter_mut().filter(|part| part.name.contains("payment") || &*part.name == "Invocation")
        {
            (part.end_ms, part.in_progress) = (None, true);
        }
        tell(&mut app, now(), found(&scope(), now(), trace(), parts));
        app.input(now() + std::time::Duration::from_secs(3), Input::Tick);
        app
    });
}

#[test]
fn a_trace_that_x_ray_does_not_know() {
    check("timeline-missing", false, |size| without(size, Some(TraceMissing::Unknown)));
}

#[test]
fn a_trace_that_transaction_search_keeps_to_itself() {
    check("timeline-search", false, |size| {
        let mut app = without(size, None);
        let backend = TraceBackend::TransactionSearch { indexed: Some(1.0) };
        tell(&mut app, now(), Event::TraceBackend { scope: scope(), backend });
        let why = "access denied, needs xray:StartTraceRetrieval";
        tell(&mut app, now(), missing(&scope(), now(), trace(), TraceMissing::Unretrievable(why.into())));
        app
    });
}

#[test]
fn a_trace_that_may_not_be_read() {
    let failure = Failure {
        operation: "BatchGetTraces".into(),
        region: "eu-west-1".into(),
        kind: FailureKind::AccessDenied { permission: "xray:BatchGetTraces".into() },
        detail: "".into(),
    };
    check("timeline-denied", false, |size| without(size, Some(TraceMissing::Failed(failure.clone()))));
}

#[test]
fn hostile_names_and_lines() {
    check("timeline-hostile", false, |size| {
        let attack = "\u{1b}]0;owned\u{7}\u{202e}e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301} 価格🚀 password=hunter2hunter2";
        let mut app = log(size, attack);
        press(&mut app, "<Enter>");
        let mut parts = segments(now(), attack);
        parts[4].parent = Some("gone".into());
        parts[8].start_ms = parts[8].start_ms.map(|start| start - 900.0);
        tell(&mut app, now(), found(&scope(), now(), trace(), parts));
        app
    });
}

#[test]
fn a_trace_without_a_segment_and_one_that_nobody_knows() {
    check("timeline-of-nothing", false, |size| {
        let mut app = log(size, "");
        press(&mut app, "v");
        tell(&mut app, now(), missing(&scope(), now(), trace(), TraceMissing::Unprocessed));
        app
    });
}
