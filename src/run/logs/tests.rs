//! The command on the demo's endpoint in this process, on tokio's paused clock: what is written is what was served.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser as _;
use serde_json::Value;

use super::*;
use crate::cli::{Cli, Command as Asked};
use crate::demo::cloud::{Endpoint, Lines, Settings as Account, Synthetic};
use crate::demo::faults::{Fault, Faults, Kind, LogFault};
use crate::model::Timestamp;
use crate::source::aws::Mount;

/// 2026-03-01T12:00:07Z.
const START: Timestamp = Timestamp::from_secs(1_772_366_407);
const FLOOD: &str = "/shop/flood";

/// What a run came to.
struct Outcome {
    exit: Result<Exit, String>,
    lines: Vec<Value>,
    endpoint: Endpoint,
    /// When it ended, by the endpoint's clock.
    ended: Timestamp,
}

/// Runs `lambtop logs` with these flags on an account, and interrupts it after so many minutes.
async fn logs(account: Account, flags: &str, minutes: u64) -> Outcome {
    logs_by_a_clock_ahead(account, flags, minutes, 0).await
}

/// The same on a computer whose clock is so many milliseconds ahead of the endpoint's.
async fn logs_by_a_clock_ahead(account: Account, flags: &str, minutes: u64, ahead: i64) -> Outcome {
    let line = format!("lambtop logs {flags}");
    let cli = Cli::try_parse_from(line.split_whitespace()).expect("flags");
    let since = cli.flags.since.clone();
    let Some(Asked::Logs(args)) = cli.command else { panic!("{line}") };
    let theirs = Clock::starting_at(START, 1.0);
    let told_by = theirs.clone();
    let endpoint = Endpoint::new(account, Arc::new(move || told_by.now().millis()));
    let clock = Clock::starting_at(Timestamp::from_millis(START.millis() + ahead), 1.0);
    let settings = source::Settings {
        http_client: Some(Mount::new(endpoint.http_client())),
        static_credentials: true,
        functions: args.sources.names.clone(),
        ..source::Settings::default()
    };
    let (signal, heard) = watch::channel(None);
    let path = file();
    let sink = Sink::open(Some(&path)).expect("a file");
    let choice = Choice::new(args.sources.names.clone(), args.sources.groups.clone());
    let span = Span::of(&args, since.as_deref(), clock.now()).expect("a stretch of time");
    let query = Query::parse(args.filter.as_deref().unwrap_or_default()).expect("a filter");
    let mut command =
        Command::start(settings, clock, choice.asks_for_functions(), Interrupt::of(heard), sink);
    let interrupted = async move {
        tokio::time::sleep(Duration::from_mins(minutes)).await;
        signal.send_replace(Some(Exit::Signal(2)));
        std::future::pending::<()>().await;
    };
    let exit = tokio::select! {
        exit = command.run(choice, None, |made| Reading::new(made.chosen, span, query, Form::Json)) => exit,
        () = interrupted => unreachable!("it never ends"),
    };
    let written = fs::read_to_string(&path).expect("the file");
    fs::remove_file(&path).expect("it can be removed");
    let lines = written.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    let ended = theirs.now();
    Outcome { exit: exit.map_err(|stop| stop.to_string()), lines, endpoint, ended }
}

/// A file that no other test has.
fn file() -> PathBuf {
    static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    env::temp_dir().join(format!("lambtop-logs-{}-{number}", std::process::id()))
}

fn text<'a>(line: &'a Value, field: &str) -> &'a str {
    line[field].as_str().unwrap_or_else(|| panic!("{field} in {line}"))
}

