//! Every operation through boto3, with its own exceptions, and CloudWatch in each protocol that botocore knows.

use lambtop::demo::cloud::{Quotas, Settings};
use lambtop::demo::faults::{Fault, Faults, Kind};

use super::Demo;

#[test]
fn boto_reads_the_control_plane() {
    let demo = Demo::with(Settings { idle_functions: 120, ..Settings::default() });
    demo.script(
        r#"
assert client("sts").get_caller_identity()["Account"] == "123456789012"
awslambda = client("lambda")
pages = list(awslambda.get_paginator("list_functions").paginate())
functions = [f for page in pages for f in page["Functions"]]
assert len(pages) == -(-len(functions) // 50) > 2, (len(pages), len(functions))
assert len({f["FunctionName"] for f in functions}) == len(functions)
assert all("State" not in f and f["Version"] == "$LATEST" for f in functions)
one = awslambda.get_function_configuration(FunctionName="checkout-api")
assert one["State"] == "Active" and one["LoggingConfig"]["LogGroup"], one
alias = awslambda.list_aliases(FunctionName="checkout-api")["Aliases"][0]
by_alias = awslambda.get_function_configuration(FunctionName="checkout-api", Qualifier=alias["Name"])
assert by_alias["Version"] == alias["FunctionVersion"], by_alias
assert awslambda.get_function_concurrency(FunctionName="payment-capture")["ReservedConcurrentExecutions"] > 0
configs = awslambda.list_provisioned_concurrency_configs(
    FunctionName=one["FunctionArn"].replace("checkout-api", "recommendations"))
assert configs["ProvisionedConcurrencyConfigs"][0]["AllocatedProvisionedConcurrentExecutions"] > 0
assert awslambda.get_account_settings()["AccountUsage"]["FunctionCount"] == len(functions)
assert awslambda.list_tags(Resource=one["FunctionArn"])["Tags"]["stage"] == "prod"
"#,
    );
}

#[test]
fn boto_raises_the_exceptions_of_lambda() {
    let demo =
        Demo::with(Settings { quotas: Quotas { lambda: 5, ..Quotas::default() }, ..Settings::default() });
    demo.script(
        r#"
awslambda = client("lambda")
missing = raises(awslambda.exceptions.ResourceNotFoundException, lambda: awslambda.list_aliases(FunctionName="nobody"))
assert missing["Error"]["Message"].startswith("Function not found: arn:aws:lambda:"), missing
assert missing["ResponseMetadata"]["HTTPStatusCode"] == 404 and missing["ResponseMetadata"]["RequestId"]
wrong = raises(awslambda.exceptions.InvalidParameterValueException, lambda: awslambda.list_functions(Marker="nonsense"))
assert wrong["Error"]["Code"] == "InvalidParameterValueException"
many = raises(awslambda.exceptions.TooManyRequestsException, lambda: [awslambda.get_account_settings() for _ in range(200)])
assert many["ResponseMetadata"]["HTTPStatusCode"] == 429 and many["Error"]["Message"] == "Rate exceeded", many
assert many["Reason"] == "CallerRateLimitExceeded", many
"#,
    );
}

/// The same questions in each protocol: botocore is given its own model of CloudWatch with the others taken out.
const EVERY_PROTOCOL: &str = r#"
import json, tempfile
import botocore.session
model = botocore.session.get_session().get_component("data_loader").load_service_model("cloudwatch", "service-2")
answers = {}
for protocol in ["smithy-rpc-v2-cbor", "json", "query"]:
    with tempfile.TemporaryDirectory() as home:
        os.makedirs(f"{home}/cloudwatch/2010-08-01")
        model["metadata"]["protocol"], model["metadata"]["protocols"] = protocol, [protocol]
        with open(f"{home}/cloudwatch/2010-08-01/service-2.json", "w") as file:
            json.dump(model, file)
        os.environ["AWS_DATA_PATH"] = home
        boto3.setup_default_session()
        cloudwatch = client("cloudwatch")
        assert cloudwatch.meta.service_model.resolved_protocol == protocol
        answers[protocol] = ask(cloudwatch)
first, *others = answers.values()
assert all(first == other for other in others), answers
"#;

#[test]
fn boto_gets_the_same_metrics_in_every_protocol() {
    let ask = r#"
def ask(cloudwatch):
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace="AWS/Lambda")
    metrics = [(m["MetricName"], str(m["Dimensions"])) for page in pages for m in page["Metrics"]]
    assert len(metrics) > 100 and len(set(metrics)) == len(metrics)
    data = cloudwatch.get_metric_data(
        MetricDataQueries=[
            stat("n", "Invocations"), stat("e", "Errors"), stat("d", "Duration", "p99.9", period=300),
            stat("all", "Invocations", function=None, ReturnData=False),
            stat("nobody", "Invocations", function="nobody"),
            {"Id": "share", "Expression": "100 * n / all", "Label": "share of all"},
            {"Id": "total", "Expression": "SUM(METRICS())"},
            {"Id": "found", "Expression": "SEARCH('{AWS/Lambda,FunctionName} MetricName=\"Errors\"', 'Sum', 300)"},
        ],
        StartTime=at(NOON - 7200), EndTime=at(NOON - 3600), ScanBy="TimestampAscending",
    )
    results = [(r["Id"], r["Label"], r["StatusCode"], r["Timestamps"], r["Values"]) for r in data["MetricDataResults"]]
    by_id = {r[0]: r for r in results}
    assert len(by_id["n"][3]) == 60 and by_id["n"][3][0] == at(NOON - 7200), by_id["n"]
    assert len(by_id["d"][3]) == 12 and min(by_id["d"][4]) > 0
    assert by_id["nobody"][2:] == ("Complete", [], []), by_id["nobody"]
    assert by_id["share"][1] == "share of all" and all(0 < v <= 100 for v in by_id["share"][4])
    assert "all" not in by_id and len(by_id["total"][4]) == 60
    assert len([r for r in results if r[0] == "found"]) > 10
    alarms = cloudwatch.describe_alarms(MaxRecords=3)
    assert len(alarms["MetricAlarms"]) == 3 and alarms["NextToken"]
    every = [a for p in cloudwatch.get_paginator("describe_alarms").paginate() for a in p["MetricAlarms"]]
    assert {a["StateValue"] for a in every} <= {"OK", "ALARM", "INSUFFICIENT_DATA"} and len(every) > 10
    states = [(a["AlarmName"], a["Threshold"]) for a in every]
    return metrics, results, states
"#;
    Demo::start().script(&format!("{ask}\n{EVERY_PROTOCOL}"));
}

