//! What Lambda itself writes about environments and requests, as text or as JSON records.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html>.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::streams::MadeReady;
use super::{Line, Page, crash, instant};
use crate::demo::fleet::draw::Draw;
use crate::demo::fleet::invocation::{Environment, EnvironmentStart, Invocation, Outcome};
use crate::demo::fleet::spec::{FunctionSpec, LogFormat, SystemLevel};

/// What comes before a request's own lines: the initialisation that it waited for, and its beginning.
pub(super) fn before(page: &mut Page) {
    let start_ms = page.request.start_ms as f64;
    let (spec, request) = (page.spec, page.request);
    let begun_ms = page.begun_ms();
    // On managed instances an environment was there before the request that is simulated as its first.
    let waited = request
        .environment
        .as_ref()
        .filter(|environment| !spec.managed || environment.started_ms == request.start_ms);
    if let (Some(init_ms), Some(environment)) = (request.init_ms, waited) {
        let failed = init_error(&request.outcome);
        let about = Init { spec, environment, version: &request.version, took_ms: init_ms, failed };
        page.lines.extend(about.lines(start_ms));
        if failed.is_some() {
            // A failed initialisation is tried again within the request; the second failure is the request's.
            crash::init(page, start_ms + init_ms);
        }
    }
    if page.json() {
        if spec.system_level <= SystemLevel::Info {
            page.line(begun_ms, start_record(page.request, begun_ms));
        }
    } else {
        page.line(
            begun_ms,
            format!("START RequestId: {} Version: {}\n", request.request_id, request.version),
        );
    }
}

/// What comes after a request's own lines: its end, its figures, and what killed it.
pub(super) fn after(page: &mut Page) {
    let (spec, request) = (page.spec, page.request);
    let end_ms = request.end_ms();
    let id = &request.request_id;
    if page.json() {
        let failed = status(&request.outcome).is_some();
        if spec.system_level == SystemLevel::Debug || failed {
            page.line(end_ms, runtime_done(request, end_ms));
        }
        if spec.system_level <= SystemLevel::Info || failed {
            page.line(end_ms, report_record(spec, request, end_ms));
        }
    } else {
        page.line(end_ms, format!("END RequestId: {id}\n"));
        page.line(end_ms, report(spec, request));
    }
    match &request.outcome {
        Outcome::Timeout => {
            let at = instant::iso(end_ms as i64);
            let seconds = f64::from(spec.timeout_s);
            page.line(end_ms + 1.0, format!("{at} {id} Task timed out after {seconds:.2} seconds\n\n"));
        }
        Outcome::OutOfMemory => page.line(end_ms + 1.0, exited(id, "signal: killed")),
        Outcome::RuntimeExit { reason } => page.line(end_ms + 1.0, exited(id, reason)),
        _ => {}
    }
    if let Some(took) = request.extension_ms.filter(|_| page.draw.about(FLUSH).chance(0.12)) {
        let spans = 2 + page.draw.about(FLUSH + 1).below(9);
        page.line(end_ms + took, format!("otel-agent: exported {spans} spans in {took:.2} ms\n"));
    }
}

/// The lines of an environment that was made ready ahead of requests.
pub(super) fn made_ready(spec: &FunctionSpec, ready: &MadeReady) -> Vec<Line> {
    let MadeReady { environment, version, begun_ms, init_ms } = ready;
    Init { spec, environment, version, took_ms: *init_ms, failed: None }.lines(*begun_ms as f64)
}

/// An initialisation, or a restore.
struct Init<'a> {
    spec: &'a FunctionSpec,
    environment: &'a Environment,
    version: &'a str,
    took_ms: f64,
    failed: Option<&'static str>,
}

