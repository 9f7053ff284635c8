//! How long a frame takes: the fleet's screen with 1,000 functions, and ratatui's own table with the same cells
//! in the same run. The ratio carries over to other machines; the times do not.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use lambtop::app::{App, Input, Settings};
use lambtop::model::{
    Completeness, Event, FleetOrigin, Function, FunctionKey, FunctionList, Metric, Period, Point, Scope,
    SeriesKey, SeriesPage, Statistic, Subject, TimeRange, Timestamp,
};
use lambtop::ui::{self, Look};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Rect};
use ratatui::widgets::{Row, Table, Widget};

const FUNCTIONS: u32 = 1_000;
const SIZE: (u16, u16) = (200, 50);

fn now() -> Timestamp {
    Timestamp::from_secs(1_795_271_476)
}

/// A thousand functions with an hour of minutes each, and the numbers of a window.
fn fleet() -> App {
    let scope = Scope::new("123456789012", "eu-west-1");
    let mut app = App::new(Settings::default(), now());
    app.input(now(), Input::Resize { columns: SIZE.0, rows: SIZE.1 });
    let keys: Vec<_> =
        (0..FUNCTIONS).map(|index| FunctionKey::new(&scope, &format!("function-{index:04}"))).collect();
    let functions = keys
        .iter()
        .map(|key| Function {
            runtime: Some("nodejs22.x".into()),
            memory_mb: Some(512),
            timeout_s: Some(30),
            ..Function::named(key.clone())
        })
        .collect();
    let list = FunctionList { scope, functions, origin: FleetOrigin::ListFunctions, complete: true };
    let mut tell = |event: Event| drop(app.input(now(), Input::Event(Box::new(event))));
    tell(Event::Functions(list));
    let pages = keys.iter().zip(0..).flat_map(|(key, index)| series(key, f64::from(index % 97))).collect();
    tell(Event::Series { at: now(), pages });
    app.input(now(), Input::Tick);
    app
}

fn series(key: &FunctionKey, seed: f64) -> Vec<SeriesPage> {
    let minutes = [
        (Metric::Invocations, Statistic::Sum, 90.0 + seed),
        (Metric::Errors, Statistic::Sum, seed / 50.0),
        (Metric::Throttles, Statistic::Sum, 0.0),
        (Metric::ConcurrentExecutions, Statistic::Maximum, 3.0),
        (Metric::Duration, Statistic::P50, 20.0 + seed),
        (Metric::Duration, Statistic::P95, 60.0 + seed),
        (Metric::Duration, Statistic::P99, 80.0 + seed),
        (Metric::Duration, Statistic::Maximum, 90.0 + seed),
    ];
    let window = [
        (Statistic::P50, 20.0),
        (Statistic::P99, 80.0),
        (Statistic::Average, 25.0),
        (Statistic::Maximum, 99.0),
    ];
    let minute = |(metric, statistic, value)| page(key, metric, statistic, Period::MINUTE, 60, value);
    let quarter =
        |(statistic, value)| page(key, Metric::Duration, statistic, Period::secs(900), 4, value + seed);
    minutes.into_iter().map(minute).chain(window.into_iter().map(quarter)).collect()
}

fn page(
    key: &FunctionKey,
    metric: Metric,
    statistic: Statistic,
    period: Period,
    count: u32,
    value: f64,
) -> SeriesPage {
    let end = now().floor(period) + if period == Period::MINUTE { period.duration() } else { Duration::ZERO };
    let range = TimeRange::last(period.duration() * count, end);
    let points = (0..count).map(|index| {
        let wave = f64::from(index * 7 % 13);
        Point { at: range.start + period.duration() * index, value: (value * (1.0 + wave / 40.0)).round() }
    });
    let key = SeriesKey { subject: Subject::Function(key.clone()), metric, statistic, period };
    SeriesPage { key, range, points: points.collect(), completeness: Completeness::Complete }
}

fn draw(criterion: &mut Criterion) {
    let app = fleet();
    let look = Look::default();
    let area = Rect::new(0, 0, SIZE.0, SIZE.1);
    let mut buffer = Buffer::empty(area);
    let mut group = criterion.benchmark_group("a frame at 200x50");
    group.bench_function("lambtop, 1,000 functions", |bencher| {
        bencher.iter(|| ui::draw(black_box(&app), &look, &mut buffer));
    });

    // The letters that lambtop drew, as rows of ratatui's table: all 1,000 of them, as that widget wants.
    let screen = lambtop::report::picture::text(&buffer);
    let line = screen.lines().nth(10).unwrap_or_default();
    let cells: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let rows: Vec<Vec<String>> = (0..FUNCTIONS).map(|_| cells.clone()).collect();
    group.bench_function("ratatui's table, 1,000 rows", |bencher| {
        bencher.iter(|| {
            let rows = rows.iter().map(|cells| Row::new(cells.iter().map(String::as_str)));
            let widths = cells.iter().map(|_| Constraint::Fill(1));
            Table::new(rows, widths).render(area, &mut buffer);
        });
    });
    group.bench_function("one function's screen", |bencher| {
        let mut app = fleet();
        let enter =
            lambtop::app::Key { code: lambtop::app::Code::Enter, ctrl: false, alt: false, shift: false };
        app.input(now(), Input::Key(enter));
        bencher.iter(|| ui::draw(black_box(&app), &look, &mut buffer));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(50).measurement_time(Duration::from_secs(3));
    targets = draw
}
criterion_main!(benches);
