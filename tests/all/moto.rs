//! Traces from an AWS stand-in that others wrote, over a real socket: what is put there is what lambtop prints.

use std::process::Command;

use serde_json::Value;

use crate::commands::lambtop;
use crate::python::python_environment;
use crate::stand_in::StandIn;

/// moto answers inside of one Python process: this hands on to it what comes over a socket.
const RELAY: &str = r#"
import http.server, re, requests
from moto import mock_aws
class Relay(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        region, service = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", self.headers["Authorization"]).groups()
        kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")}
        try:
            answer = requests.post(f"https://{service}.{region}.amazonaws.com{self.path}", data=body, headers=kept)
            status, said, kind = answer.status_code, answer.content, answer.headers.get("Content-Type", "application/json")
        except Exception as error:
            status, said, kind = 501, str(error).encode(), "text/plain"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
    def log_message(self, *args):
        pass
with mock_aws():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    print(f"Running on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
"#;

/// A gateway, a function whose subsegment was throttled, and one of its subsegments in a document of its own; prints the
/// trace's id.
const SETUP: &str = r#"
import boto3, json, os, time
xray = boto3.client("xray", endpoint_url=os.environ["STAND_IN"], region_name="eu-west-1")
began = int(time.time()) - 3600
trace = f"1-{began:08x}-0cc4438344b48ef127ab1931"
documents = [
    {"id": "00000000000000a1", "trace_id": trace, "name": "shop-gateway", "start_time": began + 0.0, "end_time": began + 1.5,
     "http": {"request": {"method": "POST"}, "response": {"status": 502}}, "fault": True},
    {"id": "00000000000000b1", "parent_id": "00000000000000a1", "trace_id": trace, "name": "order-intake",
     "origin": "AWS::Lambda::Function", "start_time": began + 0.25, "end_time": began + 1.25, "error": True,
     "subsegments": [{"id": "00000000000000b2", "name": "DynamoDB", "namespace": "aws", "start_time": began + 0.5,
                      "end_time": began + 1.0, "throttle": True, "aws": {"operation": "PutItem", "table_name": "orders"}}]},
    {"id": "00000000000000c1", "parent_id": "00000000000000b1", "trace_id": trace, "type": "subsegment", "name": "acquirer.example",
     "namespace": "remote", "start_time": began + 1.0, "end_time": began + 1.125},
]
put = xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(document) for document in documents])
assert put["UnprocessedTraceSegments"] == [], put
print(trace)
"#;

fn relay() -> StandIn {
    let mut program = Command::new(python_environment().join("bin/python"));
    program.args(["-c", RELAY]);
    StandIn::start(program)
}

#[test]
fn a_trace_that_was_put_into_another_stand_in_is_printed() {
    let moto = relay();
    let id = moto.script(SETUP);
    let id = id.trim();
    let mut command = lambtop(&["trace", id, "--json", "--region", "eu-west-1", "--endpoint-url", &moto.url]);
    command.envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")]);
    let output = command.output().expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let trace: Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!((&trace["trace_ids"][0], &trace["roots"][0]), (&id.into(), &"shop-gateway".into()));
    let counts = ["segments", "subsegments", "faults", "errors", "throttles", "in_progress", "orphans"];
    assert_eq!(counts.map(|count| trace[count].as_u64().unwrap_or(99)), [2, 2, 1, 1, 1, 0, 0], "{trace}");
    let nodes = trace["nodes"].as_array().expect("nodes");
    let put = nodes.iter().find(|node| node["id"] == "00000000000000b2").expect("it is there");
    assert_eq!((&put["parent_id"], &put["depth"]), (&"00000000000000b1".into(), &3.into()));
    assert!((put["duration_ms"].as_f64().expect("a number") - 500.0).abs() < 0.01, "{put}");
}
