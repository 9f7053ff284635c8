//! What a function's code writes in one request: what it was asked, what it called, how it went.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::script::{self, Facts};
use super::voice::{self, Level};
use super::{Page, crash, odd};
use crate::demo::fleet::invocation::{Call, Invocation, Outcome, Service};

/// A call that takes longer than this is worth a warning, ms.
const SLOW_MS: f64 = 2_500.0;

/// Writes the lines of the function's own.
pub(super) fn write(page: &mut Page) {
    let request = page.request;
    if matches!(request.outcome, Outcome::InitError { .. }) {
        return;
    }
    let (script, facts) = (script::of(page.spec.name), Facts::of(request));
    let (begun_ms, duration_ms) = (page.begun_ms(), request.duration_ms);
    let initialised = request.init_ms.is_some() && !page.spec.snap_start;
    if initialised && !page.json() && page.draw.about(CONFIG).chance(0.7) {
        // Code that runs while the module is loaded knows no request; before a snapshot it ran long ago.
        let at = begun_ms - 8.0;
        let text = format!("configuration loaded, stage prod, version {}", request.version);
        unnamed(page, at, &text);
    }
    // Nothing is written after the runtime's end, nor before its beginning.
    let at = |share: f64| begun_ms + duration_ms * share;
    let opening = facts.fill(script.opening);
    voice::say(page, at(0.01), Level::Info, &opening, || opening_fields(script.path, facts));
    for call in &request.downstream {
        called(page, call);
    }
    odd::write(page, at(0.9));
    ended(page, script.closing, facts, at(0.97));
}

/// The last lines: the result, or what went wrong.
fn ended(page: &mut Page, closing: &str, facts: Facts, at_ms: f64) {
    let request = page.request;
    match &request.outcome {
        Outcome::Ok => {
            let refused = request.http_status.filter(|status| *status >= 400);
            let (level, text) = match refused {
                Some(status) => (Level::Warn, format!("answered {status}: {}", refusal(status))),
                None => (Level::Info, facts.fill(closing)),
            };
            voice::say(page, at_ms, level, &text, || closing_fields(request, closing, facts));
            if matches!(page.spec.name, "checkout-api" | "clickstream-sink") && refused.is_none() {
                metrics(page, facts, at_ms);
            }
            if page.spec.name == "settlement-daily" {
                table(page, facts, at_ms);
            }
        }
        Outcome::HandledError { error_type, message } => {
            voice::say(page, at_ms, Level::Error, &format!("{error_type}: {message}"), || {
                object(json!({"error": {"type": error_type, "message": message}, "order": facts.order()}))
            });
        }
        Outcome::Unhandled { error_type, message } => crash::thrown(page, at_ms, error_type, message),
        Outcome::RuntimeExit { reason } if *reason == "exit status 1" => crash::uncaught(page, at_ms, facts),
        // What is cut off or killed has nothing more to say.
        _ => {}
    }
}

/// A line about a call; attempts that failed and slow ones are warnings.
fn called(page: &mut Page, call: &Call) {
    let service = match call.service {
        Service::Http => "http",
        Service::DynamoDb => "dynamodb",
        Service::Sqs => "sqs",
        Service::Sns => "sns",
        Service::S3 => "s3",
        Service::Ses => "ses",
        Service::Events => "events",
        Service::SecretsManager => "secretsmanager",
        Service::Lambda => "lambda",
    };
    let at_ms = page.begun_ms() + call.offset_ms + call.duration_ms;
    let Call { name, operation, duration_ms, attempt, backoff_ms, .. } = call;
    // A call that never came back is not written about: the request ended before it.
    let Some(status) = call.status else { return };
    let (level, text) = if call.throttled {
        (
            Level::Warn,
            format!("{service} {operation} {name} throttled, attempt {attempt} after {backoff_ms:.0} ms"),
        )
    } else if status >= 400 {
        (Level::Warn, format!("{service} {operation} {name} answered {status} in {duration_ms:.1} ms"))
    } else if *duration_ms > SLOW_MS {
        (Level::Warn, format!("{service} {operation} {name} is slow: {duration_ms:.0} ms"))
    } else {
        let level =
            if page.json() || page.draw.about(LEVEL).chance(0.5) { Level::Info } else { Level::Debug };
        (level, format!("{service} {operation} {name} {status} {duration_ms:.1}ms"))
    };
    voice::say(page, at_ms, level, &text, || {
        let mut fields = json!({"downstream": {
            "service": service, "name": name, "operation": operation, "status": status,
            "latency": (duration_ms * 10.0).round() / 10.0,
        }});
        if *attempt > 1 || call.throttled {
            fields["downstream"]["attempt"] = (*attempt).into();
        }
        object(fields)
    });
}

fn opening_fields(path: &str, facts: Facts) -> Map<String, Value> {
    let tier = ["standard", "standard", "plus", "gold"][(facts.user() % 4) as usize];
    object(json!({
        "path": facts.fill(path),
        "user": {"id": facts.user(), "tier": tier, "country": facts.country().0},
    }))
}

fn closing_fields(request: &Invocation, closing: &str, facts: Facts) -> Map<String, Value> {
    let mut fields = json!({
        "status": request.http_status.unwrap_or(200),
        "latency": (request.duration_ms * 10.0).round() / 10.0,
        "user": {"id": facts.user()},
        "cold": request.cold,
    });
    if closing.contains("{order}") || closing.contains("{amount}") {
        fields["order"] = json!({
            "id": facts.order(), "items": facts.items(), "total": facts.cents() as f64 / 100.0,
            "currency": facts.country().1,
        });
    }
    object(fields)
}

const fn refusal(status: u16) -> &'static str {
    match status {
        401 => "token expired",
        404 => "no such item",
        _ => "quantity must be at least 1",
    }
}

/// A line in CloudWatch's embedded metric format: written as it is, whatever the log's format.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
fn metrics(page: &mut Page, facts: Facts, at_ms: f64) {
    let (name, value, unit) = if page.spec.name == "checkout-api" {
        ("OrderValue", facts.cents() as f64 / 100.0, "None")
    } else {
        ("ClicksWritten", facts.items() as f64 * 40.0, "Count")
    };
    let mut line = json!({
        "_aws": {
            "Timestamp": at_ms as i64,
            "CloudWatchMetrics": [{
                "Namespace": "Shop", "Dimensions": [["service"]], "Metrics": [{"Name": name, "Unit": unit}],
            }],
        },
        "service": page.spec.name, "requestId": page.request.request_id,
    });
    line[name] = value.into();
    page.line(at_ms, format!("{line}\n"));
}

/// A table: one event of several lines.
fn table(page: &mut Page, facts: Facts, at_ms: f64) {
    let mut text = String::from("provider      payments        amount\n");
    for (provider, share) in [("acquirer", 61), ("wallet", 27), ("invoice", 12)] {
        let amount = facts.cents() * share / 100;
        let _ = writeln!(text, "{provider:<12} {share:>9} {:>10}.{:02}", amount / 100, amount % 100);
    }
    page.line(at_ms, text);
}

/// A line of code that knows no request, in the manner of its runtime.
fn unnamed(page: &mut Page, at_ms: f64, text: &str) {
    let line = match voice::Language::of(page.spec) {
        voice::Language::Node => {
            format!("{}\tundefined\tINFO\t{text}\n", super::instant::iso(at_ms as i64))
        }
        _ => format!("{text}\n"),
    };
    page.line(at_ms, line);
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(members) = value { members } else { Map::new() }
}

/// Keep the draws of words apart.
const CONFIG: u64 = 0xA1;
const LEVEL: u64 = 0xA2;
