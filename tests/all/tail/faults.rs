//! What goes wrong with `FilterLogEvents` and on the way there, and what must hold.

use std::time::Duration;

use lambtop::demo::faults::{Faults, Kind, LogFault};
use lambtop::model::{FailureKind, FeedReport, GapReason, TailStatus};

use super::{FLOOD, START, Tailing, account, fault, faulty, flood, mins, secs};

/// An event each 100 ms for two and a half minutes, one in fifty of them late; and when after the start all must have
/// come: 330 s after the last.
const EVENTS: u64 = 1_500;
const SETTLED: Duration = Duration::from_mins(8);

fn tailing(faults: Faults) -> Tailing {
    Tailing::group(account(vec![flood(30, EVENTS, 10, 0.02)], faults), FLOOD, mins(1))
}

async fn nothing_is_lost(faults: Faults) -> Tailing {
    let mut tailing = tailing(faults);
    tailing.pass_to(SETTLED).await;
    tailing.all_of(EVENTS);
    assert_eq!(tailing.report().status, TailStatus::Polling);
    tailing
}

#[tokio::test(start_paused = true)]
async fn empty_pages_and_tokens_that_come_back_five_times_lose_nothing() {
    let faults = Faults::only(fault(Kind::Log(LogFault::RepeatedToken { times: 5 }), 0, 600))
        .and(fault(Kind::Log(LogFault::EmptyPage), 0, 600).share(0.3));
    nothing_is_lost(faults).await;
}

#[tokio::test(start_paused = true)]
async fn a_token_that_comes_back_for_ever_ends_the_sweep_which_begins_again_and_says_so() {
    let faults = Faults::only(fault(Kind::Log(LogFault::RepeatedToken { times: 1_000_000 }), 60, 200))
        .and(fault(Kind::Log(LogFault::EmptyPage), 60, 200));
    let tailing = nothing_is_lost(faults).await;
    let said = tailing
        .reports
        .iter()
        .find(|(_, report)| report.note.as_deref().is_some_and(|note| note.contains("came back 20 times")));
    let at = said.expect("it is said").0;
    assert!(at < START + secs(60 + 60), "within a minute: {:?}", at.since(START));
}

#[tokio::test(start_paused = true)]
async fn pages_without_an_end_are_given_up_within_a_minute_and_the_stretch_is_marked_until_it_is_read() {
    let tailing = nothing_is_lost(Faults::only(fault(Kind::Log(LogFault::EndlessTokens), 60, 240))).await;
    let said = tailing
        .reports
        .iter()
        .find(|(_, report)| report.note.as_deref().is_some_and(|note| note.contains("no end")))
        .expect("it is said");
    assert!(said.0 < START + secs(60 + 65), "{:?}", said.0.since(START));
    let (open, filled): (Vec<_>, Vec<_>) = tailing.gaps.iter().partition(|gap| !gap.filled);
    assert!(!open.is_empty() && open.iter().all(|gap| gap.why == GapReason::Unfinished));
    for gap in open {
        assert!(filled.iter().any(|filled| filled.range == gap.range), "{gap:?} is filled in the end");
    }
}

#[tokio::test(start_paused = true)]
async fn while_aws_throttles_there_is_a_call_a_second_at_most_and_ten_seconds_later_all_is_well() {
    let faults = Faults::only(faulty(Kind::Throttled, "*", 60, 120))
        .and(faulty(Kind::Throttled, "*", 120, 180).share(0.5));
    let mut tailing = tailing(faults);
    tailing.pass(secs(63)).await;
    let before = tailing.endpoint.calls().total();
    tailing.pass(secs(56)).await;
    let meanwhile = tailing.endpoint.calls().total() - before;
    assert!((10..=57).contains(&meanwhile), "{meanwhile} calls in 56 s");
    let report = tailing.report().clone();
    assert!(matches!(report.status, TailStatus::Throttled { .. }), "{report:?}");
    let behind = tailing.now().since(report.seen_to.expect("seen"));
    assert!(behind > secs(40), "how far behind it is can be said: {behind:?}");
    tailing.pass(secs(61 + 10)).await;
    let report = tailing.report();
    assert_eq!(report.status, TailStatus::Polling);
    assert!(tailing.now().since(report.seen_to.expect("seen")) < secs(10), "{report:?}");
    assert!(matches!(tailing.feed.last(), Some((_, FeedReport::Answered))), "{:?}", tailing.feed.last());
    tailing.pass_to(SETTLED).await;
    tailing.all_of(EVENTS);
}

