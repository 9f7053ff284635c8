//! Log lines in the app: taken in, bounded by the setting, compressed elsewhere without anything to see.

use std::fmt::Write as _;

use lambtop::app::{App, Effect, Input, Job, Settings};
use lambtop::model::{Event, GroupKey, LineKind, LogPage, LogRow, LogStream, Timestamp};
use lambtop::store::lines::{LineKey, Reader, Row};

use super::stage::{incident, scope};

/// Lines of which each is 100 bytes long; page `n` follows page `n - 1`.
fn page(n: i64) -> LogPage {
    let mut page = LogPage::new(GroupKey::new(&scope(), "/aws/lambda/payment-capture"));
    page.streams.push(LogStream { name: "2026/11/21/[88]a".into(), function: None, version: None });
    for row in 0..5_000_i64 {
        let at = Timestamp::from_millis(incident().millis() + n * 5_000 + row);
        write!(page.text, "{:0>100}", n * 5_000 + row).expect("a string takes all");
        page.rows.push(LogRow {
            timestamp: at,
            ingested: at,
            id: (n * 5_000 + row).cast_unsigned(),
            stream: 0,
            text_end: page.text.len() as u32,
            event_id_end: 0,
            level: None,
            kind: LineKind::Application,
            request: None,
            provisional: false,
            late: false,
        });
    }
    page
}

#[test]
fn lines_are_compressed_on_a_worker_and_nothing_moves_on_screen() {
    let mut app = App::new(Settings { log_memory: 8_000_000, ..Settings::default() }, incident());
    let mut done = 0;
    for n in 0..20 {
        let mut effects = app.input(incident(), Input::Event(Box::new(Event::Logs(page(n)))));
        while let Some(Effect::Tidy(chore)) = effects.pop() {
            let (revision, bytes) = (app.revision(), app.store().lines().bytes());
            effects = app.input(incident(), Input::Done(Job::Tidied(chore.run())));
            assert_eq!(app.revision(), revision, "nothing to draw");
            assert!(app.store().lines().bytes() < bytes, "and smaller than before");
            done += 1;
        }
    }
    let lines = app.store().lines();
    assert!(done > 5, "{done} chores");
    assert_eq!((lines.total().held, lines.total().evicted), (100_000, 0), "10 MB of text in 8 MB");
    let groups: Vec<_> = lines.groups().map(|(id, _)| id).collect();
    let oldest = Reader::default().after(lines, &groups, LineKey::FIRST, 1, None).rows;
    let [Row::Line(line)] = &*oldest else { panic!("{oldest:?}") };
    assert_eq!(line.message.len(), 100);
}
