//! What must not get out: credentials, the environment of functions, the memory of the process.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::commands::{lambtop, scratch};
use crate::listening::Demo;
use crate::source::{START, Watching, secs};

/// Keys as AWS writes them, each one recognisable.
const KEY_ID: &str = "AKIAQ7LAMBTOPDEBUG01";
const SECRET_KEY: &str = "c2VjcmV0LW9mLXRoZS1kZWJ1Zy1sb2ctdGVzdC0x";
const SESSION_TOKEN: &str = "IQoJb3JpZ2luX2VjTG9nVGVzdFNlc3Npb25Ub2tlbg";

/// Runs a headless command against `url` with those keys and everything logged; what the log holds then.
fn logged(url: &str, log: &Path, with: impl FnOnce(&mut Command)) -> String {
    let mut command = lambtop(&["functions", "--json", "--function", "payment-*", "--endpoint-url", url]);
    command
        .env("RUST_LOG", "trace")
        .env("LAMBTOP_DEBUG_LOG", log)
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", log.parent().expect("it lies in a folder"));
    with(&mut command);
    command.output().expect("it starts");
    fs::read_to_string(log).expect("there is a log")
}

fn assert_nothing_secret(log: &str) {
    let signed = ["Signature=", "AWS4-HMAC", "x-amz-security-token", "authorization"];
    for secret in [KEY_ID, SECRET_KEY, SESSION_TOKEN].into_iter().chain(signed) {
        assert!(!log.to_lowercase().contains(&secret.to_lowercase()), "{secret} in\n{log}");
    }
}

fn with_keys(command: &mut Command) {
    command
        .env("AWS_ACCESS_KEY_ID", KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_SESSION_TOKEN", SESSION_TOKEN);
}

#[test]
fn the_debug_log_tells_what_was_done_and_holds_no_credentials_whatever_is_asked_for() {
    let folder = scratch("debug-log");
    let demo = Demo::listen();
    let log = folder.join("lambtop.log");
    let text = logged(&demo.url, &log, with_keys);
    for told in ["lambtop starts", "ListFunctions", "GetMetricData", "feed{name=\"metrics\"}"] {
        assert!(text.contains(told), "{told} in\n{text}");
    }
    assert_nothing_secret(&text);
    assert!(text.lines().all(|line| line.contains(" lambtop::")), "others are capped:\n{text}");
    assert_eq!(fs::metadata(&log).expect("it is there").permissions().mode() & 0o777, 0o600);

    let again = logged(&demo.url, &log, with_keys);
    assert!(again.starts_with(&text) && again.len() > text.len(), "a second run writes behind the first");
}

#[test]
fn credentials_that_come_from_files_or_fail_are_not_logged_either() {
    let folder = scratch("debug-log-files");
    let demo = Demo::listen();
    let keys = format!(
        "aws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET_KEY}\naws_session_token = {SESSION_TOKEN}\n"
    );
    let process = format!(
        "#!/bin/sh\necho '{{\"Version\": 1, \"AccessKeyId\": \"{KEY_ID}\", \"SecretAccessKey\": \"{SECRET_KEY}\", }}'\n"
    );
    fs::write(folder.join("process.sh"), process).expect("a script");
    let config = format!("[profile broken]\ncredential_process = /bin/sh {}/process.sh\n", folder.display());
    fs::write(folder.join("config"), config).expect("a configuration");
    fs::write(folder.join("whole"), format!("[filed]\n{keys}")).expect("keys");
    // A line that is no setting: the SDK complains about the file.
    fs::write(folder.join("torn"), format!("[filed]\n{keys}{SECRET_KEY}\n")).expect("keys");
    // A port that nobody listens on: the SDK tries, fails and says so.
    let closed = "http://127.0.0.1:1";
    for (name, profile, credentials, url, told) in [
        ("filed", "filed", "whole", &*demo.url, "GetMetricData"),
        ("torn", "filed", "torn", &*demo.url, "why=\"credentials\""),
        ("broken", "broken", "whole", &*demo.url, "why=\"credentials\""),
        ("closed", "filed", "whole", closed, "why=\"no network\""),
    ] {
        let log = folder.join(format!("{name}.log"));
        let text = logged(url, &log, |command| {
            command
                .env("AWS_CONFIG_FILE", folder.join("config"))
                .env("AWS_SHARED_CREDENTIALS_FILE", folder.join(credentials))
                .env("AWS_PROFILE", profile);
        });
        assert!(text.contains("lambtop starts") && text.contains(told), "{name}: {text}");
        assert_nothing_secret(&text);
    }
}

#[test]
fn a_debug_log_that_cannot_be_written_is_said_at_once() {
    let output =
        lambtop(&["functions", "--demo", "--debug-log", "/nowhere/at/all"]).output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("--debug-log /nowhere/at/all: No such file"), "{message}");
}

#[test]
fn a_picture_is_its_owners_alone() {
    let folder = scratch("private-picture");
    let path = folder.join("a.txt");
    fs::write(&path, "open to all").expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("its mode is changed");
    let output = lambtop(&["screenshot", "--demo", "--size", "80x24", "--out"]).arg(&path).output();
    assert!(output.expect("it starts").status.success());
    assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
}

#[test]
#[cfg(target_os = "linux")]
fn the_process_leaves_no_core() {
    let demo = Demo::listen();
    let limits: PathBuf = format!("/proc/{}/limits", demo.id()).into();
    let limits = fs::read_to_string(limits).expect("limits can be read");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("there is a line");
    let words: Vec<_> = core["Max core file size".len()..].split_whitespace().collect();
    assert_eq!(words, ["0", "0", "bytes"], "{core}");
}

#[tokio::test(start_paused = true)]
async fn the_environment_of_a_function_is_never_read() {
    const MARKER: &str = "demo-secret-never-to-be-shown";
    let mut watching = Watching::with(lambtop::demo::faults::Faults::default());
    watching.until_listed().await;
    watching.look_at_rows(10);
    let selected = watching.list().functions[0].key.clone();
    watching.look_at(|interest| interest.selected = Some(selected.clone()));
    watching.pass(secs(90)).await;
    assert!(served(&watching).await.contains(MARKER), "the endpoint tells it to whoever asks");

    let mut store = lambtop::store::Store::default();
    let mut app = lambtop::app::App::new(lambtop::app::Settings::default(), START);
    for (at, event) in &watching.told {
        let event_text = serde_json::to_string(event).expect("an event can be recorded");
        assert!(!event_text.contains(MARKER) && !event_text.contains("STRIPE_API_KEY"), "{event_text}");
        store.ingest(*at, event.clone());
        app.input(*at, lambtop::app::Input::Event(Box::new(event.clone())));
    }
    assert!(store.function(&selected).is_some_and(|record| record.function.runtime.is_some()), "it was read");
    for kept in [format!("{store:?}"), format!("{app:?}")] {
        assert!(!kept.contains(MARKER) && !kept.contains("STRIPE_API_KEY"));
    }
}

/// What the endpoint tells the SDK about the environment of one function.
async fn served(watching: &Watching) -> String {
    use aws_sdk_lambda::config::{Config, Credentials, Region};
    let config = Config::builder()
        .behavior_version_latest()
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("demo", "demo", None, None, "test"))
        .http_client(watching.endpoint.http_client());
    let client = aws_sdk_lambda::Client::from_conf(config.build());
    let answer = client.list_functions().send().await.expect("an answer");
    let variables = answer.functions()[0].environment().and_then(|environment| environment.variables());
    format!("{variables:?}")
}
