//! OpenTelemetry's spans to segments, as Transaction Search keeps them and as OTLP sends them.
//!
//! A span that serves, or has no parent, is a segment with the name of its service; any other is a subsegment with the
//! name of what it calls. Both of AWS's shapes of attributes are read: an object, and OTLP's list of keys and values.
//!
//! Source: <https://opentelemetry.io/docs/specs/semconv/>, <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>.

use std::sync::Arc;

use chrono::DateTime;
use serde_json::Value;

use super::attributes::{Attributes, cut};
use super::segment::whole;
use crate::model::{Call, Segment, SegmentKind, TraceException, TraceId};

/// Lines of a stack that are kept.
const MOST_FRAMES: usize = 50;

/// Whether a JSON value is a span rather than a segment document.
pub(super) fn is_span(value: &Value) -> bool {
    field(value, "spanId").is_some() && field(value, "traceId").is_some()
}

/// A field of a span, under each of its names: OTLP's, that of the wire, and that of OpenTelemetry's exporters for a
/// console, which keep the ids in an object of their own.
fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let other = match name {
        "traceId" => "trace_id",
        "spanId" => "span_id",
        "parentSpanId" => "parent_span_id",
        "startTimeUnixNano" => "start_time_unix_nano",
        "endTimeUnixNano" => "end_time_unix_nano",
        _ => name,
    };
    let own = |value: &'a Value| value.get(name).or_else(|| value.get(other));
    own(value).or_else(|| match name {
        "traceId" | "spanId" => own(value.get("context")?),
        "parentSpanId" => value.get("parent_id"),
        "startTimeUnixNano" => value.get("start_time"),
        "endTimeUnixNano" => value.get("end_time"),
        _ => None,
    })
}

/// An id in small letters, without `0x` and without the dashes of a UUID; one that is not made of hexadecimal digits as
/// it is.
fn id(text: &str) -> Arc<str> {
    let uuid = text.len() == 36 && [8, 13, 18, 23].iter().all(|dash| text.as_bytes()[*dash] == b'-');
    let plain = if uuid { text.replace('-', "") } else { text.to_owned() };
    let digits = plain.strip_prefix("0x").unwrap_or(&plain);
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        digits.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}

/// Reads a span; `resource` are the attributes of what sent it, where they stand beside it and not in it.
pub(super) fn from_json(value: &Value, resource: Option<&Value>) -> Option<Segment> {
    let own = Attributes::of(value.get("attributes"));
    let resource = value.get("resource").or(resource);
    let sender = Attributes::of(resource.and_then(|resource| resource.get("attributes")));
    let text = |name: &str| field(value, name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let parent = text("parentSpanId").map(id).filter(|parent| parent.bytes().any(|digit| digit != b'0'));
    let role = Role::of(value.get("kind"));
    let serves = role == Role::Serves || parent.is_none();
    let start_ms = millis(field(value, "startTimeUnixNano"));
    let took = millis(value.get("durationNano"));
    let end_ms =
        millis(field(value, "endTimeUnixNano")).or_else(|| Some(start_ms? + took?)).filter(|end| *end > 0.0);
    let name = text("name").unwrap_or("?");
    let call = call(&own, &sender, name);
    let exceptions = exceptions(value);
    let verdict = Verdict::of(value, &call, &exceptions);
    let trace = id(text("traceId")?);
    Some(Segment {
        id: text("spanId").map(id),
        parent,
        trace_id: Some(TraceId::parse(&trace).map_or(trace, |id| id.to_string().into())),
        kind: if serves { SegmentKind::Segment } else { SegmentKind::IndependentSubsegment },
        name: title(serves, role, &own, &sender, name),
        origin: if serves { own.first(&["aws.xray.origin"]).or_else(|| origin(&sender)) } else { None },
        namespace: namespace(serves, role, &own),
        start_ms,
        end_ms,
        in_progress: end_ms.is_none(),
        fault: verdict.fault,
        error: verdict.error,
        throttle: verdict.throttle,
        call,
        annotations: own.texts(),
        metadata: resource.map(|resource| resource.to_string().into()),
        exceptions,
    })
}

/// What a span does: OTLP counts, Transaction Search writes words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It answers a call, or takes a message.
    Serves,
    /// It calls, or sends a message.
    Calls,
    /// Neither.
    Inside,
}

impl Role {
    fn of(kind: Option<&Value>) -> Self {
        let word = kind.and_then(Value::as_str).unwrap_or_default();
        let word = word.rsplit(['.', '_']).next().unwrap_or(word).to_ascii_uppercase();
        match (word.as_str(), kind.and_then(Value::as_u64)) {
            ("SERVER" | "CONSUMER" | "2" | "5", _) | (_, Some(2 | 5)) => Self::Serves,
            ("CLIENT" | "PRODUCER" | "3" | "4", _) | (_, Some(3 | 4)) => Self::Calls,
            _ => Self::Inside,
        }
    }
}

