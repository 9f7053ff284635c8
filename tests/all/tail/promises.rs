//! Nothing lost, nothing twice, and what is promised of it.

use lambtop::demo::faults::Faults;
use lambtop::model::{LogOrder, LogWant, TailStatus};

use super::{FLOOD, START, Tailing, account, flood, key, mins, secs, shop};

#[tokio::test(start_paused = true)]
async fn of_events_that_come_up_to_five_minutes_late_none_is_lost_and_none_comes_twice() {
    let account = account(vec![flood(60, 4_800, 40, 0.05)], Faults::default());
    let mut tailing = Tailing::group(account, FLOOD, mins(2));
    tailing.pass(secs(420)).await;
    tailing.all_of(4_800);
    let report = tailing.report().clone();
    assert!(report.late > 90, "{report:?}");
    assert_eq!(report.later_than_promised, 0);
    assert_eq!(
        report.late,
        tailing.lines.values().filter(|(.., late)| *late).count() as u64,
        "late lines are marked"
    );
}

#[tokio::test(start_paused = true)]
async fn it_says_up_to_where_it_has_seen_and_up_to_where_it_is_complete() {
    let account = account(vec![flood(60, 100_000, 5, 0.0)], Faults::default());
    let mut tailing = Tailing::group(account, FLOOD, mins(30));
    tailing.pass(mins(7)).await;
    let (now, report) = (tailing.now(), tailing.report().clone());
    let (seen, complete) = (report.seen_to.expect("seen"), report.complete_to.expect("complete"));
    assert!((2..=6).contains(&now.since(seen).as_secs()), "seen {:?} ago", now.since(seen));
    assert!((330..=345).contains(&now.since(complete).as_secs()), "complete {:?} ago", now.since(complete));
    assert_eq!((report.status, report.read_from), (TailStatus::Polling, START - mins(30)));
    assert_eq!((report.interval, report.clock_ahead_ms), (secs(2), 0));
}

#[tokio::test(start_paused = true)]
async fn five_thousand_events_in_one_millisecond_over_several_pages_all_come_once() {
    let crowd = lambtop::demo::cloud::Synthetic::new(
        FLOOD,
        lambtop::demo::cloud::Lines::Flood {
            from: (START + secs(20)).millis(),
            events: 12_000,
            per_second: 25_000_000,
            late_share: 0.0,
        },
    );
    let mut tailing = Tailing::group(account(vec![crowd], Faults::default()), FLOOD, mins(1));
    tailing.pass(secs(380)).await;
    tailing.all_of(12_000);
}

#[tokio::test(start_paused = true)]
async fn a_flood_that_fills_more_pages_than_a_turn_is_read_to_its_end_while_the_edge_stays_near() {
    let account = account(vec![flood(600, 50_000, 80, 0.01)], Faults::default());
    let mut tailing = Tailing::group(account, FLOOD, mins(15));
    tailing.pass(secs(20)).await;
    let seen = tailing.report().seen_to.expect("seen");
    assert!(tailing.now().since(seen) < secs(20));
    tailing.pass(secs(370)).await;
    tailing.all_of(50_000);
}

#[tokio::test(start_paused = true)]
async fn the_past_comes_newest_first_on_a_screen_and_in_order_for_output() {
    for order in [LogOrder::NewestFirst, LogOrder::OldestFirst] {
        let tailing = Tailing::of(account(vec![flood(1200, 12_000, 10, 0.0)], Faults::default()));
        let groups = vec![key(FLOOD)];
        tailing.wants(LogWant { groups, since: START - mins(20), until: Some(START), order, live: false });
        let mut tailing = tailing;
        tailing.until(secs(30), "the first lines", |tailing| !tailing.lines.is_empty()).await;
        let first = tailing.numbers();
        match order {
            LogOrder::NewestFirst => assert!(first.first() > Some(&11_000), "{:?}", first.first()),
            LogOrder::OldestFirst => assert_eq!(first.first(), Some(&0)),
        }
        tailing
            .until(secs(60), "all is seen", |tailing| {
                tailing.reports.last().is_some_and(|(_, report)| report.seen_to >= Some(START))
            })
            .await;
        tailing
            .until(mins(7), "all is complete", |tailing| tailing.report().complete_to >= Some(START))
            .await;
        tailing.all_of(12_000);
        let calls = tailing.endpoint.calls().of("logs:FilterLogEvents");
        tailing.pass(mins(10)).await;
        assert_eq!(
            tailing.endpoint.calls().of("logs:FilterLogEvents"),
            calls,
            "what is complete is not asked for again"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn ten_groups_share_half_the_quota_and_the_screen_is_told_how_often_each_is_read() {
    let names: Vec<String> = (0..10).map(|number| format!("/shop/{number}")).collect();
    let groups = names
        .iter()
        .map(|name| lambtop::demo::cloud::Synthetic { group: name.clone(), ..flood(60, 6_000, 2, 0.02) })
        .collect();
    let mut tailing = Tailing::of(account(groups, Faults::default()));
    tailing.want(&names.iter().map(String::as_str).collect::<Vec<_>>(), mins(2));
    tailing.pass(mins(2)).await;
    let before = tailing.endpoint.calls().of("logs:FilterLogEvents");
    tailing.pass(secs(30)).await;
    let calls = tailing.endpoint.calls().of("logs:FilterLogEvents") - before;
    assert!((100..=153).contains(&calls), "{calls} calls in half a minute, where the region allows 300");
    for name in &names {
        let report = tailing.report_of(name).expect("a report");
        assert_eq!(report.interval, secs(3), "{report:?}");
        assert!(tailing.now().since(report.seen_to.expect("seen")) < secs(8), "{report:?}");
        let lines = tailing.lines.values().filter(|(group, ..)| group == name).count();
        assert!(lines > 350, "{name} has {lines} lines");
    }
    assert!(tailing.twice.is_empty());
}

#[tokio::test(start_paused = true)]
async fn lines_are_read_on_arrival_and_shared_groups_tell_whose_they_are() {
    use lambtop::demo::cloud::{Lines, Synthetic};
    let group = Synthetic::new("/shop/checkout", Lines::OfFunction("checkout-api".to_owned()));
    let mut tailing = Tailing::group(shop(vec![group], Faults::default()), "/shop/checkout", mins(5));
    tailing.pass(mins(1)).await;
    assert!(tailing.lines.len() > 20, "{}", tailing.lines.len());
}
