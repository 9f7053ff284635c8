//! A whole session against an endpoint of its own, with everything recorded: what was called, and what got out.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::files::scratch;
use crate::terminal::{LAMBTOP, Terminal};

const KEY_ID: &str = "AKIAQ7LAMBTOPSESSION";
const SECRET_KEY: &str = "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";
const SESSION_TOKEN: &str = "IQoJb3JpZ2luX2VjU2Vzc2lvblRlc3RTZXNzaW9uVG9rZW4";
/// What `webhook-ingest` of the demo prints of strangers: a web token, an access key, a token.
const IN_LOGS: [&str; 3] = ["eyJhbGciOiJIUzI1NiJ9", "AKIADEMODEMODEMODEMO", "demo_live_0123456789"];

/// `lambtop demo --listen`, and a door before it that writes down what is asked.
struct Endpoint {
    demo: Child,
    url: String,
    asked: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Endpoint {
    fn open() -> Self {
        let mut demo = Command::new(LAMBTOP)
            .args(["demo", "--listen", "127.0.0.1:0", "--seed", "7"])
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        BufReader::new(demo.stdout.take().expect("a pipe")).read_line(&mut line).expect("it says where");
        let behind = line.trim().strip_prefix("listening on http://").expect("an address").to_owned();
        let door = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", door.local_addr().expect("it has one"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&asked);
        thread::spawn(move || {
            for client in door.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&behind) else { return };
                let connection = {
                    let mut all = lock(&written);
                    all.push(Vec::new());
                    all.len() - 1
                };
                let both = |stream: &TcpStream| stream.try_clone().expect("a second handle");
                let (from_client, to_server, written) = (both(&client), both(&server), Arc::clone(&written));
                thread::spawn(move || {
                    carry(from_client, to_server, |bytes| {
                        lock(&written)[connection].extend_from_slice(bytes);
                    });
                });
                thread::spawn(move || carry(server, client, |_| {}));
            }
        });
        Self { demo, url, asked }
    }

    /// The IAM actions of everything that was asked.
    fn actions(&self) -> BTreeSet<String> {
        let asked = lock(&self.asked);
        asked.iter().flat_map(|bytes| actions(&String::from_utf8_lossy(bytes))).collect()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        // Already ended is ended.
        let _ = self.demo.kill();
        let _ = self.demo.wait();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn carry(mut from: TcpStream, mut to: TcpStream, mut note: impl FnMut(&[u8])) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        note(&bytes[..count]);
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// The action of each request on one connection, in the protocols of the four services. One that is not known is
/// returned as it was asked, and is no action of any policy.
fn actions(connection: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in connection.match_indices(" HTTP/1.1\r\n") {
        let line = connection[..at].rsplit('\n').next().unwrap_or_default();
        // A body stands right before the next request.
        let asked = line.rfind("POST /").or_else(|| line.rfind("GET /")).map_or(line, |from| &line[from..]);
        let rest = &connection[at..];
        let end = rest.find("\r\n\r\n").unwrap_or(rest.len());
        let target = rest[..end].lines().find_map(|head| {
            head.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("x-amz-target"))
        });
        let path: Vec<&str> = asked.split([' ', '?']).nth(1).unwrap_or_default().split('/').skip(1).collect();
        let lambda = |name: &str| format!("lambda:{name}");
        found.push(match (&path[..], target) {
            (["service", _, "operation", name], _) => format!("cloudwatch:{name}"),
            (_, Some((_, target))) if target.starts_with("Logs_20140328.") => {
                format!("logs:{}", target.trim_start_matches("Logs_20140328."))
            }
            ([""], None) if rest[end..].contains("Action=GetCallerIdentity") => {
                "sts:GetCallerIdentity".to_owned()
            }
            ([_, "functions" | "functions/"] | [_, "functions", ""], _) => lambda("ListFunctions"),
            ([_, "functions", _, "configuration"], _) => lambda("GetFunctionConfiguration"),
            ([_, "functions", _, "concurrency"], _) => lambda("GetFunctionConcurrency"),
            ([_, "functions", _, "provisioned-concurrency"], _) => {
                lambda("ListProvisionedConcurrencyConfigs")
            }
            ([_, "functions", _, "aliases"], _) => lambda("ListAliases"),
            ([_, "account-settings", ..], _) => lambda("GetAccountSettings"),
            ([_, "tags", ..], _) => lambda("ListTags"),
            _ => asked.to_owned(),
        });
    }
    found
}

