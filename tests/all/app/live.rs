//! The app on real answers: the demo's endpoint, the SDK, the sources and the app together, on a paused clock.

use std::sync::Arc;
use std::time::Duration;

use lambtop::app::{App, Input, Settings};
use lambtop::demo::cloud::{Endpoint, Settings as Account};
use lambtop::model::{Interest, Timestamp};
use lambtop::source::aws::Mount;
use lambtop::source::clock::Clock;
use lambtop::source::{Settings as Sources, start};
use lambtop::store::Severity;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};

/// Lets an app live on the demo's account for so many seconds.
async fn live(seconds: u64) -> App {
    let clock = Clock::starting_at(Timestamp::from_secs(1_772_366_407), 1.0);
    let told_by = clock.clone();
    let endpoint = Endpoint::new(Account::default(), Arc::new(move || told_by.now().millis()));
    let http_client = Some(Mount::new(endpoint.http_client()));
    let settings = Sources { http_client, static_credentials: true, ..Sources::default() };
    let (interest, (sender, mut events)) = (watch::Sender::new(Interest::default()), mpsc::channel(64));
    let sources = start(settings, clock.clone(), interest.subscribe(), sender);
    let mut app = App::new(Settings::default(), clock.now());
    app.input(clock.now(), Input::Resize { columns: 120, rows: 40 });
    for _ in 0..seconds {
        let second = Instant::now() + Duration::from_secs(1);
        while let Ok(Some(event)) = timeout_at(second, events.recv()).await {
            app.input(clock.now(), Input::Event(Box::new(event)));
            let wanted = app.interest();
            interest.send_if_modified(|told| {
                let other = *told != wanted;
                *told = wanted;
                other
            });
        }
        app.input(clock.now(), Input::Tick);
    }
    drop(sources);
    app
}

#[tokio::test(start_paused = true)]
async fn within_a_minute_every_row_has_its_numbers() {
    let app = live(60).await;
    assert!(app.rows().len() > 30 && app.advice().is_none());
    for row in app.rows() {
        let figures = &row.figures;
        let all = [figures.invocations, figures.errors, figures.throttles, figures.since_invocations];
        assert!(all.iter().all(Option::is_some), "{row:?}");
        assert!(figures.p99.is_some() || figures.invocations < Some(1.0), "{row:?}");
        assert!(!row.stale && row.trouble.severity != Severity::Unknown, "{row:?}");
    }
    assert!(app.rows().is_sorted_by(|one, two| one.trouble.worse_first(&two.trouble).is_le()));
    assert!(app.rows()[0].figures.concurrent.is_some(), "the row under the cursor has its charts");
    assert_eq!(app.cursor(), Some(0));

    let totals = app.totals();
    let sum: f64 = app.rows().iter().filter_map(|row| row.figures.per_minute(row.figures.invocations)).sum();
    let share = sum / totals.invocations.expect("the account's own series");
    assert!((0.9..1.1).contains(&share), "the rows are the account: {share}");
    assert!(totals.concurrency_limit.is_some() && totals.busiest.as_ref().is_some_and(|it| it.p95.is_some()));
    assert!(app.store().spend().dollars > 0.0);
}
