//! `lambtop logs` on the real binary, against the demo's endpoint on loopback.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lambtop::demo::cloud::{Endpoint, Lines, Quotas, Settings, Synthetic};
use lambtop::demo::faults::{Fault, Faults, Kind};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::commands::{lambtop, scratch};
use crate::python::python_environment;

/// 2026-03-01T12:00:00Z.
const NOON: i64 = 1_772_366_400_000;
const GROUP: &str = "/aws/lambda/cart-api";
/// A stretch of which everything has arrived at noon.
const STRETCH: [&str; 4] = ["--since", "2026-03-01T11:40:00Z", "--until", "2026-03-01T11:42:00Z"];
const STRETCH_MS: (i64, i64) = (NOON - 20 * 60_000, NOON - 18 * 60_000);
/// How long a condition may take to come true.
const PATIENCE: Duration = Duration::from_mins(1);

/// The demo on a port of its own, for as long as the value lives.
struct Demo {
    url: String,
    endpoint: Endpoint,
    _runtime: Runtime,
}

impl Demo {
    /// At noon, or at the time of this computer.
    fn start(settings: Settings, from: i64) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let started = Instant::now();
        let now = move || from + i64::try_from(started.elapsed().as_millis()).expect("a test is short");
        let endpoint = Endpoint::new(settings, Arc::new(now));
        runtime.spawn(endpoint.clone().serve(listener));
        Self { url, endpoint, _runtime: runtime }
    }

    fn at_noon() -> Self {
        Self::start(Settings::default(), NOON)
    }

    fn failing(faults: Faults) -> Self {
        Self::start(Settings { faults, ..Settings::default() }, NOON)
    }

    /// `lambtop logs` with these arguments.
    fn logs(&self, arguments: &[&str]) -> Command {
        let mut command = lambtop(&["logs", "--endpoint-url", &self.url]);
        command.args(arguments).envs(KEYS);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.logs(arguments).output().expect("it runs")
    }

    /// The stretch of a group as objects.
    fn stretch(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.run(&[&["--json"], &STRETCH[..], arguments].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        objects(&output.stdout)
    }
}

const KEYS: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "demo"),
    ("AWS_SECRET_ACCESS_KEY", "demo"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_CONFIG_FILE", "/dev/null"),
];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn objects(bytes: &[u8]) -> Vec<Value> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("an object a line")).collect()
}

fn ids(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["event_id"].as_str().expect("an id")).collect()
}

#[test]
fn a_filter_may_be_a_search_with_a_name() {
    let demo = Demo::at_noon();
    let settings = scratch("named-search").join("config.toml");
    std::fs::write(&settings, "[searches]\ncarts = \"GetItem -audit\"\n").expect("a settings file");
    let settings = settings.to_str().expect("UTF-8");
    let run = |filter: &str| {
        let arguments = ["cart-api", "--config", settings, "--raw", "--filter", filter];
        demo.logs(&arguments).args(STRETCH).output().expect("it starts")
    };
    let (named, spelled) = (run("@carts"), run("GetItem -audit"));
    assert!(named.status.success() && !named.stdout.is_empty(), "{named:?}");
    assert_eq!(named.stdout, spelled.stdout);
    let unknown = run("@orders");
    assert_eq!(unknown.status.code(), Some(2));
    let message = String::from_utf8_lossy(&unknown.stderr);
    assert!(message.contains("--filter @orders: no search has this name: carts"), "{message}");
}

#[test]
fn what_was_served_is_written_once_in_order_with_exactly_these_fields() {
    let to = |kind, share| Fault::new(kind, "logs:FilterLogEvents").share(share);
    let demo = Demo::failing(Faults::only(to(Kind::Throttled, 0.3)).and(to(Kind::ServerError, 0.1)));
    let lines = demo.stretch(&["cart-api"]);
    let served = demo.endpoint.oracle(GROUP, STRETCH_MS.0, STRETCH_MS.1 - 1);
    assert_eq!(ids(&lines), served.iter().map(|event| event.id.as_str()).collect::<Vec<_>>());
    for (line, event) in lines.iter().zip(&served) {
        let expected = serde_json::json!({
            "timestamp": event.timestamp,
            "ingestion_time": event.ingested,
            "event_id": event.id,
            "group": GROUP,
            "stream": &*event.stream,
            "function": "cart-api",
            "message": event.message,
            "late": false,
        });
        assert_eq!(*line, expected);
    }
}

