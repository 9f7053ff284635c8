//! A shop on a bad afternoon, told to the app as events: the same numbers at every run.
//!
//! It is 14:31:16 UTC. `payment-capture` was deployed at 14:02 and has failed since; `order-events` is
//! throttled by its own reservation; `stock-sync` reads its stream late; the rest is healthy or idle.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use lambtop::app::{App, Input, Settings};
use lambtop::model::{
    Architecture, Completeness, Concurrency, Detail, Event, Failure, FailureKind, Feed, FeedReport,
    FleetOrigin, Function, FunctionKey, FunctionList, FunctionState, Identity, Known, Logging, Metric,
    Package, Period, Point, Scope, SeriesKey, SeriesPage, Spend, Statistic, Subject, TimeRange, Timestamp,
    Tracing,
};
use lambtop::ui::theme::Theme;

/// One function of the shop: what it is and how it behaves before and after 14:02.
struct Part {
    name: &'static str,
    runtime: &'static str,
    memory: u32,
    timeout: u32,
    /// Invocations a minute.
    rate: f64,
    /// Errors of a thousand invocations, before and after.
    errors: (f64, f64),
    /// Median and 99th percentile in ms, before.
    before: (f64, f64),
    /// The same, after.
    after: (f64, f64),
    /// Throttles a minute, after.
    throttles: f64,
    concurrent: f64,
    reserved: Option<u32>,
}

const fn part(
    name: &'static str,
    runtime: &'static str,
    memory: u32,
    rate: f64,
    ms: (f64, f64),
    concurrent: f64,
) -> Part {
    Part {
        name,
        runtime,
        memory,
        timeout: 30,
        rate,
        errors: (0.4, 0.4),
        before: ms,
        after: ms,
        throttles: 0.0,
        concurrent,
        reserved: None,
    }
}

fn shop() -> Vec<Part> {
    vec![
        Part {
            timeout: 6,
            errors: (3.0, 189.0),
            after: (640.0, 4_810.0),
            reserved: Some(40),
            ..part("payment-capture", "nodejs22.x", 512, 412.0, (178.0, 610.0), 14.0)
        },
        Part {
            errors: (4.0, 32.0),
            after: (212.0, 2_940.0),
            ..part("checkout-api", "nodejs22.x", 1_024, 1_284.0, (180.0, 900.0), 31.0)
        },
        Part {
            errors: (0.0, 0.0),
            throttles: 118.0,
            reserved: Some(10),
            ..part("order-events", "python3.13", 256, 2_310.0, (88.0, 410.0), 10.0)
        },
        Part {
            timeout: 10,
            errors: (21.0, 21.0),
            ..part("image-resize", "python3.12", 1_769, 96.0, (1_420.0, 8_900.0), 6.0)
        },
        part("stock-sync", "java21", 1_024, 60.0, (340.0, 920.0), 1.0),
        part("catalog-read", "nodejs22.x", 512, 6_840.0, (18.0, 96.0), 11.0),
        part("cart-api", "nodejs22.x", 512, 2_120.0, (34.0, 142.0), 9.0),
        part("auth-token", "provided.al2023", 256, 1_905.0, (9.0, 41.0), 4.0),
        part("search-query", "python3.13", 1_024, 1_410.0, (71.0, 388.0), 8.0),
        part("price-quote", "java21", 1_024, 980.0, (22.0, 118.0), 5.0),
        part("email-sender", "python3.12", 256, 214.0, (190.0, 870.0), 3.0),
        part("fraud-score", "python3.13", 2_048, 408.0, (96.0, 310.0), 4.0),
        part("inventory-reserve", "dotnet8", 512, 205.0, (61.0, 240.0), 2.0),
        part("webhook-ingest", "ruby3.4", 256, 88.0, (45.0, 180.0), 1.0),
        part("invoice-pdf", "nodejs22.x", 3_008, 31.0, (702.0, 1_310.0), 2.0),
        part("shipping-label", "python3.12", 512, 18.0, (410.0, 990.0), 1.0),
        part("geo-lookup", "provided.al2023", 128, 39.0, (12.0, 55.0), 1.0),
        part("report-nightly", "python3.13", 3_008, 0.0, (0.0, 0.0), 0.0),
    ]
}

