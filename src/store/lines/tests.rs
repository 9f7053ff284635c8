//! What the store does with lines, one behaviour at a time; `properties` holds it against a plain list.

mod properties;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::*;
use crate::model::{
    GapReason, Level, LineKind, LogLine, LogRow, LogStream, RequestFigures, RequestId, TimeRange, Timestamp,
};

const START: i64 = 1_763_733_600_000;

/// Event number `n`: everything about it follows from its number, as everything about an event from its id.
#[derive(Clone, Debug, PartialEq)]
struct Event {
    timestamp: i64,
    ingested: i64,
    id: u64,
    stream: u32,
    level: Option<Level>,
    request: Option<RequestId>,
    figures: Option<RequestFigures>,
    message: String,
}

fn event(n: u64) -> Event {
    let hash = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    let hostile = [0, -1, 1 << 53, i64::MAX, i64::MIN];
    let timestamp =
        if n % 97 == 13 { hostile[(hash % 5) as usize] } else { START + (hash % 3000).cast_signed() };
    let uuid = format!("8f5bd2c1-22a3-4b6e-9a44-{:012x}", hash % 40);
    Event {
        timestamp,
        ingested: timestamp.saturating_add((hash >> 40).cast_signed() % 700),
        id: hash ^ n,
        stream: (hash >> 20) as u32 % 3,
        level: [None, Some(Level::Info), Some(Level::Warn), Some(Level::Error)][(hash >> 30) as usize % 4],
        request: (!n.is_multiple_of(3)).then(|| RequestId::parse(&uuid).unwrap()),
        figures: n
            .is_multiple_of(7)
            .then(|| RequestFigures { duration_ms: Some(n as f64), ..RequestFigures::default() }),
        message: match n % 5 {
            0 => String::new(),
            1 => format!("größe {n} {}", "价格 ".repeat(30)),
            _ => format!("line {n} of {uuid} {}", "and so on, ".repeat((hash >> 50) as usize % 40)),
        },
    }
}

fn group(n: u32) -> GroupKey {
    GroupKey::new(&Scope::new("123456789012", "eu-west-1"), &format!("/aws/lambda/f{n}"))
}

fn page(of: u32, events: &[Event], provisional: bool) -> LogPage {
    let mut page = LogPage::new(group(of));
    page.streams = (0..3)
        .map(|n| LogStream {
            name: format!("stream {n}").into(),
            function: (n == 2).then(|| "other".into()),
            version: None,
        })
        .collect();
    for event in events {
        page.text.push_str(&event.message);
        if let Some(figures) = event.figures {
            page.figures.push((page.rows.len() as u32, figures));
        }
        page.rows.push(LogRow {
            timestamp: Timestamp::from_millis(event.timestamp),
            ingested: Timestamp::from_millis(event.ingested),
            id: event.id,
            stream: event.stream,
            text_end: page.text.len() as u32,
            event_id_end: 0,
            level: event.level,
            kind: if event.figures.is_some() { LineKind::Report } else { LineKind::Application },
            request: event.request,
            provisional,
            late: event.id.is_multiple_of(2),
        });
    }
    page
}

fn numbered(of: u32, numbers: &[u64]) -> LogPage {
    page(of, &numbers.iter().map(|n| event(*n)).collect::<Vec<_>>(), false)
}

fn all_groups(lines: &Lines) -> Vec<GroupId> {
    lines.groups().map(|(id, _)| id).collect()
}

fn held_lines(rows: Vec<Row>) -> Vec<HeldLine> {
    rows.into_iter()
        .map(|row| match row {
            Row::Line(line) => line,
            Row::Gap { .. } => panic!("no gap was told"),
        })
        .collect()
}

/// All that is held, walked through in steps of `step`, forward and backward.
fn walked(lines: &Lines, step: usize) -> Vec<HeldLine> {
    let groups = all_groups(lines);
    let mut reader = Reader::default();
    let (mut forward, mut at) = (Vec::new(), LineKey::FIRST);
    loop {
        let found = held_lines(reader.after(lines, &groups, at, step, None).rows);
        let Some(last) = found.last() else { break };
        at = last.key;
        forward.extend(found);
    }
    let (mut backward, mut at) = (Vec::new(), LineKey::LAST);
    loop {
        let found = held_lines(reader.before(lines, &groups, at, step, None).rows);
        let Some(first) = found.first() else { break };
        at = first.key;
        backward.splice(0..0, found);
    }
    assert_eq!(forward, backward);
    forward
}

