//! How long a frame takes: the requests screen with 100,000 of them, the fleet's screen with 1,000 functions, and ratatui's own table with the same cells
//! in the same run. The ratio carries over to other machines; the times do not.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use lambtop::app::{App, Code, Input, Key, Settings};
use lambtop::model::{
    Completeness, Event, FleetOrigin, Function, FunctionKey, FunctionList, GroupKey, LineKind, LogPage,
    LogRow, LogStream, Metric, Period, Point, RequestFigures, RequestId, Scope, SeriesKey, SeriesPage,
    ServiceEdge, ServiceFigures, ServiceMap, ServiceName, ServiceNode, Statistic, Subject, TimeRange,
    Timestamp, TraceId, TraceList, TraceSummary,
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
        let enter = Key { code: Code::Enter, ctrl: false, alt: false, shift: false };
        app.input(now(), Input::Key(enter));
        bencher.iter(|| ui::draw(black_box(&app), &look, &mut buffer));
    });
    group.bench_function("requests, 100,000 held", |bencher| {
        let app = requests();
        bencher.iter(|| ui::draw(black_box(&app), &look, &mut buffer));
    });
    group.bench_function("the list of 20,000 traces", |bencher| {
        let mut app = fleet();
        app.input(now(), Input::Key(letter('4')));
        app.input(now(), Input::Event(Box::new(traces())));
        bencher.iter(|| ui::draw(black_box(&app), &look, &mut buffer));
    });
    group.bench_function("a map of 60 services", |bencher| {
        let mut app = fleet();
        app.input(now(), Input::Key(letter('4')));
        app.input(now(), Input::Key(letter('m')));
        app.input(now(), Input::Event(Box::new(map())));
        bencher.iter(|| ui::draw(black_box(&app), &look, &mut buffer));
    });
    group.bench_function("a map of 60 services, laid out anew and drawn", |bencher| {
        let mut app = fleet();
        app.input(now(), Input::Key(letter('4')));
        app.input(now(), Input::Key(letter('m')));
        app.input(now(), Input::Event(Box::new(map())));
        bencher.iter(|| {
            app.input(now(), Input::Key(letter('z')));
            ui::draw(black_box(&app), &look, &mut buffer);
        });
    });
    group.finish();
    let mut app = requests();
    criterion.bench_function("the rows of 100,000 requests made anew", |bencher| {
        // Another order makes all of them anew.
        bencher.iter(|| app.input(now(), Input::Key(letter('I'))));
    });
    let mut app = requests();
    let mut seconds = 0;
    criterion.bench_function("a second's 30 more among 100,000 requests", |bencher| {
        bencher.iter(|| {
            seconds += 1;
            let at = now() + Duration::from_secs(seconds);
            let function = app.requests().sources.list[0].name().to_owned();
            let page = reports(&function, at, 100_000 + seconds * 30..100_030 + seconds * 30);
            app.input(at, Input::Event(Box::new(Event::Logs(page))));
            app.input(at, Input::Tick)
        });
    });
}

/// The requests screen with as many requests as are held at most.
fn requests() -> App {
    let mut app = fleet();
    app.input(now(), Input::Key(letter('r')));
    let function = app.requests().sources.list[0].name().to_owned();
    for part in 0..20_u64 {
        let page = reports(&function, now(), part * 5_000..(part + 1) * 5_000);
        app.input(now(), Input::Event(Box::new(Event::Logs(page))));
    }
    app.input(now() + Duration::from_secs(1), Input::Tick);
    assert_eq!(app.requests().shown.all, 100_000);
    app
}

/// What ends these requests, 34 ms apart; the hundred thousandth is the newest of the hour before `at`, and all after it
/// end then.
fn reports(function: &str, at: Timestamp, numbers: std::ops::Range<u64>) -> LogPage {
    let scope = Scope::new("123456789012", "eu-west-1");
    let mut page = LogPage::new(GroupKey::new(&scope, &format!("/aws/lambda/{function}")));
    for stream in 0..20 {
        let name = format!("2026/11/21/[88]{stream:032x}");
        page.streams.push(LogStream { name: name.as_str().into(), function: None, version: None });
    }
    for number in numbers {
        let row = page.rows.len() as u32;
        let timestamp = at - Duration::from_millis(3_500_000_u64.saturating_sub(number * 34));
        let figures = RequestFigures {
            duration_ms: Some(20.0 + (number * 37 % 4_000) as f64),
            billed_ms: Some(20.0),
            memory_mb: Some(512.0),
            max_memory_mb: Some(200.0),
            ..RequestFigures::default()
        };
        page.figures.push((row, figures));
        page.text.push('.');
        page.rows.push(LogRow {
            timestamp,
            ingested: timestamp,
            id: number,
            stream: (number % 20) as u32,
            text_end: page.text.len() as u32,
            event_id_end: 0,
            level: None,
            kind: LineKind::Report,
            request: RequestId::parse(&format!("{number:08x}-0001-4000-8000-{number:012x}")),
            provisional: false,
            late: false,
        });
    }
    page
}

fn letter(letter: char) -> Key {
    Key { code: Code::Char(letter), ctrl: false, alt: false, shift: false }
}

/// Twenty thousand summaries of the last quarter of an hour.
fn traces() -> Event {
    let service = |name: &str| ServiceName { name: name.into(), kind: Some("AWS::Lambda::Function".into()) };
    let summary = |number: u32| TraceSummary {
        id: TraceId::parse(&format!("1-6a507b87-{number:024x}")).expect("an id"),
        revision: 1,
        start: now() - Duration::from_millis(u64::from(number) * 40),
        duration_ms: Some(f64::from(number % 4_000)),
        response_ms: Some(f64::from(number % 4_000)),
        partial: false,
        fault: number.is_multiple_of(9),
        error: false,
        throttle: false,
        method: Some("POST".into()),
        url: Some("https://shop.example/checkout".into()),
        status: Some(200),
        entry: Some(service("shop-gateway")),
        services: vec![service("checkout-api"), service("payment-capture")],
        cause: None,
    };
    Event::TraceList(TraceList {
        scope: Scope::new("123456789012", "eu-west-1"),
        at: now(),
        expression: "".into(),
        traces: (0..20_000).map(summary).collect(),
        read: Some(TimeRange::new(now(), now())),
    })
}

/// A gateway, twenty functions, and two services behind each.
fn map() -> Event {
    let figures = |total: u64| ServiceFigures {
        total,
        ok: total - total / 20,
        faults: total / 20,
        total_ms: 9.0,
        times: vec![(9.0, total)],
        ..ServiceFigures::default()
    };
    let node = |id: i32| {
        let calls = match id {
            0 => (1..20).collect(),
            1..20 => vec![id + 19, id + 39],
            _ => Vec::new(),
        };
        let edges = calls.into_iter().map(|to| ServiceEdge { to, figures: figures(100) }).collect();
        let name = ServiceName { name: format!("service-{id:02}").into(), kind: Some("AWS::Lambda".into()) };
        ServiceNode { id, name, root: id == 0, figures: figures(100), edges }
    };
    Event::ServiceMap(ServiceMap {
        scope: Scope::new("123456789012", "eu-west-1"),
        at: now(),
        range: TimeRange::last(Duration::from_mins(15), now()),
        services: (0..60).map(node).collect(),
    })
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(50).measurement_time(Duration::from_secs(3));
    targets = draw
}
criterion_main!(benches);
