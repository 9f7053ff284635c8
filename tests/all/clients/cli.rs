//! Every operation through the AWS CLI.

use lambtop::demo::cloud::Settings;
use lambtop::demo::faults::{Fault, Faults, Kind};
use serde_json::Value;

use super::Demo;

const HOUR: &str = "--start-time 2026-03-01T10:00:00Z --end-time 2026-03-01T11:00:00Z";

fn items<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    answer[name].as_array().unwrap_or_else(|| panic!("no list {name} in {answer}"))
}

#[test]
fn the_cli_learns_who_it_is() {
    let answer = Demo::start().aws_json("sts get-caller-identity");
    assert_eq!(answer["Account"], "123456789012");
    assert_eq!(answer["Arn"], "arn:aws:sts::123456789012:assumed-role/lambtop-demo/viewer");
}

#[test]
fn the_cli_pages_through_all_functions() {
    let demo = Demo::with(Settings { idle_functions: 100, ..Settings::default() });
    let answer = demo.aws_json("lambda list-functions");
    let functions = items(&answer, "Functions");
    assert!(functions.len() > 130, "{}", functions.len());
    assert_eq!(demo.endpoint.calls().of("lambda:ListFunctions"), functions.len().div_ceil(50) as u64);
    let first = demo.aws_json("lambda list-functions --max-items 1 --page-size 1");
    assert_eq!(items(&first, "Functions").len(), 1);
    assert!(first["NextToken"].is_string());
    let everything = demo.aws_json("lambda list-functions --function-version ALL");
    assert!(items(&everything, "Functions").len() > functions.len(), "versions are listed beside functions");
}

#[test]
fn the_cli_describes_a_function() {
    let demo = Demo::start();
    let answer = demo.aws_json("lambda get-function-configuration --function-name checkout-api");
    assert_eq!(answer["FunctionArn"], "arn:aws:lambda:eu-west-1:123456789012:function:checkout-api");
    assert_eq!((&answer["Version"], &answer["State"]), (&"$LATEST".into(), &"Active".into()));
    for member in
        ["LoggingConfig", "Architectures", "TracingConfig", "SnapStart", "EphemeralStorage", "Environment"]
    {
        assert!(!answer[member].is_null(), "{member} in {answer}");
    }
    let modified = answer["LastModified"].as_str().expect("a text");
    assert!(
        modified.ends_with("+0000") && modified.len() == "2026-03-01T14:02:11.000+0000".len(),
        "{modified}"
    );
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:checkout-api";
    let tags = demo.aws_json(&format!("lambda list-tags --resource {arn}"));
    assert_eq!(tags["Tags"]["stage"], "prod");
    let error = demo.aws_error("lambda get-function-configuration --function-name nobody");
    assert!(
        error.contains(
            "(ResourceNotFoundException) when calling the GetFunctionConfiguration operation: Function not found: \
             arn:aws:lambda:eu-west-1:123456789012:function:nobody"
        ),
        "{error}"
    );
}

#[test]
fn the_cli_reads_limits_of_concurrency_and_aliases() {
    let demo = Demo::start();
    let limits = demo.aws_json("lambda get-account-settings");
    assert!(
        limits["AccountLimit"]["ConcurrentExecutions"].as_u64()
            >= limits["AccountLimit"]["UnreservedConcurrentExecutions"].as_u64()
    );
    let reserved = demo.aws_json("lambda get-function-concurrency --function-name payment-capture");
    assert!(reserved["ReservedConcurrentExecutions"].is_u64(), "{reserved}");
    let provisioned =
        demo.aws_json("lambda list-provisioned-concurrency-configs --function-name recommendations");
    assert_eq!(items(&provisioned, "ProvisionedConcurrencyConfigs")[0]["Status"], "READY");
    let aliases = demo.aws_json("lambda list-aliases --function-name checkout-api");
    assert!(!items(&aliases, "Aliases").is_empty());
}

#[test]
fn the_cli_reads_metrics() {
    let demo = Demo::start();
    let queries = r#"[{"Id":"m1","MetricStat":{"Metric":{"Namespace":"AWS/Lambda","MetricName":"Invocations","Dimensions":[{"Name":"FunctionName","Value":"checkout-api"}]},"Period":60,"Stat":"Sum"}}]"#;
    let answer = demo.aws_json(&format!("cloudwatch get-metric-data {HOUR} --metric-data-queries {queries}"));
    let result = &items(&answer, "MetricDataResults")[0];
    assert_eq!((&result["Id"], &result["StatusCode"]), (&"m1".into(), &"Complete".into()));
    assert_eq!(items(result, "Timestamps").len(), 60);
    assert_eq!(result["Timestamps"][0], 1_772_362_740, "newest first: 10:59, as it stands on the wire");

    let listed = demo.aws_json(
        "cloudwatch list-metrics --namespace AWS/Lambda --metric-name Errors --recently-active PT3H",
    );
    assert!(items(&listed, "Metrics").iter().all(|metric| metric["MetricName"] == "Errors"));
    assert!(items(&listed, "Metrics").len() > 10);

    let alarms = demo.aws_json("cloudwatch describe-alarms --alarm-name-prefix checkout-api");
    let alarms = items(&alarms, "MetricAlarms");
    assert!(!alarms.is_empty() && alarms.iter().all(|alarm| alarm["Period"] == 300));
}

#[test]
fn the_cli_is_told_which_permission_is_missing() {
    let demo = Demo::failing(Faults::only(Fault::new(Kind::AccessDenied, "lambda:ListFunctions")));
    let error = demo.aws_error("lambda list-functions");
    assert!(
        error.contains(
            "An error occurred (AccessDeniedException) when calling the ListFunctions operation: User: \
             arn:aws:sts::123456789012:assumed-role/lambtop-demo/viewer is not authorized to perform: \
             lambda:ListFunctions on resource: * because no identity-based policy allows the lambda:ListFunctions action"
        ),
        "{error}"
    );
    assert!(!items(&demo.aws_json("cloudwatch list-metrics"), "Metrics").is_empty(), "the rest goes on");
}