#[test]
fn boto_raises_the_same_exceptions_in_every_protocol() {
    let ask = r#"
def ask(cloudwatch):
    data = lambda **more: lambda: cloudwatch.get_metric_data(**{
        "MetricDataQueries": [stat("n", "Invocations")], "StartTime": at(NOON - 600), "EndTime": at(NOON), **more})
    error = botocore.exceptions.ClientError
    assert raises(error, cloudwatch.list_dashboards)["Error"]["Code"] == "InvalidAction"
    return [(e["Error"]["Code"], e["Error"]["Message"], e["ResponseMetadata"]["HTTPStatusCode"]) for e in [
        raises(cloudwatch.exceptions.InvalidNextToken, data(NextToken="nonsense")),
        raises(cloudwatch.exceptions.InvalidParameterValueException,
               lambda: cloudwatch.list_metrics(RecentlyActive="PT9H")),
        raises(error, data(EndTime=at(NOON - 600))),
        raises(error, data(MetricDataQueries=[stat("1n", "Invocations"), stat("m", "Errors", "Mean")])),
        raises(error, data(MetricDataQueries=[stat("n", "Invocations", period=90)])),
        raises(error, data(MetricDataQueries=[stat("n", "Errors"), {"Id": "e", "Expression": "n / nobody"}])),
        raises(error, data(MetricDataQueries=[stat(f"n{i}", "Errors") for i in range(501)])),
    ]]
"#;
    let check = r#"
codes = [code for code, _, _ in first]
assert codes == ["InvalidNextToken", "InvalidParameterValue"] + ["ValidationError"] * 5, codes
assert first[2][1] == "The parameter StartTime must not equal parameter EndTime.", first
assert first[3][1].count("\n") == 1 and "is not a valid statistic" in first[3][1], first
assert "Unknown identifier 'nobody'" in first[5][1], first
"#;
    Demo::start().script(&format!("{ask}\n{EVERY_PROTOCOL}\n{check}"));
}

#[test]
fn boto_pages_through_points_and_loses_none() {
    Demo::start().script(
        r#"
cloudwatch = client("cloudwatch")
ask = dict(MetricDataQueries=[stat("n", "Invocations"), stat("d", "Duration", "p50", period=300)],
           StartTime=at(NOON - 10800), EndTime=at(NOON - 3600))
def read(**more):
    series, pages = {}, 0
    for page in cloudwatch.get_paginator("get_metric_data").paginate(**ask, **more):
        pages += 1
        for result in page["MetricDataResults"]:
            assert len(result["Timestamps"]) == len(result["Values"])
            series.setdefault(result["Id"], []).extend(zip(result["Timestamps"], result["Values"]))
    return series, pages
whole, one = read()
assert one == 1 and len(whole["n"]) == 120 and len(whole["d"]) == 24
small, pages = read(MaxDatapoints=10)
assert small == whole and pages == 15, pages
up, _ = read(MaxDatapoints=10, ScanBy="TimestampAscending")
assert {id: points[::-1] for id, points in up.items()} == whole
first = cloudwatch.get_metric_data(**ask, MaxDatapoints=10)
assert {r["StatusCode"] for r in first["MetricDataResults"]} == {"PartialData"}
"#,
    );
}

#[test]
fn boto_sees_credentials_expire_and_calls_throttled() {
    let demo = Demo::failing(
        Faults::only(Fault::new(Kind::ExpiredCredentials, "sts:*"))
            .and(Fault::new(Kind::Throttled, "cloudwatch:ListMetrics"))
            .and(Fault::new(Kind::AccessDenied, "cloudwatch:DescribeAlarms"))
            .and(Fault::new(Kind::ServerError, "lambda:*")),
    );
    demo.script(
        r#"
error = botocore.exceptions.ClientError
code = lambda call: raises(error, call)["Error"]["Code"]
assert code(client("sts").get_caller_identity) == "ExpiredToken"
assert code(client("cloudwatch").list_metrics) == "Throttling"
assert code(client("cloudwatch").describe_alarms) == "AccessDenied"
statuses = [raises(error, client("lambda").list_functions)["ResponseMetadata"]["HTTPStatusCode"] for _ in range(3)]
assert statuses == [500, 503, 502], statuses
"#,
    );
}
