//! AWS stand-ins that others wrote, each a process of its own that listens on this computer alone.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::python::python_environment;

/// Longest that one may take to start, and whoever asks it to tell what they found.
pub const LIMIT: Duration = Duration::from_mins(1);

/// A stand-in, for as long as the value lives.
pub struct StandIn {
    process: Child,
    pub url: String,
}

impl StandIn {
    /// Starts a program and waits until it says where it listens: `Running on http://...`.
    pub fn start(program: Command) -> Self {
        let mut process = bare(program).spawn().expect("the stand-in starts");
        let (told, lines) = mpsc::channel();
        // Read on to the end, so that the process never waits for a reader.
        let out = process.stdout.take().expect("its output is piped");
        let err = process.stderr.take().expect("its errors are piped");
        for output in [Box::new(out) as Box<dyn std::io::Read + Send>, Box::new(err)] {
            let told = told.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let _ = told.send(line);
                }
            });
        }
        // Made now, so that the process is ended even if it does not come up.
        let mut stand_in = Self { process, url: String::new() };
        let mut said = Vec::new();
        while stand_in.url.is_empty() {
            let Ok(line) = lines.recv_timeout(LIMIT) else { panic!("it did not start: {said:#?}") };
            if let Some((_, rest)) = line.split_once("Running on ") {
                stand_in.url.push_str(rest.split_whitespace().next().expect("an address"));
            }
            said.push(line);
        }
        stand_in
    }

    /// Runs a Python script against it; tells what it prints.
    pub fn script(&self, script: &str) -> String {
        let output = Command::new(python_environment().join("bin/python"))
            .args(["-c", script])
            .env_clear()
            .envs([("PATH", "/usr/bin:/bin"), ("HOME", "/nonexistent"), ("STAND_IN", self.url.as_str())])
            .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
            .output()
            .expect("Python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program with nothing of the environment of whoever runs the tests but what was set for it, and its output to be
/// read.
fn bare(mut program: Command) -> Command {
    let set = |(name, value): (&OsStr, Option<&OsStr>)| Some((name.to_owned(), value?.to_owned()));
    let own: Vec<_> = program.get_envs().filter_map(set).collect();
    program
        .env_clear()
        .envs([("PATH", "/usr/bin:/bin")])
        .envs([("HOME", env!("CARGO_TARGET_TMPDIR")), ("TMPDIR", env!("CARGO_TARGET_TMPDIR"))])
        .envs(own)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    program
}
