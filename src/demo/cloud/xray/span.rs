//! Segments and subsegments as spans of OpenTelemetry: how Transaction Search keeps them.
//! Sources: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html>,
//! <https://opentelemetry.io/docs/specs/semconv/http/http-spans/>,
//! <https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/>.

use serde_json::{Map, Value as Json, json};

use crate::demo::fleet::Site;

/// A span.
pub(in crate::demo::cloud) struct Span {
    pub id: String,
    /// When it ended, ms since the epoch.
    pub end_ms: i64,
    pub json: Json,
}

/// The spans of a document: one for each segment and subsegment that has ended, and was not inferred.
pub(in crate::demo::cloud) fn of_document(document: &Json, site: Site) -> Vec<Span> {
    if document.get("inferred") == Some(&Json::Bool(true)) {
        return Vec::new();
    }
    let trace_id = text(document, "trace_id").unwrap_or_default();
    let trace_id: String = trace_id.split('-').skip(1).collect();
    let resource = resource(document, site);
    let mut spans = Vec::new();
    let mut open = vec![(document, text(document, "parent_id"))];
    while let Some((node, parent)) = open.pop() {
        let id = text(node, "id");
        let below = node.get("subsegments").and_then(Json::as_array).into_iter().flatten();
        open.extend(below.map(|child| (child, id)));
        spans.extend(span(node, parent, &trace_id, &resource));
    }
    spans
}

fn text<'a>(json: &'a Json, name: &str) -> Option<&'a str> {
    json.get(name).and_then(Json::as_str)
}

fn span(node: &Json, parent: Option<&str>, trace_id: &str, resource: &Json) -> Option<Span> {
    let nanos = |name: &str| {
        node.get(name).and_then(Json::as_f64).map(|seconds| (seconds * 1e6).round() as i64 * 1_000)
    };
    let (start, end) = (nanos("start_time")?, nanos("end_time")?);
    let flag = |name: &str| node.get(name) == Some(&Json::Bool(true));
    let failed = flag("fault") || flag("error");
    let kind = match (text(node, "origin"), text(node, "namespace")) {
        (Some(_), _) => "SERVER",
        (_, Some(_)) => "CLIENT",
        _ => "INTERNAL",
    };
    let id = text(node, "id")?.to_owned();
    let mut json = json!({
        "resource": {"attributes": resource},
        "scope": {"name": "aws.xray.converted"},
        "traceId": trace_id, "spanId": id, "flags": 256, "name": text(node, "name"), "kind": kind,
        "startTimeUnixNano": start, "endTimeUnixNano": end, "durationNano": end - start,
        "attributes": attributes(node),
        "status": {"code": if failed { "ERROR" } else { "UNSET" }},
    });
    if let Some(parent) = parent {
        json["parentSpanId"] = parent.into();
    }
    let exceptions = node.pointer("/cause/exceptions").and_then(Json::as_array);
    let events: Vec<Json> = exceptions.into_iter().flatten().map(|exception| event(exception, end)).collect();
    if !events.is_empty() {
        json["events"] = events.into();
    }
    Some(Span { id, end_ms: end / 1_000_000, json })
}

/// What the segment of a document ran on.
fn resource(document: &Json, site: Site) -> Json {
    let platform = match text(document, "origin") {
        Some("AWS::ApiGateway::Stage") => "aws_api_gateway",
        _ => "aws_lambda",
    };
    let name = text(document, "name").unwrap_or_default();
    let mut resource = json!({
        "service.name": name, "cloud.provider": "aws", "cloud.platform": platform,
        "cloud.region": site.region, "cloud.account.id": site.account,
    });
    let arn = document.pointer("/aws/function_arn").or_else(|| document.get("resource_arn"));
    if let Some(arn) = arn.filter(|arn| arn.is_string()) {
        resource["cloud.resource_id"] = arn.clone();
        resource["faas.name"] = name.into();
    }
    resource
}

/// What is known of a segment, by the names that OpenTelemetry has for it.
fn attributes(node: &Json) -> Map<String, Json> {
    let known = [
        ("/http/request/method", "http.request.method"),
        ("/http/request/url", "url.full"),
        ("/http/request/user_agent", "user_agent.original"),
        ("/http/request/client_ip", "client.address"),
        ("/http/response/status", "http.response.status_code"),
        ("/aws/operation", "rpc.method"),
        ("/aws/region", "aws.region"),
        ("/aws/request_id", "aws.request_id"),
        ("/aws/retries", "aws.retries"),
        ("/aws/table_name", "aws.dynamodb.table_names"),
        ("/aws/queue_url", "aws.sqs.queue.url"),
        ("/aws/topic_arn", "aws.sns.topic.arn"),
        ("/aws/bucket_name", "aws.s3.bucket"),
        ("/aws/function_name", "aws.lambda.function.name"),
        ("/origin", "aws.xray.origin"),
        ("/throttle", "aws.xray.throttle"),
    ];
    let mut attributes = Map::new();
    for (pointer, name) in known {
        if let Some(value) = node.pointer(pointer) {
            let listed = name.ends_with("table_names");
            attributes.insert(name.to_owned(), if listed { json!([value]) } else { value.clone() });
        }
    }
    if text(node, "namespace") == Some("aws") {
        attributes.insert("rpc.system".to_owned(), "aws-api".into());
        attributes.insert("rpc.service".to_owned(), text(node, "name").into());
    }
    for (key, value) in node.get("annotations").and_then(Json::as_object).into_iter().flatten() {
        attributes.insert(key.clone(), value.clone());
    }
    attributes
}

fn event(exception: &Json, at: i64) -> Json {
    let frames = exception.get("stack").and_then(Json::as_array).into_iter().flatten();
    let frames = frames.map(|frame| {
        let part = |name: &str| text(frame, name).unwrap_or_default();
        format!("    at {} ({}:{})", part("label"), part("path"), frame["line"])
    });
    let stack: Vec<String> = frames.collect();
    json!({"name": "exception", "timeUnixNano": at, "attributes": {
        "exception.type": exception["type"], "exception.message": exception["message"],
        "exception.stacktrace": stack.join("\n"),
    }})
}