/// 2026-11-21 at this UTC time.
pub fn at(hour: i64, minute: i64, second: i64) -> Timestamp {
    Timestamp::from_secs(1_795_219_200 + hour * 3600 + minute * 60 + second)
}

pub fn now() -> Timestamp {
    at(14, 31, 16)
}

pub fn scope() -> Scope {
    Scope::new("123456789012", "eu-west-1")
}

pub fn settings() -> Settings {
    Settings {
        profile: Some("shop-prod-ro".into()),
        region: Some("eu-west-1".into()),
        themes: Theme::embedded().map(Arc::from).collect(),
        ..Settings::default()
    }
}

/// The app as it starts, before anything has answered.
pub fn started(size: (u16, u16)) -> App {
    let mut app = App::new(settings(), now());
    app.input(now(), Input::Resize { columns: size.0, rows: size.1 });
    app
}

static STORY: LazyLock<Vec<(Timestamp, Event)>> = LazyLock::new(story);

/// The app in the middle of the incident.
pub fn incident(size: (u16, u16)) -> App {
    let mut app = started(size);
    for (when, event) in STORY.iter() {
        tell(&mut app, *when, event.clone());
    }
    app.input(now(), Input::Tick);
    app
}

pub fn tell(app: &mut App, when: Timestamp, event: Event) {
    app.input(when, Input::Event(Box::new(event)));
}

/// Presses keys: characters as they are, `<Enter>`, `<Esc>`, `<C-d>` and so on by name.
pub fn press(app: &mut App, keys: &str) {
    for key in crate::app::stage::keys_of(keys) {
        app.input(now(), Input::Key(key));
    }
}

fn story() -> Vec<(Timestamp, Event)> {
    let early = at(14, 0, 0);
    let mut story = vec![
        (early, Event::Identity(Identity { scope: scope(), arn: None })),
        (
            early,
            Event::Account { scope: scope(), concurrency_limit: Some(1_000), unreserved_limit: Some(950) },
        ),
        (early, Event::Functions(fleet(false))),
        (at(14, 29, 0), Event::Functions(fleet(true))),
    ];
    for part in shop() {
        story.push((now(), Event::Detail { key: key(part.name), detail: detail(&part) }));
    }
    let asked = at(14, 31, 0);
    for part in shop().iter().filter(|part| part.name != "report-nightly") {
        let answered = if part.name == "geo-lookup" { at(13, 58, 0) } else { asked };
        story.push((answered, Event::Series { at: answered, pages: series(part, answered) }));
    }
    story.push((asked, Event::Series { at: asked, pages: account(asked) }));
    let active = shop().iter().filter(|part| part.rate > 0.0).map(|part| part.name.into()).collect();
    story.push((asked, Event::RecentlyActive { scope: scope(), names: active }));
    let metrics = vec![Metric::IteratorAge, Metric::AsyncEventsDropped];
    story.push((asked, Event::MetricsOf { key: key("stock-sync"), metrics }));
    for (feed, at) in
        [(Feed::Functions, at(14, 29, 0)), (Feed::Metrics, asked), (Feed::Details, at(14, 31, 12))]
    {
        story.push((at, Event::Feed { scope: scope(), feed, at, report: FeedReport::Answered }));
    }
    let spend = Spend { metrics: 31_240, dollars: 0.31, per_hour: 0.07, ..Spend::default() };
    story.push((asked, Event::Spend { scope: scope(), spend }));
    story
}

pub fn key(name: &str) -> FunctionKey {
    FunctionKey::new(&scope(), name)
}

fn fleet(deployed: bool) -> FunctionList {
    let mut functions: Vec<_> = shop().iter().map(|part| function(part, deployed)).collect();
    for index in 1..=23 {
        let idle = part("", "nodejs20.x", 128, 0.0, (0.0, 0.0), 0.0);
        let mut function = function(&idle, false);
        function.key = key(&format!("legacy-job-{index:02}"));
        functions.push(function);
    }
    FunctionList { scope: scope(), functions, origin: FleetOrigin::ListFunctions, complete: true }
}