/// What `lambtop policy` allows.
fn policy() -> BTreeSet<String> {
    let output = Command::new(LAMBTOP)
        .arg("policy")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .output()
        .expect("the binary starts");
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let policy: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let statements = policy["Statement"].as_array().expect("a policy has statements");
    let actions = statements.iter().flat_map(|one| one["Action"].as_array().expect("and they have actions"));
    actions.map(|action| action.as_str().expect("an action is text").to_owned()).collect()
}

/// Everything that was put into the clipboard by what was written.
fn copied(written: &str) -> Vec<String> {
    let texts = written.split("\x1b]52;c;").skip(1).filter_map(|rest| rest.split('\x07').next());
    let bytes = texts.map(|text| STANDARD.decode(text).expect("it is base64"));
    bytes.map(|bytes| String::from_utf8(bytes).expect("text was copied")).collect()
}

#[test]
fn a_session_calls_what_the_policy_allows_and_lets_no_credential_out() {
    let (endpoint, folder) = (Endpoint::open(), scratch("session"));
    let log = folder.join("debug.log");
    let mut terminal = Terminal::shell(&format!(
        "cd {}; AWS_ACCESS_KEY_ID={KEY_ID} AWS_SECRET_ACCESS_KEY={SECRET_KEY} AWS_SESSION_TOKEN={SESSION_TOKEN} \
         AWS_REGION=eu-west-1 AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/dev/null RUST_LOG=trace \
         AWS_SHARED_CREDENTIALS_FILE=/dev/null exec {LAMBTOP} --endpoint-url {} --since 3h --debug-log {}",
        folder.display(),
        endpoint.url,
        log.display()
    ));
    terminal.wait_for("checkout-api");
    // Wide enough for what stands far to the right in lines.
    terminal.resize(240, 40);
    for (keys, shows) in [
        ("/webhook-ingest\r", "1-1 of 1"),
        ("y", "row sent to the clipboard"),
        ("Y", "ARN sent to the clipboard"),
        ("\r", "timeout 10 s"),
        ("o", "console link sent"),
    ] {
        terminal.press(keys);
        terminal.wait_for(shows);
    }
    terminal.press("\x1b");
    terminal.wait("the link is closed", |screen| !screen.contents().contains("AWS console"));
    terminal.press("l");
    terminal.wait_for("complete to");
    // Three hours of what strangers sent, and in it what looks like keys; with the filter found among all.
    for (search, shows) in [("/Authorization\r", "[masked "), ("/token\r", "token=[masked ")] {
        terminal.press(search);
        terminal.wait_for(shows);
        terminal.press("y");
        terminal.wait_for("log line sent to the clipboard");
        let files = || fs::read_dir(&folder).map_or(0, Iterator::count);
        let before = files();
        terminal.press("S");
        terminal.wait("two more files are there", |_| files() == before + 2);
        terminal.press("/\x15\r");
    }
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);

    let written = String::from_utf8(terminal.written()).expect("the screen is UTF-8");
    let clipboard = copied(&written);
    assert!(clipboard.iter().any(|text| text.contains("[masked ")), "{clipboard:?}");
    let mut outside = vec![("the screen", written), ("the clipboard", clipboard.join("\n"))];
    outside.push(("the debug log", fs::read_to_string(&log).expect("there is a log")));
    let saved: Vec<_> =
        fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    assert!(saved.len() >= 5, "two screens in two forms each, and the log: {saved:?}");
    let text = |path: &Path| String::from_utf8_lossy(&fs::read(path).expect("it can be read")).into_owned();
    outside.extend(saved.iter().map(|path| ("a file", text(path))));
    for (place, text) in &outside {
        for secret in [KEY_ID, SECRET_KEY, SESSION_TOKEN].into_iter().chain(IN_LOGS) {
            assert!(!text.contains(secret), "{secret} in {place}");
        }
    }

    let (called, allowed) = (endpoint.actions(), policy());
    println!("called: {called:?}");
    assert!(called.is_subset(&allowed), "{:?}", called.difference(&allowed));
    for used in
        ["lambda:ListFunctions", "cloudwatch:GetMetricData", "logs:FilterLogEvents", "sts:GetCallerIdentity"]
    {
        assert!(called.contains(used), "{used} was seen: {called:?}");
    }
}
