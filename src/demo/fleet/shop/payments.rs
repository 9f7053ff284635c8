//! Money: capture, refunds, invoices, fraud.

use super::super::invocation::Service::{DynamoDb, Http, S3, SecretsManager, Sns, Sqs};
use super::super::spec::{Architecture, EventSource, FunctionSpec, LogFormat};
use super::{AGENT, DOTNET, NODE, PYTHON, RUBY, SHARED, function, load, step};

pub(super) const FUNCTIONS: &[FunctionSpec] = &[
    FunctionSpec {
        description: "Authorises a card and books the payment",
        tracing: true,
        reserved: Some(40),
        alias: Some("live"),
        team: "payments",
        layers: &[SHARED],
        load: load(114.0, 0.62, [178.0, 590.0, 790.0], 198, 0.002),
        steps: &[
            step(Http, "acquirer.example", "POST /authorise", 60),
            step(DynamoDb, "payments", "GetItem", 7),
            step(DynamoDb, "payment-ledger", "PutItem", 12),
        ],
        ..function("payment-capture", NODE, 512, 6, EventSource::Function("checkout-api"))
    },
    FunctionSpec {
        description: "Refunds: ask, wait for approval, pay back",
        tracing: true,
        alias: Some("live"),
        team: "payments",
        log_format: LogFormat::Json,
        load: load(9.0, 0.5, [120.0, 640.0, 610.0], 142, 0.002),
        steps: &[
            step(DynamoDb, "payments", "GetItem", 12),
            step(Http, "acquirer.example", "POST /refund", 54),
            step(DynamoDb, "payment-ledger", "PutItem", 14),
        ],
        ..function("refund-flow", NODE, 512, 60, EventSource::Durable)
    },
    FunctionSpec {
        handler: Some("score.handler"),
        description: "Scores orders before payment",
        tracing: true,
        team: "payments",
        layers: &[AGENT],
        load: load(140.0, 0.64, [96.0, 310.0, 1_900.0], 880, 0.0004),
        steps: &[step(DynamoDb, "features", "BatchGetItem", 30)],
        ..function("fraud-score", PYTHON, 2_048, 5, EventSource::Step)
    },
    FunctionSpec {
        description: "Draws invoices",
        architecture: Architecture::X86,
        team: "payments",
        ephemeral_mb: 1_024,
        load: load(28.0, 0.6, [702.0, 1_310.0, 980.0], 310, 0.0015),
        steps: &[step(DynamoDb, "orders", "GetItem", 4), step(S3, "shop-invoices", "PutObject", 12)],
        ..function("invoice-pdf", NODE, 3_008, 30, EventSource::Queue)
    },
    FunctionSpec {
        handler: Some("Shop.Tax::Shop.Tax.Rules::Handle"),
        description: "Tax by country and kind of goods",
        team: "payments",
        log_format: LogFormat::Json,
        load: load(84.0, 0.64, [18.0, 80.0, 1_250.0], 132, 0.0),
        steps: &[step(DynamoDb, "tax-rates", "GetItem", 40)],
        ..function("tax-rules", DOTNET, 512, 5, EventSource::Api)
    },
    FunctionSpec {
        handler: Some("webhook.handler"),
        description: "Takes what payment providers tell us",
        tracing: true,
        team: "payments",
        load: load(84.0, 0.5, [45.0, 180.0, 520.0], 88, 0.003),
        steps: &[
            step(SecretsManager, "webhooks/secret", "GetSecretValue", 16),
            step(Sqs, "provider-events", "SendMessage", 42),
        ],
        ..function("webhook-ingest", RUBY, 256, 10, EventSource::Url)
    },
    FunctionSpec {
        handler: Some("settle.handler"),
        description: "Closes the day's books, once, in the morning",
        team: "payments",
        load: load(0.0, 0.0, [94_000.0, 140_000.0, 820.0], 402, 0.0),
        steps: &[
            step(DynamoDb, "payment-ledger", "Query", 52),
            step(S3, "shop-settlements", "PutObject", 3),
            step(Sns, "finance", "Publish", 1),
        ],
        ..function("settlement-daily", PYTHON, 1_024, 600, EventSource::Schedule)
    },
    FunctionSpec {
        handler: Some("migrate.handler"),
        description: "Moved vouchers to the new table, once",
        architecture: Architecture::X86,
        team: "payments",
        state: "Inactive",
        load: load(0.0, 0.0, [100.0, 400.0, 300.0], 70, 0.0),
        ..function("voucher-migrate", Some("python3.9"), 128, 300, EventSource::Schedule)
    },
];