impl Outcome {
    /// Holds the lines of a group against what there was to be seen from one instant until another.
    fn is_what_was_served(&self, group: &str, from: Timestamp, until: Timestamp) {
        let served = self.endpoint.oracle(group, from.millis(), until.millis() - 1);
        let mut written: BTreeMap<&str, &Value> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line["group"] == group) {
            let id = text(line, "event_id");
            assert!(written.insert(id, line).is_none(), "{id} was written twice");
            assert!(line["timestamp"].as_i64() >= Some(from.millis()), "{line}");
        }
        assert!(!served.is_empty());
        for event in &served {
            let line = written.remove(event.id.as_str()).unwrap_or_else(|| panic!("{event:?} is missing"));
            let times = (line["timestamp"].as_i64(), line["ingestion_time"].as_i64());
            assert_eq!(times, (Some(event.timestamp), Some(event.ingested)));
            assert_eq!((text(line, "message"), text(line, "stream")), (&*event.message, &*event.stream));
        }
        let early = written.values().find(|line| line["timestamp"].as_i64() < Some(until.millis()));
        assert_eq!(early, None, "nobody served it");
    }

    /// Whether the lines of a group that are not late stand in the order of their time; how many are late.
    fn late_in_order(&self, group: &str) -> usize {
        let of_group = self.lines.iter().filter(|line| line["group"] == group);
        let (late, on_time): (Vec<&Value>, Vec<&Value>) = of_group.partition(|line| line["late"] == true);
        assert!(on_time.is_sorted_by_key(|line| line["timestamp"].as_i64()), "{group}");
        late.len()
    }
}

fn flood(before: Duration, events: u64, per_second: u32, late_share: f64) -> Synthetic {
    let from = (START - before).millis();
    Synthetic::new(FLOOD, Lines::Flood { from, events, per_second, late_share })
}

fn troubled() -> Faults {
    let to = |kind, share| Fault::new(kind, "logs:FilterLogEvents").share(share);
    Faults::only(to(Kind::Log(LogFault::EmptyPage), 0.3))
        .and(to(Kind::Log(LogFault::RepeatedToken { times: 3 }), 0.2))
        .and(to(Kind::Throttled, 0.2))
        .and(to(Kind::ServerError, 0.05))
}

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test(start_paused = true)]
async fn a_follow_writes_every_event_once_and_late_ones_as_late() {
    let synthetic = vec![flood(MINUTE, 30_000, 40, 0.04)];
    let account = Account { synthetic, faults: troubled(), ..Account::default() };
    let outcome = logs(account, "cart-api --log-group /shop/flood --follow --since 2m", 11).await;
    assert_eq!(outcome.exit, Ok(Exit::Signal(2)));
    let (from, until) = (START - 2 * MINUTE, outcome.ended - Duration::from_mins(6));
    for group in ["/aws/lambda/cart-api", FLOOD] {
        outcome.is_what_was_served(group, from, until);
        let late = outcome.late_in_order(group);
        assert!(late > 0, "{late} late of {group}");
    }
    let late = outcome.late_in_order(FLOOD);
    assert!((100..2_000).contains(&late), "{late}");
}

