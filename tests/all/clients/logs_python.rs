//! CloudWatch Logs through the AWS CLI and boto3, on a port.

use std::time::{Duration, Instant};

use lambtop::demo::cloud::{Quotas, Settings};
use lambtop::demo::faults::{Fault, Faults, Kind};

use super::Demo;

const GROUP: &str = "/aws/lambda/checkout-api";

fn items<'a>(answer: &'a serde_json::Value, name: &str) -> &'a [serde_json::Value] {
    answer[name].as_array().unwrap_or_else(|| panic!("no list {name} in {answer}"))
}

#[test]
fn the_cli_lists_groups_and_streams() {
    let demo = Demo::start();
    let groups = demo.aws_json("logs describe-log-groups --log-group-name-prefix /aws/lambda/c");
    assert!(items(&groups, "logGroups").len() > 3);
    assert!(items(&groups, "logGroups").iter().all(|group| group["logGroupClass"] == "STANDARD"));
    let streams = demo.aws_json(&format!(
        "logs describe-log-streams --log-group-name {GROUP} --order-by LastEventTime --descending --max-items 4"
    ));
    let streams = items(&streams, "logStreams");
    assert_eq!(streams.len(), 4);
    let name = streams[3]["logStreamName"].as_str().expect("a name");
    assert!(name.starts_with("2026/03/01/["), "{name}");
    let read = |more: &str| {
        let names = ["--log-group-name", GROUP, "--log-stream-name", name];
        demo.aws_json(&format!("logs get-log-events {} {more}", names.join(" ")))
    };
    let newest = read("--limit 5");
    let (events, token) = (items(&newest, "events"), newest["nextBackwardToken"].as_str().expect("a token"));
    assert_eq!(events.len(), 5);
    let before = read(&format!("--limit 5 --next-token {token}"));
    assert!(items(&before, "events")[4]["timestamp"].as_i64() <= events[0]["timestamp"].as_i64());
}

#[test]
fn the_cli_filters_events() {
    let demo = Demo::start();
    let times = "--start-time 1772365800000 --end-time 1772366100000";
    let all = demo.aws_json(&format!("logs filter-log-events --log-group-name {GROUP} {times}"));
    assert!(items(&all, "events").len() > 1_000);
    let reports = demo.aws_json(&format!(
        "logs filter-log-events --log-group-name {GROUP} {times} --filter-pattern REPORT"
    ));
    let reports = items(&reports, "events");
    assert!(reports.len() > 100);
    assert!(reports.iter().all(|event| event["message"].as_str().is_some_and(|m| m.contains("REPORT"))));
    let arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/tax-rules";
    let json = demo.aws_words(&[
        "logs",
        "filter-log-events",
        "--log-group-identifier",
        arn,
        "--start-time",
        "1772365800000",
        "--end-time",
        "1772366100000",
        "--filter-pattern",
        "{ $.user.id > 1000 && $.level = \"Info*\" }",
    ]);
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    assert!(items(&json, "events").len() > 20);
    let missing = demo.aws_error("logs filter-log-events --log-group-name /nobody");
    assert!(
        missing.contains(
            "(ResourceNotFoundException) when calling the FilterLogEvents operation: The specified log group does not exist."
        ),
        "{missing}"
    );
}

#[test]
fn the_cli_runs_a_query() {
    let demo = Demo::start();
    let started = demo.aws_words(&[
        "logs",
        "start-query",
        "--log-group-name",
        GROUP,
        "--start-time",
        "1772365800",
        "--end-time",
        "1772366100",
        "--query-string",
        "filter @type = 'REPORT' | stats count() as n by bin(5m)",
    ]);
    let started: serde_json::Value = serde_json::from_slice(&started).expect("JSON");
    let id = started["queryId"].as_str().expect("an id");
    let deadline = Instant::now() + Duration::from_mins(1);
    let results = loop {
        let results = demo.aws_json(&format!("logs get-query-results --query-id {id}"));
        if results["status"] == "Complete" {
            break results;
        }
        assert!(Instant::now() < deadline, "{results}");
    };
    assert_eq!(results["results"][0][0]["field"], "bin(5m)");
    assert!(results["statistics"]["bytesScanned"].as_f64().is_some_and(|bytes| bytes > 10_000.0));
    let stopped = demo.aws_error(&format!("logs stop-query --query-id {id}"));
    assert!(stopped.contains("InvalidParameterException"), "{stopped}");
}

