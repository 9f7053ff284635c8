//! From an HTTP request to an operation and its input, and from its outcome to an HTTP response.

pub mod cbor;
pub mod form;
pub mod json;
pub mod value;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};

use super::refusal::Refusal;
use super::{lambda, xray};
use value::Value;

const CLOUDWATCH_NAMESPACE: &str = "http://monitoring.amazonaws.com/doc/2010-08-01/";
const STS_NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
const CLOUDWATCH_TARGET: &str = "GraniteServiceVersion20100801";
const LOGS_TARGET: &str = "Logs_20140328";
/// Where CloudWatch's shapes live; clients look only at what stands behind the `#`.
const CLOUDWATCH_SHAPES: &str = "com.amazonaws.cloudwatch.v2010_08_01#";

/// A service of the demo, by its prefix in IAM actions and endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Amazon CloudWatch metrics and alarms.
    CloudWatch,
    /// AWS Lambda.
    Lambda,
    /// Amazon CloudWatch Logs.
    Logs,
    /// AWS Security Token Service.
    Sts,
    /// AWS X-Ray.
    Xray,
}

impl Service {
    /// The prefix of its actions in IAM policies.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::CloudWatch => "cloudwatch",
            Self::Lambda => "lambda",
            Self::Logs => "logs",
            Self::Sts => "sts",
            Self::Xray => "xray",
        }
    }
}

/// How a client spoke, and so how it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Smithy RPC v2 CBOR.
    Cbor,
    /// awsJson 1.0, which CloudWatch speaks.
    Json,
    /// awsJson 1.1, which CloudWatch Logs speaks.
    Json11,
    /// awsQuery, with the XML namespace of its answers.
    Query(&'static str),
    /// restJson1.
    Rest,
}

/// What a request asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Of which service.
    pub service: Service,
    /// In which protocol.
    pub protocol: Protocol,
    /// Which operation, by its name in the service's model.
    pub operation: String,
    /// Its input, whatever the protocol.
    pub input: Value,
}

/// Reads a request. A refusal comes with the protocol in which to write it.
pub fn read(request: &Request<Bytes>) -> Result<Call, (Protocol, Refusal)> {
    let path = request.uri().path();
    if let Some(rest) = path.strip_prefix("/service/") {
        return rpc(rest, request.body());
    }
    if let Some(target) = header(request, "x-amz-target") {
        return json_target(target, request.body());
    }
    if request.method() == Method::POST && path == "/" {
        return query(request.body());
    }
    if let Some(operation) = xray::route(request.method(), path) {
        let input = json::decode(request.body()).ok_or_else(|| (Protocol::Rest, Refusal::malformed()))?;
        return Ok(Call {
            service: Service::Xray,
            protocol: Protocol::Rest,
            operation: operation.to_owned(),
            input,
        });
    }
    let parameters = form::pairs(request.uri().query().unwrap_or_default())
        .filter(|(name, _)| !name.starts_with("X-Amz-"))
        .map(|(name, text)| (name, Value::Text(text)))
        .collect();
    match lambda::route(request.method(), path, parameters) {
        Some((operation, input)) => Ok(Call {
            service: Service::Lambda,
            protocol: Protocol::Rest,
            operation: operation.to_owned(),
            input,
        }),
        None => Err((Protocol::Rest, Refusal::unknown_operation(path))),
    }
}

fn rpc(path: &str, body: &[u8]) -> Result<Call, (Protocol, Refusal)> {
    let refused = |refusal| (Protocol::Cbor, refusal);
    let Some((CLOUDWATCH_TARGET, operation)) = path.split_once("/operation/") else {
        return Err(refused(Refusal::unknown_operation(path)));
    };
    let input = if body.is_empty() { Some(Value::structure()) } else { cbor::decode(body) };
    let input = input.ok_or_else(|| refused(Refusal::malformed()))?;
    Ok(Call {
        service: Service::CloudWatch,
        protocol: Protocol::Cbor,
        operation: operation.to_owned(),
        input,
    })
}

