//! Every operation that the program can call at AWS, and the IAM action that allows it. All of them only read.

/// An operation of an AWS service. There is no way to call one that does not stand in [`OPERATIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    /// The service as IAM calls it, such as `lambda`.
    pub service: &'static str,
    /// The operation's name in the API, such as `ListFunctions`.
    pub name: &'static str,
    /// The IAM action that allows it, such as `lambda:ListFunctions`.
    pub action: &'static str,
    /// Whether the program is of use without it: then only one pane, column or chart is missing.
    pub optional: bool,
}

macro_rules! operations {
    ($($constant:ident = $service:literal $name:literal $needed:ident;)*) => {
        $(pub(super) const $constant: Operation = Operation {
            service: $service,
            name: $name,
            action: concat!($service, ":", $name),
            optional: operations!($needed),
        };)*

        /// Every operation that the program can call, for `lambtop policy`.
        ///
        /// Source of the actions:
        /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>,
        /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html>,
        /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html>,
        /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html>.
        pub const OPERATIONS: &[Operation] = &[$($constant,)*];
    };
    (needed) => { false };
    (optional) => { true };
}

operations! {
    GET_CALLER_IDENTITY = "sts" "GetCallerIdentity" optional;
    LIST_FUNCTIONS = "lambda" "ListFunctions" needed;
    GET_ACCOUNT_SETTINGS = "lambda" "GetAccountSettings" optional;
    GET_FUNCTION_CONFIGURATION = "lambda" "GetFunctionConfiguration" optional;
    GET_FUNCTION_CONCURRENCY = "lambda" "GetFunctionConcurrency" optional;
    LIST_PROVISIONED_CONCURRENCY_CONFIGS = "lambda" "ListProvisionedConcurrencyConfigs" optional;
    LIST_ALIASES = "lambda" "ListAliases" optional;
    LIST_TAGS = "lambda" "ListTags" optional;
    GET_METRIC_DATA = "cloudwatch" "GetMetricData" needed;
    LIST_METRICS = "cloudwatch" "ListMetrics" needed;
    DESCRIBE_LOG_GROUPS = "logs" "DescribeLogGroups" optional;
    FILTER_LOG_EVENTS = "logs" "FilterLogEvents" optional;
    START_LIVE_TAIL = "logs" "StartLiveTail" optional;
    START_QUERY = "logs" "StartQuery" optional;
    GET_QUERY_RESULTS = "logs" "GetQueryResults" optional;
    STOP_QUERY = "logs" "StopQuery" optional;
    GET_TRACE_SEGMENT_DESTINATION = "xray" "GetTraceSegmentDestination" optional;
    GET_INDEXING_RULES = "xray" "GetIndexingRules" optional;
    GET_TRACE_SUMMARIES = "xray" "GetTraceSummaries" optional;
    BATCH_GET_TRACES = "xray" "BatchGetTraces" optional;
    GET_SERVICE_GRAPH = "xray" "GetServiceGraph" optional;
    START_TRACE_RETRIEVAL = "xray" "StartTraceRetrieval" optional;
    LIST_RETRIEVED_TRACES = "xray" "ListRetrievedTraces" optional;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_only_reads() {
        for operation in OPERATIONS {
            // Queries of Logs Insights read, and can be stopped from reading; a retrieval of traces reads them too.
            let query = matches!(operation.name, "StartQuery" | "StopQuery" | "StartTraceRetrieval");
            assert!(
                query
                    || ["Get", "BatchGet", "List", "Describe", "Filter", "StartLiveTail"]
                        .iter()
                        .any(|verb| operation.name.starts_with(verb)),
                "{operation:?}"
            );
            assert_ne!(operation.name, "GetFunction", "it returns a link to the code");
            assert_eq!(operation.action, format!("{}:{}", operation.service, operation.name));
        }
    }
}