#[test]
fn all_pieces_in_order_are_what_a_walk_comes_by() {
    let mut lines = Lines::default();
    for of in 0..3 {
        for part in 0..5 {
            let numbers: Vec<u64> = (0..200).map(|n| n * 15 + part * 3 + u64::from(of)).collect();
            lines.ingest(numbered(of, &numbers));
        }
    }
    while let Some(chore) = lines.chore() {
        lines.finish(chore.run());
    }
    lines.ingest(numbered(0, &[9_000, 9_001]));
    let mut seen = Vec::new();
    let walk = in_order::<()>(&lines.snapshot(&all_groups(&lines)), |key, line| {
        seen.push((key, line.message.to_owned()));
        std::ops::ControlFlow::Continue(())
    });
    assert!(walk.is_continue());
    let expected: Vec<(LineKey, String)> =
        walked(&lines, 999).into_iter().map(|line| (line.key, line.message.to_string())).collect();
    assert_eq!(seen.len(), expected.len());
    assert!(seen == expected, "order and messages are the same");
}

#[test]
fn five_thousand_lines_of_one_millisecond_are_held_once_each() {
    let burst: Vec<Event> = (0..5_000)
        .map(|n| Event { timestamp: START, ingested: START + 5, id: n * 7919 % 65_537, ..event(n) })
        .collect();
    let mut lines = Lines::default();
    for _ in 0..2 {
        for part in burst.chunks(1_000) {
            lines.ingest(page(0, part, false));
        }
    }
    let total = lines.total();
    assert_eq!((total.held, total.duplicates), (5_000, 5_000));
    assert_eq!(walked(&lines, 999).len(), 5_000);
}

#[test]
fn one_id_in_one_instant_is_one_line_whatever_its_ingestion() {
    let first = event(1);
    let again = Event { ingested: first.ingested + 1, ..first.clone() };
    let mut lines = Lines::default();
    lines.ingest(page(0, &[first.clone(), again.clone()], false));
    lines.ingest(page(0, &[again], false));
    lines.ingest(page(1, &[first], false));
    assert_eq!(lines.total().held, 2, "one in each of two groups");
}

#[test]
fn a_flood_stays_within_its_bound_and_everything_is_accounted_for() {
    let mut lines = Lines::default();
    lines.set_limit(512 << 10);
    for start in (0..50_000_u64).step_by(1_000) {
        let events: Vec<Event> = (start..start + 1_000)
            .map(|n| Event {
                timestamp: START + n.cast_signed() / 50,
                ingested: START + n.cast_signed(),
                ..event(n)
            })
            .collect();
        lines.ingest(page((start / 1_000 % 2) as u32, &events, false));
        // Swept once more, as a tail does.
        lines.ingest(page((start / 1_000 % 2) as u32, &events, false));
        assert!(lines.bytes() <= lines.limit());
    }
    let total = lines.total();
    assert_eq!((total.held + total.evicted, total.duplicates, total.beyond_reach), (50_000, 50_000, 0));
    assert!(total.evicted > 25_000 && total.held > 1_000, "{total:?}");
    let held = walked(&lines, 5_000);
    assert!(held[0].key.timestamp > Timestamp::from_millis(START + 400), "the oldest went first");
    assert_eq!(held.last().unwrap().key.timestamp, Timestamp::from_millis(START + 999));
}

#[test]
fn lines_of_bad_times_leave_first_and_stretch_no_block() {
    let mut lines = Lines::default();
    let bad = [0, -1, 1 << 53, i64::MAX].map(|timestamp| Event { timestamp, ..event(2) });
    let good: Vec<Event> = (0..200).map(|n| Event { timestamp: START, ..event(n) }).collect();
    lines.ingest(page(0, &good, false));
    lines.ingest(page(0, &bad, false));
    let groups = all_groups(&lines);
    let (first, last) = lines.span(&groups).unwrap();
    assert_eq!((first.timestamp.millis(), last.timestamp.millis()), (START, START));
    assert_eq!(walked(&lines, 50).iter().filter(|line| line.key.has_bad_time()).count(), 4);
    let bytes = lines.bytes();
    lines.set_limit(bytes - 1);
    assert!(lines.total().evicted > 0 && lines.total().held >= 200, "{:?}", lines.total());
}

#[test]
fn provisional_lines_are_taken_out_one_by_one_as_they_are_confirmed() {
    let guesses: Vec<Event> =
        (0..4).map(|n| Event { timestamp: START, message: "same".into(), id: 100 + n, ..event(1) }).collect();
    let mut lines = Lines::default();
    lines.ingest(page(0, &guesses, true));
    lines.ingest(page(0, &guesses[..2], true));
    assert_eq!((lines.total().held, lines.total().provisional), (4, 4));
    let facts: Vec<Event> = (0..3).map(|n| Event { id: 900 + n, timestamp: START, ..event(1) }).collect();
    for (fact, guess) in facts.iter().zip(&guesses) {
        let mut page = page(0, std::slice::from_ref(fact), false);
        page.confirmed.push(guess.id);
        lines.ingest(page);
    }
    let held = walked(&lines, 10);
    let unconfirmed: Vec<u64> = held.iter().filter(|line| line.provisional).map(|line| line.key.id).collect();
    assert_eq!((held.len(), unconfirmed), (4, vec![103]), "what is never confirmed stays");
    assert_eq!((lines.total().held, lines.total().provisional), (4, 1));
}

