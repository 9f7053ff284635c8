//! JSON events: those of the platform and the Telemetry API here, an application's in [`super::application`].
//!
//! `{"time","type","record"}`, one `type` for each thing that can happen; Web Functions and Managed Instances have more
//! types of the same build, so that what is not known by name is read by the same fields.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html>.

use std::borrow::Cow;

use super::json::{self, number, text};
use super::members::Members;
use super::request::identified;
use super::{application, exit, report, xray};
use crate::model::{Body, LineKind, Reading};

/// Reads an event that is one JSON object.
pub(super) fn read<'a>(event: &'a str, into: &mut Reading<'a>) -> bool {
    let mut top = Members::default();
    let mut record = None;
    let mut kind = None;
    let mut time = None;
    let rest = json::object(event, |key, value| match key {
        "type" => kind = Some(value),
        "record" => record = Some(value),
        "time" => time = Some(value),
        _ => top.take(key, value),
    });
    if rest.is_none_or(|rest| !rest.trim_ascii().is_empty()) {
        return false;
    }
    let name = kind.and_then(|kind| kind.strip_prefix('"')?.strip_suffix('"'));
    match name.zip(record) {
        Some((name, record)) if name.starts_with("platform.") => {
            platform(name, record, into);
            into.timestamp = time.and_then(text);
        }
        // What the Telemetry API hands to extensions: a line in an envelope.
        Some((name @ ("function" | "extension"), record)) if time.is_some() => {
            into.name = name;
            into.body = application::body(record);
            into.timestamp = time.and_then(text);
        }
        _ => {
            if let Some(record) = record {
                top.take("record", record);
            }
            application::read(event, &mut top, time, into);
        }
    }
    true
}

fn platform<'a>(name: &'a str, record: &'a str, into: &mut Reading<'a>) {
    into.name = name;
    into.kind = line_kind(name);
    match text(record) {
        Some(Cow::Borrowed(sentence)) => return fault(name, sentence, into),
        Some(Cow::Owned(sentence)) => {
            // A line end in it was escaped: nothing of it stands in the event as it is meant.
            let mut told = Reading { kind: into.kind, ..Reading::default() };
            fault("", &sentence, &mut told);
            let own = |part: Option<Cow<'_, str>>| part.map(|part| Cow::Owned(part.into_owned()));
            (into.request, into.figures) = (own(told.request), told.figures);
            (into.error_type, into.error_message) = (own(told.error_type), own(told.error_message));
            into.body = Body::Decoded(sentence);
            return;
        }
        None => {}
    }
    let (mut metrics, mut tracing) = (None, None);
    let _ = json::object(record, |key, value| match key {
        "requestId" => into.request = text(value).filter(|id| !id.is_empty()),
        "status" => into.status = text(value),
        "errorType" => into.error_type = text(value),
        "errorMessage" => into.error_message = text(value),
        "metrics" => metrics = Some(value),
        "tracing" => tracing = Some(value),
        "version" | "functionVersion" => into.version = text(value),
        "runtimeVersion" => into.runtime = text(value),
        "phase" => into.phase = text(value),
        "initializationType" => into.init_type = text(value),
        "tenantId" => into.tenant = text(value),
        // What was dropped, and why.
        "reason" => {
            into.body = match text(value) {
                Some(Cow::Borrowed(text)) => Body::Text(text),
                Some(Cow::Owned(text)) => Body::Decoded(text),
                None => Body::None,
            }
        }
        _ => {}
    });
    if let Some(metrics) = metrics {
        figures(metrics, into);
    }
    if let Some(tracing) = tracing {
        trace(tracing, into);
    }
    if matches!(into.kind, LineKind::Report | LineKind::RuntimeDone) {
        report::conclude(into);
    }
}

/// `platform.fault` is a sentence.
fn fault<'a>(name: &'a str, sentence: &'a str, into: &mut Reading<'a>) {
    if let Some(rest) = identified(sentence, into) {
        let kind = into.kind;
        exit::conclude(rest.trim_ascii_start(), into);
        (into.kind, into.name) = (kind, name);
    }
    into.body = Body::Text(sentence);
}

fn figures<'a>(metrics: &'a str, into: &mut Reading<'a>) {
    let kind = into.kind;
    let figures = &mut into.figures;
    let _ = json::object(metrics, |key, value| {
        let slot = match key {
            "durationMs" => match kind {
                LineKind::InitReport | LineKind::InitDone => &mut figures.init_ms,
                LineKind::RestoreReport | LineKind::RestoreDone => &mut figures.restore_ms,
                _ => &mut figures.duration_ms,
            },
            "billedDurationMs" => &mut figures.billed_ms,
            "memorySizeMB" => &mut figures.memory_mb,
            "maxMemoryUsedMB" => &mut figures.max_memory_mb,
            "initDurationMs" => &mut figures.init_ms,
            "restoreDurationMs" => &mut figures.restore_ms,
            "billedRestoreDurationMs" => &mut into.billed_restore_ms,
            _ => return,
        };
        *slot = number(value);
    });
}

/// `{"spanId","type","value":"Root=1-..;Parent=..;Sampled=1"}`.
fn trace<'a>(tracing: &'a str, into: &mut Reading<'a>) {
    let mut header = None;
    let _ = json::object(tracing, |key, value| match key {
        "spanId" => into.segment = text(value).filter(|id| !id.is_empty()),
        "value" => header = Some(value),
        _ => {}
    });
    let header = header.and_then(|value| value.strip_prefix('"')?.strip_suffix('"')).unwrap_or_default();
    xray::header(header, into);
}

fn line_kind(name: &str) -> LineKind {
    match name.strip_prefix("platform.").unwrap_or(name) {
        "initStart" => LineKind::InitStart,
        "initRuntimeDone" => LineKind::InitDone,
        "initReport" => LineKind::InitReport,
        "restoreStart" => LineKind::RestoreStart,
        "restoreRuntimeDone" => LineKind::RestoreDone,
        "restoreReport" => LineKind::RestoreReport,
        "start" | "invokeStart" => LineKind::Start,
        "runtimeDone" => LineKind::RuntimeDone,
        "end" => LineKind::End,
        "report" | "invokeReport" => LineKind::Report,
        "fault" => LineKind::Exit,
        "extension" | "telemetrySubscription" | "logsSubscription" => LineKind::Extension,
        "logsDropped" => LineKind::Dropped,
        _ => LineKind::Platform,
    }
}
