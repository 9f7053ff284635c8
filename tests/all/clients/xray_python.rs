//! X-Ray through boto3 and the AWS CLI, and beside a stand-in that others wrote.

use lambtop::demo::cloud::{Quotas, Settings};
use lambtop::demo::faults::{Fault, Faults, Kind};

use super::Demo;

/// A clock that runs may be asked for many pages in a second.
fn demo() -> Demo {
    with(Settings::default())
}

fn with(settings: Settings) -> Demo {
    let quotas = Quotas { xray: 1_000, ..settings.quotas };
    Demo::with(Settings { quotas, ..settings })
}

#[test]
fn boto_pages_through_summaries_and_reads_their_traces() {
    demo().script(
        r#"
import json
xray = client("xray")
pages = list(xray.get_paginator("get_trace_summaries").paginate(
    StartTime=at(NOON - 180), EndTime=at(NOON - 120), TimeRangeType="TraceId", FilterExpression='service("checkout-api")'))
summaries = [s for page in pages for s in page["TraceSummaries"]]
assert summaries and len({s["Id"] for s in summaries}) == len(summaries)
assert all(at(NOON - 181) < s["StartTime"] <= at(NOON - 119) for s in summaries), summaries[0]
starts = [s["StartTime"] for s in summaries]
assert starts == sorted(starts, reverse=True), starts
assert all("checkout-api" in {i["Name"] for i in s["ServiceIds"]} for s in summaries)
assert sum(page["TracesProcessedCount"] for page in pages) > len(summaries)
ids = [s["Id"] for s in summaries[:5]]
answer = xray.batch_get_traces(TraceIds=ids)
assert {t["Id"] for t in answer["Traces"]} == set(ids) and answer["UnprocessedTraceIds"] == []
for trace in answer["Traces"]:
    documents = [json.loads(s["Document"]) for s in trace["Segments"]]
    assert [d["id"] for d in documents] == [s["Id"] for s in trace["Segments"]]
    assert all(d["trace_id"] == trace["Id"] for d in documents)
    root = [d for d in documents if "parent_id" not in d]
    assert len(root) == 1 and root[0]["origin"] == "AWS::ApiGateway::Stage", root
    summary = next(s for s in summaries if s["Id"] == trace["Id"])
    assert abs(summary["ResponseTime"] - (root[0]["end_time"] - root[0]["start_time"])) < 0.002
    assert trace["Duration"] == summary["Duration"] and trace["LimitExceeded"] is False
assert xray.get_trace_segment_destination() | {"ResponseMetadata": 0} == {
    "Destination": "XRay", "Status": "ACTIVE", "ResponseMetadata": 0}
services = [s for p in xray.get_paginator("get_service_graph").paginate(StartTime=at(NOON - 300), EndTime=at(NOON))
            for s in p["Services"]]
by_id = {s["ReferenceId"]: s for s in services}
edges = {(s["Name"], by_id[e["ReferenceId"]]["Name"]) for s in services for e in s["Edges"]}
assert {("shop-api/prod", "checkout-api"), ("checkout-api", "payment-capture"), ("payment-capture", "payment-ledger")} <= edges
"#,
    );
}

#[test]
fn boto_raises_the_exceptions_of_xray() {
    let faults = Faults::only(Fault::new(Kind::AccessDenied, "xray:GetTraceSegmentDestination"));
    Demo::with(Settings {
        faults,
        quotas: Quotas { xray: 3, ..Quotas::default() },
        ..Settings::default()
    })
    .script(
        r#"
xray = client("xray")
invalid, throttled = xray.exceptions.InvalidRequestException, xray.exceptions.ThrottledException
wrong = raises(invalid, lambda: xray.batch_get_traces(TraceIds=[f"1-69a44d2c-{n:024x}" for n in range(6)]))
assert wrong["ResponseMetadata"]["HTTPStatusCode"] == 400 and wrong["Error"]["Message"], wrong
raises(invalid, lambda: xray.get_trace_summaries(StartTime=at(NOON - 86401), EndTime=at(NOON)))
raises(invalid, lambda: xray.get_service_graph(StartTime=at(NOON - 21601), EndTime=at(NOON)))
many = raises(throttled, lambda: [xray.batch_get_traces(TraceIds=["1-69a44d2c-" + "0" * 24]) for _ in range(500)])
assert many["ResponseMetadata"]["HTTPStatusCode"] == 429, many
denied = raises(botocore.exceptions.ClientError, xray.get_trace_segment_destination)
assert denied["Error"]["Code"] == "AccessDeniedException", denied
"#,
    );
}

