//! The logs screen of the incident: what payment-capture, checkout-api and order-events wrote around 14:31.

use std::time::Duration;

use lambtop::app::{App, Effect, Input, Job};
use lambtop::model::{Event, GapReason, GroupKey, LogGap, LogPage, TailReport, TimeRange};
use lambtop::store::lines::Scratch;

use super::scene::{incident, now, press, scope, tell};
use super::snapshots::check;
use crate::app::logs::page_at;
use crate::told;

const SICK: &str = "c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35";
const WELL: &str = "5d0e71bb-2b7e-4c88-8a57-3d2f51c9a001";

/// What was written, by function: milliseconds before now and the event.
fn story() -> Vec<(&'static str, Vec<(u64, String)>)> {
    let node = |level: &str, text: &str| format!("2026-11-21T14:30:53.003Z\t{SICK}\t{level}\t{text}");
    let mut capture = vec![
        (22_006, format!("START RequestId: {SICK} Version: 88\n")),
        (21_997, node("INFO", "capture start order=48213 amount=84.90 EUR")),
        (21_673, node("INFO", "card authorised in 312 ms auth=A-77120")),
        (21_625, node("WARN", "ledger put throttled, attempt 1 of 4, retry in 391 ms table=payment-ledger")),
        (21_210, node("WARN", "ledger put throttled, attempt 2 of 4, retry in 803 ms table=payment-ledger")),
        (18_756, node("ERROR", "Invoke Error \t{\"errorType\":\"ProvisionedThroughputExceededException\",\"errorMessage\":\"slow down\"}\n  at putEntry\n  at capture")),
        (18_747, format!("END RequestId: {SICK}\n")),
        (18_746, format!("REPORT RequestId: {SICK}\tDuration: 3259.40 ms\tBilled Duration: 4072 ms\tMemory Size: 512 MB\tMax Memory Used: 214 MB\tInit Duration: 812.01 ms\t\n")),
        (9_000, "2026-11-21T14:31:06.113Z c87a1f60-0001-4000-8000-000000000001 Task timed out after 6.00 seconds\n\n".to_owned()),
        (3_000, node("INFO", "hostile \u{1b}]0;owned\u{7} and \u{202e}turned\u{202c} text, password=hunter2hunter2")),
    ];
    for minute in 1..28 {
        capture.push((minute * 60_000, node("ERROR", "Invoke Error ProvisionedThroughputExceededException")));
        capture.push((minute * 60_000 + 20_000, node("WARN", "ledger put throttled, attempt 1 of 4")));
    }
    let events = vec![
        (21_882, "{\"level\":\"INFO\",\"message\":\"batch of 25 from shard 4\",\"oldest_s\":1.2}".to_owned()),
        (
            21_588,
            format!(
                "REPORT RequestId: {WELL}\tDuration: 91.10 ms\tBilled Duration: 92 ms\tMemory Size: 256 MB\tMax Memory Used: 118 MB\t\n"
            ),
        ),
        (
            19_400,
            "{\"level\":\"INFO\",\"event\":\"order.placed\",\"order\":48212,\"shard\":4,\"ms\":61}"
                .to_owned(),
        ),
    ];
    let mut checkout = vec![
        (21_959, format!("[INFO]\t2026-11-21T14:30:53.041Z\t{WELL}\tPOST /checkout order=48214 items=3")),
        (
            19_769,
            format!(
                "[ERROR]\t2026-11-21T14:30:55.231Z\t{WELL}\tpayment failed order=48209 status=502 from=payment-capture"
            ),
        ),
        (400, format!("[INFO]\t2026-11-21T14:31:15.600Z\t{WELL}\tPOST /checkout order=48240 items=1")),
    ];
    for tick in 1..200 {
        checkout.push((
            tick * 17_000,
            format!("[INFO]\t2026-11-21T14:00:00.000Z\t{WELL}\tcart priced order={}", 47_000 + tick),
        ));
    }
    vec![("payment-capture", capture), ("checkout-api", checkout), ("order-events", events)]
}

fn told(app: &mut App, event: Event) {
    search(app, Input::Event(Box::new(event)));
}

/// Hands the app an input and carries out the searches that it asks for.
fn search(app: &mut App, input: Input) {
    for effect in app.input(now(), input) {
        let Effect::Search(job) = effect else { continue };
        let mut scratch = Scratch::default();
        while let Some(hits) = job.0.step(&mut scratch) {
            app.input(now(), Input::Done(Job::Found(hits)));
        }
    }
}

pub fn logs(size: (u16, u16), keys: &str) -> App {
    let mut app = incident(size);
    press(
        &mut app,
        "/^payment-capture$<Enter> <Esc>/^checkout-api$<Enter> <Esc>/^order-events$<Enter> <Esc>l",
    );
    for (function, mut lines) in story() {
        lines.sort_by_key(|(before, _)| std::cmp::Reverse(*before));
        let borrowed: Vec<(u64, &str)> =
            lines.iter().map(|(before, text)| (*before, text.as_str())).collect();
        let mut page: LogPage = page_at(now(), &scope(), function, &borrowed);
        if let Some(row) =
            page.rows.iter_mut().find(|row| row.timestamp == now() - Duration::from_millis(21_673))
        {
            row.late = true;
            row.ingested = row.timestamp + Duration::from_secs(38);
        }
        told(&mut app, Event::Logs(page));
        told(&mut app, Event::Tail(tail(function)));
    }
    let range = TimeRange::new(now() - Duration::from_secs(17), now() - Duration::from_secs(16));
    let group = GroupKey::new(&scope(), "/aws/lambda/payment-capture");
    told(&mut app, Event::LogGap(LogGap { group, range, why: GapReason::Sampled, filled: false }));
    for key in crate::app::stage::keys_of(keys) {
        search(&mut app, Input::Key(key));
    }
    app
}

pub fn tail(function: &str) -> TailReport {
    let group = GroupKey::new(&scope(), &format!("/aws/lambda/{function}"));
    TailReport {
        seen_to: Some(now() - Duration::from_secs(2)),
        complete_to: Some(now() - Duration::from_secs(336)),
        late: 1,
        ..told::tail(group, now())
    }
}

#[test]
fn the_tail_of_three_functions_while_following() {
    check("logs", false, |size| logs(size, ""));
}

#[test]
fn the_tail_in_ascii() {
    check("logs-ascii", true, |size| logs(size, ""));
}

#[test]
fn reading_above_while_lines_come_below() {
    check("logs-reading", false, |size| logs(size, "<PgUp>kk"));
}

#[test]
fn a_line_in_full_below_the_lines_or_beside_them() {
    check("logs-detail", false, |size| logs(size, "EEJ"));
}

#[test]
fn long_lines_wrapped_and_lines_around_matches() {
    check("logs-wrapped", false, |size| logs(size, "<C-w>/ledger<Enter>c"));
}

#[test]
fn a_filter_of_lines_while_it_is_typed() {
    check("logs-filter", false, |size| logs(size, "/ledger | \"Invoke Error\""));
}

#[test]
fn a_mistake_in_a_filter_of_lines() {
    check("logs-mistake", false, |size| logs(size, "/ledger duration>1x"));
}

#[test]
fn a_log_of_which_nothing_is_known_yet() {
    check("logs-empty", false, |size| {
        let mut app = incident(size);
        press(&mut app, "l");
        tell(&mut app, now(), Event::Answered(lambtop::model::WantId(0)));
        app
    });
}
