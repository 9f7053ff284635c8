//! The requests screen as it is seen: how far back it goes, what is sorted by, what counts as an error, what keys do.

use std::time::Duration;

use lambtop::app::RequestColumn;
use lambtop::model::{Event, GroupKey, TailReport, Timestamp, Want};

use super::requests::{Ended, Shot, page_of, twelve};
use super::stage::{Stage, incident, key, scope};
use crate::screens::letters;
use crate::told;

fn screen(stage: &Stage) -> String {
    letters(&stage.app, false)
}

/// The words of the footer.
fn footer(stage: &Stage) -> Vec<String> {
    stage.app.hints().iter().map(|hint| format!("{} {}", hint.keys, hint.text)).collect()
}

impl Stage {
    /// The log of a function is read back to an instant.
    fn read_to(&mut self, function: &str, read_from: Timestamp, at_beginning: bool) {
        let tail = told::tail(GroupKey::by_default(&key(function)), self.at);
        self.tell(Event::Tail(TailReport { read_from, at_beginning, ..tail }));
        self.wait(1);
    }

    fn asks_for_older(&self) -> bool {
        self.app.interest().wants.iter().any(|(_, want)| matches!(want, Want::OlderLogs { .. }))
    }
}

#[test]
fn below_the_last_row_it_is_said_how_far_back_was_read_and_down_reads_further() {
    let mut stage = twelve();
    stage.read_to("payment-capture", incident() - Duration::from_hours(1), false);
    assert!(!screen(&stage).contains("not all of"), "an hour was asked for and read");
    stage.press("t");
    stage.wait(2);
    assert!(screen(&stage).contains("read back to 13:31, not all of 3h · ↓ here reads further back"));
    stage.press("jjj");
    assert!(!stage.asks_for_older(), "there are rows below");
    stage.press("Gj");
    assert!(stage.asks_for_older());
    assert_eq!(stage.app.requests().at, 11, "the cursor stays on the last row");
    assert!(screen(&stage).contains("not all of 3h · reading further back …"));
    let wants = stage.app.interest().wants;
    let answered: Vec<_> = wants.iter().map(|(id, _)| *id).collect();
    for id in answered {
        stage.tell(Event::Answered(id));
    }
    stage.read_to("payment-capture", incident() - Duration::from_hours(2), false);
    assert!(screen(&stage).contains("read back to 12:31, not all of 3h · ↓ here"));
    stage.read_to("payment-capture", incident() - Duration::from_hours(2), true);
    assert!(!screen(&stage).contains("not all of"), "there is nothing older");
    stage.press("jG");
    assert!(!stage.asks_for_older());
}

#[test]
fn the_words_below_the_last_row_are_seen_with_it_where_rows_fill_the_screen() {
    let mut stage = twelve();
    stage.size(80, 16);
    stage.press("t");
    stage.read_to("payment-capture", incident() - Duration::from_hours(1), false);
    assert!(!screen(&stage).contains("not all of"), "there are more rows than room");
    stage.press("G");
    let seen = screen(&stage);
    assert!(seen.contains("not all of 3h") && seen.contains("100"), "{seen}");
    assert_eq!(stage.app.requests().at, 11);
}

#[test]
fn no_row_at_all_says_how_far_back_was_read_and_down_reads_further() {
    let mut stage = Stage::with(&["payment-capture"]);
    stage.press("rt");
    stage.read_to("payment-capture", incident() - Duration::from_hours(1), false);
    let seen = screen(&stage);
    assert!(seen.contains("no request of payment-capture in what was read of the last 3h"), "{seen}");
    assert!(seen.contains("read back to 13:31, not all of 3h · ↓ here reads further back"), "{seen}");
    stage.press("j");
    assert!(stage.asks_for_older());
}

#[test]
fn the_column_that_rows_are_sorted_by_is_on_an_eighty_column_screen() {
    let mut stage = twelve();
    stage.size(80, 24);
    let heads = |stage: &Stage| -> String {
        let seen = screen(stage);
        seen.lines().find(|line| line.contains("OUTCOME")).expect("the heads of the columns").to_owned()
    };
    assert!(!heads(&stage).contains("MB"));
    stage.press("ss");
    assert_eq!(stage.app.requests().sort, RequestColumn::Memory);
    assert!(heads(&stage).contains("MB"));
    stage.press("s");
    assert_eq!(stage.app.requests().sort, RequestColumn::Billed);
    assert!(heads(&stage).contains("BILLED") && !heads(&stage).contains("MB"));
}