fn function(part: &Part, deployed: bool) -> Function {
    let deployed = deployed && part.name == "payment-capture";
    Function {
        runtime: Some(part.runtime.into()),
        memory_mb: Some(part.memory),
        timeout_s: Some(part.timeout),
        architecture: Some(Architecture::Arm),
        package: Some(Package::Zip),
        last_modified: Some(if deployed { at(14, 2, 11) } else { at(9, 0, 0) }),
        code_sha256: Some(if deployed { "v88" } else { "v87" }.into()),
        tracing: Some(Tracing::Active),
        logging: Some(Logging {
            group: Some(format!("/aws/lambda/{}", part.name).into()),
            format: None,
            application_level: None,
            system_level: None,
        }),
        ..Function::named(key(part.name))
    }
}

fn detail(part: &Part) -> Detail {
    let state =
        FunctionState { state: "Active".into(), reason: None, last_update: Some("Successful".into()) };
    let concurrency = Concurrency { reserved: part.reserved, provisioned: Vec::new() };
    Detail {
        state: Known::Known { value: state, at: now() },
        concurrency: Known::Known { value: concurrency, at: now() },
        aliases: Known::Known { value: vec![("live".into(), "88".into())], at: now() },
        tags: Known::Unasked,
    }
}

/// A number from 0 to 1 that depends on nothing but its arguments.
fn noise(seed: &str, minute: i64) -> f64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in seed.bytes().chain(minute.to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (hash >> 40) as f64 / f64::from(1 << 24)
}

/// How much of the incident is on: 0 before 14:02, 1 from 14:05 on.
fn heat(minute: Timestamp) -> f64 {
    ((minute.secs() - at(14, 2, 0).secs()) as f64 / 180.0).clamp(0.0, 1.0)
}

fn blend(before: f64, after: f64, minute: Timestamp) -> f64 {
    before + (after - before) * heat(minute)
}

fn minutes(answered: Timestamp) -> impl Iterator<Item = Timestamp> {
    let end = answered.floor(Period::MINUTE) + Duration::from_mins(1);
    (0..75).rev().map(move |back| end - Duration::from_secs(60 * (back + 1)))
}

/// What the running minute has so far.
fn finished(minute: Timestamp, answered: Timestamp) -> f64 {
    if minute + Duration::from_mins(1) > answered { 0.45 } else { 1.0 }
}

