//! What is attached to a node: annotations, metadata, and what went wrong.

use serde_json::{Value, json};

use super::document::REST_API;
use super::{Node, Part, Shape, cause, layout};
use crate::demo::fleet::invocation::{Call, Invocation};
use crate::demo::fleet::log::script::{self, Facts};
use crate::demo::fleet::spec::{FunctionSpec, InvokeMode};

/// The cause of a node that failed, where more than its status is known.
pub(super) fn cause(
    node: &Node,
    spec: &FunctionSpec,
    request: &Invocation,
    call: Option<&Call>,
) -> Option<Value> {
    let id = layout::draw(request).about(EXCEPTION);
    match node.part {
        Part::Function | Part::Invocation | Part::Init if node.fault => cause::of_request(spec, request, id),
        Part::Call(index) if node.error || node.fault => cause::of_call(spec, call?, id.about(index as u64)),
        _ => None,
    }
}

/// The annotations of a node: what can be searched for.
pub(super) fn annotations(node: &Node, spec: &FunctionSpec, request: &Invocation) -> Value {
    match node.part {
        Part::Stage => json!({"aws:api_id": REST_API, "aws:api_stage": "prod"}),
        Part::Function if Shape::of(spec) == Shape::New => {
            let hundredths = |ms: f64| (ms * 100.0).round() / 100.0;
            let overhead = layout::overhead_ms(request);
            let ran = request.duration_ms - overhead;
            // What is streamed is sent from the last call's end on; any other answer is on its way in no time.
            let most = if spec.invoke_mode == InvokeMode::ResponseStream {
                (ran - layout::calls_end_ms(request)) * 0.9
            } else {
                0.6
            };
            let answered = hundredths(ran.min(most).max(0.0));
            json!({
                "aws.responseLatency": hundredths(ran - answered), "aws.responseDuration": answered,
                "aws.runtimeOverhead": hundredths(overhead),
                "aws.extensionOverhead": request.extension_ms.unwrap_or(0.0),
            })
        }
        Part::Handler => {
            let facts = Facts::of(request);
            json!({
                "ColdStart": request.cold, "Service": spec.team, "user": facts.user(), "order": facts.order(),
                "version": request.version,
            })
        }
        Part::Attempts(first) => {
            let calls = &request.downstream[first..];
            let attempts = 1 + calls.iter().skip(1).take_while(|call| call.attempt > 1).count();
            json!({"attempts": attempts})
        }
        _ => Value::Null,
    }
}

/// The metadata of a node: what its author attached.
pub(super) fn metadata(node: &Node, spec: &FunctionSpec, request: &Invocation) -> Value {
    if node.part != Part::Handler {
        return Value::Null;
    }
    let facts = Facts::of(request);
    let (country, currency) = facts.country();
    json!({spec.team: {
        "request": {"path": facts.fill(script::of(spec.name).path), "country": country},
        "order": {"id": facts.order(), "items": facts.items(), "total": facts.cents() as f64 / 100.0, "currency": currency},
        "memory_used_mb": request.memory_used_mb,
    }})
}

/// Keeps the draws of exceptions apart.
const EXCEPTION: u64 = 0x58_13;
