//! What customers touch: catalogue, search, cart, checkout.

use super::super::invocation::Service::{DynamoDb, Events, Http, Lambda, S3, SecretsManager, Sqs};
use super::super::spec::{EventSource, FunctionSpec, InvokeMode, LogFormat, Provisioned, SystemLevel};
use super::{AGENT, CUSTOM, JAVA, NODE, PYTHON, PYTHON_312, SHARED, function, load, step};

pub(super) const FUNCTIONS: &[FunctionSpec] = &[
    FunctionSpec {
        description: "Product pages and listings",
        invoke_mode: InvokeMode::ResponseStream,
        tracing: true,
        alias: Some("live"),
        team: "storefront",
        layers: &[SHARED],
        load: load(430.0, 0.68, [18.0, 96.0, 420.0], 118, 0.0005),
        steps: &[step(DynamoDb, "catalog", "Query", 62), step(S3, "shop-media", "GetObject", 14)],
        ..function("catalog-read", NODE, 512, 10, EventSource::Api)
    },
    FunctionSpec {
        description: "Cart: add, change, remove, price",
        tracing: true,
        alias: Some("live"),
        team: "storefront",
        layers: &[SHARED],
        load: load(340.0, 0.68, [34.0, 142.0, 460.0], 126, 0.0006),
        steps: &[step(DynamoDb, "carts", "GetItem", 24), step(DynamoDb, "carts", "UpdateItem", 38)],
        ..function("cart-api", NODE, 512, 10, EventSource::Api)
    },
    FunctionSpec {
        description: "Turns a cart into an order and takes the payment",
        tracing: true,
        alias: Some("live"),
        team: "storefront",
        layers: &[SHARED],
        load: load(255.0, 0.62, [112.0, 430.0, 1_050.0], 372, 0.0012),
        steps: &[
            step(DynamoDb, "carts", "GetItem", 10),
            step(Lambda, "payment-capture", "Invoke", 0),
            step(DynamoDb, "orders", "PutItem", 16),
            step(Events, "shop", "PutEvents", 12),
        ],
        ..function("checkout-api", NODE, 1_024, 15, EventSource::Api)
    },
    FunctionSpec {
        handler: Some("bootstrap"),
        description: "Issues and checks access tokens",
        alias: Some("live"),
        team: "identity",
        log_format: LogFormat::Json,
        load: load(300.0, 0.66, [9.0, 41.0, 62.0], 34, 0.0),
        steps: &[step(SecretsManager, "auth/signing-key", "GetSecretValue", 30)],
        ..function("auth-token", CUSTOM, 256, 5, EventSource::Api)
    },
    FunctionSpec {
        handler: Some("bootstrap"),
        description: "Prolongs sessions",
        system_level: SystemLevel::Warn,
        team: "identity",
        log_format: LogFormat::Json,
        load: load(160.0, 0.66, [7.0, 30.0, 58.0], 31, 0.0),
        steps: &[step(DynamoDb, "sessions", "UpdateItem", 70)],
        ..function("session-refresh", CUSTOM, 128, 5, EventSource::Api)
    },
    FunctionSpec {
        handler: Some("app.search"),
        description: "Full-text search",
        tracing: true,
        alias: Some("live"),
        team: "discovery",
        layers: &[AGENT],
        load: load(320.0, 0.7, [71.0, 388.0, 690.0], 246, 0.001),
        steps: &[step(Http, "search.internal.example", "POST /products/_search", 78)],
        ..function("search-query", PYTHON, 1_024, 10, EventSource::Api)
    },
    FunctionSpec {
        description: "Suggestions while typing",
        team: "discovery",
        load: load(200.0, 0.7, [14.0, 70.0, 330.0], 96, 0.0),
        steps: &[step(Http, "search.internal.example", "POST /suggest/_search", 70)],
        ..function("search-suggest", NODE, 256, 3, EventSource::Api)
    },
    FunctionSpec {
        handler: None,
        description: "What others bought; kept warm, spills over at peak",
        system_level: SystemLevel::Debug,
        tracing: true,
        alias: Some("live"),
        provisioned: Some(Provisioned { alias: "live", environments: 5 }),
        team: "discovery",
        log_format: LogFormat::Json,
        load: load(150.0, 0.7, [240.0, 900.0, 4_800.0], 1_310, 0.0008),
        steps: &[step(S3, "shop-models", "GetObject", 8), step(DynamoDb, "features", "BatchGetItem", 34)],
        ..function("recommendations", None, 2_048, 10, EventSource::Api)
    },
    FunctionSpec {
        handler: Some("shop.pricing.QuoteHandler::handleRequest"),
        description: "Prices with discounts and currency",
        tracing: true,
        alias: Some("live"),
        team: "storefront",
        load: load(230.0, 0.66, [22.0, 118.0, 2_900.0], 214, 0.0002),
        steps: &[step(DynamoDb, "price-lists", "BatchGetItem", 58)],
        ..function("price-quote", JAVA, 1_024, 8, EventSource::Api)
    },
    FunctionSpec {
        description: "Wish lists",
        team: "storefront",
        load: load(34.0, 0.7, [26.0, 120.0, 410.0], 108, 0.0),
        steps: &[step(DynamoDb, "wishlists", "Query", 66)],
        ..function("wishlist-api", NODE, 256, 10, EventSource::Api)
    },
    FunctionSpec {
        handler: Some("app.submit"),
        description: "Takes reviews and passes them to moderation",
        team: "discovery",
        load: load(7.0, 0.75, [88.0, 410.0, 540.0], 92, 0.004),
        steps: &[step(DynamoDb, "reviews", "PutItem", 30), step(Sqs, "moderation", "SendMessage", 22)],
        ..function("review-submit", PYTHON, 256, 10, EventSource::Api)
    },
    FunctionSpec {
        handler: Some("bootstrap"),
        description: "Country and currency of an address",
        shared_log_group: Some("/shop/edge"),
        log_format: LogFormat::Json,
        team: "platform",
        load: load(36.0, 0.6, [12.0, 55.0, 70.0], 41, 0.0),
        ..function("geo-lookup", CUSTOM, 128, 3, EventSource::Api)
    },
    FunctionSpec {
        handler: Some("resize.handler"),
        description: "Makes the sizes of uploaded pictures",
        tracing: true,
        team: "media",
        ephemeral_mb: 2_048,
        load: load(96.0, 0.2, [1_420.0, 8_900.0, 1_380.0], 612, 0.0),
        steps: &[step(S3, "shop-uploads", "GetObject", 14), step(S3, "shop-media", "PutObject", 18)],
        ..function("image-resize", PYTHON_312, 1_769, 30, EventSource::Async)
    },
    FunctionSpec {
        description: "The form under every page",
        team: "storefront",
        shared_log_group: Some("/shop/edge"),
        load: load(3.0, 0.8, [61.0, 280.0, 380.0], 84, 0.0),
        steps: &[step(Sqs, "feedback", "SendMessage", 44)],
        ..function("feedback-form", NODE, 128, 5, EventSource::Url)
    },
];