#[test]
fn where_ten_of_the_functions_are_read_it_is_said_how_all_are() {
    let names: Vec<String> = (10..24).map(|number| format!("function-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut stage = Stage::with(&names);
    stage.press("3");
    stage.wait(2);
    let seen = screen(&stage);
    assert!(seen.contains(" 10 of 14 functions") && seen.contains("a reads all 14 functions."), "{seen}");
    stage.requests("function-10", &[Shot::default()]);
    for size in [(120, 40), (80, 24)] {
        stage.size(size.0, size.1);
        let seen = screen(&stage);
        assert!(seen.contains(" 1-1 of 1 · a reads all 14 functions"), "{seen}");
    }
    stage.press("a");
    stage.wait(2);
    let seen = screen(&stage);
    assert_eq!(stage.app.requests().sources.list.len(), 14);
    assert!(seen.contains(" 14 functions · 1 request") && !seen.contains("a reads"), "{seen}");
    stage.press("a");
    assert!(screen(&stage).contains("these are the requests of all that pass the filter"));
    stage.press("1/^function-1<Enter>3a");
    assert_eq!(stage.app.requests().sources.list.len(), 10, "those that pass the filter");
}

#[test]
fn the_share_of_an_error_is_of_the_requests_that_are_listed_and_says_of_which() {
    let mut stage = twelve();
    let told = |stage: &Stage| {
        let seen = screen(stage);
        let head = seen.lines().position(|line| line.contains("COUNT")).expect("the heads of the columns");
        let lines: Vec<&str> = seen.lines().collect();
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        (words(lines[head])[1..3].join(" "), words(lines[head + 1])[1..3].join(" "), seen)
    };
    stage.press("g");
    let (head, row, seen) = told(&stage);
    assert_eq!((&*head, &*row), ("% ALL", "3 25.0"), "{seen}");
    assert!(seen.contains("all others failed · % of all 12 requests"), "{seen}");
    stage.press("<Tab><Up>");
    let (head, row, seen) = told(&stage);
    assert_eq!((&*head, &*row), ("% PICKED", "1 33.3"), "{seen}");
    assert!(seen.contains("· 3 requests") && seen.contains("% of the picked 3 requests"), "{seen}");
    stage.press("<Esc>/duration>500ms<Enter>");
    let (head, row, seen) = told(&stage);
    assert_eq!((&*head, &*row), ("% FOUND", "2 28.6"), "{seen}");
    assert!(seen.contains("7 of 12"), "{seen}");
}

#[test]
fn of_the_selected_request_it_is_said_how_long_its_cold_start_took_and_how_it_ended() {
    let mut stage = Stage::with(&["payment-capture"]);
    stage.press("r");
    let cold = Shot { before: 30_000, init: Some(812.0), ms: 20_000.0, ..Shot::default() };
    stage.requests("payment-capture", &[cold]);
    stage.wait(2);
    assert!(screen(&stage).contains("cold start 812 ms, then ok in 20.00 s"), "{}", screen(&stage));
}

#[test]
fn what_counts_as_failed_and_what_as_an_error_is_told_apart() {
    let mut stage = twelve();
    stage.press("ggg");
    assert!(screen(&stage).contains("FAIL") && screen(&stage).contains("handled errors are not counted"));
    stage.press("ggg");
    assert!(screen(&stage).contains("FAIL %"));
    stage.press("ggg");
    assert!(screen(&stage).contains("1 kind of error · 3 requests, all failed"), "{}", screen(&stage));
    stage.press("1<Enter>");
    stage.wait(1);
    assert!(screen(&stage).contains("errors · 3 requests, all failed in 1h · 1 kind"), "{}", screen(&stage));
}

/// Twelve requests, of which three have failed, and two more that logged an error and answered.
fn with_handled() -> Stage {
    let mut stage = twelve();
    let handled = |number| Shot {
        number,
        before: 3_000 + number,
        ended: Ended::Handled,
        version: "89",
        stream: number,
        ..Shot::default()
    };
    stage.requests("payment-capture", &[handled(50), handled(51)]);
    stage
}

#[test]
fn an_error_that_was_handled_is_an_error_and_no_failure() {
    let mut stage = with_handled();
    stage.press("g");
    let seen = screen(&stage);
    assert!(seen.contains("2 kinds of errors · 5 requests, 3 failed"), "{seen}");
    stage.press("g");
    let failed: Vec<(usize, usize)> =
        stage.app.requests().shown.groups.iter().map(|group| (group.count, group.failed)).collect();
    assert_eq!(failed, [(8, 2), (6, 1)], "of version 89 and of 88");
    assert!(screen(&stage).contains("25.0"), "two of eight: {}", screen(&stage));
    stage.press("g");
    let mut lanes = stage.app.requests().shown.groups.iter().filter(|group| group.count == 1);
    let group = lanes.next().expect("the environment of one that was handled");
    assert!(group.failed == 0 && group.lane.iter().all(|cell| cell.failed == 0), "{group:?}");
    let of_all: u32 =
        stage.app.requests().shown.groups.iter().flat_map(|group| &group.lane).map(|cell| cell.failed).sum();
    assert_eq!(of_all, 3, "each failure stands on its lane");
    stage.press("1<Enter>");
    stage.wait(1);
    let seen = screen(&stage);
    assert!(seen.contains("errors · 5 requests, 3 failed in 1h · 2 kinds"), "{seen}");
}

#[test]
fn an_environment_whose_memory_creeps_shows_from_where_to_where() {
    let mut stage = Stage::with(&["payment-capture"]);
    stage.press("r");
    let shots: Vec<Shot> = [(1, 120), (2, 180), (3, 180), (4, 460)]
        .into_iter()
        .map(|(number, memory)| Shot {
            number,
            memory,
            before: 3_000_000 - number * 600_000,
            ..Shot::default()
        })
        .collect();
    stage.requests("payment-capture", &shots);
    stage.press("ggg");
    let [group] = &stage.app.requests().shown.groups[..] else { panic!("one environment") };
    assert_eq!((group.memory_mb, group.size_mb), (Some((120.0, 460.0)), Some(512.0)));
    let of_lane: Vec<f64> =
        group.lane.iter().filter(|cell| cell.requests > 0).map(|cell| cell.memory_mb).collect();
    assert_eq!(of_lane, [120.0, 180.0, 180.0, 460.0], "each where it was");
    assert!(screen(&stage).contains("120→460/512"), "{}", screen(&stage));
}

#[test]
fn requests_that_were_let_go_because_there_are_too_many_are_said() {
    let mut stage = Stage::with(&["payment-capture"]);
    stage.press("r");
    // The REPORT of one under other ids: reading lines takes longer than joining them.
    let one = Shot { before: 3_000_000, ..Shot::default() };
    let page = page_of(stage.at, &scope(), "payment-capture", &[one]);
    for part in 0..21_u64 {
        let mut many = page.clone();
        (many.rows, many.figures, many.notes, many.text) = Default::default();
        for number in part * 5_000..(part + 1) * 5_000 {
            let mut row = page.rows[1];
            row.timestamp = row.timestamp + Duration::from_millis(number * 20);
            row.id = number;
            row.text_end = 0;
            let id = format!("{number:08x}-0001-4000-8000-{number:012x}");
            row.request = lambtop::model::RequestId::parse(&id);
            many.figures.push((many.rows.len() as u32, page.figures[0].1));
            many.rows.push(row);
        }
        stage.tell(Event::Logs(many));
    }
    stage.wait(2);
    let held = stage.app.store().invocations();
    assert_eq!(held.len() as u64 + held.evicted(), 105_000);
    assert!(held.evicted() >= 5_000);
    stage.size(200, 50);
    assert!(screen(&stage).contains("older let go"), "{}", screen(&stage));
    stage.read_to("payment-capture", incident() - Duration::from_hours(1), false);
    stage.press("t");
    stage.wait(2);
    for (width, words) in [
        (200, [" · read back to 13:31 · ", " older let go · X-Ray knows 0 of them (0.0 %)"]),
        (120, [" · read back to 13:31 · ", " let go · X-Ray 0.0 %"]),
    ] {
        stage.size(width, 40);
        let seen = screen(&stage);
        assert!(words.iter().all(|words| seen.contains(words)), "{seen}");
    }
}

#[test]
fn the_footer_says_what_keys_do_on_the_map_and_in_the_panes_of_a_function() {
    let mut stage = twelve();
    assert!(footer(&stage).contains(&"Enter timeline".to_owned()));
    stage.press("<Tab>");
    assert_eq!(footer(&stage)[..3], ["Enter rows", "←→ times", "↑↓ durations"]);
    stage.size(80, 18);
    assert_eq!(footer(&stage)[..2], ["Enter rows", "←→ durations"], "a line of durations");
    stage.press("<Enter>");
    assert!(footer(&stage).contains(&"Enter timeline".to_owned()), "Enter went back to the rows");
    stage.size(120, 40);
    stage.press("1<Enter>");
    assert!(!footer(&stage).iter().any(|hint| hint.starts_with("Enter")), "the charts open nothing");
    stage.press("<Tab>");
    assert_eq!(footer(&stage)[..2], ["Enter timeline", "↑↓ row"]);
    stage.press("<Tab>");
    assert_eq!(footer(&stage)[..2], ["Enter requests", "Tab charts"], "one error: no row to go to");
}
