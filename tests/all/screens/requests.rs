//! The requests screen of the incident: an hour of payment-capture, whose v88 came at 14:02.

use std::sync::LazyLock;
use std::time::Duration;

use lambtop::app::App;
use lambtop::model::{Event, GroupKey, LogPage, TailReport, TailStatus};

use super::logs::tail;
use super::scene::{incident, now, press, scope, tell};
use super::snapshots::check;
use crate::app::requests::{Ended, Shot, id, page_of};
use crate::app::{throttles, timeline, traces};

/// A number below `below` that depends on nothing but its arguments.
fn draw(number: u64, salt: u64, below: u64) -> u64 {
    let mut hash = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    (hash ^ hash >> 32) % below
}

/// An hour of requests, one in 3.4 seconds: from 14:02 on a fifth of them fails after retries, some run out of time.
fn hour() -> Vec<Shot> {
    let deployed = 29 * 60_000 + 5_000;
    (0..1_050)
        .map(|number| {
            let before = 3_570_000 - number * 3_400 + draw(number, 1, 1_900);
            let bad = before < deployed;
            let fate = draw(number, 2, 100);
            let spread = draw(number, 3, 1_000) as f64 / 1_000.0;
            let (ended, ms, error) = match (bad, fate) {
                _ if number > 1_048 => (Ended::Open, 0.0, ""),
                (true, 0..19) => (
                    Ended::Badly,
                    3_100.0 + 1_500.0 * spread,
                    "ProvisionedThroughputExceededException: slow down",
                ),
                (true, 19..22) => (Ended::OutOfTime, 6_000.0, ""),
                (false, 99) => (Ended::Badly, 210.0, "CardDeclined: issuer said 51"),
                (true, _) => (Ended::Well, 560.0 + 700.0 * spread * spread, ""),
                (false, _) => (Ended::Well, 120.0 + 900.0 * spread.powi(6), ""),
            };
            Shot {
                before,
                number,
                ms,
                ended,
                init: (draw(number, 4, 60) == 0).then_some(780.0 + 60.0 * spread),
                stream: number % 9 + number / 200 * 9,
                version: if bad { "88" } else { "87" },
                memory: 196 + (number / 50) as u32 + draw(number, 5, 6) as u32,
                sampled: draw(number, 6, 16) == 0,
                error,
            }
        })
        .collect()
}

static HOUR: LazyLock<LogPage> = LazyLock::new(|| page_of(now(), &scope(), "payment-capture", &hour()));

pub fn requests(size: (u16, u16), keys: &str) -> App {
    let mut app = incident(size);
    press(&mut app, "r");
    tell(&mut app, now(), Event::Logs(HOUR.clone()));
    tell(&mut app, now(), Event::Tail(tail("payment-capture")));
    press(&mut app, "R");
    app.input(now() + Duration::from_secs(6), lambtop::app::Input::Tick);
    press(&mut app, keys);
    app
}

#[test]
fn the_requests_of_a_sick_function() {
    check("requests", false, |size| requests(size, ""));
}

#[test]
fn requests_in_ascii() {
    check("requests-ascii", true, |size| requests(size, "jjj"));
}

#[test]
fn slow_ones_are_picked_on_the_map() {
    check("requests-picked", false, |size| requests(size, "<Tab><Up><S-Down><Enter>jj"));
}

#[test]
fn the_slowest_come_first() {
    check("requests-slowest", false, |size| requests(size, "s"));
}

#[test]
fn requests_by_error() {
    check("requests-errors", false, |size| requests(size, "g"));
}

#[test]
fn requests_by_version() {
    check("requests-versions", false, |size| requests(size, "gg"));
}

#[test]
fn environments_on_lanes() {
    check("requests-lanes", false, |size| requests(size, "ggg"));
}

#[test]
fn a_filter_of_requests_while_it_is_typed() {
    check("requests-filter", false, |size| requests(size, "/duration>3s -timeout"));
}

/// The requests of three functions.
pub fn several(size: (u16, u16)) -> App {
    let mut app = incident(size);
    press(&mut app, "   r");
    for (function, offset) in [("payment-capture", 0), ("stock-sync", 7_000), ("order-events", 90_000)] {
        let shots: Vec<Shot> = (0..200)
            .map(|number| Shot {
                before: 3_400_000 - number * 17_000 + draw(number, offset, 5_000),
                number: number + offset,
                ms: 40.0 + draw(number, offset + 1, 900) as f64,
                stream: number % 3 + offset,
                ..Shot::default()
            })
            .collect();
        tell(&mut app, now(), Event::Logs(page_of(now(), &scope(), function, &shots)));
    }
    app.input(now() + Duration::from_secs(6), lambtop::app::Input::Tick);
    app
}

#[test]
fn requests_of_three_functions() {
    check("requests-several", false, several);
}

#[test]
fn throttled_requests_stand_among_those_that_ran() {
    check("requests-throttled", false, |size| {
        let mut app = incident(size);
        press(&mut app, "/order-events<Enter>r");
        tell(&mut app, now(), Event::Logs(page_of(now(), &scope(), "order-events", &throttles::shots(30))));
        let trace = traces::id(9);
        let segments = throttles::segments(now(), trace, &id(7), 30);
        tell(&mut app, now(), timeline::found(&scope(), now(), trace, segments));
        app.input(now() + Duration::from_secs(6), lambtop::app::Input::Tick);
        press(&mut app, "j");
        app
    });
}

#[test]
fn a_log_without_requests_says_what_was_asked() {
    check("requests-empty", false, |size| {
        let mut app = incident(size);
        press(&mut app, "r");
        tell(&mut app, now(), Event::Tail(tail("payment-capture")));
        app
    });
}

#[test]
fn a_log_group_that_does_not_exist_yet() {
    check("requests-waiting", false, |size| {
        let mut app = incident(size);
        press(&mut app, "r");
        let group = GroupKey::new(&scope(), "/aws/lambda/payment-capture");
        let waiting = TailReport {
            group,
            status: TailStatus::Waiting,
            complete_to: None,
            seen_to: None,
            ..tail("payment-capture")
        };
        tell(&mut app, now(), Event::Tail(waiting));
        app
    });
}

#[test]
fn a_functions_requests_and_errors_below_its_charts() {
    check("function-requests", false, |size| requests(size, "1<Enter><Tab>j"));
}
