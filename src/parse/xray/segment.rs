//! One node of a document.

use std::sync::Arc;

use serde_json::Value;

use crate::model::{Call, Segment, SegmentKind, TraceException};

/// Frames of a stack that are kept.
const MOST_FRAMES: usize = 50;

/// Reads a node whose subsegments have been taken out; `None` if it is no object or has nothing of a segment. What
/// stands among subsegments is one, whatever it has.
pub(super) fn from_json(value: &Value, embedded: bool) -> Option<Segment> {
    let fields = value.as_object()?;
    if !embedded && !["name", "id", "start_time"].iter().any(|name| fields.contains_key(*name)) {
        return None;
    }
    let text = |name: &str| text(value.get(name));
    let flag = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or(false);
    let kind = match (embedded, value.get("type").and_then(Value::as_str)) {
        (true, _) => SegmentKind::EmbeddedSubsegment,
        (false, Some("subsegment")) => SegmentKind::IndependentSubsegment,
        (false, _) => SegmentKind::Segment,
    };
    let time = |name: &str| {
        let seconds = value.get(name)?;
        let seconds = seconds.as_f64().or_else(|| seconds.as_str()?.trim().parse().ok());
        seconds.filter(|seconds| seconds.is_finite()).map(|seconds| seconds * 1e3)
    };
    let end_ms = time("end_time");
    Some(Segment {
        id: text("id").filter(|id| !id.is_empty()),
        parent: text("parent_id").filter(|id| !id.is_empty()),
        trace_id: text("trace_id"),
        kind,
        name: text("name").unwrap_or_else(|| "?".into()),
        origin: text("origin"),
        namespace: text("namespace"),
        start_ms: time("start_time"),
        end_ms,
        in_progress: flag("in_progress"),
        fault: flag("fault"),
        error: flag("error"),
        throttle: flag("throttle"),
        call: call(value),
        annotations: annotations(value),
        metadata: value
            .get("metadata")
            .filter(|metadata| !metadata.is_null())
            .map(|metadata| metadata.as_str().map_or_else(|| metadata.to_string().into(), Into::into)),
        exceptions: exceptions(value),
    })
}

fn text(value: Option<&Value>) -> Option<Arc<str>> {
    match value? {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

/// What was called, out of the blocks `aws`, `http` and `sql`.
fn call(value: &Value) -> Call {
    let aws = |name: &str| text(value.pointer("/aws").and_then(|aws| aws.get(name)));
    let request = |name: &str| text(value.pointer("/http/request").and_then(|request| request.get(name)));
    let number = |pointer: &str| {
        let number = value.pointer(pointer)?;
        number.as_u64().or_else(|| whole(number.as_f64()?)).or_else(|| number.as_str()?.trim().parse().ok())
    };
    let named = ["table_name", "queue_url", "topic_arn", "function_name", "bucket_name", "function_arn"];
    let listed = || text(value.pointer("/aws/resource_names/0"));
    Call {
        operation: aws("operation"),
        resource: named.into_iter().find_map(aws).or_else(listed),
        region: aws("region"),
        request_id: aws("request_id"),
        retries: number("/aws/retries").and_then(|retries| u32::try_from(retries).ok()),
        method: request("method"),
        url: request("url").or_else(|| text(value.pointer("/sql/url"))),
        status: number("/http/response/status").and_then(|status| u16::try_from(status).ok()),
        caller: request("client_ip"),
        user_agent: request("user_agent"),
        database: text(value.pointer("/sql/database_type")),
        statement: text(value.pointer("/sql/sanitized_query")),
    }
}

/// A number without a fraction, that a serialiser wrote with one (`200.0`).
pub(super) fn whole(number: f64) -> Option<u64> {
    (number.fract() == 0.0 && (0.0..1e15).contains(&number)).then_some(number as u64)
}

fn annotations(value: &Value) -> Vec<(Arc<str>, Arc<str>)> {
    let fields = value.get("annotations").and_then(Value::as_object);
    fields
        .into_iter()
        .flatten()
        .map(|(key, value)| {
            (key.as_str().into(), text(Some(value)).unwrap_or_else(|| value.to_string().into()))
        })
        .collect()
}

/// The exceptions of `cause`; one that is only an id stands in another document.
fn exceptions(value: &Value) -> Vec<TraceException> {
    let list = value.pointer("/cause/exceptions").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|exception| {
            let own = |name: &str| text(exception.get(name)).unwrap_or_default();
            let frames =
                exception.get("stack").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let beyond = frames.len().saturating_sub(MOST_FRAMES);
            let truncated = exception.get("truncated").and_then(Value::as_u64).unwrap_or(0);
            TraceException {
                kind: own("type"),
                message: own("message"),
                remote: exception.get("remote").and_then(Value::as_bool).unwrap_or(false),
                stack: frames.iter().take(MOST_FRAMES).map(frame).collect(),
                truncated: u32::try_from(truncated).unwrap_or(u32::MAX).saturating_add(beyond as u32),
            }
        })
        .collect()
}

/// A frame of a stack: `path:line label`.
fn frame(frame: &Value) -> Arc<str> {
    let part = |name: &str| text(frame.get(name)).unwrap_or_default();
    let (path, line, label) = (part("path"), part("line"), part("label"));
    let place = if line.is_empty() { path.to_string() } else { format!("{path}:{line}") };
    format!("{place} {label}").trim().into()
}