/// Nanoseconds since the epoch, as a number or as its digits, or a time in RFC 3339, in milliseconds.
fn millis(time: Option<&Value>) -> Option<f64> {
    let time = time?;
    if let Some(date) = time.as_str().filter(|text| text.contains('T')) {
        let date = DateTime::parse_from_rfc3339(date).ok()?;
        return Some(date.timestamp_micros() as f64 / 1e3);
    }
    let nanos = time.as_f64().or_else(|| time.as_str()?.parse().ok())?;
    nanos.is_finite().then_some(nanos / 1e6)
}

/// The name of a service that serves, of what is called, or of the span itself.
fn title(serves: bool, role: Role, own: &Attributes, sender: &Attributes, span: &str) -> Arc<str> {
    if serves {
        let service = sender.first(&["service.name"]).filter(|name| !name.starts_with("unknown_service"));
        let service = service.or_else(|| own.first(&["aws.local.service"]));
        return service.or_else(|| sender.first(&["faas.name"])).unwrap_or_else(|| span.into());
    }
    if role != Role::Calls {
        return span.into();
    }
    let aws = own.first(&["rpc.service", "aws.remote.service"]);
    let called = aws.or_else(|| own.first(&["peer.service", "server.address", "net.peer.name", "http.host"]));
    let called = called.or_else(|| own.first(&["db.system.name", "db.system", "messaging.system"]));
    match called {
        Some(name) => name.strip_prefix("AWS::").map_or_else(|| name.clone(), Arc::from),
        None => span.into(),
    }
}

/// X-Ray's word for the platform of a service.
///
/// Source: <https://opentelemetry.io/docs/specs/semconv/resource/cloud/>.
fn origin(sender: &Attributes) -> Option<Arc<str>> {
    let platform = sender.first(&["cloud.platform"])?;
    let origin = match &*platform {
        "aws_lambda" => "AWS::Lambda::Function",
        "aws_ecs" => "AWS::ECS::Container",
        "aws_eks" => "AWS::EKS::Container",
        "aws_ec2" => "AWS::EC2::Instance",
        "aws_elastic_beanstalk" => "AWS::ElasticBeanstalk::Environment",
        "aws_app_runner" => "AWS::AppRunner::Service",
        _ => return None,
    };
    Some(origin.into())
}

fn namespace(serves: bool, role: Role, own: &Attributes) -> Option<Arc<str>> {
    if serves || role != Role::Calls {
        return None;
    }
    let remote = own.first(&["aws.remote.service"]).is_some_and(|name| name.starts_with("AWS::"));
    let of_aws = own.first(&["rpc.system"]).is_some_and(|system| &*system == "aws-api");
    let named = ["aws.dynamodb.", "aws.s3.", "aws.sqs.", "aws.sns.", "aws.request_id", "aws.requestId"];
    let aws = of_aws || remote || named.iter().any(|prefix| own.has(prefix));
    Some(if aws { "aws" } else { "remote" }.into())
}

/// What was called, or what a service was called for.
fn call(own: &Attributes, sender: &Attributes, span: &str) -> Call {
    let operation = own.first(&["rpc.method", "aws.remote.operation", "messaging.operation.name"]);
    let served = || own.first(&["aws.local.operation"]).filter(|operation| **operation != *span);
    let method = own.first(&["http.request.method", "http.method"]);
    let host = || own.first(&["server.address", "net.peer.name", "http.host", "net.host.name"]);
    let url = own.first(&["url.full", "http.url"]).or_else(|| {
        let path = own.first(&["url.path", "http.target", "http.route"])?;
        Some(host().map_or_else(|| path.clone(), |host| format!("{host}{path}").into()))
    });
    let number =
        |names: &[&str]| whole(own.first(names)?.parse().ok()?).and_then(|number| u32::try_from(number).ok());
    Call {
        operation: operation.or_else(|| if method.is_none() { served() } else { None }),
        resource: own.first(&[
            "aws.dynamodb.table_names",
            "aws.table_name",
            "aws.sqs.queue.url",
            "aws.queue_url",
            "aws.sns.topic.arn",
            "aws.s3.bucket",
            "aws.bucket_name",
            "faas.invoked_name",
            "messaging.destination.name",
            "aws.remote.resource.identifier",
            "db.namespace",
            "db.name",
        ]),
        region: own.first(&["aws.region", "faas.invoked_region"]).or_else(|| sender.first(&["cloud.region"])),
        request_id: own.first(&[
            "aws.request_id",
            "aws.requestId",
            "aws.request.id",
            "faas.invocation_id",
            "faas.execution",
        ]),
        retries: number(&["http.request.resend_count", "aws.retry.count"]),
        method,
        url,
        status: number(&["http.response.status_code", "http.status_code"])
            .and_then(|status| u16::try_from(status).ok()),
        caller: own.first(&["client.address", "http.client_ip"]),
        user_agent: own.first(&["user_agent.original", "http.user_agent"]),
        database: own.first(&["db.system.name", "db.system"]),
        statement: own.first(&["db.query.text", "db.statement"]),
    }
}

