//! The form that each runtime gives a line of the function's own.

use serde_json::{Map, Value, json};

use super::{Page, instant};
use crate::demo::fleet::spec::{FunctionSpec, LogFormat};

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

/// What a function is written in, as far as its log shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo::fleet) enum Language {
    Node,
    Python,
    Java,
    Dotnet,
    Ruby,
    /// With the logger of its standard library.
    Go,
    /// With the usual subscriber for traces.
    Rust,
}

impl Language {
    pub(in crate::demo::fleet) fn of(spec: &FunctionSpec) -> Self {
        let Some(runtime) = spec.runtime else { return Self::Python };
        match runtime {
            _ if runtime.starts_with("nodejs") => Self::Node,
            _ if runtime.starts_with("python") => Self::Python,
            _ if runtime.starts_with("java") => Self::Java,
            _ if runtime.starts_with("dotnet") => Self::Dotnet,
            _ if runtime.starts_with("ruby") => Self::Ruby,
            _ if matches!(spec.name, "audit-archive" | "clickstream-sink") => Self::Go,
            _ => Self::Rust,
        }
    }
}

/// Writes one line of the function's own, at a time in ms since the epoch. `fields` stand in JSON logs, and are
/// made only for them.
pub(super) fn say(
    page: &mut Page,
    at_ms: f64,
    level: Level,
    text: &str,
    fields: impl FnOnce() -> Map<String, Value>,
) {
    let message = match page.spec.log_format {
        LogFormat::Text => plain(page, at_ms as i64, level, text),
        LogFormat::Json => structured(page, at_ms as i64, level, text, fields()),
    };
    page.line(at_ms, message);
}

fn plain(page: &Page, at: i64, level: Level, text: &str) -> String {
    let id = &page.request.request_id;
    let name = level.name();
    match Language::of(page.spec) {
        Language::Node => format!("{}\t{id}\t{name}\t{text}\n", instant::iso(at)),
        Language::Python => {
            let name = if level == Level::Warn { "WARNING" } else { name };
            format!("[{name}]\t{}\t{id}\t{text}\n", instant::iso(at))
        }
        Language::Java => {
            let class =
                page.spec.handler.and_then(|handler| handler.split("::").next()).unwrap_or("shop.App");
            let class = class.rsplit('.').next().unwrap_or(class);
            format!("{} {id} {name:<5} {class} - {text}\n", instant::plain(at))
        }
        Language::Dotnet => {
            let name = match level {
                Level::Debug => "dbug",
                Level::Info => "info",
                Level::Warn => "warn",
                Level::Error => "fail",
            };
            format!("{}\t{id}\t{name}\t{text}\n", instant::iso(at))
        }
        Language::Ruby => {
            let iso = instant::iso(at);
            let letter = &name[..1];
            format!("{letter}, [{}000 #8]  {name} -- {id}: {text}\n", iso.trim_end_matches('Z'))
        }
        Language::Go => {
            // The logger quotes what has a space in it; the request is not named.
            format!("time={} level={name} msg={text:?} region=eu-west-1\n", instant::iso(at))
        }
        Language::Rust => {
            let target = page.spec.name.replace('-', "_");
            format!("{}000Z  {name} {target}: {text}\n", instant::iso(at).trim_end_matches('Z'))
        }
    }
}

fn structured(page: &Page, at: i64, level: Level, text: &str, fields: Map<String, Value>) -> String {
    let (time, id, name) = (instant::iso(at), &page.request.request_id, level.name());
    let (line, spaced) = match Language::of(page.spec) {
        Language::Python => {
            let name = if level == Level::Warn { "WARNING" } else { name };
            let line = json!({
                "timestamp": time, "level": name, "message": text, "logger": "root", "requestId": id,
            });
            (with(line, fields), true)
        }
        Language::Dotnet => {
            let name = match level {
                Level::Debug => "Debug",
                Level::Info => "Information",
                Level::Warn => "Warning",
                Level::Error => "Error",
            };
            (with(json!({"timestamp": time, "level": name, "requestId": id, "message": text}), fields), false)
        }
        Language::Go => {
            let line = json!({"time": time, "level": name, "msg": text, "record": {"requestId": id}});
            (with(line, fields), false)
        }
        Language::Rust => {
            let target = page.spec.name.replace('-', "_");
            let inner = with(json!({"message": text}), fields);
            let line = json!({
                "timestamp": time, "level": name, "fields": inner, "target": target, "requestId": id,
            });
            (line, false)
        }
        Language::Node if fields.is_empty() => {
            (json!({"timestamp": time, "level": name, "requestId": id, "message": text}), false)
        }
        // An object that is logged becomes the message.
        Language::Node => {
            let inner = with(json!({"text": text}), fields);
            (json!({"timestamp": time, "level": name, "requestId": id, "message": inner}), false)
        }
        Language::Java | Language::Ruby => (
            with(json!({"timestamp": time, "level": name, "AWSRequestId": id, "message": text}), fields),
            false,
        ),
    };
    format!("{}\n", if spaced { spaced_out(&line) } else { line.to_string() })
}

fn with(mut line: Value, fields: Map<String, Value>) -> Value {
    if let Value::Object(members) = &mut line {
        members.extend(fields);
    }
    line
}

/// JSON with a space behind each colon and comma, as Python writes it.
pub(super) fn spaced_out(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, member)| format!("{}: {}", json!(name), spaced_out(member)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(spaced_out).collect::<Vec<_>>().join(", "))
        }
        plain => plain.to_string(),
    }
}