fn json_target(target: &str, body: &[u8]) -> Result<Call, (Protocol, Refusal)> {
    let (service, protocol, operation) = match target.split_once('.') {
        Some((CLOUDWATCH_TARGET, operation)) => (Service::CloudWatch, Protocol::Json, operation),
        Some((LOGS_TARGET, operation)) => (Service::Logs, Protocol::Json11, operation),
        _ => return Err((Protocol::Json, Refusal::unknown_operation(target))),
    };
    let input = json::decode(body).ok_or_else(|| (protocol, Refusal::malformed()))?;
    Ok(Call { service, protocol, operation: operation.to_owned(), input })
}

fn query(body: &[u8]) -> Result<Call, (Protocol, Refusal)> {
    let Some(input) = form::decode(body) else {
        return Err((Protocol::Query(CLOUDWATCH_NAMESPACE), Refusal::malformed()));
    };
    let (service, namespace) = match input.text("Version") {
        Some("2011-06-15") => (Service::Sts, STS_NAMESPACE),
        _ => (Service::CloudWatch, CLOUDWATCH_NAMESPACE),
    };
    let protocol = Protocol::Query(namespace);
    match input.text("Action") {
        Some(action) => Ok(Call { service, protocol, operation: action.to_owned(), input }),
        None => Err((
            protocol,
            Refusal::new(400, "MissingAction", "The request must contain the parameter Action"),
        )),
    }
}

/// The text of a header, if it is text.
pub fn header<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// Writes the result of a call.
pub fn answer(call: &Call, result: &Value, request_id: &str) -> Response<Bytes> {
    let body = match call.protocol {
        Protocol::Cbor => cbor::encode(result),
        Protocol::Json | Protocol::Json11 | Protocol::Rest => json::encode(result),
        Protocol::Query(namespace) => form::answer(&call.operation, namespace, result, request_id),
    };
    respond(200, call.protocol, body, request_id)
}

/// Writes the result of an operation that is encoded already.
pub fn answer_encoded(call: &Call, body: Bytes, request_id: &str) -> Response<Bytes> {
    respond(200, call.protocol, body, request_id)
}

/// Sends an event stream.
pub fn answer_events<B>(body: B, request_id: &str) -> Response<B> {
    let mut response = Response::new(body);
    insert(&mut response, CONTENT_TYPE, "application/vnd.amazon.eventstream");
    insert(&mut response, HeaderName::from_static("x-amzn-requestid"), request_id);
    response
}

/// Writes a refusal.
pub fn refuse(protocol: Protocol, refusal: &Refusal, request_id: &str) -> Response<Bytes> {
    let typed =
        |shape: String| Value::structure().with("__type", shape).with("message", refusal.message.as_str());
    let body = match protocol {
        Protocol::Cbor => cbor::encode(&typed(format!("{CLOUDWATCH_SHAPES}{}", refusal.shape))),
        Protocol::Json => json::encode(&typed(format!("{CLOUDWATCH_SHAPES}{}", refusal.shape))),
        Protocol::Json11 => json::encode(&typed(refusal.shape.to_string())),
        Protocol::Query(namespace) => {
            form::refusal(namespace, refusal.blame(), refusal.query_code(), &refusal.message, request_id)
        }
        Protocol::Rest => json::encode(&rest_refusal(refusal)),
    };
    // awsJson knows one status for every fault of the caller; awsQuery calls an unknown action a bad request.
    let status = match (protocol, refusal.status) {
        (Protocol::Json | Protocol::Json11, 400..=499) | (Protocol::Query(_), 404) => 400,
        (_, status) => status,
    };
    let mut response = respond(status, protocol, body, request_id);
    match protocol {
        Protocol::Cbor | Protocol::Json => {
            let error = format!("{};{}", refusal.query_code(), refusal.blame());
            insert(&mut response, HeaderName::from_static("x-amzn-query-error"), &error);
        }
        Protocol::Rest => insert(&mut response, HeaderName::from_static("x-amzn-errortype"), &refusal.shape),
        Protocol::Json11 | Protocol::Query(_) => {}
    }
    response
}

