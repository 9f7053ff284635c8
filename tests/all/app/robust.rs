//! Whatever is pressed, told and resized: the app goes on.

use lambtop::app::{Area, Code, Frame, Input, Key, Mouse, MouseKind};
use lambtop::model::{Event, Metric};
use proptest::prelude::*;

use super::requests::{Ended, Shot, page_of};
use super::stage::{Stage, key, scope};
use super::traces::{list, summary};
use crate::screens::traces::map;

#[derive(Clone, Debug)]
enum Deed {
    Press(Key),
    Point(Mouse),
    Paste(String),
    Resize(u16, u16),
    List(Vec<u8>),
    Numbers(u8, f64),
    Further(u8),
    Requests(u8, Vec<(u32, u16, u8)>),
    Traces(Vec<u64>),
    Map(Vec<(u8, u8, u8)>),
    Wait(u64),
}

fn any_key() -> impl Strategy<Value = Key> {
    let code = prop_oneof![
        prop::char::range(' ', '~').prop_map(Code::Char),
        any::<char>().prop_map(Code::Char),
        prop::sample::select(vec![
            Code::Enter,
            Code::Esc,
            Code::Tab,
            Code::Backspace,
            Code::Delete,
            Code::Left,
            Code::Right,
            Code::Up,
            Code::Down,
            Code::Home,
            Code::End,
            Code::PageUp,
            Code::PageDown,
        ]),
    ];
    (code, prop::bool::weighted(0.1), prop::bool::weighted(0.1)).prop_map(|(code, ctrl, shift)| Key {
        code,
        ctrl,
        alt: false,
        shift,
    })
}

fn any_deed() -> impl Strategy<Value = Deed> {
    let kind = prop::sample::select(vec![MouseKind::Click, MouseKind::WheelUp, MouseKind::WheelDown]);
    prop_oneof![
        8 => any_key().prop_map(Deed::Press),
        1 => (kind, 0..500_u16, 0..300_u16).prop_map(|(kind, x, y)| Deed::Point(Mouse { kind, x, y })),
        1 => "\\PC{0,12}".prop_map(Deed::Paste),
        2 => (0..=500_u16, 0..=300_u16).prop_map(|(columns, rows)| Deed::Resize(columns, rows)),
        1 => prop::collection::vec(0..30_u8, 0..30).prop_map(Deed::List),
        1 => (0..30_u8, prop::num::f64::ANY).prop_map(|(name, value)| Deed::Numbers(name, value)),
        1 => (0..30_u8).prop_map(Deed::Further),
        2 => (0..30_u8, prop::collection::vec((0..4_000_000_u32, any::<u16>(), any::<u8>()), 0..20))
            .prop_map(|(name, shots)| Deed::Requests(name, shots)),
        1 => prop::collection::vec(1..90_u64, 0..40).prop_map(Deed::Traces),
        1 => prop::collection::vec((0..30_u8, 0..30_u8, 0..9_u8), 0..40).prop_map(Deed::Map),
        1 => (1..90_u64).prop_map(Deed::Wait),
    ]
}

fn name(index: u8) -> String {
    format!("function-{index}")
}