fn series(part: &Part, answered: Timestamp) -> Vec<SeriesPage> {
    let subject = Subject::Function(key(part.name));
    let waves = |minute: Timestamp, name: &str| {
        let slow = (minute.secs() as f64 / 1700.0).sin() * 0.08;
        1.0 + slow + (noise(name, minute.secs()) - 0.5) * 0.16
    };
    let invocations =
        |minute: Timestamp| (part.rate * waves(minute, part.name) * finished(minute, answered)).round();
    let errors = |minute: Timestamp| {
        let share = blend(part.errors.0, part.errors.1, minute) / 1000.0;
        (invocations(minute) * share * (0.7 + 0.6 * noise("errors", minute.secs()))).round()
    };
    let throttles = |minute: Timestamp| {
        (part.throttles * heat(minute) * waves(minute, "t") * finished(minute, answered)).round()
    };
    let concurrent = |minute: Timestamp| {
        let full = part.reserved.map_or(f64::MAX, f64::from);
        (blend(part.concurrent * 0.55, part.concurrent, minute) * waves(minute, "c"))
            .ceil()
            .min(full)
            .max(1.0)
    };
    let p50 = |minute: Timestamp| blend(part.before.0, part.after.0, minute) * waves(minute, "p50");
    let p99 =
        |minute: Timestamp| blend(part.before.1, part.after.1, minute) * (0.5 + 0.5 * waves(minute, "p99"));
    let limit = f64::from(part.timeout) * 1000.0;
    let maximum = |minute: Timestamp| {
        if part.after.1 > part.before.1 * 5.0 && heat(minute) > 0.9 { limit } else { p99(minute) * 1.2 }
    };
    let mut pages = vec![
        page(&subject, Metric::Invocations, Statistic::Sum, answered, &invocations),
        page(&subject, Metric::Errors, Statistic::Sum, answered, &errors),
        page(&subject, Metric::Throttles, Statistic::Sum, answered, &throttles),
        page(&subject, Metric::ConcurrentExecutions, Statistic::Maximum, answered, &concurrent),
        page(&subject, Metric::Duration, Statistic::P50, answered, &p50),
        page(&subject, Metric::Duration, Statistic::P95, answered, &|minute| p99(minute) * 0.72),
        page(&subject, Metric::Duration, Statistic::P99, answered, &p99),
        page(&subject, Metric::Duration, Statistic::Maximum, answered, &maximum),
        page(&subject, Metric::Duration, Statistic::Average, answered, &|minute| p50(minute) * 1.3),
    ];
    if part.name == "stock-sync" {
        let age = |minute: Timestamp| (blend(900.0, 252_000.0, minute)).round();
        pages.push(page(&subject, Metric::IteratorAge, Statistic::Maximum, answered, &age));
        pages.push(page(&subject, Metric::AsyncEventsDropped, Statistic::Sum, answered, &|_| 0.0));
    }
    // The numbers of the table: one CloudWatch period of the window's length.
    let (p50, p99) = part.after;
    let maximum = if part.after.1 > part.before.1 * 5.0 { limit } else { p99 * 1.2 };
    let window = [
        (Statistic::P50, p50),
        (Statistic::P95, p99 * 0.72),
        (Statistic::P99, p99),
        (Statistic::Average, p50 * 1.3),
        (Statistic::Maximum, maximum),
    ];
    for (statistic, value) in window {
        let period = Period::secs(900);
        let end = answered.floor(period);
        let range = TimeRange::last(period.duration(), end);
        let points = vec![Point { at: range.start, value }];
        let key = SeriesKey { subject: subject.clone(), metric: Metric::Duration, statistic, period };
        pages.push(SeriesPage { key, range, points, completeness: Completeness::Complete });
    }
    pages
}

fn account(answered: Timestamp) -> Vec<SeriesPage> {
    let subject = Subject::Account(scope());
    let parts = shop();
    let pages: Vec<_> =
        parts.iter().filter(|part| part.rate > 0.0).flat_map(|part| series(part, answered)).collect();
    let sum = |metric: Metric, statistic: Statistic, minute: Timestamp| -> f64 {
        let key = (metric, statistic, Period::MINUTE);
        let pages = pages.iter().filter(|page| (page.key.metric, page.key.statistic, page.key.period) == key);
        pages
            .filter_map(|page| page.points.iter().find(|point| point.at == minute).map(|point| point.value))
            .sum()
    };
    let of = |metric: Metric, statistic: Statistic| {
        page(&subject, metric, statistic, answered, &|minute| sum(metric, statistic, minute))
    };
    vec![
        of(Metric::Invocations, Statistic::Sum),
        of(Metric::Errors, Statistic::Sum),
        of(Metric::Throttles, Statistic::Sum),
        of(Metric::ConcurrentExecutions, Statistic::Maximum),
    ]
}

fn page(
    subject: &Subject,
    metric: Metric,
    statistic: Statistic,
    answered: Timestamp,
    value: &dyn Fn(Timestamp) -> f64,
) -> SeriesPage {
    let points: Vec<_> = minutes(answered).map(|at| Point { at, value: value(at) }).collect();
    let range = TimeRange::new(points[0].at, answered.floor(Period::MINUTE) + Duration::from_mins(1));
    let key = SeriesKey { subject: subject.clone(), metric, statistic, period: Period::MINUTE };
    SeriesPage { key, range, points, completeness: Completeness::Complete }
}

/// A feed that failed at 14:31:02 and is tried again at 14:31:24.
pub fn failed(feed: Feed, operation: &str, kind: FailureKind, detail: &str) -> Event {
    let failure =
        Failure { operation: operation.into(), region: "eu-west-1".into(), kind, detail: detail.into() };
    let report = FeedReport::Failed { failure, retry_at: at(14, 31, 24) };
    Event::Feed { scope: scope(), feed, at: at(14, 31, 2), report }
}
