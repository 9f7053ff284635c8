//! From the order to the parcel: events, stock, shipping, suppliers.

use super::super::invocation::Service::{DynamoDb, Events, Http, S3, Sns, Sqs};
use super::super::spec::{Architecture, EventSource, FunctionSpec, LogFormat};
use super::{CUSTOM, DOTNET, JAVA, NODE, PYTHON, PYTHON_312, RUBY, SHARED, function, load, step};

pub(super) const FUNCTIONS: &[FunctionSpec] = &[
    FunctionSpec {
        handler: Some("events.handler"),
        description: "Brings order events to everyone who wants them",
        tracing: true,
        reserved: Some(10),
        alias: Some("live"),
        team: "fulfilment",
        load: load(260.0, 0.55, [88.0, 330.0, 480.0], 118, 0.0),
        steps: &[step(DynamoDb, "order-events", "PutItem", 26), step(Sns, "orders", "Publish", 30)],
        ..function("order-events", PYTHON, 256, 30, EventSource::Async)
    },
    FunctionSpec {
        description: "Where is my order",
        tracing: true,
        alias: Some("live"),
        team: "fulfilment",
        layers: &[SHARED],
        load: load(130.0, 0.6, [28.0, 130.0, 430.0], 112, 0.0003),
        steps: &[step(DynamoDb, "orders", "Query", 64)],
        ..function("order-status", NODE, 256, 10, EventSource::Api)
    },
    FunctionSpec {
        handler: Some("shop.stock.Sync::handleRequest"),
        description: "Follows the stream of stock movements",
        tracing: true,
        snap_start: true,
        architecture: Architecture::X86,
        alias: Some("live"),
        team: "fulfilment",
        load: load(60.0, 0.15, [340.0, 920.0, 620.0], 388, 0.0),
        steps: &[step(DynamoDb, "stock", "BatchWriteItem", 58), step(Events, "shop", "PutEvents", 8)],
        ..function("stock-sync", JAVA, 1_024, 60, EventSource::Stream)
    },
    FunctionSpec {
        handler: Some("Shop.Inventory::Shop.Inventory.Reserve::Handle"),
        description: "Reserves goods for an order",
        tracing: true,
        alias: Some("live"),
        team: "fulfilment",
        load: load(160.0, 0.62, [61.0, 240.0, 1_340.0], 152, 0.0006),
        steps: &[
            step(DynamoDb, "stock-levels", "UpdateItem", 48),
            step(DynamoDb, "reservations", "PutItem", 22),
        ],
        ..function("inventory-reserve", DOTNET, 512, 10, EventSource::Step)
    },
    FunctionSpec {
        handler: Some("label.handler"),
        description: "Buys shipping labels",
        team: "fulfilment",
        shared_log_group: Some("/shop/shipping"),
        load: load(18.0, 0.7, [410.0, 990.0, 560.0], 121, 0.002),
        steps: &[step(Http, "parcels.example", "POST /labels", 76), step(S3, "shop-labels", "PutObject", 10)],
        ..function("shipping-label", PYTHON_312, 512, 20, EventSource::Queue)
    },
    FunctionSpec {
        description: "Offers of the carriers",
        team: "fulfilment",
        shared_log_group: Some("/shop/shipping"),
        load: load(52.0, 0.66, [130.0, 620.0, 390.0], 98, 0.001),
        steps: &[step(Http, "parcels.example", "GET /rates", 82)],
        ..function("shipping-rates", NODE, 256, 8, EventSource::Api)
    },
    FunctionSpec {
        description: "Asks the carriers where parcels are",
        team: "fulfilment",
        shared_log_group: Some("/shop/shipping"),
        load: load(44.0, 0.3, [210.0, 1_400.0, 400.0], 104, 0.003),
        steps: &[
            step(Http, "parcels.example", "GET /tracking", 74),
            step(DynamoDb, "parcels", "UpdateItem", 12),
        ],
        ..function("carrier-tracking", NODE, 256, 15, EventSource::Queue)
    },
    FunctionSpec {
        handler: Some("shop.warehouse.Pick::handleRequest"),
        description: "Pick lists for the warehouse",
        architecture: Architecture::X86,
        team: "fulfilment",
        load: load(20.0, 0.85, [160.0, 580.0, 3_100.0], 268, 0.0),
        steps: &[step(DynamoDb, "stock-levels", "Query", 40), step(Sqs, "picking", "SendMessage", 12)],
        ..function("warehouse-pick", JAVA, 512, 30, EventSource::Step)
    },
    FunctionSpec {
        handler: Some("returns.handler"),
        description: "Announced returns",
        team: "fulfilment",
        load: load(2.4, 0.8, [75.0, 320.0, 510.0], 86, 0.0),
        steps: &[step(DynamoDb, "returns", "PutItem", 48)],
        ..function("returns-intake", RUBY, 256, 10, EventSource::Api)
    },
    FunctionSpec {
        handler: Some("feed.handler"),
        description: "Reads the price and stock lists of suppliers",
        managed: true,
        tracing: true,
        team: "sourcing",
        log_format: LogFormat::Json,
        load: load(22.0, 0.1, [1_900.0, 9_400.0, 640.0], 208, 0.0),
        steps: &[
            step(Http, "feeds.suppliers.example", "GET /catalogue", 72),
            step(DynamoDb, "supplier-items", "BatchWriteItem", 14),
        ],
        ..function("supplier-feed", PYTHON, 512, 20, EventSource::Queue)
    },
    FunctionSpec {
        handler: Some("bootstrap"),
        description: "Mails the buyers when something runs out",
        team: "sourcing",
        load: load(0.12, 0.3, [34.0, 150.0, 66.0], 36, 0.0),
        steps: &[step(Sns, "buyers", "Publish", 60)],
        ..function("stock-alerts", CUSTOM, 128, 10, EventSource::Stream)
    },
];