fn carry_out(stage: &mut Stage, deed: Deed) {
    match deed {
        Deed::Press(key) => stage.input(Input::Key(key)),
        Deed::Point(mouse) => stage.input(Input::Mouse(mouse)),
        Deed::Paste(text) => stage.input(Input::Paste(text)),
        Deed::Resize(columns, rows) => stage.size(columns, rows),
        Deed::List(list) => {
            let names: Vec<_> = list.into_iter().map(name).collect();
            stage.list(&names.iter().map(String::as_str).collect::<Vec<_>>());
        }
        Deed::Numbers(index, value) => {
            for metric in [Metric::Invocations, Metric::Errors, Metric::IteratorAge] {
                stage.steady(&name(index), metric, value);
            }
        }
        Deed::Further(index) => {
            stage.tell(Event::MetricsOf { key: key(&name(index)), metrics: Metric::ALL.to_vec() });
        }
        Deed::Requests(index, shots) => {
            let shots: Vec<Shot> = shots
                .into_iter()
                .map(|(before, ms, kind)| Shot {
                    before: u64::from(before),
                    number: u64::from(kind),
                    ms: f64::from(ms),
                    ended: [Ended::Well, Ended::Badly, Ended::OutOfTime, Ended::Open][usize::from(kind % 4)],
                    init: kind.is_multiple_of(5).then_some(f64::from(kind)),
                    stream: u64::from(kind % 7),
                    ..Shot::default()
                })
                .collect();
            stage.tell(Event::Logs(page_of(stage.at, &scope(), &name(index), &shots)));
        }
        Deed::Traces(numbers) => {
            let traces = numbers.into_iter().map(|number| summary(number, stage.at, number)).collect();
            stage.tell(list("", stage.at, traces));
        }
        Deed::Map(calls) => {
            let names: Vec<String> = (0..30).map(name).collect();
            let of = |from: u8| -> Vec<(i32, u64, u64, u64)> {
                let own = calls.iter().filter(|call| call.0 == from);
                own.map(|(_, to, failed)| (i32::from(*to), 9, u64::from(*failed), 0)).collect()
            };
            let calls: Vec<_> = (0..30).map(of).collect();
            let services: Vec<_> = (0..30)
                .zip(&calls)
                .map(|(at, calls)| (at, &*names[at as usize], "AWS::Lambda", 9.0, &calls[..]))
                .collect();
            stage.tell(map(&services));
        }
        Deed::Wait(seconds) => stage.wait(seconds),
    }
}

fn inside(area: Area, (columns, rows): (u16, u16)) -> bool {
    area.x + area.width <= columns && area.y + area.height <= rows
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_happens_brings_it_down(start in prop::sample::select(vec!["", "r", "<Enter>", "3g"]), deeds in prop::collection::vec(any_deed(), 0..60)) {
        let mut stage = Stage::with(&["cart-api", "payment-capture"]);
        stage.press(start);
        for deed in deeds {
            carry_out(&mut stage, deed);
            let app = &stage.app;
            let count = app.rows().len();
            prop_assert!(app.cursor().is_none_or(|row| row < count));
            prop_assert_eq!(app.cursor().is_none(), count == 0);
            for row in app.rows() {
                prop_assert!(row.trouble.words(app.now(), app.zone()).chars().count() <= 18, "{row:?}");
            }
            match app.frame() {
                Frame::TooSmall => {}
                Frame::Functions(layout) => {
                    prop_assert!(inside(layout.rows, app.size()) && inside(layout.chrome.footer, app.size()));
                    let visible = usize::from(layout.rows.height);
                    if let Some(row) = app.cursor() {
                        prop_assert!((app.first_row()..app.first_row() + visible).contains(&row));
                    }
                }
                Frame::Function(layout) => {
                    prop_assert!(layout.charts.iter().all(|chart| inside(chart.readout, app.size())));
                    let view = app.chart_view().unwrap();
                    prop_assert!(view.range.contains(view.crosshair));
                }
                Frame::Logs(layout) => {
                    let logs = app.logs();
                    prop_assert!(inside(layout.rows, app.size()) && inside(layout.chrome.footer, app.size()));
                    prop_assert!(logs.rows.len() <= usize::from(layout.rows.height));
                    prop_assert!(logs.rows.is_empty() || logs.cursor < logs.rows.len());
                }
                Frame::Requests(layout) => {
                    let requests = app.requests();
                    prop_assert!(inside(layout.rows, app.size()) && inside(layout.chrome.footer, app.size()));
                    prop_assert!(requests.at < requests.count().max(1));
                    let visible = usize::from(layout.rows.height);
                    prop_assert!((requests.top..requests.top + visible.max(1)).contains(&requests.at));
                    prop_assert!(requests.selected().is_some() == (requests.count() > 0));
                }
                Frame::Timeline(layout) => prop_assert!(inside(layout.rows, app.size())),
                Frame::Traces(layout) => {
                    prop_assert!(inside(layout.rows, app.size()) && inside(layout.chrome.footer, app.size()));
                    let (list, map) = (&app.traces().list, &app.traces().map);
                    prop_assert!(list.at().is_none_or(|row| row < list.ids.len()));
                    prop_assert_eq!(map.layout.boxes.len(), map.graph.nodes.len());
                    prop_assert!(map.graph.nodes.is_empty() || map.at().is_some());
                }
            }
            let interest = app.interest();
            prop_assert!(interest.visible.len() <= 300);
        }
    }
}
