//! `lambtop demo --listen`: the real binary as an endpoint for the AWS CLI, and for another lambtop.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::commands::lambtop;
use crate::python::python_environment;

/// A running endpoint; it ends with this value.
pub struct Demo {
    process: Child,
    pub url: String,
}

impl Demo {
    pub fn listen() -> Self {
        Self::with(&[])
    }

    /// The same with more arguments.
    pub fn with(more: &[&str]) -> Self {
        let mut process = lambtop(&["demo", "--listen", "127.0.0.1:0", "--now", "2026-03-01T14:31:16Z"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("it says where it listens");
        let url = line.trim().strip_prefix("listening on ").expect("an address").to_owned();
        Self { process, url }
    }

    /// The id of its process.
    #[cfg(target_os = "linux")]
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Already ended is ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// With the demo's keys, and without whatever is set here.
pub fn with_keys(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command
        .env("AWS_ACCESS_KEY_ID", "demo")
        .env("AWS_SECRET_ACCESS_KEY", "demo")
        .env("AWS_REGION", "eu-west-1")
        // The AWS CLI of Python still reads the older name.
        .env("AWS_DEFAULT_REGION", "eu-west-1")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"))
}

#[test]
fn the_aws_cli_lists_the_functions_of_the_demo() {
    let demo = Demo::listen();
    assert!(demo.url.starts_with("http://127.0.0.1:"), "{}", demo.url);
    let mut aws = Command::new(python_environment().join("bin/aws"));
    let output = with_keys(&mut aws)
        .args(["lambda", "list-functions", "--output", "json", "--endpoint-url", &demo.url])
        .output()
        .expect("the AWS CLI starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let functions = answer["Functions"].as_array().expect("a list");
    assert!(functions.iter().any(|function| function["FunctionName"] == "payment-capture"), "{answer}");
}

#[test]
fn lambtop_watches_the_demo_over_a_socket_as_it_watches_aws() {
    let demo = Demo::listen();
    for by_variable in [false, true] {
        let mut lambtop = Command::new(env!("CARGO_BIN_EXE_lambtop"));
        with_keys(&mut lambtop).args(["functions", "--json", "--function", "payment-*"]);
        if by_variable {
            lambtop.env("AWS_ENDPOINT_URL", &demo.url);
        } else {
            lambtop.args(["--endpoint-url", &demo.url]);
        }
        let output = lambtop.output().expect("it starts");
        let rows = String::from_utf8(output.stdout).expect("UTF-8");
        let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).expect("JSON")).collect();
        assert!(!rows.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        for row in rows {
            assert!(row["function"].as_str().is_some_and(|name| name.starts_with("payment-")), "{row}");
            assert_eq!(row["account"], "123456789012");
        }
    }
}

#[test]
fn it_ends_with_success_when_told_to() {
    for signal in ["-TERM", "-INT"] {
        let mut demo = Demo::listen();
        let told = Command::new("kill").args([signal, &demo.process.id().to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()));
        assert_eq!(demo.process.wait().expect("it ends").code(), Some(0), "{signal}");
    }
}
