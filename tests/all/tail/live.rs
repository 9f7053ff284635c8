//! Live Tail as a choice: sooner, never instead of what `FilterLogEvents` says.

use lambtop::demo::cloud::{Quotas, Settings as Account};
use lambtop::demo::faults::{Faults, Kind, TailFault};
use lambtop::model::{GapReason, LogWant, TailStatus};

use super::{FLOOD, START, Tailing, account, faulty, flood, key, mins, secs};

const EVENTS: u64 = 1_200;

fn live(account: Account) -> Tailing {
    let tailing = Tailing::of(account);
    choose(&tailing, true);
    tailing
}

fn choose(tailing: &Tailing, live: bool) {
    tailing.wants(LogWant { groups: vec![key(FLOOD)], since: START - mins(1), live, ..LogWant::default() });
}

fn with(fault: TailFault, after: u32) -> Tailing {
    let kind = Kind::Tail { fault, after };
    let faults = Faults::only(faulty(kind, "logs:StartLiveTail", 0, 60));
    live(account(vec![flood(30, EVENTS, 10, 0.02)], faults))
}

/// After everything was read, no line of Live Tail stands beside its event, and every event came once.
async fn settles(tailing: &mut Tailing) {
    // The last event was written after 90 s, and is read for the last time 330 s later.
    tailing.pass_to(secs(445)).await;
    tailing.all_of(EVENTS);
    assert!(tailing.provisional.is_empty(), "{} lines stand twice", tailing.provisional.len());
    assert_eq!(tailing.report().never_confirmed, 0);
    assert!(
        tailing.gaps.iter().all(|gap| {
            gap.filled || tailing.gaps.iter().any(|filled| filled.filled && filled.range == gap.range)
        }),
        "every mark goes in the end: {:?}",
        tailing.gaps.last()
    );
}

#[tokio::test(start_paused = true)]
async fn lines_come_within_two_seconds_and_each_is_replaced_by_its_event() {
    let mut tailing = live(account(vec![flood(30, EVENTS, 10, 0.02)], Faults::default()));
    tailing.pass(secs(20)).await;
    assert!(
        matches!(tailing.report().status, TailStatus::Live { stale: false, .. }),
        "{:?}",
        tailing.report()
    );
    assert!(tailing.shown_live > 50, "{}", tailing.shown_live);
    settles(&mut tailing).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_breaks_the_stream_it_connects_again_marks_the_hole_and_nothing_is_lost() {
    for fault in [
        TailFault::BadChecksum,
        TailFault::HugeLength,
        TailFault::BadJson,
        TailFault::EndMidFrame,
        TailFault::Silence,
        TailFault::Streaming,
        TailFault::End,
        TailFault::Timeout,
    ] {
        let mut tailing = with(fault, 5);
        tailing.pass(secs(70)).await;
        let sessions = tailing.endpoint.calls().of("logs:StartLiveTail");
        assert!((2..=14).contains(&sessions), "{fault:?}: {sessions} sessions in a minute");
        assert!(tailing.gaps.iter().any(|gap| gap.why == GapReason::Disconnected), "{fault:?}");
        tailing.pass(secs(35)).await;
        assert!(
            matches!(tailing.report().status, TailStatus::Live { .. }),
            "{fault:?}: {:?}",
            tailing.report()
        );
        settles(&mut tailing).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_of_a_kind_that_nobody_knows_changes_nothing() {
    let mut tailing = with(TailFault::UnknownEvent, 5);
    tailing.pass(secs(30)).await;
    assert_eq!(tailing.endpoint.calls().of("logs:StartLiveTail"), 1);
    settles(&mut tailing).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_sampled_is_marked_within_a_second_until_it_has_been_read() {
    let mut tailing = with(TailFault::Sampled, 0);
    tailing
        .until(secs(5), "the mark", |tailing| {
            tailing.gaps.iter().any(|gap| gap.why == GapReason::Sampled && !gap.filled)
        })
        .await;
    let report = tailing.report();
    assert!(
        report.complete_to.is_none_or(|to| tailing.now().since(to) >= secs(330)),
        "nothing is called complete"
    );
    tailing.pass(mins(2)).await;
    let marks = tailing.gaps.iter().filter(|gap| gap.why == GapReason::Sampled && !gap.filled);
    let apart = marks.clone().zip(marks.skip(1)).all(|(one, next)| one.range.end <= next.range.start);
    assert!(apart, "each second is marked once");
    choose(&tailing, false);
    settles(&mut tailing).await;
}

#[tokio::test(start_paused = true)]
async fn where_live_tail_cannot_be_had_it_says_why_and_reads_on() {
    for (kind, said) in
        [(Kind::AccessDenied, "needs logs:StartLiveTail"), (Kind::LimitExceeded, "15 sessions")]
    {
        let faults = Faults::only(faulty(kind, "logs:StartLiveTail", 0, 100_000));
        let mut tailing = live(account(vec![flood(30, EVENTS, 10, 0.02)], faults));
        tailing.pass(secs(30)).await;
        let report = tailing.report();
        assert_eq!(report.status, TailStatus::Polling);
        let note = report.note.as_deref().unwrap_or_default();
        assert!(note.contains(said) && note.contains("FilterLogEvents instead"), "{note}");
        settles(&mut tailing).await;
        let tries = tailing.endpoint.calls().of("logs:StartLiveTail");
        assert!(tries <= 4, "{tries}");
    }
}

#[tokio::test(start_paused = true)]
async fn its_minutes_are_on_the_bill_and_end_a_minute_after_the_pane_is_hidden() {
    let mut tailing = live(account(vec![flood(30, EVENTS, 10, 0.0)], Faults::default()));
    tailing.pass(secs(150)).await;
    assert_eq!(tailing.live_minutes, 3);
    tailing.interest.send_modify(|interest| interest.logs = None);
    tailing.pass(mins(10)).await;
    assert!(tailing.live_minutes <= 4, "{}", tailing.live_minutes);
    choose(&tailing, true);
    tailing.pass(secs(10)).await;
    assert_eq!(tailing.endpoint.calls().of("logs:StartLiveTail"), 2);
    choose(&tailing, false);
    tailing.pass(mins(5)).await;
    assert!(tailing.live_minutes <= 5, "switched off, it ends at once");
    assert_eq!(tailing.report().status, TailStatus::Polling);
}

#[tokio::test(start_paused = true)]
async fn a_second_session_is_there_before_three_hours_end_the_first() {
    let account =
        Account { quotas: Quotas::default(), ..account(vec![flood(30, 100, 10, 0.0)], Faults::default()) };
    // For three hours, what is polled meanwhile matters little.
    let mut tailing = Tailing::paced(account, 0.05);
    choose(&tailing, true);
    tailing.pass(mins(172)).await;
    assert_eq!(tailing.endpoint.calls().of("logs:StartLiveTail"), 1);
    tailing.pass(mins(10)).await;
    assert_eq!(tailing.endpoint.calls().of("logs:StartLiveTail"), 2);
    assert!(tailing.gaps.is_empty(), "without a hole: {:?}", tailing.gaps);
}