#[tokio::test(start_paused = true)]
async fn a_throttle_of_the_logs_alone_slows_nothing_else() {
    let mut tailing = tailing(Faults::only(fault(Kind::Throttled, 60, 240)));
    tailing.pass(secs(240)).await;
    let of_logs = tailing.endpoint.calls().of("logs:FilterLogEvents");
    assert!(of_logs < 60 + 30 + 120, "{of_logs} calls");
    tailing.pass_to(SETTLED).await;
    tailing.all_of(EVENTS);
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_service_and_pages_of_html_lose_nothing() {
    let tailing = nothing_is_lost(Faults::only(fault(Kind::ServerError, 0, 440).share(0.2))).await;
    let failed = tailing.statuses().into_iter().any(
        |status| matches!(status, TailStatus::Failed { failure, .. } if failure.kind == FailureKind::Service),
    );
    assert!(failed, "it is said");
}

#[tokio::test(start_paused = true)]
async fn a_page_that_breaks_off_or_ends_in_the_middle_is_asked_for_again_whole() {
    let faults = Faults::only(fault(Kind::TruncatedBody, 0, 440).share(0.2))
        .and(fault(Kind::Reset, 0, 440).share(0.2));
    nothing_is_lost(faults).await;
}

#[tokio::test(start_paused = true)]
async fn a_page_at_a_byte_a_second_is_given_up_within_fifteen_seconds_and_others_go_on() {
    use lambtop::demo::cloud::{Lines, Synthetic};
    let second = Synthetic::new(
        "/shop/second",
        Lines::Flood { from: START.millis(), events: 600, per_second: 2, late_share: 0.0 },
    );
    let faults = Faults::only(fault(Kind::Trickle, 60, 200).share(0.3));
    let mut tailing = Tailing::of(account(vec![flood(30, EVENTS, 10, 0.02), second], faults));
    tailing.want(&[FLOOD, "/shop/second"], mins(1));
    tailing
        .until(secs(60 + 40), "a page is given up", |tailing| {
            tailing.statuses().into_iter().any(|status| {
            matches!(status, TailStatus::Failed { failure, .. } if failure.kind == FailureKind::TimedOut)
        })
        })
        .await;
    tailing.pass_to(SETTLED).await;
    tailing.all_of(EVENTS);
    assert_eq!(tailing.lines.values().filter(|(group, ..)| group == "/shop/second").count(), 600);
}

#[tokio::test(start_paused = true)]
async fn when_credentials_expire_and_come_back_it_resumes_within_fifteen_seconds_and_nothing_is_lost() {
    let mut tailing = tailing(Faults::only(faulty(Kind::ExpiredCredentials, "*", 90, 390)));
    tailing.pass(secs(380)).await;
    let said = tailing.feed.iter().any(|(_, report)| {
        matches!(report, FeedReport::Failed { failure, .. } if failure.kind == FailureKind::ExpiredCredentials)
    });
    assert!(said);
    tailing.pass(secs(10 + 15)).await;
    let report = tailing.report();
    assert_eq!(report.status, TailStatus::Polling);
    assert!(tailing.now().since(report.seen_to.expect("seen")) < secs(15), "{report:?}");
    tailing.pass_to(SETTLED).await;
    tailing.all_of(EVENTS);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_wrong_by_ten_minutes_loses_nothing_and_the_difference_is_said() {
    for ahead in [600, -600] {
        let account = account(vec![flood(30, EVENTS, 10, 0.02)], Faults::default());
        let mut tailing = Tailing::skewed(account, ahead);
        tailing.want(&[FLOOD], mins(1));
        tailing.pass_to(SETTLED).await;
        tailing.all_of(EVENTS);
        let report = tailing.report();
        let off = report.clock_ahead_ms - ahead * 1000;
        assert!(off.abs() <= 2_000, "{report:?}");
        let behind = tailing.now().since(report.seen_to.expect("seen"));
        assert!((secs(2)..secs(7)).contains(&behind), "by the server's clock: {behind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_ten_minutes_of_standing_still_the_hole_is_read_and_nothing_is_lost() {
    let mut tailing = tailing(Faults::default());
    tailing.pass(mins(1)).await;
    let before = tailing.report().seen_to.expect("seen");
    tailing.stand_still(mins(10));
    tailing.pass(secs(20)).await;
    let after = tailing.report().seen_to.expect("seen");
    assert!(after.since(before) > mins(10), "{before:?} then {after:?}");
    tailing.pass(mins(1)).await;
    tailing.all_of(EVENTS);
}

#[tokio::test(start_paused = true)]
async fn times_that_cannot_be_are_rows_and_every_event_comes() {
    let tailing = nothing_is_lost(Faults::only(fault(Kind::Log(LogFault::OddTimes), 0, 300))).await;
    let odd = tailing.lines.values().filter(|(_, at, _)| at.millis() <= 0 || at.millis() >= 1 << 53).count();
    assert!(odd > 50, "{odd}");
}