#[tokio::test(start_paused = true)]
async fn a_stretch_of_the_past_is_written_whole_and_in_order_whatever_goes_wrong() {
    let synthetic = vec![flood(20 * MINUTE, 60_000, 200, 0.04)];
    let account = Account { synthetic, faults: troubled(), ..Account::default() };
    let flags = "cart-api --log-group /shop/flood --since 17m --until 12m --json";
    let outcome = logs(account, flags, 30).await;
    assert_eq!(outcome.exit, Ok(Exit::Success));
    for group in ["/aws/lambda/cart-api", FLOOD] {
        outcome.is_what_was_served(group, START - 17 * MINUTE, START - 12 * MINUTE);
        assert_eq!(outcome.late_in_order(group), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn up_to_now_it_ends_soon_and_holds_what_had_arrived() {
    let outcome = logs(Account::default(), "cart-api --since 3m", 30).await;
    assert_eq!(outcome.exit, Ok(Exit::Success));
    assert!(outcome.ended.since(START) < Duration::from_secs(10), "{:?}", outcome.ended.since(START));
    let written: BTreeSet<&str> = outcome.lines.iter().map(|line| text(line, "event_id")).collect();
    assert_eq!(written.len(), outcome.lines.len());
    let from = (START - 3 * MINUTE).millis();
    let served = outcome.endpoint.oracle("/aws/lambda/cart-api", from, START.millis() - 2_000);
    for event in served.iter().filter(|event| event.ingested < START.millis()) {
        assert!(written.contains(event.id.as_str()), "{event:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn neither_lambda_nor_sts_is_needed() {
    let faults = Faults::only(Fault::new(Kind::AccessDenied, "lambda:*"))
        .and(Fault::new(Kind::AccessDenied, "sts:*"))
        .and(Fault::new(Kind::AccessDenied, "cloudwatch:*"))
        .and(Fault::new(Kind::AccessDenied, "logs:DescribeLogGroups"));
    let account = || Account { faults: faults.clone(), ..Account::default() };
    for flags in ["cart-api", "--log-group /aws/lambda/cart-api"] {
        let outcome = logs(account(), &format!("{flags} --since 12m --until 10m"), 30).await;
        assert_eq!(outcome.exit, Ok(Exit::Success), "{flags}");
        outcome.is_what_was_served("/aws/lambda/cart-api", START - 12 * MINUTE, START - 10 * MINUTE);
        let listed = outcome.endpoint.calls().of("cloudwatch:GetMetricData");
        assert_eq!(listed, 0, "nothing is asked that is not printed");
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_shared_group_only_the_lines_of_the_functions_that_were_asked_for_are_written() {
    let stretch = "--since 12m --until 7m";
    let all = logs(Account::default(), &format!("--log-group /shop/shipping {stretch}"), 30).await;
    all.is_what_was_served("/shop/shipping", START - 12 * MINUTE, START - 7 * MINUTE);
    let functions: BTreeSet<&str> = all.lines.iter().map(|line| text(line, "function")).collect();
    assert!(functions.len() > 1, "{functions:?}");
    let one = functions.first().expect("a function");
    let own = logs(Account::default(), &format!("{one} {stretch}"), 30).await;
    let wanted: Vec<&Value> = all.lines.iter().filter(|line| line["function"] == *one).collect();
    assert_eq!(own.lines.iter().collect::<Vec<_>>(), wanted);
}

#[tokio::test(start_paused = true)]
async fn what_is_known_to_be_missing_is_exit_1_and_the_rest_is_written() {
    let flags = "cart-api --log-group /nobody --since 12m --until 11m";
    let outcome = logs(Account::default(), flags, 30).await;
    assert_eq!(outcome.exit, Ok(Exit::Incomplete), "a group that does not exist");
    outcome.is_what_was_served("/aws/lambda/cart-api", START - 12 * MINUTE, START - 11 * MINUTE);

    let events = |kind| Faults::only(Fault::new(kind, "logs:FilterLogEvents"));
    let account = |faults| Account { faults, ..Account::default() };
    let outcome = logs(account(events(Kind::AccessDenied)), "cart-api", 30).await;
    assert_eq!(outcome.exit, Ok(Exit::Incomplete), "denied");
    assert_eq!(outcome.lines.len(), 0);
    let outcome = logs(account(events(Kind::AccessDenied)), "cart-api --follow", 30).await;
    assert_eq!(outcome.exit, Ok(Exit::Incomplete), "nothing is left to follow");

    let endless = events(Kind::Log(LogFault::EndlessTokens));
    let outcome = logs(account(endless), "cart-api --since 12m --until 11m", 30).await;
    assert_eq!(outcome.exit, Ok(Exit::Incomplete), "pages without an end");
    outcome.is_what_was_served("/aws/lambda/cart-api", START - 12 * MINUTE, START - 11 * MINUTE);

    let down = logs(account(events(Kind::ServerError)), "cart-api", 30).await;
    assert_eq!(down.exit, Ok(Exit::Incomplete), "given up");
    assert!(down.ended.since(START) < 3 * MINUTE);
    let missing = logs(Account::default(), "cart-api nothing-* --since 12m --until 11m", 30).await;
    assert_eq!(missing.exit, Ok(Exit::Incomplete), "a pattern without a match");
    let expired = account(Faults::only(Fault::new(Kind::ExpiredCredentials, "*")));
    let error = logs(expired, "cart-api", 30).await.exit.expect_err("no login");
    assert!(error.contains("credentials have expired"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn ages_are_reckoned_by_the_clock_of_cloudwatch() {
    let hour = 3_600_000;
    let outcome = logs_by_a_clock_ahead(Account::default(), "cart-api --since 3m", 30, hour).await;
    assert_eq!(outcome.exit, Ok(Exit::Success));
    let waited = outcome.ended.since(START);
    assert!(waited < MINUTE, "{waited:?}");
    let oldest = outcome.lines.first().and_then(|line| line["timestamp"].as_i64()).expect("a line");
    assert!((START.millis() - 190_000..START.millis() - 170_000).contains(&oldest), "{oldest}");
}

#[tokio::test(start_paused = true)]
async fn times_that_cannot_be_lose_nothing() {
    let odd = Fault::new(Kind::Log(LogFault::OddTimes), "logs:FilterLogEvents");
    let account = Account { faults: Faults::only(odd), ..Account::default() };
    let outcome = logs(account, "cart-api --since 12m --until 11m", 30).await;
    assert_eq!(outcome.exit, Ok(Exit::Success));
    let served = outcome.endpoint.oracle(
        "/aws/lambda/cart-api",
        (START - 12 * MINUTE).millis(),
        (START - 11 * MINUTE).millis() - 1,
    );
    let written: BTreeSet<&str> = outcome.lines.iter().map(|line| text(line, "event_id")).collect();
    assert_eq!((written.len(), outcome.lines.len()), (served.len(), served.len()));
    assert!(outcome.lines.iter().any(|line| line["timestamp"].is_null()), "one came without a time");
}

#[tokio::test(start_paused = true)]
async fn a_filter_leaves_out_lines_and_keeps_their_order() {
    let stretch = "cart-api --since 12m --until 10m";
    let all = logs(Account::default(), stretch, 30).await;
    let some = logs(Account::default(), &format!("{stretch} --filter duration>1ms"), 30).await;
    let reports: Vec<&Value> =
        all.lines.iter().filter(|line| text(line, "message").contains("Billed Duration")).collect();
    assert!(reports.len() > 10);
    assert_eq!(some.lines.iter().collect::<Vec<_>>(), reports);
}

#[tokio::test(start_paused = true)]
async fn a_filter_for_a_request_finds_its_init_which_came_before_it_was_named() {
    let follow = "checkout-api --follow --since 1m";
    let all = logs(Account::default(), follow, 3).await;
    let stream_of = |line: &Value| text(line, "stream").to_owned();
    let inits: Vec<&Value> =
        all.lines.iter().filter(|line| text(line, "message").starts_with("INIT_START")).collect();
    // The request that each of them was for.
    let mut wanted: Vec<(&str, String)> = Vec::new();
    for init in inits {
        let starts = all.lines.iter().filter(|line| {
            stream_of(line) == stream_of(init) && text(line, "message").starts_with("START RequestId: ")
        });
        let first = starts.min_by_key(|line| line["timestamp"].as_i64());
        let id = first.and_then(|line| text(line, "message").split_whitespace().nth(2));
        wanted.extend(id.map(|id| (text(init, "event_id"), format!("req:{id}"))));
    }
    assert!(wanted.len() > 2, "{wanted:?}");
    for (init, filter) in wanted.iter().take(2) {
        let own = logs(Account::default(), &format!("{follow} --filter {filter}"), 3).await;
        let found = own.lines.iter().any(|line| line["event_id"] == *init);
        assert!(found, "{filter}: {:#?}", own.lines);
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_that_is_lost_leaves_what_was_written_and_comes_back_in_a_follow() {
    let expired = |from: u32, until: u32| {
        let at = |minutes: u32| (START + MINUTE * minutes).millis();
        let fault = Fault::new(Kind::ExpiredCredentials, "*");
        Faults::only(fault.between(at(from), at(until)))
    };
    let account = Account { faults: expired(2, 4), ..Account::default() };
    let outcome = logs(account, "cart-api --follow --since 1m", 12).await;
    assert_eq!(outcome.exit, Ok(Exit::Signal(2)));
    let until = outcome.ended - Duration::from_mins(6);
    outcome.is_what_was_served("/aws/lambda/cart-api", START - MINUTE, until);
    outcome.late_in_order("/aws/lambda/cart-api");
}