#[test]
fn what_is_put_is_answered_as_another_stand_in_answers_it() {
    demo().script(
        r#"
import json
trace = f"1-{NOON - 60:08x}-" + "ab" * 12
def document(id, start, end, **more):
    return {"id": id, "trace_id": trace, "name": "desk", "start_time": start, "end_time": end, **more}
segments = [
    document("00000000000000a1", NOON - 60.25, NOON - 58.5, origin="AWS::EC2::Instance", http={"response": {"status": 500}},
        fault=True, annotations={"order": 7, "fast": False}, subsegments=[
            {"id": "00000000000000b1", "name": "ledger.example", "namespace": "remote", "start_time": NOON - 60, "end_time": NOON - 59}]),
    document("00000000000000c1", NOON - 60, NOON - 59.5, name="ledger", parent_id="00000000000000b1", throttle=True),
    document("00000000000000d1", NOON - 59, NOON - 58.75, name="late", type="subsegment", parent_id="00000000000000a1"),
]
bad = ["no JSON", json.dumps({k: v for k, v in segments[0].items() if k != "end_time"} | {"id": "00000000000000e1"})]
def ask(xray):
    put = xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(s) for s in segments] + bad)
    refused = [(u.get("Id"), bool(u["ErrorCode"])) for u in put["UnprocessedTraceSegments"]]
    [got] = xray.batch_get_traces(TraceIds=[trace])["Traces"]
    documents = {s["Id"]: json.loads(s["Document"]) for s in got["Segments"]}
    return refused, got["Id"], documents
demo = client("xray")
ours = ask(demo)
assert ours[2] == {s["id"]: s for s in segments} and ours[0] == [(None, True), ("00000000000000e1", True)], ours
def summary(filter):
    page = demo.get_trace_summaries(StartTime=at(NOON - 70), EndTime=at(NOON - 50), FilterExpression=filter)
    return [s for s in page["TraceSummaries"] if s["Id"] == trace]
[one] = summary('service("ledger") { throttle } AND annotation.order = 7 AND !annotation.fast = true')
assert one["HasFault"] and one["HasThrottle"] and one["ResponseTime"] == one["Duration"] == 1.75, one
assert {i["Name"] for i in one["ServiceIds"]} == {"desk", "ledger"} and not one["IsPartial"], one
assert one["Annotations"]["order"][0]["AnnotationValue"] == {"NumberValue": 7.0}, one
assert summary('edge("desk", "ledger")') and not summary('edge("ledger", "desk")')
graph = demo.get_service_graph(StartTime=at(NOON - 70), EndTime=at(NOON - 50))["Services"]
by_id = {s["ReferenceId"]: s for s in graph}
assert [by_id[e["ReferenceId"]]["Name"] for s in graph if s["Name"] == "desk" and s.get("Root") for e in s["Edges"]] == ["ledger"]
# The other stand-in takes the place of AWS in this process.
from moto import mock_aws
with mock_aws():
    theirs = ask(boto3.client("xray"))
assert theirs == ours, (theirs, ours)
"#,
    );
}

#[test]
fn the_cli_reads_traces() {
    let demo = demo();
    let range = "--start-time 1772366220 --end-time 1772366280";
    let answer = demo.aws_json(&format!("xray get-trace-summaries {range} --max-items 150"));
    let summaries = answer["TraceSummaries"].as_array().expect("a list");
    assert_eq!(summaries.len(), 150);
    let id = summaries[0]["Id"].as_str().expect("an id");
    let traces = demo.aws_json(&format!("xray batch-get-traces --trace-ids {id}"));
    assert_eq!(traces["Traces"][0]["Id"], id);
    let graph = demo.aws_json(&format!("xray get-service-graph {range}"));
    assert!(graph["Services"].as_array().is_some_and(|services| services.len() > 30));
    let destination = demo.aws_json("xray get-trace-segment-destination");
    assert_eq!(destination["Destination"], "XRay");
    let words = ["xray", "get-trace-summaries", "--start-time", "1772366220", "--end-time", "1772366280"];
    let filter = ["--filter-expression", "service(\"checkout-api\") AND http.method = \"POST\""];
    let found = demo.aws_words(&[&words[..], &filter[..]].concat());
    let found: serde_json::Value = serde_json::from_slice(&found).expect("JSON");
    assert!(found["TraceSummaries"].as_array().is_some_and(|found| !found.is_empty() && found.len() < 150));
    let error = demo.aws_error(&format!("xray get-trace-summaries {range} --filter-expression nonsense"));
    assert!(
        error.contains("(InvalidRequestException) when calling the GetTraceSummaries operation"),
        "{error}"
    );
}