/// The events called `exception`; where there are none, what the status says.
fn exceptions(value: &Value) -> Vec<TraceException> {
    let events = value.get("events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let found: Vec<TraceException> = events
        .iter()
        .filter(|event| event.get("name").and_then(Value::as_str) == Some("exception"))
        .map(|event| {
            let own = Attributes::of(event.get("attributes"));
            let stack = own.first(&["exception.stacktrace"]).unwrap_or_default();
            let lines = stack.lines().map(str::trim).filter(|line| !line.is_empty());
            TraceException {
                kind: own.first(&["exception.type"]).unwrap_or_default(),
                message: own.first(&["exception.message"]).unwrap_or_default(),
                remote: false,
                stack: lines.clone().take(MOST_FRAMES).map(Arc::from).collect(),
                truncated: lines.count().saturating_sub(MOST_FRAMES) as u32,
            }
        })
        .collect();
    let said = value.pointer("/status/message").and_then(Value::as_str).filter(|said| !said.is_empty());
    match said {
        Some(said) if found.is_empty() => {
            vec![TraceException { message: cut(said).into(), ..TraceException::default() }]
        }
        _ => found,
    }
}

/// X-Ray's flags for how it went.
struct Verdict {
    fault: bool,
    error: bool,
    throttle: bool,
}

impl Verdict {
    fn of(value: &Value, call: &Call, exceptions: &[TraceException]) -> Self {
        let code = value.pointer("/status/code").or_else(|| value.pointer("/status/status_code"));
        let word = code.and_then(Value::as_str).unwrap_or_default();
        let failed = word.to_ascii_uppercase().ends_with("ERROR") || code.and_then(Value::as_u64) == Some(2);
        let refused = |kind: &str| {
            ["Throttl", "TooManyRequests", "ProvisionedThroughputExceeded", "RequestLimitExceeded"]
                .iter()
                .any(|word| kind.contains(word))
        };
        let throttle =
            call.status == Some(429) || exceptions.iter().any(|exception| refused(&exception.kind));
        let error = throttle || matches!(call.status, Some(400..=499));
        let fault = matches!(call.status, Some(500..)) || (failed && !error);
        Self { fault, error, throttle }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Documents, document, read};
    use super::*;

    /// A call of `PutItem` that was refused, as Transaction Search keeps it.
    const PUT: &str = r#"{"resource":{"attributes":{"service.name":"order-intake","cloud.platform":"aws_lambda","cloud.region":"eu-west-1"}},
        "scope":{"name":"@opentelemetry/instrumentation-aws-sdk"},"traceId":"6a507b870cc4438344b48ef127ab1931","spanId":"00000000000000b2",
        "parentSpanId":"00000000000000a1","name":"DynamoDB.PutItem","kind":"CLIENT","startTimeUnixNano":1772366400500000000,
        "endTimeUnixNano":"1772366400900000000","durationNano":400000000,
        "attributes":{"rpc.system":"aws-api","rpc.service":"DynamoDB","rpc.method":"PutItem","aws.dynamodb.table_names":["order-ledger"],
        "aws.request_id":"R7","http.response.status_code":400},
        "events":[{"name":"exception","timeUnixNano":1772366400890000000,"attributes":{"exception.type":"ProvisionedThroughputExceededException",
        "exception.message":"slow down","exception.stacktrace":"Error: slow down\n    at send (/var/task/a.js:3:1)\n"}}],
        "status":{"code":"ERROR"}}"#;

    fn one(text: &str) -> Segment {
        let mut segments = document(text, None).expect("a document");
        assert_eq!(segments.len(), 1);
        segments.remove(0)
    }

    #[test]
    fn a_span_of_transaction_search_is_a_subsegment_with_what_it_called() {
        let put = one(PUT);
        assert_eq!(put.trace_id.as_deref(), Some("1-6a507b87-0cc4438344b48ef127ab1931"));
        assert_eq!(
            (put.id.as_deref(), put.parent.as_deref()),
            (Some("00000000000000b2"), Some("00000000000000a1"))
        );
        assert_eq!((put.kind, &*put.name), (SegmentKind::IndependentSubsegment, "DynamoDB"));
        assert_eq!(put.namespace.as_deref(), Some("aws"));
        let call = &put.call;
        assert_eq!(
            (call.operation.as_deref(), call.resource.as_deref()),
            (Some("PutItem"), Some("order-ledger"))
        );
        assert_eq!(
            (call.request_id.as_deref(), call.status, call.region.as_deref()),
            (Some("R7"), Some(400), Some("eu-west-1"))
        );
        assert_eq!((put.fault, put.error, put.throttle), (false, true, true));
        assert!((put.end_ms.unwrap() - put.start_ms.unwrap() - 400.0).abs() < 0.01);
        let thrown = &put.exceptions[0];
        assert_eq!(
            (&*thrown.kind, &*thrown.message),
            ("ProvisionedThroughputExceededException", "slow down")
        );
        assert_eq!(thrown.stack.len(), 2);
        assert!(put.annotations.contains(&("rpc.system".into(), "aws-api".into())));
    }

    #[test]
    fn a_span_that_serves_is_a_segment_of_its_service() {
        let served = r#"{"resource":{"attributes":{"service.name":"order-intake","cloud.platform":"aws_lambda"}},
            "traceId":"6a507b870cc4438344b48ef127ab1931","spanId":"00000000000000a1","parentSpanId":"00000000000000a0","name":"order-intake/handler",
            "kind":"SERVER","startTimeUnixNano":1772366400000000000,"durationNano":950000000,
            "attributes":{"faas.invocation_id":"8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9","http.request.method":"POST","url.path":"/orders","http.response.status_code":502},
            "status":{"code":"UNSET"}}"#;
        let segment = one(served);
        assert_eq!((segment.kind, &*segment.name), (SegmentKind::Segment, "order-intake"));
        assert_eq!(segment.origin.as_deref(), Some("AWS::Lambda::Function"));
        assert_eq!(segment.call.request_id.as_deref(), Some("8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9"));
        assert_eq!(
            (segment.call.method.as_deref(), segment.call.url.as_deref()),
            (Some("POST"), Some("/orders"))
        );
        assert!(segment.fault && !segment.in_progress, "a 502");
        assert!((segment.end_ms.unwrap() - segment.start_ms.unwrap() - 950.0).abs() < 0.01);
    }

    #[test]
    fn spans_as_otlp_sends_them_are_read_with_their_resource() {
        let sent = r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"checkout"}}]},
            "scopeSpans":[{"scope":{"name":"http"},"spans":[
            {"traceId":"6A507B870CC4438344B48EF127AB1931","spanId":"000000000000000a","parentSpanId":"","name":"POST /cart","kind":2,
             "startTimeUnixNano":"1772366400000000000","endTimeUnixNano":"1772366401000000000","status":{"code":2,"message":"no stock"}},
            {"traceId":"6a507b870cc4438344b48ef127ab1931","spanId":"000000000000000b","parentSpanId":"000000000000000a","name":"GET","kind":3,
             "startTimeUnixNano":"1772366400100000000","endTimeUnixNano":"1772366400900000000",
             "attributes":[{"key":"http.request.method","value":{"stringValue":"GET"}},{"key":"server.address","value":{"stringValue":"stock.example"}},
             {"key":"http.response.status_code","value":{"intValue":"200"}}]}]}]}]}"#;
        let Documents { segments, unreadable, .. } = read(sent).expect("JSON");
        assert_eq!((segments.len(), unreadable), (2, 0));
        assert_eq!((&*segments[0].name, segments[0].fault), ("checkout", true));
        assert_eq!(&*segments[0].exceptions[0].message, "no stock");
        assert_eq!((&*segments[1].name, segments[1].namespace.as_deref()), ("stock.example", Some("remote")));
        assert_eq!((segments[1].call.status, segments[1].fault), (Some(200), false));
    }

    #[test]
    fn what_the_clients_print_of_spans_is_read_like_documents() {
        let document = serde_json::to_string(PUT).unwrap();
        for printed in [
            format!(
                r#"{{"Traces":[{{"Id":"1-6a507b87-0cc4438344b48ef127ab1931","Spans":[{{"Id":"b2","Document":{document}}}]}}],"RetrievalStatus":"COMPLETE"}}"#
            ),
            format!(r#"{{"events":[{{"timestamp":1,"message":{document}}}],"searchedLogStreams":[]}}"#),
            format!("[{PUT}]"),
            PUT.to_owned(),
        ] {
            let found = read(&printed).unwrap_or_else(|| panic!("{printed}"));
            assert_eq!((found.segments.len(), found.unreadable), (1, 0), "{printed}");
            assert_eq!(&*found.segments[0].name, "DynamoDB");
        }
    }

    #[test]
    fn a_span_without_an_end_goes_on_and_zeroes_are_no_parent() {
        let open = one(
            r#"{"traceId":"t","spanId":"a","parentSpanId":"0000000000000000","name":"x","startTimeUnixNano":1}"#,
        );
        assert!(open.in_progress && open.parent.is_none() && open.kind == SegmentKind::Segment);
    }
}