#[test]
fn a_gap_stands_before_the_lines_of_its_first_instant_until_it_is_filled() {
    let mut lines = Lines::default();
    let at = |second: i64| Timestamp::from_millis(START + second * 1000);
    let events: Vec<Event> =
        (0..10).map(|n| Event { timestamp: at(n).millis(), ..event(n.cast_unsigned() * 5 + 2) }).collect();
    lines.ingest(page(0, &events, false));
    let gap = |from: i64, to: i64, filled: bool| LogGap {
        group: group(0),
        range: TimeRange::new(at(from), at(to)),
        why: GapReason::Sampled,
        filled,
    };
    lines.gap(gap(3, 5, false));
    lines.gap(gap(5, 6, false));
    let groups = all_groups(&lines);
    let mut reader = Reader::default();
    let shape = |rows: &[Row]| -> String {
        rows.iter().map(|row| if matches!(row, Row::Gap { .. }) { '-' } else { '.' }).collect()
    };
    assert_eq!(lines.gaps(groups[0]), [gap(3, 6, false)], "what touches is one");
    assert_eq!(shape(&reader.after(&lines, &groups, LineKey::FIRST, 20, None).rows), "...-.......");
    assert_eq!(shape(&reader.before(&lines, &groups, LineKey::LAST, 8, None).rows), "-.......");
    assert_eq!(shape(&reader.after(&lines, &groups, LineKey::at(at(3)), 3, None).rows), "-..");
    lines.gap(gap(2, 4, true));
    assert_eq!(lines.gaps(groups[0]), [gap(4, 6, false)], "what is left of it stays");
    lines.gap(gap(0, 9, true));
    assert!(lines.gaps(groups[0]).is_empty());
}

#[test]
fn what_was_read_by_itself_is_never_called_unread_and_fills_no_gap_of_the_tail() {
    let mut lines = Lines::default();
    let at = |minute: i64| Timestamp::from_millis(START + minute * 60_000);
    lines.ingest(page(0, &[event(2)], false));
    let gap = |from: i64, to: i64, why: GapReason, filled: bool| LogGap {
        group: group(0),
        range: TimeRange::new(at(from), at(to)),
        why,
        filled,
    };
    let unread = |from: i64, to: i64| gap(from, to, GapReason::NotRead, false);
    let read = |from: i64, to: i64| gap(from, to, GapReason::NotRead, true);
    let sampled = gap(20, 22, GapReason::Sampled, false);
    lines.gap(sampled.clone());
    lines.gap(read(20, 25));
    lines.gap(unread(25, 40));
    lines.gap(read(10, 12));
    lines.gap(unread(12, 40));
    let id = all_groups(&lines)[0];
    assert_eq!(lines.gaps(id), [unread(12, 20), sampled.clone(), unread(25, 40)]);
    lines.gap(read(12, 20));
    assert_eq!(lines.gaps(id), [sampled, unread(25, 40)]);
}

#[test]
fn the_next_match_is_found_within_a_budget_and_gone_on_for() {
    let mut lines = Lines::default();
    let events: Vec<Event> = (0..300)
        .map(|n| Event { timestamp: START + n, message: format!("number {n}."), ..event(n.cast_unsigned()) })
        .collect();
    lines.ingest(page(0, &events, false));
    let groups = all_groups(&lines);
    let matcher = |line: &LogLine<'_>| line.message.ends_with(" 250.");
    let mut reader = Reader::default();
    let mut at = LineKey::FIRST;
    let mut turns = 0;
    let hit = loop {
        let found = reader.after(&lines, &groups, at, 1, Some((&matcher, 100)));
        turns += 1;
        match (found.rows.into_iter().next(), found.next) {
            (Some(row), _) => break row,
            (None, Some(next)) => at = next,
            (None, None) => panic!("it is there"),
        }
    };
    assert_eq!((hit.key().timestamp.millis(), turns), (START + 250, 3));
    let found = reader.before(&lines, &groups, hit.key(), 1, Some((&matcher, 1_000)));
    assert_eq!(found, Found::default(), "and nothing before it");
}

