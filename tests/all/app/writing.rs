//! `w` on the logs screen: what goes into the file, and what is said of it.

use std::io::ErrorKind;
use std::time::Duration;

use lambtop::app::{Effect, Export, Input, Job, LineExport, Written};
use lambtop::model::{Event, GapReason, LogGap, TimeRange};
use lambtop::report::logs::export;

use super::logs::{group, reading};
use super::stage::{Stage, incident};

/// What `w` wants written.
fn wanted(stage: &mut Stage) -> Option<LineExport> {
    stage.effects.clear();
    stage.press("w");
    stage.effects.drain(..).find_map(|effect| match effect {
        Effect::Write(Export::Lines(lines)) => Some(lines),
        _ => None,
    })
}

/// The file that `w` writes, and how many lines it is said to have.
fn written(stage: &mut Stage) -> (String, u64) {
    let wanted = wanted(stage).expect("something to write");
    let mut file = Vec::new();
    let count = export(&wanted, &mut file, || true).expect("memory takes everything");
    (String::from_utf8(file).expect("text"), count)
}

fn notice(stage: &Stage) -> &str {
    stage.app.notice().map_or("", |notice| &notice.text)
}

/// The logs of two functions, one of which has secrets, colours, and lines of several lines.
fn two() -> Stage {
    let mut stage = Stage::with(&["cart-api", "order-events"]);
    stage.keys("a");
    stage.log(
        "cart-api",
        &[
            (4000, "[ERROR]\tboom password=hunter2hunter2\n  at one\n  at two\n"),
            (1000, "\u{1b}[31mred\u{1b}[0m\u{1b}]0;x\u{7}"),
        ],
    );
    stage.log(
        "order-events",
        &[(3000, "START RequestId: c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35 Version: 12\n"), (2000, "second")],
    );
    stage
}

#[test]
fn all_that_is_held_is_written_in_order_and_as_harmless_as_on_screen() {
    let (text, count) = written(&mut two());
    assert_eq!(count, 4);
    assert_eq!(
        text,
        "2025-11-21T14:31:12.000Z ERROR cart-api  [ERROR] boom password=[masked 14]\n\
         \u{20}     at one\n\
         \u{20}     at two\n\
         2025-11-21T14:31:13.000Z       order-events  START RequestId: c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35 Version: 12\n\
         2025-11-21T14:31:14.000Z       order-events  second\n\
         2025-11-21T14:31:15.000Z       cart-api  red\u{241b}]0;x\u{2407}\n"
    );
}

#[test]
fn marks_come_before_the_filter_and_the_filter_before_everything() {
    let mut stage = reading(2_000);
    assert_eq!(written(&mut stage).1, 2_000);
    stage.keys("/199<Enter>");
    let (text, count) = written(&mut stage);
    assert_eq!(count, 12, "199, 1199 and 1990 to 1999");
    assert!(text.lines().all(|line| line.contains("199")), "{text}");
    stage.keys("<Esc>G ");
    stage.keys("/12<Enter>");
    stage.keys("g ");
    let (text, count) = written(&mut stage);
    assert_eq!(count, 2, "{text}");
    assert!(text.ends_with("line 2000\n") && text.contains("line 12\n"), "{text}");
}

#[test]
fn what_was_revealed_is_written_out_and_local_times_say_how_far_ahead_they_are() {
    let mut stage = two();
    stage.keys("gMu");
    let (text, _) = written(&mut stage);
    assert!(text.contains("password=hunter2hunter2"), "{text}");
    assert!(text.starts_with("2025-11-21T14:31:12.000+00:00 "), "{text}");
}

#[test]
fn a_gap_is_said_in_the_file_where_lines_may_be_missing() {
    let mut stage = reading(20);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    let start = incident() - Duration::from_millis(5_500);
    stage.tell(Event::LogGap(LogGap {
        group: group(&name),
        range: TimeRange::new(start, start + Duration::from_secs(1)),
        why: GapReason::Sampled,
        filled: false,
    }));
    let (text, count) = written(&mut stage);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((count, lines.len()), (20, 21));
    assert!(lines[13].ends_with("line 14") && lines[15].ends_with("line 15"), "{text}");
    assert_eq!(
        lines[14],
        format!(
            "2025-11-21T14:31:10.500Z ----- /aws/lambda/{name}  may be incomplete from here to \
             2025-11-21T14:31:11.500Z: Live Tail sampled"
        )
    );
}

#[test]
fn what_became_of_it_is_said() {
    let mut stage = reading(3);
    assert!(wanted(&mut stage).is_some());
    assert_eq!(notice(&stage), "writing to a file");
    let path = "/tmp/lambtop-20251121-143116.log".to_owned();
    for (count, said) in [(1, "1 line written"), (1_204, "1,204 lines written")] {
        let done = Written { count, what: "line", path: path.clone() };
        stage.input(Input::Done(Job::Written(Ok(done))));
        assert_eq!(notice(&stage), format!("{said} to {path}"));
    }
    stage.input(Input::Done(Job::Written(Err("No space left on device".to_owned()))));
    assert_eq!(notice(&stage), "nothing was written: No space left on device");
    let mut empty = reading(0);
    assert_eq!(wanted(&mut empty), None);
    assert_eq!(notice(&empty), "there is nothing to write");
}

#[test]
fn who_leaves_meanwhile_gets_no_half_of_it() {
    let wanted = wanted(&mut reading(20_000)).expect("lines");
    let mut file = Vec::new();
    let error = export(&wanted, &mut file, || false).expect_err("it was given up");
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(file.is_empty());
}
