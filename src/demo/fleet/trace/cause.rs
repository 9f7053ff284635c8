//! What went wrong in a request or a call, with the stack that led there.

use serde_json::{Value, json};

use crate::demo::fleet::draw::Draw;
use crate::demo::fleet::invocation::{Call, Invocation, Outcome, Service};
use crate::demo::fleet::log::crash;
use crate::demo::fleet::log::voice::Language;
use crate::demo::fleet::spec::FunctionSpec;

/// The cause of a failed request; `None` of one that did not fail.
pub(super) fn of_request(spec: &FunctionSpec, request: &Invocation, id: Draw) -> Option<Value> {
    let exited = |reason: &str| {
        format!("RequestId: {} Error: Runtime exited with error: {reason}", request.request_id)
    };
    let (kind, message, thrown) = match &request.outcome {
        Outcome::Ok | Outcome::Throttled => return None,
        Outcome::HandledError { error_type, message } | Outcome::Unhandled { error_type, message } => {
            (*error_type, message.clone(), true)
        }
        Outcome::InitError { error_type, message } => (*error_type, message.clone(), false),
        Outcome::Timeout => {
            let seconds = f64::from(spec.timeout_s);
            let message =
                format!("RequestId: {} Error: Task timed out after {seconds:.2} seconds", request.request_id);
            ("Sandbox.Timedout", message, false)
        }
        Outcome::OutOfMemory => ("Runtime.OutOfMemory", exited("signal: killed"), false),
        Outcome::RuntimeExit { reason } => ("Runtime.ExitError", exited(reason), false),
    };
    let stack = if thrown { frames(spec, None) } else { Vec::new() };
    Some(cause(id, kind, &message, false, &stack))
}

/// The cause of a failed call; `None` where the status alone says it.
pub(super) fn of_call(spec: &FunctionSpec, call: &Call, id: Draw) -> Option<Value> {
    let (kind, message) = match call.service {
        Service::DynamoDb if call.throttled => (
            "ProvisionedThroughputExceededException",
            format!(
                "The level of configured provisioned throughput for the table {} was exceeded. Consider increasing \
                 your provisioning level with the UpdateTable API.",
                call.name
            ),
        ),
        Service::Lambda if call.throttled => ("TooManyRequestsException", "Rate Exceeded.".to_owned()),
        Service::Ses if call.status == Some(400) => {
            ("ThrottlingException", "Maximum sending rate exceeded.".to_owned())
        }
        _ => return None,
    };
    Some(cause(id, kind, &message, true, &frames(spec, Some(call.operation))))
}

fn cause(id: Draw, kind: &str, message: &str, remote: bool, stack: &[Value]) -> Value {
    let mut exception = json!({"id": &id.hex32()[..16], "type": kind, "message": message});
    if remote {
        exception["remote"] = true.into();
    }
    if !stack.is_empty() {
        exception["stack"] = stack.into();
    }
    json!({"working_directory": "/var/task", "exceptions": [exception]})
}

/// Where the code was, innermost first: in the SDK, where it called something, and then in its own lines, which are
/// those that its log names too.
fn frames(spec: &FunctionSpec, operation: Option<&str>) -> Vec<Value> {
    let (file, line) = crash::place(spec);
    let frame = |path: String, line: usize, label: &str| json!({"path": path, "line": line, "label": label});
    let handler = spec.handler.unwrap_or("app.handler");
    let name = handler.rsplit(['.', ':']).next().unwrap_or(handler);
    let (sdk, own, entry) = match Language::of(spec) {
        Language::Node => (
            "/var/task/node_modules/@smithy/smithy-client/dist-cjs/index.js".to_owned(),
            format!("/var/task/src/{file}.js"),
            "/var/task/index.js".to_owned(),
        ),
        Language::Python => (
            "/var/lang/lib/python3.13/site-packages/botocore/client.py".to_owned(),
            format!("/var/task/shop/{file}.py"),
            "/var/task/app.py".to_owned(),
        ),
        Language::Java => {
            ("AwsSyncClientHandler.java".to_owned(), format!("{file}.java"), "Handler.java".to_owned())
        }
        Language::Dotnet => (
            "/src/AmazonServiceClient.cs".to_owned(),
            "/src/Rules.cs".to_owned(),
            "/src/Handler.cs".to_owned(),
        ),
        Language::Ruby => (
            "/var/runtime/gems/seahorse/client/request.rb".to_owned(),
            format!("/var/task/{file}.rb"),
            "/var/task/webhook.rb".to_owned(),
        ),
        Language::Go => {
            ("/src/vendor/aws/api.go".to_owned(), "/src/main.go".to_owned(), "/src/main.go".to_owned())
        }
        Language::Rust => ("src/client.rs".to_owned(), format!("src/{file}.rs"), "src/main.rs".to_owned()),
    };
    let mut frames: Vec<Value> = operation.map(|operation| frame(sdk, 324, operation)).into_iter().collect();
    frames.push(frame(own.clone(), line, "apply"));
    frames.push(frame(own, line + 41, "run"));
    frames.push(frame(entry, 31, name));
    frames
}