#[test]
fn a_newer_search_ends_an_older_one_and_an_empty_one_says_so_at_once() {
    let mut lines = Lines::default();
    lines.ingest(numbered(0, &(0..50).collect::<Vec<_>>()));
    let newest = Arc::new(AtomicU64::new(1));
    let all: Arc<dyn crate::query::LineMatcher> = Arc::new(|_: &LogLine<'_>| true);
    let pieces = lines.snapshot(&all_groups(&lines));
    let old = Search::new(SearchId(1), pieces.clone(), Arc::clone(&all), Arc::clone(&newest), 7);
    let hits = old.step(&mut Scratch::default()).unwrap();
    assert_eq!((hits.keys.len(), hits.found, hits.done), (7, 50, true), "keys up to the bound, all counted");
    let old = Search::new(SearchId(1), pieces, Arc::clone(&all), Arc::clone(&newest), 7);
    newest.store(2, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(old.step(&mut Scratch::default()), None);
    let empty = Search::new(SearchId(2), Vec::new(), all, newest, 7);
    let hits = empty.step(&mut Scratch::default()).unwrap();
    assert!(hits.done && hits.lines == 0 && empty.step(&mut Scratch::default()).is_none());
}

#[test]
fn small_pages_end_in_few_blocks_however_they_came() {
    let mut lines = Lines::default();
    for n in 0..3_000_u64 {
        // Every tenth comes five seconds late.
        let at = START + n.cast_signed() * 10 - if n % 10 == 0 { 5_000 } else { 0 };
        lines.ingest(page(0, &[Event { timestamp: at, ..event(n * 5 + 2) }], false));
        if n % 50 == 49 {
            while let Some(chore) = lines.chore() {
                lines.finish(chore.run());
            }
        }
    }
    let blocks = lines.snapshot(&all_groups(&lines)).len();
    assert!(blocks < 60, "{blocks} blocks");
    assert_eq!(walked(&lines, 500).len(), 3_000);
}

#[test]
fn a_page_that_says_what_cannot_be_is_survived() {
    let mut lines = Lines::default();
    let mut broken = numbered(0, &[1, 2, 3]);
    broken.rows[1].text_end = 1_000_000;
    broken.rows[2].stream = 99;
    broken.rows[0].text_end = 3;
    broken.figures.push((77, RequestFigures::default()));
    lines.ingest(broken);
    assert_eq!(walked(&lines, 2).len(), 3);
}

#[test]
fn lines_from_before_the_account_was_known_belong_to_it() {
    let mut lines = Lines::default();
    let mut early = numbered(0, &[1, 2, 3]);
    early.group.scope = Scope::unnamed("eu-west-1");
    lines.ingest(early);
    lines.rename(&Scope::unnamed("eu-west-1"), &group(0).scope);
    lines.ingest(numbered(0, &[3, 4]));
    assert_eq!((lines.groups().count(), lines.total().held), (1, 4));
}

#[test]
fn where_nobody_does_the_chores_pages_do_them_as_they_come() {
    let mut lines = Lines::default();
    lines.set_limit(8_000_000);
    for start in (0..100_000_u64).step_by(2_000) {
        let events: Vec<Event> = (start..start + 2_000)
            .map(|n| Event { timestamp: START + n.cast_signed(), message: format!("{n:0>100}"), ..event(n) })
            .collect();
        lines.ingest(page(0, &events, false));
    }
    let total = lines.total();
    assert_eq!((total.held, total.evicted), (100_000, 0), "10 MB of text in {} bytes", lines.bytes());
}

#[test]
fn lines_without_ids_are_held_once_whoever_brings_them_first_and_equal_ones_stay_as_many_as_they_are() {
    let line = |id: u64, at: i64, message: &str| Event {
        timestamp: START + at,
        ingested: START + at + 5,
        id,
        stream: 0,
        level: None,
        request: None,
        figures: None,
        message: message.to_owned(),
    };
    let unnamed = |events: &[Event]| LogPage { unnamed: true, ..page(0, events, false) };
    let mut lines = Lines::default();
    // One is held as an event; a query brings it and its twin, and another line.
    lines.ingest(page(0, &[line(1, 10, "twin\n")], false));
    lines.ingest(unnamed(&[line(91, 10, "twin"), line(92, 10, "twin"), line(93, 20, "other")]));
    assert_eq!(lines.total().held, 3);
    // The same query again, with other pointers.
    lines.ingest(unnamed(&[line(71, 10, "twin"), line(72, 10, "twin"), line(73, 20, "other")]));
    assert_eq!(lines.total().held, 3);
    // Then all of it is read, twice: only what no query brought is new.
    for _ in 0..2 {
        lines.ingest(page(
            0,
            &[line(1, 10, "twin\n"), line(2, 10, "twin\n"), line(3, 20, "other\n"), line(4, 20, "third\n")],
            false,
        ));
        assert_eq!(lines.total().held, 4);
    }
    // A third twin is a third line.
    lines.ingest(page(0, &[line(5, 10, "twin\n")], false));
    assert_eq!(lines.total().held, 5);
}
