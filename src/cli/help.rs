//! What `--help` says below the flags.
//!
//! One paragraph is one line, since clap wraps each line to the width of the terminal; only what stands as it is typed is
//! indented, and short enough for 80 columns.

/// Of lambtop itself.
pub(super) const MAIN: &str = "\
lambtop only ever reads from AWS. Without an account at hand: lambtop demo

Exit codes: 0 fine, 1 something failed or is known to be missing, 2 bad input or no terminal, 101 a defect, \
129 the terminal is gone, 130 131 143 SIGINT SIGQUIT SIGTERM.";

/// Of `lambtop demo`.
pub(super) const DEMO: &str = "\
--fault shows what lambtop says when AWS does not answer as it should: denied, expired, invalid, throttled, server-error, \
reset, trickle, slow-ms=2000 and limit-exceeded hit every call, or with @ACTION only those (xray:BatchGetTraces, logs:*). Others \
are faults of one operation, such as empty-page, tail-end, partial-data, wide-trace=10000, cycle, truncated-trace, \
unprocessed=2 or in-progress=2; a name that no fault has is answered with all of them.

For example:

  lambtop demo --seed 7 --now 2026-03-01T14:31:16Z
  lambtop demo --transaction-search --fault denied@xray:StartTraceRetrieval
  lambtop demo --fault expired --listen 127.0.0.1:4599";

/// Of `lambtop logs`.
pub(super) const LOGS: &str = "\
Without --follow the lines of a group come in the order of their time, and standard error says up to when they are \
complete: CloudWatch takes events in seconds to minutes after their time. With --follow what comes late is printed \
when it comes, with \"late\": true, until INT or TERM.

--json has for every line timestamp, ingestion_time (milliseconds since 1970), event_id, group, stream, function (or \
null), message (exact) and late. --raw has the messages alone, byte for byte; on a terminal everything is made \
harmless.

Only logs:FilterLogEvents is needed; without lambda:ListFunctions a FUNCTION's group is taken to be \
/aws/lambda/FUNCTION.

Filter: words, \"a phrase\", -not, a | b, /regex/, level>=warn, fn:pay*, req:ID, trace:ID, .status=502, \
.latency>250, duration>1s, mem>90%, cold, timeout, oom. req:ID also finds lines that do not name the request, \
between its START and its REPORT in its log stream.

Exit codes: 0 everything that was asked for is there, 1 something is known to be missing, 2 bad input; 130 after INT \
and 143 after TERM, both with the summary.

For example:

  lambtop logs payment-capture --since 30m --filter 'level>=error | timeout'
  lambtop logs 'checkout-*' --follow --json | jq -r .message
  lambtop logs --log-group /ecs/shop --at 2026-03-01T12:00:00Z --output a.log";

/// Of `lambtop requests`.
pub(super) const REQUESTS: &str = "\
Requests are joined from their log lines alone (logs:FilterLogEvents; with lambda:ListFunctions the price knows the \
architecture). Throttled ones wrote none: --filter outcome=throttled asks X-Ray for them, which has those that it sampled. One that Lambda tried again is one record for each attempt. A request that began before --since lacks \
its START, one that goes on after --until its REPORT. Standard error says up to when the lines are complete.

--json has for every request start (milliseconds since 1970), function, version, outcome (ok, running, unknown, \
handled, throttled, unhandled, init-error, exit, timeout, oom), duration_ms, init_ms, restore_ms, billed_ms, memory_mb, \
max_memory_mb, cold, cost_usd (list price of us-east-1, or what [prices] says), fault, error_type, error_message, \
request_id, attempt, trace_id, sampled, started (its START was seen), first, last, reported (when its lines were \
written), group and stream; what is not known is null. --csv has the same columns, with the error made harmless.

Filter: words of the error, -not, a | b, outcome=timeout, version=88, duration>1s, init>1s, billed>1s, mem>90%, cold, \
timeout, oom, traced=yes, level>=error, fn:pay*, env:STREAM, req:ID, trace:ID.

Exit codes: 0 everything that was asked for is there, 1 something is known to be missing, 2 bad input; 130 after INT \
and 143 after TERM, both with the summary.

For example:

  lambtop requests payment-capture --filter 'duration>1s | -outcome=ok'
  lambtop requests 'pay*' --since 3h --json | jq -s 'map(.cost_usd) | add'";

/// Of `lambtop parse`.
pub(super) const PARSE: &str = "\
Every object has the fields kind, request_id, duration_ms, billed_ms, memory_mb, max_memory_mb, init_ms, restore_ms, \
billed_restore_ms, status, error_type, trace_id, segment_id, sampled, level, message and timestamp; what an event \
does not give is null. Needs no AWS.

For example:

  aws logs filter-log-events --log-group-name /aws/lambda/checkout |
    lambtop parse | jq 'select(.status)'";

/// Of `lambtop trace`.
pub(super) const TRACE: &str = "\
A trace that still arrives is waited for, for a minute at most. X-Ray does not know the ids of requests: for one, the \
log of its function (--function NAME) or a log group (--log-group NAME) is searched for the line that names its \
trace. X-Ray keeps the first request of each second and 5 % of the others: most requests have no trace.

The JSON has for every node id, parent_id, name, origin, kind, start_ms, end_ms, duration_ms, in_progress, fault, \
error, throttle and depth (1 for a root), and how many segments, subsegments, faults, errors, throttles, in_progress \
and orphans there are; roots are the names of nodes without a parent; unprocessed_trace_ids are those that X-Ray was \
asked for and did not look up. --file needs no AWS.

Exit codes: 0 all of it is there, 1 something is known to be missing, in progress or not sampled, 2 bad input.

For example:

  lambtop trace 1-6a507b87-0cc4438344b48ef127ab1931
  lambtop trace 8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9 --function checkout-api
  aws xray batch-get-traces --trace-ids 1-6a507b87-0cc4438344b48ef127ab1931 |
    lambtop trace --json --file -";
