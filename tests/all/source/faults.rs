//! What goes wrong at AWS and on the way there, and what must hold.

use lambtop::demo::cloud::Settings as Account;
use lambtop::demo::faults::{Fault, Faults, Kind};
use lambtop::model::{Event, FailureKind, Feed, FeedReport};
use lambtop::source::Settings;

use super::{START, Watching, fault, mins, secs};

/// Whether a feed's last word is that it was answered.
fn is_well(watching: &Watching, feed: Feed) -> bool {
    let last = watching.reports_of(feed).into_iter().rfind(|(_, report)| **report != FeedReport::Asking);
    matches!(last, Some((_, FeedReport::Answered)))
}

#[tokio::test(start_paused = true)]
async fn while_aws_throttles_there_is_one_call_a_second_and_all_recovers_within_ten() {
    let faults = Faults::only(fault(Kind::Throttled, "*", 60, 120))
        .and(fault(Kind::Throttled, "*", 120, 180).share(0.5));
    let mut watching = Watching::with(faults);
    let _list = watching.until_listed().await;
    watching.look_at_rows(20);
    watching.pass(secs(62).saturating_sub(watching.clock.now().since(START))).await;
    let before = watching.endpoint.calls().total();
    watching.pass(secs(57)).await;
    let meanwhile = watching.endpoint.calls().total() - before;
    assert!((10..=58).contains(&meanwhile), "{meanwhile} calls in 57 s");
    watching.pass(secs(63)).await;
    watching.pass(secs(10)).await;
    for feed in [Feed::Functions, Feed::Metrics] {
        assert!(is_well(&watching, feed), "{feed:?}: {:?}", watching.reports_of(feed).last());
    }
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_service_and_pages_of_html_lose_nothing() {
    let mut watching = Watching::with(Faults::only(fault(Kind::ServerError, "*", 0, 600).share(0.2)));
    watching.until_listed().await;
    watching.pass(mins(12)).await;
    for feed in [Feed::Identity, Feed::Functions, Feed::Metrics] {
        assert!(is_well(&watching, feed), "{feed:?}: {:?}", watching.reports_of(feed).last());
    }
    let failed = watching.told.iter().filter_map(|(_, event)| match event {
        Event::Feed { report: FeedReport::Failed { failure, .. }, .. } => Some(failure.kind.clone()),
        _ => None,
    });
    let failed: Vec<FailureKind> = failed.collect();
    assert!(!failed.is_empty() && failed.iter().all(|kind| *kind == FailureKind::Service), "{failed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_ends_in_the_middle_is_asked_for_again_whole() {
    let account = Account {
        idle_functions: 120,
        faults: Faults::only(fault(Kind::TruncatedBody, "*", 0, 600).share(0.3)),
        ..Account::default()
    };
    let whole = Watching::of(Account { faults: Faults::default(), ..account.clone() }, Settings::default())
        .until_listed()
        .await
        .functions
        .len();
    let mut watching = Watching::of(account, Settings::default());
    assert_eq!(watching.until_listed().await.functions.len(), whole);
    watching.pass(mins(11)).await;
    assert!(is_well(&watching, Feed::Metrics));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_does_not_end_is_given_up_and_the_others_go_on() {
    let mut watching =
        Watching::with(Faults::only(fault(Kind::Slow(mins(10)), "cloudwatch:GetMetricData", 0, 40)));
    watching.until_listed().await;
    let late = watching.clock.now().since(START);
    assert!(late < secs(5), "the list came after {late:?}");
    watching.until(secs(17), "the metrics feed gives up", |_, event| {
        matches!(event, Event::Feed { feed: Feed::Metrics, report: FeedReport::Failed { failure, .. }, .. }
            if failure.kind == FailureKind::TimedOut)
    })
    .await;
    watching.until(secs(60), "numbers", |_, event| matches!(event, Event::Series { .. })).await;
}

#[tokio::test(start_paused = true)]
async fn when_credentials_expire_and_come_back_everything_resumes_within_fifteen_seconds() {
    let mut watching = Watching::with(Faults::only(fault(Kind::ExpiredCredentials, "*", 90, 390)));
    let _list = watching.until_listed().await;
    watching.look_at_rows(10);
    watching.pass(secs(380).saturating_sub(watching.clock.now().since(START))).await;
    let expired = watching.reports_of(Feed::Identity).into_iter().any(|(_, report)| {
        matches!(report, FeedReport::Failed { failure, retry_at } if failure.kind == FailureKind::ExpiredCredentials && *retry_at > START)
    });
    assert!(expired, "the identity feed looks by itself when another feed complains");
    let calls = watching.endpoint.calls().total();
    watching.pass(secs(10)).await;
    assert!(watching.endpoint.calls().total() - calls <= 12, "nobody hammers while nobody is logged in");
    watching.pass(secs(15)).await;
    for feed in [Feed::Identity, Feed::Functions, Feed::Metrics] {
        assert!(is_well(&watching, feed), "{feed:?}: {:?}", watching.reports_of(feed).last());
    }
    let identities = watching.told.iter().filter(|(_, event)| matches!(event, Event::Identity(_))).count();
    assert_eq!(identities, 1, "it is the same account as before");
}

#[tokio::test(start_paused = true)]
async fn credentials_that_are_expired_at_the_start_are_looked_for_until_they_work() {
    let mut watching = Watching::with(Faults::only(fault(Kind::ExpiredCredentials, "*", 0, 60)));
    watching.pass(secs(60)).await;
    assert!(
        !watching.told.iter().any(|(_, event)| matches!(event, Event::Identity(_) | Event::Functions(_)))
    );
    watching.pass(secs(15)).await;
    assert!(watching.told.iter().any(|(_, event)| matches!(event, Event::Functions(_))));
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_is_slow_slows_the_sources_and_loses_nothing() {
    let mut watching = Watching::with(Faults::only(Fault::new(Kind::Slow(secs(0)), "*")));
    tokio::time::sleep(mins(20)).await;
    let waiting = watching.endpoint.calls().total();
    tokio::time::sleep(mins(20)).await;
    assert_eq!(watching.endpoint.calls().total(), waiting, "the channel is full");
    watching.until_listed().await;
}

#[tokio::test(start_paused = true)]
async fn another_try_waits_for_no_feed_that_was_never_started() {
    let settings =
        Settings { without: vec![Feed::Details, Feed::Metrics, Feed::Logs], ..Settings::default() };
    let mut watching = Watching::of(Account::default(), settings);
    watching.until_listed().await;
    let before = watching.clock.now();
    watching.retry(1, None).await;
    assert!(watching.clock.now().since(before) < secs(10), "{:?}", watching.clock.now().since(before));
}
