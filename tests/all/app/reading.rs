//! How lines are read on the logs screen: in full, wrapped, raw, with their secrets, folded, with those around them.

use std::time::Duration;

use lambtop::app::{Effect, Frame, Input, LogRow, Mouse, MouseKind, Screen};
use lambtop::model::{Event, TailReport, Want, WantId};

use super::logs::{REQUEST, reading, tail};
use super::stage::{Stage, incident};

/// The screen as letters.
fn screen(stage: &Stage) -> String {
    crate::screens::letters(&stage.app, false)
}

#[test]
fn j_shows_the_line_in_full_and_the_pane_follows_the_cursor() {
    let mut stage = reading(3);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    let line = format!(
        "2026-11-21T14:31:15.000Z\t{REQUEST}\tERROR\tInvoke Error \t{{\"errorType\":\"Boom\",\"stack\":[\"at a\",\"at b\"]}}"
    );
    stage.log(&name, &[(0, &line)]);
    stage.keys("J");
    let shown = screen(&stage);
    for part in [
        "time       2025-11-21 14:31:16.000 UTC",
        "/aws/lambda/",
        "[$LATEST]8f5bd2c1",
        REQUEST,
        "\"errorType\": \"Boom\"",
        "\"at b\"",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    stage.keys("k");
    let shown = screen(&stage);
    assert!(!shown.contains("errorType\": \"Boom") && shown.contains("line 3"), "{shown}");
    stage.keys("<Esc>");
    assert!(stage.app.logs().detail.is_none() && *stage.app.screen() == Screen::Logs);
}

#[test]
fn what_is_long_is_scrolled_to_its_end_and_what_is_deep_is_survived() {
    let mut stage = reading(0);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    let long: String =
        (0..50_000).fold(String::new(), |text, number| text + &format!("word{number} ")) + "the end";
    let deep = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let wide =
        (0..60_000).fold("{\"first\":0".to_owned(), |text, number| text + &format!(",\"k{number}\":1")) + "}";
    stage.log(&name, &[(900, &long), (800, &deep), (700, &wide)]);
    stage.keys("GJ");
    assert!(screen(&stage).contains("\"first\": 0"));
    stage.keys("kk");
    assert!(screen(&stage).contains("word0 "));
    for _ in 0..20 {
        stage.keys("<C-d>");
    }
    let until = screen(&stage);
    assert!(until.contains("word2000 ") || until.contains("word2100 "), "{until}");
    assert!(!until.contains("ingested"), "{until}");
    stage.keys("j");
    assert!(screen(&stage).contains("\"a\": {"));
    for (columns, rows) in [(40, 10), (80, 24), (200, 50), (500, 200)] {
        stage.size(columns, rows);
        stage.keys("<C-d><C-u><S-Down><S-Up>jk");
        screen(&stage);
    }
}

#[test]
fn wrapped_lines_take_several_rows_and_the_cursor_and_the_mouse_find_them() {
    let mut stage = reading(0);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    let long = |number: u32| format!("start{number} {}end{number}", "words and more words ".repeat(12));
    let texts: Vec<String> = (0..30).map(long).collect();
    let lines: Vec<(u64, &str)> =
        texts.iter().enumerate().map(|(at, text)| ((30 - at as u64) * 1000, text.as_str())).collect();
    stage.log(&name, &lines);
    assert!(!screen(&stage).contains("end29"));
    stage.keys("<C-w>");
    let shown = screen(&stage);
    assert!(shown.contains("start29") && shown.contains("end29"), "{shown}");
    let logs = stage.app.logs();
    assert!(logs.heights.iter().all(|height| *height == 3), "{:?}", logs.heights);
    let Frame::Logs(layout) = stage.app.frame() else { panic!("logs") };
    assert_eq!(logs.line_of(logs.rows.len()), usize::from(layout.rows.height), "the screen is full");
    stage.keys("kk");
    assert!(stage.under_cursor().starts_with("start27"));
    let top = stage.app.logs().line_of(stage.app.logs().cursor);
    stage.keys("<PgUp>");
    let page = stage.under_cursor();
    stage.keys("<PgDn>");
    assert!(
        page.starts_with("start18") && stage.under_cursor().starts_with("start27"),
        "{page} {}",
        stage.under_cursor()
    );
    assert!(stage.app.logs().line_of(stage.app.logs().cursor) > top / 2);
    let first = stage.app.logs().rows.len() - 2;
    let y = stage.app.logs().line_of(first) as u16 + 1;
    let Frame::Logs(layout) = stage.app.frame().clone() else { panic!("logs") };
    stage.input(Input::Mouse(Mouse { kind: MouseKind::Click, x: 30, y: layout.rows.y + y }));
    assert_eq!(stage.app.logs().cursor, first);
    for (columns, rows) in [(40, 10), (41, 11), (80, 24), (300, 100)] {
        stage.size(columns, rows);
        stage.keys("kjgG<PgUp><PgUp><PgDn><PgDn><PgDn>kk<C-w><C-w>");
        let logs = stage.app.logs();
        assert!(!logs.rows.is_empty() && logs.cursor < logs.rows.len());
        assert!(logs.line_of(logs.cursor) < rows as usize);
    }
}

#[test]
fn raw_text_shows_what_is_otherwise_left_out() {
    let mut stage = reading(0);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.log(
        &name,
        &[(
            500,
            "[INFO]\t2026-11-21T14:31:15.000Z\tc1f0a7e2-6d40-4b1e-9c57-08e2a4417f35\t\u{1b}[31mred\u{1b}[0m",
        )],
    );
    assert!(screen(&stage).contains(" red") && !screen(&stage).contains("[31m"));
    stage.keys("x");
    let shown = screen(&stage);
    assert!(shown.contains("[INFO]  2026-11-21T") && shown.contains("␛[31mred"), "{shown}");
    stage.keys("xC");
    assert!(screen(&stage).contains(" red"));
}

#[test]
fn secrets_are_counted_and_shown_for_one_line_alone() {
    let mut stage = reading(0);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.log(
        &name,
        &[(500, "login password=hunter2hunter2"), (400, "{\"message\":\"in\",\"token\":\"abcdefgh12345\"}")],
    );
    let shown = screen(&stage);
    assert!(shown.contains("password=[masked 14]") && shown.contains("token="), "{shown}");
    assert!(shown.contains("2 secrets masked") && !shown.contains("abcdefgh"), "{shown}");
    stage.keys("kM");
    let shown = screen(&stage);
    assert!(
        shown.contains("hunter2hunter2") && !shown.contains("abcdefgh") && shown.contains("1 secret masked"),
        "{shown}"
    );
    stage.keys("Jj");
    assert!(!screen(&stage).contains("abcdefgh"), "in full it is masked as well");
    stage.keys("M");
    assert!(screen(&stage).contains("\"token\": \"abcdefgh12345\""));
}

#[test]
fn json_stands_folded_message_first_and_its_matches_at_their_cells() {
    let mut stage = reading(0);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.log(&name, &[(500, "{\"shard\":4,\"level\":\"INFO\",\"message\":\"batch of 25\",\"note\":\"x\"}")]);
    let shown = screen(&stage);
    assert!(shown.contains("batch of 25 shard=4 note=x") && shown.contains("4 fields"), "{shown}");
}

#[test]
fn c_shows_lines_around_matches_and_a_gap_between_groups() {
    let mut stage = reading(100);
    stage.keys("/\"line 29\" | \"line 30\" | \"line 60\"<Enter>");
    assert_eq!(stage.messages(), ["line 29", "line 30", "line 60"]);
    stage.keys("c");
    assert_eq!(
        stage.messages(),
        ["line 28", "line 29", "line 30", "line 31", "line 59", "line 60", "line 61"]
    );
    let begins: Vec<bool> =
        stage.app.logs().rows.iter().map(|row| matches!(row, LogRow::Line { begins: true, .. })).collect();
    assert_eq!(begins, [true, false, false, false, true, false, false]);
    stage.keys("kk");
    assert_eq!(stage.under_cursor(), "line 59");
    stage.keys("k");
    assert_eq!(stage.under_cursor(), "line 31");
    stage.keys("c");
    assert_eq!(stage.messages().len(), 4 + 4 + 7);
    stage.keys("c");
    assert_eq!(stage.messages().len(), 3);
}

#[test]
fn a_time_is_gone_to_by_name() {
    let mut stage = reading(600);
    stage.keys(":at 14:25<Enter>");
    assert_eq!(stage.under_cursor(), "line 225", "the first at or after 14:25:00");
    stage.keys(":at -2m<Enter>");
    assert_eq!(stage.under_cursor(), "line 481");
    stage.keys(":at 14:66");
    let shown = screen(&stage);
    assert!(shown.contains("\"66\" is no minute: 0 to 59"), "{shown}");
    stage.keys("<Enter><Esc>");
    assert_eq!(stage.under_cursor(), "line 481", "a mistake leads nowhere");
}

#[test]
fn a_time_before_what_is_held_asks_for_older_lines_until_it_is_reached() {
    let mut stage = reading(60);
    let report = |from: u64| TailReport { read_from: incident() - Duration::from_secs(from), ..tail(false) };
    stage.tell(Event::Tail(report(60)));
    stage.keys(":at -10m<Enter>");
    let older = |stage: &Stage| -> Vec<WantId> {
        let wants = stage.app.interest().wants;
        let older = wants.iter().filter(|(_, want)| matches!(want, Want::OlderLogs { .. }));
        older.map(|(id, _)| *id).collect()
    };
    let first = older(&stage);
    assert_eq!(first.len(), 1);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.log(&name, &[(200_000, "older")]);
    stage.tell(Event::Answered(first[0]));
    stage.tell(Event::Tail(report(200)));
    assert_eq!(stage.under_cursor(), "older");
    let second = older(&stage);
    assert!(second.len() == 1 && second != first);
    stage.log(&name, &[(601_000, "before"), (599_000, "there"), (598_000, "behind")]);
    stage.tell(Event::Tail(report(700)));
    stage.tell(Event::Answered(second[0]));
    assert!(older(&stage).is_empty() && stage.under_cursor() == "there", "{}", stage.under_cursor());
    stage.keys("j");
    assert_eq!(stage.under_cursor(), "behind");
}

#[test]
fn y_copies_the_marked_lines_or_that_under_the_cursor_with_secrets_masked() {
    let mut stage = reading(0);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.log(
        &name,
        &[(3000, "first password=hunter2hunter2"), (2000, "second\u{1b}]0;x\u{7}"), (1000, "third")],
    );
    let copied = |stage: &mut Stage| {
        stage.effects.clear();
        stage.press("y");
        stage.effects.iter().find_map(|effect| match effect {
            Effect::Copy(clip) => Some((clip.text().to_owned(), clip.summary())),
            _ => None,
        })
    };
    let (text, _) = copied(&mut stage).expect("a line");
    assert!(text.ends_with("third") && text.lines().count() == 1, "{text}");
    stage.keys("g  ");
    let (text, summary) = copied(&mut stage).expect("lines");
    assert!(
        text.contains("password=[masked 14]") && !text.contains('\u{1b}') && text.lines().count() == 2,
        "{text}"
    );
    assert!(
        summary.starts_with("log line sent to the clipboard: 2 lines") && summary.contains("1 secret masked"),
        "{summary}"
    );
}

#[test]
fn a_click_on_the_histogram_goes_to_its_time() {
    let mut stage = reading(0);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.log(&name, &[(3_500_000, "oldest"), (1_800_000, "middle"), (1000, "newest")]);
    let Frame::Logs(layout) = stage.app.frame().clone() else { panic!("logs") };
    let area = layout.histogram.expect("there is room");
    let at = stage.app.log_histogram().buckets.iter().position(|bucket| bucket.total() > 0).expect("a bar");
    stage.input(Input::Mouse(Mouse {
        kind: MouseKind::Click,
        x: area.x + lambtop::app::logs::HISTOGRAM_LABEL + at as u16,
        y: area.y,
    }));
    assert_eq!(stage.under_cursor(), "oldest");
}
