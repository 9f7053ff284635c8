//! What everybody uses: messages, clicks, reports, housekeeping.

use super::super::invocation::Service::{DynamoDb, Http, S3, Ses, Sns};
use super::super::spec::{EventSource, FunctionSpec, LogFormat};
use super::{AGENT, CUSTOM, NODE, PYTHON, PYTHON_312, function, load, step};

pub(super) const FUNCTIONS: &[FunctionSpec] = &[
    FunctionSpec {
        handler: Some("mail.handler"),
        description: "Order and shipping mails",
        tracing: true,
        team: "messaging",
        load: load(150.0, 0.6, [190.0, 870.0, 520.0], 96, 0.002),
        steps: &[step(S3, "shop-templates", "GetObject", 12), step(Ses, "shop.example", "SendEmail", 70)],
        ..function("email-sender", PYTHON_312, 256, 15, EventSource::Async)
    },
    FunctionSpec {
        description: "Messages to phones",
        team: "messaging",
        log_format: LogFormat::Json,
        load: load(70.0, 0.65, [58.0, 260.0, 380.0], 102, 0.001),
        steps: &[step(Sns, "mobile", "Publish", 72)],
        ..function("push-notify", NODE, 256, 10, EventSource::Async)
    },
    FunctionSpec {
        handler: None,
        description: "Product texts in other languages",
        team: "discovery",
        load: load(6.0, 0.4, [820.0, 2_600.0, 3_600.0], 940, 0.0),
        steps: &[step(Http, "translate.internal.example", "POST /translate", 80)],
        ..function("label-translate", None, 1_536, 30, EventSource::Async)
    },
    FunctionSpec {
        handler: Some("bootstrap"),
        description: "Writes clicks to the lake",
        team: "data",
        log_format: LogFormat::Json,
        layers: &[AGENT],
        load: load(150.0, 0.66, [48.0, 190.0, 74.0], 88, 0.0),
        steps: &[step(S3, "shop-lake", "PutObject", 66)],
        ..function("clickstream-sink", CUSTOM, 512, 60, EventSource::Kafka)
    },
    FunctionSpec {
        handler: Some("bootstrap"),
        description: "Keeps the audit log for ten years",
        team: "platform",
        load: load(24.0, 0.5, [36.0, 150.0, 69.0], 44, 0.0),
        steps: &[step(S3, "shop-audit", "PutObject", 70)],
        ..function("audit-archive", CUSTOM, 256, 60, EventSource::Stream)
    },
    FunctionSpec {
        handler: Some("report.handler"),
        description: "Last day's numbers, at night",
        tracing: true,
        team: "data",
        ephemeral_mb: 4_096,
        load: load(0.0, 0.0, [502_000.0, 640_000.0, 1_150.0], 2_240, 0.0),
        steps: &[step(S3, "shop-lake", "GetObject", 44), step(S3, "shop-reports", "PutObject", 2)],
        ..function("report-nightly", PYTHON, 3_008, 900, EventSource::Schedule)
    },
    FunctionSpec {
        description: "Keeps the busiest pages in the cache",
        team: "platform",
        load: load(0.0, 0.0, [240.0, 760.0, 360.0], 90, 0.0),
        steps: &[step(Http, "shop.example", "GET /", 84)],
        ..function("cache-warmer", NODE, 128, 30, EventSource::Schedule)
    },
    FunctionSpec {
        handler: Some("audit.handler"),
        description: "Looks for settings that nobody meant",
        team: "platform",
        load: load(0.0, 0.0, [3_400.0, 7_800.0, 610.0], 130, 0.0),
        steps: &[step(DynamoDb, "findings", "PutItem", 6)],
        ..function("config-audit", PYTHON, 256, 120, EventSource::Schedule)
    },
];
