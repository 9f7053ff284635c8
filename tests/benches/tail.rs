//! What a tail costs: events fetched over loopback, read, held against those that are known, joined, and put into the store;
//! beside the SDK alone, which fetches the same pages and drops them, in the same run.
//!
//! `cargo bench --bench tail`, in release. The endpoint is a process of its own and answers from memory, so that its
//! work counts for neither side. Prints; asserts no time, only that every event came.

#![expect(clippy::print_stdout, reason = "the numbers are the result")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_cloudwatchlogs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_cloudwatchlogs::{Client, Config};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use lambtop::demo::cloud::{Endpoint, Lines as Made, Quotas, Settings as Account, Synthetic};
use lambtop::model::{Feed, GroupKey, Interest, LogOrder, LogWant, Scope, Timestamp};
use lambtop::source::clock::Clock;
use lambtop::source::{Settings, start};
use lambtop::store::Store;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

/// When the first event was written, 2026-03-01 12:00:00, and how many there are a second.
const FROM: i64 = 1_772_366_400_000;
const PER_SECOND: u32 = 5_000;
/// The time at the endpoint: an hour later.
const NOW: i64 = FROM + 3_600_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--serve") {
        let events = arguments.get(at + 1).and_then(|events| events.parse().ok()).unwrap_or(1);
        serve(events);
        return;
    }
    // `cargo test --benches` only wants to know that it runs.
    let small = arguments.iter().any(|argument| argument == "--test");
    let (events, rounds) = if small { (10_000, 1) } else { (1_000_000, 3) };
    for groups in [1_u64, 4] {
        let server = Server::start(events / groups);
        let runtime = Runtime::new().expect("a runtime");
        println!("\n{events} events of about 195 bytes in {groups} group(s)");
        // The endpoint makes its pages once: the first round of each is not counted.
        alone(&server.url, groups, &runtime);
        tailed(&server.url, groups, events / groups, &runtime);
        let mut best: [Option<Cost>; 2] = [None; 2];
        for _ in 0..rounds {
            let costs = [
                cost(|| alone(&server.url, groups, &runtime)),
                cost(|| tailed(&server.url, groups, events / groups, &runtime)),
            ];
            for (best, cost) in best.iter_mut().zip(costs) {
                assert_eq!(cost.events, events, "every event came");
                *best = Some(best.map_or(cost, |best| best.least(cost)));
            }
        }
        let [Some(alone), Some(tailed)] = best else { return };
        alone.print("the SDK alone");
        tailed.print("tailed and held");
        println!(
            "  {:.2} of the events a second of the SDK alone, {:.2} times its CPU",
            alone.wall.as_secs_f64() / tailed.wall.as_secs_f64(),
            tailed.cpu / alone.cpu
        );
    }
}

#[derive(Clone, Copy)]
struct Cost {
    events: u64,
    wall: Duration,
    /// Seconds of this process.
    cpu: f64,
}

impl Cost {
    fn least(self, other: Self) -> Self {
        Self { events: self.events, wall: self.wall.min(other.wall), cpu: self.cpu.min(other.cpu) }
    }

    fn print(self, what: &str) {
        let events = self.events as f64;
        println!(
            "  {what:<16} {:>9.0} events/s   {:.2} s CPU per million",
            events / self.wall.as_secs_f64(),
            self.cpu * 1e6 / events
        );
    }
}

fn cost(act: impl FnOnce() -> u64) -> Cost {
    let (begin, before) = (Instant::now(), cpu());
    let events = act();
    Cost { events, wall: begin.elapsed(), cpu: cpu() - before }
}

/// Seconds of CPU that this process has used, in user mode and in the kernel. Zero where there is no `/proc`.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_the_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks =
        behind_the_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    // A hundred a second, on every Linux there is.
    ticks.sum::<f64>() / 100.0
}

fn group(number: u64) -> String {
    format!("/shop/flood-{number}")
}

/// Fetches all pages of all groups, the groups beside each other, and drops them.
fn alone(url: &str, groups: u64, runtime: &Runtime) -> u64 {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("AKIAIOSFODNN7EXAMPLE", "not-a-secret", None, None, "bench"))
        .endpoint_url(url)
        .build();
    let client = Client::from_conf(config);
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..groups {
            let client = client.clone();
            tasks.spawn(async move {
                let (mut events, mut token) = (0, None);
                loop {
                    let page = client
                        .filter_log_events()
                        .log_group_name(group(number))
                        .start_time(FROM)
                        .end_time(NOW - 600_001)
                        .limit(10_000)
                        .set_next_token(token)
                        .send()
                        .await
                        .expect("a page");
                    events += page.events().len() as u64;
                    token = page.next_token;
                    if token.is_none() {
                        return events;
                    }
                }
            });
        }
        tasks.join_all().await.into_iter().sum()
    })
}