impl Init<'_> {
    fn lines(&self, start_ms: f64) -> Vec<Line> {
        let line = |at_ms: f64, message: String| Line { at_ms, message };
        let end_ms = start_ms + self.took_ms;
        let mut lines = Vec::new();
        let (runtime, arn) = runtime_version(self.spec);
        if self.spec.log_format == LogFormat::Text && self.spec.snap_start {
            let begun = format!("RESTORE_START Runtime Version: {runtime}\tRuntime Version ARN: {arn}\n");
            let ended = format!("RESTORE_REPORT Restore Duration: {:.2} ms\n", self.took_ms);
            return vec![line(start_ms, begun), line(end_ms, ended)];
        }
        if self.spec.log_format == LogFormat::Text {
            if !self.spec.is_image() {
                let text = format!("INIT_START Runtime Version: {runtime}\tRuntime Version ARN: {arn}\n");
                lines.push(line(start_ms, text));
            }
            if let Some(failed) = self.failed {
                let took = self.took_ms;
                let text = format!(
                    "INIT_REPORT Init Duration: {took:.2} ms\tPhase: init\tStatus: error\tError Type: {failed}\n"
                );
                lines.push(line(end_ms, text));
            }
            if self.spec.has_extension() {
                let subscribed =
                    "TELEMETRY\tName: otel-agent\tState: Subscribed\tTypes: [Platform, Function]\n";
                lines.push(line(end_ms - 2.0, subscribed.to_owned()));
                let ready = "EXTENSION\tName: otel-agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n";
                lines.push(line(end_ms - 1.0, ready.to_owned()));
            }
            return lines;
        }
        let kind = match self.environment.start {
            EnvironmentStart::Provisioned => "provisioned-concurrency",
            EnvironmentStart::OnDemand | EnvironmentStart::Proactive => "on-demand",
        };
        if self.spec.system_level <= SystemLevel::Info {
            let mut start = json!({
                "initializationType": kind, "phase": "init", "functionName": self.spec.name,
                "functionVersion": self.version, "instanceId": self.environment.id,
                "instanceMaxMemory": u64::from(self.spec.memory_mb) << 20,
            });
            if !self.spec.is_image() {
                start["runtimeVersion"] = runtime.into();
                start["runtimeVersionArn"] = arn.into();
            }
            lines.push(line(start_ms, record("platform.initStart", start_ms, &start)));
            if self.spec.has_extension() {
                let ready = json!({"name": "otel-agent", "state": "Ready", "events": ["INVOKE", "SHUTDOWN"]});
                lines.push(line(end_ms - 1.0, record("platform.extension", end_ms - 1.0, &ready)));
            }
            if self.spec.system_level == SystemLevel::Debug {
                let done = json!({"initializationType": kind, "phase": "init", "status": "success"});
                lines.push(line(end_ms, record("platform.initRuntimeDone", end_ms, &done)));
            }
            let report = json!({
                "initializationType": kind, "phase": "init", "status": "success",
                "metrics": {"durationMs": hundredths(self.took_ms)},
            });
            lines.push(line(end_ms, record("platform.initReport", end_ms, &report)));
        }
        lines
    }
}

/// The line with the figures of a request.
fn report(spec: &FunctionSpec, request: &Invocation) -> String {
    let mut text = format!(
        "REPORT RequestId: {}\tDuration: {:.2} ms\tBilled Duration: {} ms\tMemory Size: {} MB\tMax Memory Used: {} MB\t",
        request.request_id, request.duration_ms, request.billed_ms, spec.memory_mb, request.memory_used_mb
    );
    // A failed initialisation is counted as part of the request that tried it again.
    let waited = request.init_ms.filter(|_| init_error(&request.outcome).is_none());
    let _ = match (waited, request.billed_restore_ms) {
        (Some(restore), Some(billed)) => {
            write!(text, "Restore Duration: {restore:.2} ms\tBilled Restore Duration: {billed} ms\t")
        }
        (Some(init), None) => write!(text, "Init Duration: {init:.2} ms\t"),
        (None, _) => Ok(()),
    };
    // The text of the report says nothing of an exception that the runtime has answered with.
    let said = !matches!(request.outcome, Outcome::Unhandled { .. });
    match status(&request.outcome).filter(|_| said) {
        Some(("timeout", _)) => text.push_str("Status: timeout\t"),
        Some(("error", Some(error))) => {
            let _ = write!(text, "Status: error\tError Type: {error}\t");
        }
        _ => {}
    }
    text.push('\n');
    if let Some(trace) = &request.trace {
        let _ = writeln!(
            text,
            "XRAY TraceId: {}\tSegmentId: {}\tSampled: {}\t",
            trace.trace_id, trace.segment_id, trace.sampled
        );
    }
    text
}

