//! The demo's endpoint, held against clients that know nothing of it: the AWS CLI, boto3 and the SDK for Rust.

mod boto;
mod cli;
mod live;
mod logs;
mod logs_python;
mod raw;
mod sdk;
mod xray;
mod xray_python;

use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Instant;

use lambtop::demo::cloud::{Endpoint, Now, Settings};
use lambtop::demo::faults::Faults;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::python::python_environment;

/// 2026-03-01T12:00:00Z: when every test of this module begins.
const NOON: i64 = 1_772_366_400_000;

/// A clock that starts at noon and runs as the real one does.
fn running_clock() -> Now {
    let started = Instant::now();
    Arc::new(move || NOON + i64::try_from(started.elapsed().as_millis()).expect("a test is short"))
}

/// A clock that stands at an instant.
pub fn standing_clock(at: i64) -> Now {
    Arc::new(move || at)
}

/// The demo on a port of its own, for as long as the value lives.
struct Demo {
    url: String,
    endpoint: Endpoint,
    _runtime: Runtime,
}

impl Demo {
    /// A demo in which nothing goes wrong.
    fn start() -> Self {
        Self::with(Settings::default())
    }

    /// A demo in which these things go wrong.
    fn failing(faults: Faults) -> Self {
        Self::with(Settings { faults, ..Settings::default() })
    }

    fn with(settings: Settings) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let endpoint = Endpoint::new(settings, running_clock());
        runtime.spawn(endpoint.clone().serve(listener));
        Self { url, endpoint, _runtime: runtime }
    }

    /// Runs the AWS CLI against it.
    fn aws(&self, arguments: &str) -> Output {
        let mut command = self.python();
        command.arg(python_environment().join("bin/aws"));
        command.args(arguments.split_whitespace());
        command.args(["--endpoint-url", &self.url, "--output", "json"]);
        command.output().expect("the AWS CLI runs")
    }

    /// What the AWS CLI prints, which must succeed.
    fn aws_json(&self, arguments: &str) -> serde_json::Value {
        let output = self.aws(arguments);
        assert!(output.status.success(), "aws {arguments}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("the AWS CLI prints JSON")
    }

    /// What the AWS CLI says when it must fail.
    fn aws_error(&self, arguments: &str) -> String {
        let output = self.aws(arguments);
        assert!(!output.status.success(), "aws {arguments} was to fail");
        String::from_utf8(output.stderr).expect("text")
    }

    /// What the AWS CLI prints with arguments that have spaces in them; it must succeed.
    fn aws_words(&self, arguments: &[&str]) -> Vec<u8> {
        let mut command = self.python();
        command.arg(python_environment().join("bin/aws")).args(arguments);
        let output = command
            .args(["--endpoint-url", &self.url, "--output", "json"])
            .output()
            .expect("the AWS CLI runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Runs a script that has `client(service)`, `raises(exception, call)` and `NOON` (in seconds). It must end well.
    fn script(&self, script: &str) {
        let output =
            self.python().args(["-c", &format!("{PRELUDE}\n{script}")]).output().expect("Python runs");
        assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Python with nothing of the user's own configuration.
    fn python(&self) -> Command {
        let mut command = Command::new(python_environment().join("bin/python"));
        command.env_clear().envs([
            ("PATH", "/usr/bin:/bin"),
            ("HOME", "/nonexistent"),
            ("AWS_ACCESS_KEY_ID", "demo"),
            ("AWS_SECRET_ACCESS_KEY", "demo"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_MAX_ATTEMPTS", "1"),
            ("AWS_PAGER", ""),
            ("DEMO_URL", &self.url),
        ]);
        command
    }
}

const PRELUDE: &str = r#"
import datetime, os, boto3, botocore.config, botocore.exceptions
NOON = 1772366400
def at(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
def client(service):
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    return boto3.client(service, endpoint_url=os.environ["DEMO_URL"], config=config)
def raises(kind, call):
    try:
        call()
    except kind as error:
        return error.response
    raise AssertionError(f"{kind} was to be raised")
def stat(id, name, stat="Sum", period=60, function="checkout-api", **more):
    dimensions = [{"Name": "FunctionName", "Value": function}] if function else []
    metric = {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions}
    return {"Id": id, "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}, **more}
"#;