/// Lambda spells the member `Message` in some errors and `message` in others; X-Ray always `Message`.
fn rest_refusal(refusal: &Refusal) -> Value {
    let spelled = match refusal.shape.as_ref() {
        "ResourceNotFoundException"
        | "ServiceException"
        | "AccessDeniedException"
        | "InvalidRequestException"
        | "ThrottledException" => "Message",
        _ => "message",
    };
    let by_service = matches!(
        refusal.shape.as_ref(),
        "ResourceNotFoundException"
            | "InvalidParameterValueException"
            | "TooManyRequestsException"
            | "ServiceException"
    );
    let blame = if refusal.status < 500 { "User" } else { "Service" };
    Value::structure()
        .with("Reason", refusal.reason)
        .with("Type", by_service.then_some(blame))
        .with(spelled, refusal.message.as_str())
}

fn respond(status: u16, protocol: Protocol, body: impl Into<Bytes>, request_id: &str) -> Response<Bytes> {
    let content_type = match protocol {
        Protocol::Cbor => "application/cbor",
        Protocol::Json => "application/x-amz-json-1.0",
        Protocol::Json11 => "application/x-amz-json-1.1",
        Protocol::Query(_) => "text/xml",
        Protocol::Rest => "application/json",
    };
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    insert(&mut response, CONTENT_TYPE, content_type);
    insert(&mut response, HeaderName::from_static("x-amzn-requestid"), request_id);
    if protocol == Protocol::Cbor {
        insert(&mut response, HeaderName::from_static("smithy-protocol"), "rpc-v2-cbor");
    }
    response
}

fn insert<B>(response: &mut Response<B>, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().insert(name, value);
    }
}

/// How text formats spell the numbers that have no digits.
fn not_finite(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(builder: http::request::Builder, body: &'static [u8]) -> Request<Bytes> {
        builder.body(Bytes::from_static(body)).unwrap()
    }

    #[test]
    fn one_operation_is_the_same_in_three_protocols() {
        let body = cbor::encode(&Value::structure().with("Namespace", "AWS/Lambda"));
        let by_cbor = Request::post("/service/GraniteServiceVersion20100801/operation/ListMetrics")
            .header("smithy-protocol", "rpc-v2-cbor")
            .body(Bytes::from(body))
            .unwrap();
        let by_json = request(
            Request::post("/").header("X-Amz-Target", "GraniteServiceVersion20100801.ListMetrics"),
            br#"{"Namespace":"AWS/Lambda"}"#,
        );
        let by_form =
            request(Request::post("/"), b"Action=ListMetrics&Version=2010-08-01&Namespace=AWS%2FLambda");
        for request in [by_cbor, by_json, by_form] {
            let call = read(&request).unwrap();
            assert_eq!((call.service, call.operation.as_str()), (Service::CloudWatch, "ListMetrics"));
            assert_eq!(call.input.text("Namespace"), Some("AWS/Lambda"));
        }
    }

    #[test]
    fn an_error_carries_the_code_that_its_protocol_uses() {
        let refusal = Refusal::parameter("no <such> thing");
        let cbor_answer = refuse(Protocol::Cbor, &refusal, "id");
        assert_eq!(cbor_answer.headers()["x-amzn-query-error"], "InvalidParameterValue;Sender");
        let body = cbor::decode(cbor_answer.body()).unwrap();
        assert!(body.text("__type").is_some_and(|shape| shape.ends_with("#InvalidParameterValueException")));

        let xml = refuse(Protocol::Query(STS_NAMESPACE), &refusal, "id");
        let xml = String::from_utf8_lossy(xml.body()).into_owned();
        assert!(
            xml.contains("<Code>InvalidParameterValue</Code><Message>no &lt;such&gt; thing</Message>"),
            "{xml}"
        );

        let rest = refuse(Protocol::Rest, &refusal, "id");
        assert_eq!(rest.headers()["x-amzn-errortype"], "InvalidParameterValueException");
        assert_eq!(rest.body(), r#"{"Type":"User","message":"no <such> thing"}"#);
    }

    #[test]
    fn what_nobody_knows_is_an_unknown_operation() {
        for (builder, body, status) in [
            (Request::get("/2099-01-01/things"), &b""[..], 404),
            (Request::post("/service/Other/operation/X"), b"", 404),
            (Request::post("/").header("x-amz-target", "Nobody_20140328.Tail"), b"{}", 400),
        ] {
            let (protocol, refusal) = read(&request(builder, body)).unwrap_err();
            assert_eq!(refusal.shape, "UnknownOperationException");
            assert_eq!(refuse(protocol, &refusal, "id").status(), status);
        }
    }
}