fn start_record(request: &Invocation, at_ms: f64) -> String {
    let mut start = json!({"requestId": request.request_id, "version": request.version});
    if let Some(tracing) = tracing(request) {
        start["tracing"] = tracing;
    }
    record("platform.start", at_ms, &start)
}

fn runtime_done(request: &Invocation, at_ms: f64) -> String {
    let mut done = json!({"requestId": request.request_id});
    set_status(&mut done, request);
    done["metrics"] = json!({
        "durationMs": hundredths(request.duration_ms),
        "producedBytes": 40 + request.billed_ms % 900,
    });
    if let Some(tracing) = tracing(request) {
        done["tracing"] = tracing;
    }
    record("platform.runtimeDone", at_ms, &done)
}

fn report_record(spec: &FunctionSpec, request: &Invocation, at_ms: f64) -> String {
    let mut metrics = json!({
        "durationMs": hundredths(request.duration_ms), "billedDurationMs": request.billed_ms,
        "memorySizeMB": spec.memory_mb, "maxMemoryUsedMB": request.memory_used_mb,
    });
    if let Some(init) = request.init_ms {
        metrics["initDurationMs"] = hundredths(init).into();
    }
    let mut report = json!({"requestId": request.request_id, "metrics": metrics});
    if let Some(tracing) = tracing(request) {
        report["tracing"] = tracing;
    }
    set_status(&mut report, request);
    record("platform.report", at_ms, &report)
}

fn set_status(record: &mut Value, request: &Invocation) {
    let (status, error) = status(&request.outcome).unwrap_or(("success", None));
    record["status"] = status.into();
    if let Some(error) = error {
        record["errorType"] = error.into();
    }
}

fn tracing(request: &Invocation) -> Option<Value> {
    let trace = request.trace.as_ref()?;
    let value =
        format!("Root={};Parent={};Sampled={}", trace.trace_id, trace.segment_id, u8::from(trace.sampled));
    Some(json!({"spanId": trace.segment_id, "type": "X-Amzn-Trace-Id", "value": value}))
}

fn record(kind: &str, at_ms: f64, record: &Value) -> String {
    let record = json!({"time": instant::iso(at_ms as i64), "type": kind, "record": record});
    format!("{record}\n")
}

/// How the platform calls an outcome, and its error type; `None` where all went well for it.
fn status(outcome: &Outcome) -> Option<(&'static str, Option<&'static str>)> {
    match outcome {
        // An error that the code reports itself is none to the platform, nor is a throttled request.
        Outcome::Ok | Outcome::HandledError { .. } | Outcome::Throttled => None,
        Outcome::Timeout => Some(("timeout", None)),
        Outcome::OutOfMemory => Some(("error", Some("Runtime.OutOfMemory"))),
        Outcome::Unhandled { error_type, .. } | Outcome::InitError { error_type, .. } => {
            Some(("error", Some(error_type)))
        }
        Outcome::RuntimeExit { .. } => Some(("error", Some("Runtime.ExitError"))),
    }
}

fn init_error(outcome: &Outcome) -> Option<&'static str> {
    if let Outcome::InitError { error_type, .. } = outcome { Some(error_type) } else { None }
}

fn exited(request_id: &str, reason: &str) -> String {
    format!("RequestId: {request_id} Error: Runtime exited with error: {reason}\nRuntime.ExitError\n")
}

/// Version and ARN of a runtime, in Lambda's words.
fn runtime_version(spec: &FunctionSpec) -> (String, String) {
    let runtime = spec.runtime.unwrap_or("provided");
    // `python3.13` is python:3.13, `provided.al2023` is provided:al2023.
    let letters = runtime.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(runtime.len());
    let (name, number) = runtime.split_at(letters);
    let number = number.trim_start_matches('.').trim_end_matches(".x");
    let draw = Draw::new(WORDS).about_name(runtime);
    let version = format!("{name}:{number}.v{}", 20 + draw.below(60));
    let arn = format!("arn:aws:lambda:eu-west-1::runtime:{}{}", draw.about(2).hex32(), draw.about(3).hex32());
    (version, arn)
}

/// A number of hundredths, as JSON writes it.
fn hundredths(ms: f64) -> f64 {
    (ms * 100.0).round() / 100.0
}

const WORDS: u64 = 0x51_A7;
const FLUSH: u64 = 0x51_B0;