#[test]
fn the_aws_cli_has_nothing_that_lambtop_has_not() {
    let demo = Demo::at_noon();
    let aws = Command::new(python_environment().join("bin/python"))
        .arg(python_environment().join("bin/aws"))
        .args(["logs", "filter-log-events", "--log-group-name", GROUP, "--output", "json"])
        .args(["--start-time", &STRETCH_MS.0.to_string(), "--end-time", &(STRETCH_MS.1 - 1).to_string()])
        .args(["--endpoint-url", &demo.url])
        .env_clear()
        .envs(KEYS)
        .envs([("AWS_DEFAULT_REGION", "eu-west-1"), ("PATH", "/usr/bin:/bin")])
        .output()
        .expect("the AWS CLI runs");
    assert!(aws.status.success(), "{}", text(&aws.stderr));
    let theirs: Value = serde_json::from_slice(&aws.stdout).expect("JSON");
    let theirs: Vec<(&str, &str)> = theirs["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter_map(|event| Some((event["eventId"].as_str()?, event["message"].as_str()?)))
        .collect();
    assert!(theirs.len() > 100);
    let ours = demo.stretch(&["cart-api"]);
    let ours: std::collections::BTreeSet<(&str, &str)> = ours
        .iter()
        .filter_map(|line| Some((line["event_id"].as_str()?, line["message"].as_str()?)))
        .collect();
    let missing: Vec<_> = theirs.iter().filter(|event| !ours.contains(event)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn raw_is_byte_for_byte_on_a_pipe() {
    let demo = Demo::at_noon();
    let stretch = ["--since", "2026-03-01T11:20:00Z", "--until", "2026-03-01T11:40:00Z"];
    let output = demo.run(&[&["webhook-ingest", "--raw"], &stretch[..]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let served = demo.endpoint.oracle("/aws/lambda/webhook-ingest", NOON - 40 * 60_000, STRETCH_MS.0 - 1);
    let mut expected = String::new();
    for event in &served {
        expected.push_str(&event.message);
        if !event.message.ends_with('\n') {
            expected.push('\n');
        }
    }
    assert!(expected.contains('\u{1b}'), "there is something hostile in it");
    assert!(output.stdout == expected.as_bytes(), "{} bytes of {}", output.stdout.len(), expected.len());
}

#[test]
fn hostile_lines_reach_a_terminal_as_nothing_but_text() {
    let demo = Demo::at_noon();
    for form in [&["--raw"][..], &["--json"], &[]] {
        let size = PtySize { rows: 50, cols: 200, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_lambtop"));
        command.args(["logs", "webhook-ingest", "--endpoint-url", &demo.url]);
        command.args(["--since", "2026-03-01T11:20:00Z", "--until", "2026-03-01T11:40:00Z"]);
        command.args(form);
        for (name, value) in KEYS.into_iter().chain([("TERM", "xterm-256color"), ("LANG", "C.UTF-8")]) {
            command.env(name, value);
        }
        command.env("XDG_CONFIG_HOME", "/nonexistent");
        let mut child = pair.slave.spawn_command(command).expect("it starts");
        drop(pair.slave);
        let mut shown = Vec::new();
        // A terminal whose program has ended may end in an error.
        let _ = pair.master.try_clone_reader().expect("a reader").read_to_end(&mut shown);
        assert!(child.wait().expect("it ends").success(), "{}", text(&shown));
        let shown = String::from_utf8(shown).expect("UTF-8");
        assert!(shown.contains("PAID"), "the hostile line is there");
        let plain = ["\u{1b}[0m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[33m", "\u{1b}[36m"]
            .iter()
            .fold(shown, |shown, ours| shown.replace(ours, ""));
        let obeyed = plain.chars().find(|c| {
            (c.is_control() && !matches!(c, '\n' | '\r'))
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(obeyed, None, "{form:?}");
        assert!(!plain.replace("\r\n", "").contains('\r'), "no line is written over");
        if form.is_empty() {
            assert!(!plain.contains("AKIADEMODEMODEMODEMO"), "secrets are masked");
        }
    }
}

#[test]
fn what_cannot_be_read_is_named_and_the_exit_code_says_so() {
    let denied = |target| Faults::only(Fault::new(Kind::AccessDenied, target));
    let demo = Demo::failing(denied("logs:FilterLogEvents"));
    let output = demo.run(&["cart-api"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("needs logs:FilterLogEvents"), "{}", text(&output.stderr));

    let demo = Demo::failing(denied("lambda:*").and(Fault::new(Kind::AccessDenied, "sts:*")));
    let output = demo.run(&[&["cart-api", "--json"], &STRETCH[..]].concat());
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(objects(&output.stdout).len() > 100);
    assert_eq!(said.matches("/aws/lambda/cart-api").count(), 1, "{said}");
    assert!(said.contains("lambda:ListFunctions"), "{said}");

    let output = Demo::at_noon().run(&["--log-group", "/nobody"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("/nobody: there is no such log group"), "{}", text(&output.stderr));
}

#[test]
fn bad_input_is_exit_2_and_says_what_would_be_right() {
    for (arguments, said) in [
        (&["x", "--filter", "level>=warn | "][..], "\n  level>=warn | \n              ^\n"),
        (&["x", "--filter", "outcome=foo"], "one of ok running unknown handled"),
        (&[], "name a function, or a log group with --log-group"),
        (&["x", "--since", "soon"], "neither an age such as 90s"),
        (&["x", "--follow", "--until", "1m"], "cannot be used with"),
        (&["--since", "1h", "x", "--at", "1m"], "cannot be used with"),
        (&["arn:aws:lambda:eu-west-1:123456789012:function:x"], "not a function's name"),
        (&["x", "--output", "/nonexistent/x"], "--output /nonexistent/x: cannot be written"),
    ] {
        let output = lambtop(&["logs", "--demo"]).args(arguments).output().expect("it runs");
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn the_summary_says_what_there_was_and_what_may_still_come() {
    let output = lambtop(&["logs", "invoice-pdf", "payment-capture", "--demo", "--since", "8m"])
        .env("LAMBTOP_TIME", "utc")
        .output()
        .expect("it runs");
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    for group in ["/aws/lambda/invoice-pdf", "/aws/lambda/payment-capture"] {
        let line =
            said.lines().find(|line| line.contains(group)).unwrap_or_else(|| panic!("{group}: {said}"));
        assert!(line.contains(" late, no gaps; complete to 2026-03-01T14:25:"), "{line}");
        assert!(line.ends_with("events newer than that may still arrive"), "{line}");
    }
    let again = lambtop(&["logs", "invoice-pdf", "payment-capture", "--demo", "--since", "8m"]).output();
    assert!(again.expect("it runs").stdout == output.stdout, "the same seed and time give the same lines");
    let times: Vec<String> = text(&output.stdout)
        .lines()
        .filter(|line| line.starts_with("2026-03-01T"))
        .map(|line| line[..24].to_owned())
        .collect();
    assert!(times.len() > 1_000 && times.is_sorted(), "the lines of both in one order");
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let demo = Demo::at_noon();
    let mut child = demo
        .logs(&["cart-api", "--since", "2026-03-01T11:00:00Z"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut first = String::new();
    let mut reader = BufReader::new(child.stdout.take().expect("a pipe"));
    reader.read_line(&mut first).expect("a line");
    drop(reader);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
    assert!(first.starts_with("2026-03-01T11:00:0"), "{first}");
}

#[test]
fn a_follow_with_nothing_to_write_notices_that_nobody_reads() {
    let quiet = Lines::Flood { from: NOON - 1_000, events: 1, per_second: 1, late_share: 0.0 };
    let synthetic = vec![Synthetic::new("/quiet", quiet)];
    let demo = Demo::start(Settings { synthetic, ..Settings::default() }, NOON);
    let mut child = demo
        .logs(&["--log-group", "/quiet", "--follow", "--since", "2026-03-01T11:00:00Z"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait().expect("it can be asked").is_none() {
        assert!(Instant::now() < deadline, "it goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().expect("it has ended");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_file_is_its_owners_alone_and_an_interrupted_run_leaves_what_was_written() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let now = i64::try_from(now).expect("before the end of time");
    let flood = Lines::Flood { from: now - 60_000, events: 100_000, per_second: 20, late_share: 0.0 };
    let synthetic = vec![Synthetic::new("/flood", flood)];
    let demo = Demo::start(Settings { synthetic, ..Settings::default() }, now);
    let folder = scratch("logs-output");
    let path = folder.join("flood.json");
    std::fs::write(&path, "what was there before\n").expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("its mode");
    let name = path.to_str().expect("UTF-8");
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let child = demo
            .logs(&["--log-group", "/flood", "--follow", "--since", "1m", "--json", "--output", name])
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let deadline = Instant::now() + PATIENCE;
        let holds_many = || std::fs::read(&path).is_ok_and(|bytes| bytes.len() > 100_000);
        while !holds_many() {
            assert!(Instant::now() < deadline, "it writes nothing");
            std::thread::sleep(Duration::from_millis(20));
        }
        kill_process(Pid::from_child(&child), signal).expect("it runs");
        let output = child.wait_with_output().expect("it ends");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(
            said.contains("interrupted: ") && said.contains(" holds what was written until then"),
            "{said}"
        );
        assert!(said.contains(" late, no gaps; "), "{said}");
        assert!(output.stdout.is_empty());
        let written = std::fs::read(&path).expect("the file");
        let lines = objects(&written);
        assert!(lines.iter().all(|line| line["group"] == "/flood") && lines.len() > 300);
        assert_eq!(std::fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "").expect("emptied");
    }
}

#[test]
fn a_large_group_is_written_through_a_bounded_window() {
    let flood = Lines::Flood { from: NOON - 600_000, events: 60_000, per_second: 1_000, late_share: 0.01 };
    let synthetic = vec![Synthetic::new("/flood", flood)];
    let quotas = Quotas { logs: Some(1_000), ..Quotas::default() };
    let demo = Demo::start(Settings { synthetic, quotas, ..Settings::default() }, NOON);
    let stretch = ["--since", "2026-03-01T11:40:00Z", "--until", "2026-03-01T11:54:00Z"];
    let output = demo.run(&[&["--log-group", "/flood", "--json"], &stretch[..]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let served = demo.endpoint.oracle("/flood", NOON - 1_200_000, NOON - 360_001);
    let lines = objects(&output.stdout);
    assert_eq!(lines.len(), 60_000);
    assert!(ids(&lines).iter().zip(&served).all(|(id, event)| **id == *event.id));
}