#[test]
fn boto_retrieves_traces_that_transaction_search_keeps_in_logs() {
    let demo = with(Settings { transaction_search: true, ..Settings::default() });
    demo.script(
        r#"
import json, time
xray, logs = client("xray"), client("logs")
assert xray.get_trace_segment_destination()["Destination"] == "CloudWatchLogs"
assert "aws/spans" in {g["logGroupName"] for g in logs.describe_log_groups(logGroupNamePrefix="aws/")["logGroups"]}
page = logs.filter_log_events(logGroupName="aws/spans", startTime=(NOON - 120) * 1000, endTime=(NOON - 115) * 1000)
spans = [json.loads(e["message"]) for e in page["events"]]
assert len(spans) > 100 and {s["kind"] for s in spans} == {"SERVER", "CLIENT", "INTERNAL"}, len(spans)
for event, span in zip(page["events"], spans):
    assert event["timestamp"] == span["endTimeUnixNano"] // 1_000_000
    assert span["durationNano"] == span["endTimeUnixNano"] - span["startTimeUnixNano"] >= 0
of = next(s["traceId"] for s in spans if s["resource"]["attributes"]["service.name"] == "checkout-api")
one = logs.filter_log_events(logGroupName="aws/spans", startTime=(NOON - 180) * 1000, endTime=(NOON - 60) * 1000,
                             filterPattern='{ $.traceId = "%s" }' % of)
in_logs = {json.loads(e["message"])["spanId"] for e in one["events"]}
id = f"1-{of[:8]}-{of[8:]}"
assert xray.batch_get_traces(TraceIds=[id])["Traces"] == []
def retrieve(**more):
    token = xray.start_trace_retrieval(TraceIds=[id], StartTime=at(NOON - 3600), EndTime=at(NOON))["RetrievalToken"]
    seen = []
    while True:
        answer = xray.list_retrieved_traces(RetrievalToken=token, **more)
        seen.append(answer["RetrievalStatus"])
        if seen[-1] == "COMPLETE":
            assert seen[0] == "SCHEDULED" and "RUNNING" in seen, seen
            return answer
        assert answer["Traces"] == []
        time.sleep(0.1)
spans = retrieve(TraceFormat="OTEL")
assert spans["TraceFormat"] == "OTEL"
[trace] = spans["Traces"]
assert trace["Id"] == id and in_logs <= {s["Id"] for s in trace["Spans"]} and in_logs, (in_logs, trace)
segments = retrieve()["Traces"][0]["Spans"]
assert any(json.loads(s["Document"]).get("origin") == "AWS::Lambda::Function" for s in segments)
token = xray.start_trace_retrieval(TraceIds=[id], StartTime=at(NOON - 3600), EndTime=at(NOON))["RetrievalToken"]
xray.cancel_trace_retrieval(RetrievalToken=token)
assert xray.list_retrieved_traces(RetrievalToken=token)["RetrievalStatus"] == "CANCELLED"
raises(xray.exceptions.ResourceNotFoundException, lambda: xray.list_retrieved_traces(RetrievalToken="nobody"))
raises(xray.exceptions.InvalidRequestException, lambda: xray.start_trace_retrieval(
    TraceIds=[f"1-69a44d2c-{n:024x}" for n in range(101)], StartTime=at(NOON - 60), EndTime=at(NOON)))
query = logs.start_query(logGroupName="aws/spans", startTime=NOON - 180, endTime=NOON - 60,
                         queryString='fields spanId | filter traceId = "%s"' % of)["queryId"]
while (answer := logs.get_query_results(queryId=query))["status"] != "Complete":
    time.sleep(0.3)
assert {f["value"] for row in answer["results"] for f in row if f["field"] == "spanId"} == in_logs, answer
"#,
    );
}
