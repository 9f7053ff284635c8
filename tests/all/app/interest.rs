//! What the screen asks the sources for.

use std::time::Duration;

use lambtop::model::{Attention, Event, Feed, Metric, Period, Want};

use super::stage::{Stage, incident, key};

fn large() -> Stage {
    let names: Vec<_> = (0..100).map(|index| format!("function-{index:03}")).collect();
    Stage::with(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn only_rows_on_screen_are_visible() {
    let mut stage = large();
    let visible = stage.app.interest().visible;
    assert_eq!(visible.len(), 18);
    assert_eq!(visible[0], key("function-000"));
    stage.press("G");
    let visible = stage.app.interest().visible;
    assert_eq!((visible.len(), &visible[17]), (18, &key("function-099")));
    stage.size(80, 24);
    assert_eq!(stage.app.interest().visible.len(), 16);
    stage.size(20, 5);
    assert!(stage.app.interest().visible.is_empty(), "nothing is visible on a screen that is too small");
}

#[test]
fn charts_are_asked_for_where_they_have_room() {
    let mut stage = large();
    stage.press("j");
    let interest = stage.app.interest();
    assert_eq!(interest.selected, Some(key("function-001")));
    let charts = interest.charts.unwrap();
    assert_eq!((charts.key, charts.period), (key("function-001"), Period::MINUTE));
    assert_eq!(charts.range.end, incident().ceil(Period::MINUTE));
    stage.size(80, 24);
    assert_eq!(stage.app.interest().charts, None);
}

#[test]
fn the_opened_function_is_all_that_is_visible_and_its_charts_follow_the_range() {
    let mut stage = large();
    stage.press("<Enter>tt");
    let interest = stage.app.interest();
    assert_eq!(interest.visible, [key("function-000")]);
    let charts = interest.charts.unwrap();
    assert_eq!(charts.range.length(), Duration::from_hours(12));
    assert_eq!(charts.period, Period::FIVE_MINUTES);
    assert_eq!(charts.range, charts.range.aligned(charts.period));
}

#[test]
fn further_metrics_are_asked_for_when_they_come_into_sight() {
    let mut stage = large();
    let metrics = vec![Metric::Invocations, Metric::IteratorAge, Metric::AsyncEventAge];
    stage.tell(Event::MetricsOf { key: key("function-000"), metrics });
    stage.press("<Enter>");
    let further = |stage: &Stage| stage.app.interest().charts.unwrap().further;
    assert!(further(&stage).is_empty());
    stage.press("j");
    assert_eq!(further(&stage), [Metric::AsyncEventAge]);
    stage.press("jjj");
    assert_eq!(further(&stage), [Metric::AsyncEventAge, Metric::IteratorAge]);
    stage.press("gk");
    assert!(further(&stage).is_empty());
}

#[test]
fn a_held_window_stays_while_time_goes_on() {
    let mut stage = large();
    stage.press("<Enter>z");
    let range = stage.app.interest().charts.unwrap().range;
    stage.wait(180);
    assert_eq!(stage.app.interest().charts.unwrap().range, range);
    assert_eq!(stage.app.chart_view().unwrap().behind, Some(Duration::from_mins(3)));
    stage.press("z");
    assert_ne!(stage.app.interest().charts.unwrap().range, range);
}

#[test]
fn without_a_key_for_ten_minutes_nobody_is_there() {
    let mut stage = large();
    stage.wait(599);
    assert_eq!(stage.app.interest().attention, Attention::Here);
    stage.wait(1);
    assert_eq!(stage.app.interest().attention, Attention::Away);
    stage.press("j");
    assert_eq!(stage.app.interest().attention, Attention::Here);
}

#[test]
fn a_want_stands_until_it_is_answered() {
    let mut stage = large();
    stage.press("R");
    let wants = stage.app.interest().wants;
    assert_eq!(wants.iter().map(|(_, want)| want.clone()).collect::<Vec<_>>(), [Want::Retry(None::<Feed>)]);
    stage.press("R");
    assert_ne!(stage.app.interest().wants[1].0, wants[0].0);
    stage.tell(Event::Answered(wants[0].0));
    assert_eq!(stage.app.interest().wants.len(), 1);
}
