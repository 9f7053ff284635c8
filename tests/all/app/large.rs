//! Fleets of tens of thousands: the first rows at once, scrolling, and numbers asked for what is seen.

use std::time::{Duration, Instant};

use lambtop::model::{Event, FleetOrigin, Function, FunctionList, Metric};
use lambtop::ui;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::stage::{Stage, key, scope};

/// A page of `ListFunctions`.
fn page(names: std::ops::Range<usize>) -> Event {
    Event::Functions(FunctionList {
        scope: scope(),
        functions: names.map(|number| Function::named(key(&format!("function-{number:06}")))).collect(),
        origin: FleetOrigin::ListFunctions,
        complete: false,
    })
}

fn drawn(stage: &Stage) -> String {
    let mut cells = Buffer::empty(Rect::new(0, 0, 120, 40));
    ui::draw(&stage.app, &ui::Look::default(), &mut cells);
    cells.content.iter().map(ratatui::buffer::Cell::symbol).collect()
}

#[test]
fn the_first_page_of_a_fleet_of_any_size_is_on_screen_before_the_rest_is_known() {
    let mut stage = Stage::new();
    stage.tell(page(0..50));
    assert!(drawn(&stage).contains("function-000000"));
    assert!(drawn(&stage).contains("1-18 of 50"));
}

#[test]
fn a_hundred_thousand_functions_are_scrolled_through_and_numbers_are_asked_for_what_is_seen() {
    let mut stage = Stage::new();
    stage.tell(page(0..100_000));
    let began = Instant::now();
    let screen = drawn(&stage);
    assert!(screen.contains("1-18 of 100,000"), "{screen}");
    stage.press("G");
    assert_eq!(stage.selected(), "function-099999");
    stage.press("g<PgDn>j");
    assert_eq!(stage.selected(), "function-000019");
    assert!(drawn(&stage).contains("function-000019"));
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "five keys and two frames took {took:?}");
    assert_eq!(stage.app.interest().visible.len(), 18);
    stage.press("/077777");
    assert_eq!(stage.app.rows()[0].key, key("function-077777"));
    // A list that comes again, as every five minutes, holds each function once.
    stage.tell(page(0..100_000));
    assert_eq!(stage.app.function_count(), 100_000);
}

#[test]
fn the_sick_one_of_ten_thousand_comes_to_the_top() {
    let mut stage = Stage::new();
    for first in (0..10_000).step_by(500) {
        stage.tell(page(first..first + 500));
    }
    stage.healthy("function-000001", 100.0);
    stage.steady("function-008765", Metric::Invocations, 100.0);
    stage.steady("function-008765", Metric::Errors, 40.0);
    stage.steady("function-008765", Metric::Throttles, 0.0);
    stage.wait(12);
    assert_eq!(stage.app.rows()[0].key, key("function-008765"));
    assert!(drawn(&stage).contains("errors 40"), "{}", drawn(&stage));
}
