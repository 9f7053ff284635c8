//! What is asked for once: older lines, a stretch once more, another try.

use lambtop::demo::cloud::Synthetic;
use lambtop::demo::faults::{Faults, Kind, LogFault};
use lambtop::model::{Feed, LogWant, TimeRange, Want, WantId};

use super::{FLOOD, START, Tailing, account, fault, faulty, flood, key, mins, secs};

fn older(lines: u32) -> Want {
    Want::OlderLogs { group: key(FLOOD), lines }
}

#[tokio::test(start_paused = true)]
async fn the_last_lines_come_however_long_ago_they_were_and_older_ones_when_asked_for() {
    // The last event was written four days ago.
    let account = account(vec![flood(4 * 86_400, 20_000, 20, 0.0)], Faults::default());
    let mut tailing = Tailing::of(account);
    tailing.wants(LogWant { groups: vec![key(FLOOD)], since: START, ..LogWant::default() });
    tailing.ask(1, older(100));
    tailing.until(secs(10), "a hundred lines", |tailing| tailing.answered.contains(&WantId(1))).await;
    let numbers = tailing.numbers();
    assert!(numbers.len() >= 100 && numbers.last() == Some(&19_999), "{:?}", numbers.first());
    assert_eq!(numbers.len() as u64, 20_000 - numbers.first().expect("some"), "without a hole");
    assert!(!tailing.report().at_beginning);
    tailing.ask(2, older(5_000));
    tailing.until(secs(10), "older ones", |tailing| tailing.answered.contains(&WantId(2))).await;
    let numbers = tailing.numbers();
    assert!(numbers.len() >= 5_100 && numbers.len() < 12_000, "{}", numbers.len());
    assert_eq!(numbers.len() as u64, 20_000 - numbers.first().expect("some"));
    tailing.ask(3, older(1_000_000));
    tailing.until(secs(30), "all of them", |tailing| tailing.answered.contains(&WantId(3))).await;
    assert_eq!(tailing.numbers().len(), 20_000);
    assert!(
        tailing.twice.len() <= 10,
        "only where one reading ended in the middle of a millisecond: {:?}",
        tailing.twice
    );
    assert!(tailing.report().at_beginning);
}

#[tokio::test(start_paused = true)]
async fn a_stretch_is_read_once_more_when_that_is_asked_for() {
    let mut tailing =
        Tailing::group(account(vec![flood(600, 600, 1, 0.0)], Faults::default()), FLOOD, mins(10));
    tailing.pass(secs(30)).await;
    tailing.ask(1, Want::ReadAgain { group: key(FLOOD), range: TimeRange::last(mins(5), START) });
    tailing.ask(2, Want::ReadAgain { group: key("/not/tailed"), range: TimeRange::last(mins(5), START) });
    tailing.until(secs(10), "it is read", |tailing| tailing.answered.len() == 2).await;
    tailing.all_of(600);
}

#[tokio::test(start_paused = true)]
async fn another_try_reads_at_once_what_had_failed() {
    let faults = Faults::only(faulty(Kind::AccessDenied, "logs:FilterLogEvents", 0, 60));
    let mut tailing = Tailing::group(account(vec![flood(30, 1_200, 10, 0.0)], faults), FLOOD, mins(1));
    tailing.pass(secs(61)).await;
    assert!(tailing.lines.is_empty());
    tailing.ask(1, Want::Retry(Some(Feed::Logs)));
    tailing.until(secs(5), "lines", |tailing| tailing.lines.len() > 500).await;
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_to_the_logs_finds_them_where_they_were() {
    let mut tailing =
        Tailing::group(account(vec![flood(30, 2_000, 10, 0.0)], Faults::default()), FLOOD, mins(1));
    tailing.pass(secs(60)).await;
    tailing.interest.send_modify(|interest| interest.logs = None);
    tailing.pass(secs(5)).await;
    let calls = tailing.endpoint.calls().of("logs:FilterLogEvents");
    tailing.pass(mins(3)).await;
    assert_eq!(tailing.endpoint.calls().of("logs:FilterLogEvents"), calls, "nobody looks, nothing is asked");
    tailing.want(&[FLOOD], mins(1));
    tailing.pass_to(secs(530)).await;
    tailing.all_of(2_000);
}

#[tokio::test(start_paused = true)]
async fn another_try_of_everything_is_answered_while_groups_without_a_pause_are_read() {
    let names: Vec<String> = (0..20).map(|number| format!("/shop/{number}")).collect();
    let groups = names.iter().map(|name| Synthetic { group: name.clone(), ..flood(60, 2_000, 10, 0.0) });
    let mut tailing = Tailing::of(account(groups.collect(), Faults::default()));
    tailing.want(&names.iter().map(String::as_str).collect::<Vec<_>>(), mins(2));
    tailing.pass(secs(20)).await;
    for id in 1..=3 {
        let before = tailing.endpoint.calls().of("logs:FilterLogEvents");
        tailing.ask(id, Want::Retry(None));
        tailing.until(secs(15), "it is answered", |tailing| tailing.answered.contains(&WantId(id))).await;
        assert!(tailing.endpoint.calls().of("logs:FilterLogEvents") > before, "after a try");
    }
}

#[tokio::test(start_paused = true)]
async fn where_pages_cannot_be_read_backwards_older_lines_come_by_windows_that_grow() {
    let faults = Faults::only(fault(Kind::Log(LogFault::HeadOnly), 0, 100_000));
    let mut tailing = Tailing::of(account(vec![flood(7_200, 20_000, 5, 0.0)], faults));
    // The last event was written 3,200 s ago.
    tailing.wants(LogWant { groups: vec![key(FLOOD)], since: START, ..LogWant::default() });
    tailing.ask(1, older(100));
    tailing.until(mins(3), "a hundred lines", |tailing| tailing.answered.contains(&WantId(1))).await;
    let numbers = tailing.numbers();
    assert!(numbers.len() >= 100 && numbers.last() == Some(&19_999), "{:?}", numbers.last());
    assert_eq!(numbers.len() as u64, 20_000 - numbers.first().expect("some"), "without a hole");
    let before = numbers.len();
    tailing.ask(2, older(500));
    tailing.until(mins(3), "older ones", |tailing| tailing.answered.contains(&WantId(2))).await;
    let numbers = tailing.numbers();
    assert!(numbers.len() >= before + 500, "{} then {}", before, numbers.len());
    assert_eq!(numbers.len() as u64, 20_000 - numbers.first().expect("some"), "without a hole");
    assert!(tailing.twice.is_empty(), "{:?}", tailing.twice);
}
