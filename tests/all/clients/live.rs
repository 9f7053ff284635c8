//! Live Tail through the SDK for Rust, with the endpoint mounted as its HTTP client and tokio's clock paused.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata as _;
use aws_sdk_cloudwatchlogs::types::{
    LiveTailSessionLogEvent, LiveTailSessionMetadata, StartLiveTailResponseStream as Message,
};
use lambtop::demo::cloud::{Endpoint, Lines, Now, Settings, Synthetic};
use lambtop::demo::faults::{Fault, Faults, Kind, TailFault};
use tokio::time::Instant;

use super::NOON;
use super::logs::client;

const GROUP: &str = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/checkout-api";

/// A clock that starts at noon and runs as tokio's does.
fn paused_clock() -> Now {
    let started = Instant::now();
    Arc::new(move || NOON + i64::try_from(started.elapsed().as_millis()).expect("a test is short"))
}

/// What a session sent: log lines of so many updates, and how it ended.
async fn watch(endpoint: &Endpoint, group: &str, updates: usize) -> (Vec<Message>, Option<String>) {
    let answer = client(endpoint).start_live_tail().log_group_identifiers(group).send().await;
    let mut stream = answer.expect("a session").response_stream;
    let mut messages = Vec::new();
    loop {
        match stream.recv().await {
            Ok(Some(message)) => messages.push(message),
            Ok(None) => return (messages, Some("end".to_owned())),
            Err(error) => {
                let how = match error.as_service_error() {
                    Some(error) if error.is_session_timeout_exception() => "timeout",
                    Some(error) if error.is_session_streaming_exception() => "streaming",
                    _ => "broken",
                };
                return (messages, Some(how.to_owned()));
            }
        }
        if messages.len() > updates {
            return (messages, None);
        }
    }
}

fn failing(fault: TailFault, after: u32) -> Endpoint {
    let faults = Faults::only(Fault::new(Kind::Tail { fault, after }, "logs:StartLiveTail"));
    Endpoint::new(Settings { faults, ..Settings::default() }, paused_clock())
}

#[tokio::test(start_paused = true)]
async fn a_session_shows_every_event_in_the_second_of_its_ingestion() {
    let endpoint = Endpoint::new(Settings::default(), paused_clock());
    let (messages, end) = watch(&endpoint, GROUP, 30).await;
    assert_eq!(end, None);
    assert!(matches!(&messages[0], Message::SessionStart(start) if start.session_id().is_some()));
    let mut seen = Vec::new();
    for message in &messages[1..] {
        let Message::SessionUpdate(update) = message else { panic!("{message:?}") };
        assert_eq!(update.session_metadata().map(LiveTailSessionMetadata::sampled), Some(false));
        for event in update.session_results() {
            assert_eq!(event.log_group_identifier(), Some("123456789012:/aws/lambda/checkout-api"));
            seen.push((
                event.timestamp().unwrap_or(0),
                event.ingestion_time().unwrap_or(0),
                event.message().unwrap_or_default().to_owned(),
            ));
        }
    }
    let mut oracle: Vec<_> = endpoint
        .oracle("/aws/lambda/checkout-api", NOON - 400_000, NOON + 40_000)
        .iter()
        .filter(|event| event.ingested > NOON && event.ingested <= NOON + 30_000)
        .map(|event| (event.timestamp, event.ingested, event.message.clone()))
        .collect();
    oracle.sort();
    seen.sort();
    assert!(seen.len() > 300, "{}", seen.len());
    assert_eq!(seen, oracle);
}

#[tokio::test(start_paused = true)]
async fn a_flood_is_sampled() {
    let lines = Lines::Flood { from: NOON, events: 100_000, per_second: 2_000, late_share: 0.0 };
    let synthetic = vec![Synthetic::new("/flood", lines)];
    let endpoint = Endpoint::new(Settings { synthetic, ..Settings::default() }, paused_clock());
    let (messages, _) = watch(&endpoint, &GROUP.replace("/aws/lambda/checkout-api", "/flood"), 4).await;
    let Message::SessionUpdate(last) = &messages[4] else { panic!("{messages:?}") };
    assert!(last.session_metadata().is_some_and(LiveTailSessionMetadata::sampled));
    assert_eq!(last.session_results().len(), 500);
    let different: BTreeSet<_> =
        last.session_results().iter().map(LiveTailSessionLogEvent::timestamp).collect();
    assert!(different.len() > 400, "spread over the second: {}", different.len());
}

#[tokio::test(start_paused = true)]
async fn sessions_end_as_planned() {
    for (fault, end) in [
        (TailFault::Timeout, "timeout"),
        (TailFault::Streaming, "streaming"),
        (TailFault::BadChecksum, "broken"),
        (TailFault::BadJson, "broken"),
        (TailFault::End, "end"),
    ] {
        let (messages, how) = watch(&failing(fault, 3), GROUP, 10).await;
        assert_eq!((messages.len(), how.as_deref()), (4, Some(end)), "{fault:?}");
    }
    let (messages, _) = watch(&failing(TailFault::UnknownEvent, 2), GROUP, 6).await;
    assert_eq!(messages.iter().filter(|message| message.is_unknown()).count(), 1);
    let started = Instant::now();
    watch(&failing(TailFault::Silence, 2), GROUP, 5).await;
    assert!(started.elapsed() >= Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn a_session_lasts_three_hours_at_most() {
    let quiet = Settings { late_share: 0.0, ..Settings::default() };
    let endpoint = Endpoint::new(quiet, paused_clock());
    let started = Instant::now();
    let group = GROUP.replace("checkout-api", "settlement-daily");
    let (messages, end) = watch(&endpoint, &group, usize::MAX).await;
    assert_eq!(end.as_deref(), Some("timeout"));
    assert!(messages.len() > 10_000 && started.elapsed() >= Duration::from_hours(3), "{}", messages.len());
}

#[tokio::test(start_paused = true)]
async fn there_are_limits_to_sessions() {
    let endpoint = Endpoint::new(Settings::default(), paused_clock());
    let client = client(&endpoint);
    let mut open = Vec::new();
    for _ in 0..15 {
        open.push(client.start_live_tail().log_group_identifiers(GROUP).send().await.expect("a session"));
    }
    let one_more = client.start_live_tail().log_group_identifiers(GROUP).send().await;
    assert_eq!(one_more.expect_err("too many").code(), Some("LimitExceededException"));
    drop(open);
    tokio::time::sleep(Duration::from_secs(3)).await;
    client.start_live_tail().log_group_identifiers(GROUP).send().await.expect("there is room again");
    for (group, code) in [
        ("/aws/lambda/checkout-api", "InvalidParameterException"),
        ("arn:aws:logs:eu-west-1:123456789012:log-group:/nobody", "ResourceNotFoundException"),
        (
            "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/audit-archive",
            "InvalidOperationException",
        ),
    ] {
        let refused =
            client.start_live_tail().log_group_identifiers(group).send().await.expect_err("refused");
        assert_eq!(refused.code(), Some(code), "{group}");
    }
}