#[test]
fn boto_reads_logs_with_its_own_paginators() {
    let quotas = Quotas { logs: Some(40), ..Quotas::default() };
    Demo::with(Settings { quotas, ..Settings::default() }).script(
        r#"
logs = client("logs")
groups = [g["logGroupName"] for p in logs.get_paginator("describe_log_groups").paginate(PaginationConfig={"PageSize": 7}) for g in p["logGroups"]]
assert len(groups) > 30 and groups == sorted(set(groups)), groups
ask = dict(logGroupName="/aws/lambda/cart-api", startTime=(NOON - 900) * 1000, endTime=(NOON - 600) * 1000)
events = [e for p in logs.get_paginator("filter_log_events").paginate(**ask, PaginationConfig={"PageSize": 700}) for e in p["events"]]
assert len({e["eventId"] for e in events}) == len(events) > 1500, len(events)
assert [e["timestamp"] for e in events] == sorted(e["timestamp"] for e in events)
errors = logs.exceptions
raises(errors.ResourceNotFoundException, lambda: logs.describe_log_streams(logGroupName="/nobody"))
wrong = raises(errors.InvalidParameterException, lambda: logs.filter_log_events(logGroupName=groups[1], filterPattern="a:b"))
assert "Invalid character(s) in term 'a:b'" in wrong["Error"]["Message"], wrong
raises(errors.InvalidParameterException, lambda: logs.filter_log_events(logGroupName=groups[1], nextToken="nonsense"))
streams = [s["logStreamName"] for s in logs.describe_log_streams(logGroupName="/shop/shipping", logStreamNamePrefix="2026/03/01/shipping-rates")["logStreams"]]
assert streams and all(s.startswith("2026/03/01/shipping-rates[$LATEST]") for s in streams), streams
many = raises(botocore.exceptions.ClientError, lambda: [logs.describe_log_groups(limit=1) for _ in range(200)])
assert many["Error"]["Code"] == "ThrottlingException" and many["ResponseMetadata"]["HTTPStatusCode"] == 400, many
"#,
    );
}

#[test]
fn boto_follows_a_live_tail() {
    Demo::start().script(
        r#"
config = botocore.config.Config(retries={"total_max_attempts": 1}, inject_host_prefix=False)
logs = boto3.client("logs", endpoint_url=os.environ["DEMO_URL"], config=config)
arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/catalog-read"
stream = logs.start_live_tail(logGroupIdentifiers=[arn], logEventFilterPattern="?REPORT ?START")["responseStream"]
kinds, events = [], []
for message in stream:
    kinds += message.keys()
    events += message.get("sessionUpdate", {}).get("sessionResults", [])
    if len(kinds) > 4:
        break
stream.close()
assert kinds == ["sessionStart"] + ["sessionUpdate"] * 4, kinds
assert events and all(e["message"].startswith(("REPORT", "START")) for e in events), events
assert events[0]["logGroupIdentifier"] == "123456789012:/aws/lambda/catalog-read"
"#,
    );
}

#[test]
fn a_connection_that_is_reset_gives_no_answer() {
    let faults = Faults::only(Fault::new(Kind::Reset, "logs:FilterLogEvents"))
        .and(Fault::new(Kind::ServerError, "logs:DescribeLogStreams"))
        .and(Fault::new(Kind::LimitExceeded, "logs:StartQuery"));
    Demo::with(Settings { faults, ..Settings::default() }).script(
        r#"
logs = client("logs")
try:
    logs.filter_log_events(logGroupName="/aws/lambda/cart-api", startTime=(NOON - 60) * 1000)
    raise AssertionError("it was to be reset")
except (botocore.exceptions.HTTPClientError, botocore.exceptions.ResponseStreamingError) as error:
    pass
error = botocore.exceptions.ClientError
statuses = [raises(error, lambda: logs.describe_log_streams(logGroupName="/aws/lambda/cart-api"))["ResponseMetadata"]["HTTPStatusCode"] for _ in range(3)]
assert statuses == [500, 503, 502], statuses
start = lambda: logs.start_query(logGroupName="/aws/lambda/cart-api", startTime=NOON - 60, endTime=NOON, queryString="limit 1")
raises(logs.exceptions.LimitExceededException, start)
"#,
    );
}
