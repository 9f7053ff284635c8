//! The demo's endpoint, as a client would reach it: every protocol with its decoder, the metric expressions and the
//! searches in them, the filters of traces, and what answers then. Whatever comes, it answers, and no request takes it down.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use lambtop::demo::cloud::{Endpoint, Settings};

/// 2026-03-01 12:00:07.
const NOW: i64 = 1_772_366_407_000;
const SIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=demo/20260301/eu-west-1/x/aws4_request, SignedHeaders=host, Signature=0";

/// The first line of an input says where it goes; the rest is the body.
///
/// `cbor OPERATION`, `json TARGET`, `form`, `get PATH`, `post PATH`, or `search`, `expression` and `traces`, whose body
/// is the text of one.
pub fn body(input: &[u8]) {
    let line = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (head, body) = (String::from_utf8_lossy(&input[..line]), input.get(line + 1..).unwrap_or_default());
    let (kind, detail) = head.split_once(' ').unwrap_or((&head, ""));
    let request = Request::builder().header("authorization", SIGNED);
    let request = match kind {
        "cbor" => request
            .method("POST")
            .uri(format!("/service/GraniteServiceVersion20100801/operation/{detail}"))
            .body(body.to_vec()),
        "json" => request.method("POST").uri("/").header("x-amz-target", detail).body(body.to_vec()),
        "post" => request.method("POST").uri(detail).body(body.to_vec()),
        "traces" => {
            let written = String::from_utf8_lossy(body);
            let range = serde_json::json!({
                "StartTime": NOW / 1000 - 5, "EndTime": NOW / 1000, "FilterExpression": written,
            });
            request.method("POST").uri("/TraceSummaries").body(range.to_string().into_bytes())
        }
        "get" => request.method("GET").uri(detail).body(Vec::new()),
        "expression" | "search" => {
            let written = String::from_utf8_lossy(body);
            request
                .method("POST")
                .uri("/")
                .header("x-amz-target", "GraniteServiceVersion20100801.GetMetricData")
                .body(asking(&written))
        }
        _ => request.method("POST").uri("/").body(body.to_vec()),
    };
    // What is no request at all reaches no endpoint.
    let Ok(request) = request else { return };
    let endpoint = Endpoint::new(Settings::default(), Arc::new(|| NOW));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let answer = runtime.expect("a runtime").block_on(endpoint.respond(request.map(Bytes::from)));
    assert!(!answer.status().is_server_error(), "{}", answer.status());
}

/// Ten minutes of what an expression says.
fn asking(expression: &str) -> Vec<u8> {
    let query = serde_json::json!({
        "StartTime": NOW / 1000 - 600,
        "EndTime": NOW / 1000,
        "MetricDataQueries": [{ "Id": "q", "Expression": expression, "Period": 60 }],
    });
    query.to_string().into_bytes()
}