/// Tails all groups until all is complete; how many lines the store holds then.
fn tailed(url: &str, groups: u64, of_each: u64, runtime: &Runtime) -> u64 {
    let _inside = runtime.enter();
    let settings = Settings {
        endpoint_url: Some(url.to_owned()),
        static_credentials: true,
        log_calls_per_second: Some(10_000.0),
        without: vec![Feed::Functions, Feed::Metrics, Feed::Details],
        ..Settings::default()
    };
    let scope = Scope::new("123456789012", "eu-west-1");
    let interest = Interest {
        logs: Some(LogWant {
            groups: (0..groups).map(|number| GroupKey::new(&scope, &group(number))).collect(),
            since: Timestamp::from_millis(FROM),
            until: Some(Timestamp::from_millis(NOW - 600_000)),
            order: LogOrder::OldestFirst,
            ..LogWant::default()
        }),
        ..Interest::default()
    };
    let interest = watch::Sender::new(interest);
    let (sender, mut events) = mpsc::channel(64);
    let clock = Clock::starting_at(Timestamp::from_millis(NOW), 1.0);
    let _sources = start(settings, clock, interest.subscribe(), sender);
    let mut store = Store::default();
    while store.lines().total().held < groups * of_each {
        drop(
            store.ingest(Timestamp::from_millis(NOW), events.blocking_recv().expect("the sources are there")),
        );
        while let Some(chore) = store.lines_mut().chore() {
            let tidied = chore.run();
            store.lines_mut().finish(tidied);
        }
    }
    store.lines().total().held
}

/// The endpoint's process, which ends with the value.
struct Server {
    url: String,
    process: Child,
}

impl Server {
    fn start(events: u64) -> Self {
        let own = std::env::current_exe().expect("a program");
        let mut process = Command::new(own)
            .args(["--serve", &events.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut url = String::new();
        let told = process.stdout.take().expect("piped");
        BufReader::new(told).read_line(&mut url).expect("its address");
        Self { url: url.trim().to_owned(), process }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Answers of the demo's endpoint by the request, each made once.
type Known = Arc<Mutex<HashMap<Bytes, (StatusCode, hyper::HeaderMap, Bytes)>>>;

/// Serves floods of so many events each, until the process is ended.
fn serve(events: u64) {
    let flood = |number| {
        let lines = Made::Flood { from: FROM, events, per_second: PER_SECOND, late_share: 0.0 };
        Synthetic::new(&group(number), lines)
    };
    let account = Account {
        synthetic: (0..4).map(flood).collect(),
        empty: true,
        quotas: Quotas { logs: Some(u32::MAX), ..Quotas::default() },
        ..Account::default()
    };
    let endpoint = Endpoint::new(account, Arc::new(|| NOW));
    let made = Known::default();
    Runtime::new().expect("a runtime").block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        println!("http://{}", listener.local_addr().expect("its address"));
        std::io::stdout().flush().expect("someone reads it");
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            let (endpoint, made) = (endpoint.clone(), made.clone());
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let (endpoint, made) = (endpoint.clone(), made.clone());
                    async move { Ok::<_, Infallible>(answer(&endpoint, &made, request).await) }
                });
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
}

async fn answer(endpoint: &Endpoint, made: &Known, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.expect("a whole request").to_bytes();
    let known = made.lock().unwrap_or_else(PoisonError::into_inner).get(&body).cloned();
    let (status, headers, bytes) = if let Some(known) = known {
        known
    } else {
        let answered = endpoint.respond(Request::from_parts(parts, body.clone())).await;
        let (parts, answer) = answered.into_parts();
        let bytes = answer.collect().await.expect("a whole answer").to_bytes();
        let new = (parts.status, parts.headers, bytes);
        if new.0.is_success() {
            made.lock().unwrap_or_else(PoisonError::into_inner).insert(body, new.clone());
        }
        new
    };
    let mut response = Response::new(Full::new(bytes));
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    response
}
