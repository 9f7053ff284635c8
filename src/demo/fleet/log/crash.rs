//! What a runtime prints when the code throws: the error and where it came from.

use serde_json::{Value, json};

use super::application::object;
use super::script::Facts;
use super::voice::{self, Language, Level};
use super::{Page, instant};
use crate::demo::fleet::invocation::Outcome;
use crate::demo::fleet::spec::FunctionSpec;

/// An exception that nobody caught: the runtime writes it and answers with an error.
pub(super) fn thrown(page: &mut Page, at_ms: f64, error: &str, message: &str) {
    let (iso, id) = (instant::iso(at_ms as i64), &page.request.request_id);
    let trace = frames(page);
    if page.json() {
        let text = match Language::of(page.spec) {
            Language::Python => voice::spaced_out(&json!({
                "timestamp": iso, "level": "ERROR", "message": message, "logger": "root", "stackTrace": trace,
                "errorType": error, "errorMessage": message, "requestId": id,
            })),
            _ => json!({"timestamp": iso, "level": "ERROR", "requestId": id, "message": {
                "errorType": error, "errorMessage": message, "stackTrace": trace,
            }})
            .to_string(),
        };
        page.line(at_ms, format!("{text}\n"));
        return;
    }
    let text = match Language::of(page.spec) {
        Language::Node => {
            let stack = stack(error, message, &trace);
            let body = json!({"errorType": error, "errorMessage": message, "stack": stack});
            format!("{iso}\t{id}\tERROR\tInvoke Error \t{body}\n")
        }
        Language::Python => {
            format!("[ERROR] {error}: {message}\nTraceback (most recent call last):\n{}\n", trace.join("\n"))
        }
        Language::Java => {
            format!("{message}: {error}\n{error}: {message}\n\t{}\n\n", trace.join("\n\t"))
        }
        Language::Dotnet => {
            let space = if error.starts_with("Provisioned") {
                "Amazon.DynamoDBv2.Model"
            } else {
                "System.Collections.Generic"
            };
            let error = format!("{space}.{error}");
            format!("{iso}\t{id}\tfail\t{error}: {message}\n   {}\n", trace.join("\n   "))
        }
        Language::Ruby => {
            let body = json!({
                "errorMessage": message, "errorType": format!("Function<{error}>"), "stackTrace": trace,
            });
            format!("Error raised from handler method\n{body}\n")
        }
        Language::Go => format!("{}\ngoroutine 1 [running]:\n{}\n", message, trace.join("\n")),
        Language::Rust => format!("thread 'main' panicked at {}:\n{message}\n", trace.join(" ")),
    };
    page.line(at_ms, text);
}

/// A rejection that nobody waited for: the process ends.
pub(super) fn uncaught(page: &mut Page, at_ms: f64, facts: Facts) {
    let (iso, id) = (instant::iso(at_ms as i64), &page.request.request_id);
    let (error, message) =
        ("Runtime.UnhandledPromiseRejection", format!("payment of order {} failed: 502", facts.order()));
    let stack = stack(error, &message, &frames(page));
    let body = json!({
        "errorType": error, "errorMessage": format!("PaymentFailed: {message}"),
        "reason": {"errorType": "PaymentFailed", "errorMessage": message}, "promise": {}, "stack": stack,
    });
    page.line(at_ms, format!("{iso}\t{id}\tERROR\tUnhandled Promise Rejection \t{body}\n"));
}

/// A module that cannot be imported: written once in the initialisation, and again when the request tries it.
pub(super) fn init(page: &mut Page, at_ms: f64) {
    let Outcome::InitError { error_type, message } = &page.request.outcome else { return };
    if page.json() {
        voice::say(page, at_ms, Level::Error, message, || object(json!({"errorType": error_type})));
        return;
    }
    let text = format!("[ERROR] {error_type}: {message}\nTraceback (most recent call last):\n");
    let took = page.request.duration_ms;
    let again = format!(
        "INIT_REPORT Init Duration: {took:.2} ms\tPhase: invoke\tStatus: error\tError Type: {error_type}\n"
    );
    page.line(at_ms - 1.0, text.clone());
    page.line(at_ms, text);
    page.line(at_ms + took, again);
}

fn stack(error: &str, message: &str, trace: &[String]) -> Vec<Value> {
    std::iter::once(format!("{error}: {message}"))
        .chain(trace.iter().map(|frame| format!("    {frame}")))
        .map(Value::from)
        .collect()
}

/// Where the code of a function falls over: a module, and a line in it. The same fault comes from the same line: errors
/// are to be grouped.
pub(in crate::demo::fleet) fn place(spec: &FunctionSpec) -> (String, usize) {
    (spec.name.replace('-', "_"), spec.name.bytes().map(usize::from).sum::<usize>() % 170 + 20)
}

/// The frames of a stack, innermost first (Python: last), with the lines of the code as they are today.
fn frames(page: &Page) -> Vec<String> {
    let (file, line) = place(page.spec);
    let handler = page.spec.handler.unwrap_or("app.handler");
    let name = handler.rsplit(['.', ':']).next().unwrap_or(handler);
    match Language::of(page.spec) {
        Language::Node => vec![
            format!("at apply (/var/task/src/{file}.js:{line}:27)"),
            format!("at async run (/var/task/src/{file}.js:{}:18)", line + 41),
            format!("at async Runtime.{name} (/var/task/index.js:31:20)"),
        ],
        Language::Python => {
            let module = handler.split('.').next().unwrap_or("app");
            vec![
                format!(
                    "  File \"/var/task/{module}.py\", line {line}, in {name}\n    result = process(event)"
                ),
                format!(
                    "  File \"/var/task/shop/{file}.py\", line {}, in process\n    return rules[event[\"sku\"]].apply(event)",
                    line + 17
                ),
            ]
        }
        Language::Java => {
            let class = handler.split("::").next().unwrap_or("shop.App");
            let short = class.rsplit('.').next().unwrap_or(class);
            vec![
                format!("at {class}.lookup({short}.java:{})", line + 33),
                format!("at {class}.handleRequest({short}.java:{line})"),
                "at java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(Unknown Source)"
                    .to_owned(),
            ]
        }
        Language::Dotnet => vec![
            format!("at Shop.Rules.Find(String key) in /src/Rules.cs:line {line}"),
            format!(
                "at {}(Event request, ILambdaContext context) in /src/Handler.cs:line 44",
                handler.split("::").skip(1).collect::<Vec<_>>().join(".")
            ),
            "at lambda_method1(Closure, Stream, ILambdaContext, Stream)".to_owned(),
        ],
        Language::Ruby => vec![
            format!("/var/task/{file}.rb:{line}:in 'Hash#fetch'"),
            format!("/var/task/{file}.rb:{}:in 'parse'", line + 12),
            format!("/var/task/webhook.rb:14:in '{name}'"),
        ],
        Language::Go => vec![format!("main.{name}(...)\n\t/src/main.go:{line} +0x1d8")],
        Language::Rust => vec![format!("src/{file}.rs:{line}:17")],
    }
}
