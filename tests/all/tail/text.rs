//! Events whose text is none: each costs no more than itself.

use lambtop::demo::faults::{BrokenText, Faults, Kind, LogFault};
use lambtop::model::{GapReason, TailStatus, Timestamp};

use super::{FLOOD, START, Tailing, account, fault, flood, mins, secs};

/// An event each 100 ms for a minute.
const EVENTS: u64 = 600;

fn broken(text: BrokenText, until: u64) -> Tailing {
    let faults = Faults::only(fault(Kind::Log(LogFault::BrokenText(text)), 0, until));
    Tailing::group(account(vec![flood(30, EVENTS, 10, 0.0)], faults), FLOOD, mins(1))
}

#[tokio::test(start_paused = true)]
async fn text_that_is_none_is_shown_with_replacement_characters_and_no_event_is_lost() {
    for (text, mark) in [
        (BrokenText::LoneSurrogate, '\u{fffd}'),
        (BrokenText::InvalidUtf8, '\u{fffd}'),
        (BrokenText::Nul, '\0'),
    ] {
        let mut tailing = broken(text, 10_000);
        tailing.pass(secs(50)).await;
        tailing.all_of(EVENTS);
        assert_eq!(tailing.report().status, TailStatus::Polling);
        let marked = tailing.beginnings.get(&mark).copied().unwrap_or_default();
        assert!((50..150).contains(&marked), "{text:?}: {marked} of them begin with it");
        let plain: u64 = tailing.beginnings.iter().filter(|(first, _)| **first != mark).map(|(_, n)| n).sum();
        assert_eq!(plain + marked, EVENTS, "every other one is as it was");
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_nothing_can_read_is_marked_alone_and_all_others_come() {
    let mut tailing = broken(BrokenText::NoJson, 100);
    tailing.pass(secs(95)).await;
    let at = |number: u64| START.millis() - 30_000 + (number * 100).cast_signed();
    let bad: Vec<u64> = (0..EVENTS).filter(|number| at(*number) % 7_000 == 0).collect();
    assert!(bad.len() >= 8, "{bad:?}");
    let numbers = tailing.numbers();
    let missing: Vec<u64> = (0..EVENTS).filter(|number| !numbers.contains(number)).collect();
    assert_eq!(missing, bad, "{:?}", tailing.reports.last());
    let marked: Vec<Timestamp> = tailing.gaps.iter().map(|gap| gap.range.start).collect();
    for number in &bad {
        let times = marked.iter().filter(|start| start.millis() == at(*number)).count();
        assert_eq!(times, 1, "event {number} is marked once: {marked:?}");
    }
    assert!(tailing.gaps.iter().all(|gap| gap.why == GapReason::Unreadable && !gap.filled));
    let noted = |word: &str| {
        tailing
            .reports
            .iter()
            .any(|(_, report)| report.note.as_deref().is_some_and(|note| note.contains(word)))
    };
    assert!(noted("read in parts") && noted("cannot be read"), "it is said");
    let behind = tailing.now().since(tailing.report().seen_to.expect("seen"));
    assert!(behind < secs(20), "the edge goes on: {behind:?}");
    // What stood in the way is gone: the later readings bring the events, and take the marks away.
    tailing.pass(mins(7)).await;
    tailing.all_of(EVENTS);
    let filled = tailing.gaps.iter().filter(|gap| gap.filled).count();
    assert_eq!(filled, bad.len());
}

#[tokio::test(start_paused = true)]
async fn while_no_page_can_be_read_it_says_so_marks_nothing_and_nothing_is_lost() {
    let faults = Faults::only(fault(Kind::TruncatedBody, 20, 140));
    let mut tailing = Tailing::group(account(vec![flood(30, EVENTS, 10, 0.0)], faults), FLOOD, mins(1));
    tailing.pass(secs(130)).await;
    let report = tailing.report();
    assert!(matches!(report.status, TailStatus::Failed { .. }), "{report:?}");
    let asked = tailing.endpoint.calls().of("logs:FilterLogEvents");
    assert!(asked < 90, "{asked} calls: it waits longer each time");
    tailing.pass(mins(2)).await;
    tailing.all_of(EVENTS);
    assert!(tailing.gaps.is_empty(), "{:?}", tailing.gaps);
    assert_eq!(tailing.report().status, TailStatus::Polling);
}
