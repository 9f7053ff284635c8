//! The map of large applications: sixty services of a travel agency, and thirty-nine of a bank.

use std::collections::BTreeSet;
use std::time::Duration;

use lambtop::app::App;
use lambtop::model::Event;

use super::letters;
use super::scene::{incident, now, press, tell};
use super::snapshots::check;
use super::traces::map;

/// Each service, what it is unless it is a function, and whom it calls: behind `!` how many of a hundred calls fail.
const TRAVEL: &str = "\
booking-gateway API: session-check flight-search!12 hotel-search car-search booking-create!9 booking-change booking-cancel seat-map profile-read
partner-gateway API: session-check flight-search!11 availability partner-sync
mobile-graphql AppSync: session-check itinerary-build profile-read profile-write loyalty-points flight-search
admin-gateway API: report-build refund-issue!7 audit-write
webhook-gateway API: webhook-ingest
night-rule Events: report-build price-watch currency-rates
session-check: sessions
flight-search: availability!21 fare-quote flights
hotel-search: hotels hotels.example fare-quote
car-search: fare-quote maps.example
fare-quote: fares currency-rates
currency-rates: rates.example fares
availability: flights gds.example!24
booking-create: availability!18 fraud-check payment-authorise bookings booking-queue
booking-change: bookings fare-quote booking-events
booking-cancel: bookings refund-queue audit-write
seat-map: gds.example
profile-read: profiles
profile-write: profiles audit-write
loyalty-points: points profiles
itinerary-build: bookings maps.example hotels
fraud-check: ledger sessions
payment-authorise: acquirer.example ledger payment-events
booking-queue SQS: ticket-issue
ticket-issue: gds.example bookings ticket-queue documents
ticket-queue SQS: invoice-render
invoice-render: documents mail-queue
mail-queue SQS: mail-send
mail-send: mail.example
payment-events SNS: payment-settle booking-cancel loyalty-points
payment-settle: acquirer.example ledger
refund-queue SQS: refund-issue
refund-issue: acquirer.example!8 ledger payment-events
booking-events SNS: mail-queue push-send partner-queue
partner-queue SQS: partner-sync
partner-sync: gds.example bookings
push-send: push.example
price-watch: fares price-events
price-events SNS: push-send mail-queue
webhook-ingest: payment-settle partner-queue
audit-write: audit
report-build: exports bookings ledger
flights DynamoDB:
hotels DynamoDB:
bookings DynamoDB:
profiles DynamoDB:
sessions DynamoDB:
fares DynamoDB:
points DynamoDB:
ledger DynamoDB:
audit DynamoDB:
documents S3:
exports S3:
gds.example remote:
acquirer.example remote:
hotels.example remote:
rates.example remote:
mail.example remote:
push.example remote:
maps.example remote:
";

/// As above.
const BANK: &str = "\
mobile-gateway API: login-check account-list transfer-start!14 card-list statement-read
branch-gateway API: login-check account-list loan-quote
swift-gateway API: transfer-receive
login-check: sessions
account-list: accounts card-list
transfer-start: login-check limit-check!22 transfer-queue accounts
limit-check: limits fraud-score!26
fraud-score: model.example!30 history
transfer-queue SQS: transfer-post
transfer-post: ledger clearing.example transfer-events
transfer-receive: ledger transfer-events
transfer-events SNS: notice-send history-write balance-update
notice-send: notices mail.example
history-write: history
balance-update: accounts cache.example
card-list: cards
statement-read: statements history
statement-build: statements ledger archive
month-rule Events: statement-build rate-update
rate-update: rates rates.example
loan-quote: rates limit-check loan-queue
loan-queue SQS: loan-decide
loan-decide: loans fraud-score notice-send
sessions DynamoDB:
accounts DynamoDB:
limits DynamoDB:
ledger DynamoDB:
history DynamoDB:
notices SQS:
cards DynamoDB:
statements S3:
archive S3:
rates DynamoDB:
loans DynamoDB:
model.example remote:
clearing.example remote:
mail.example remote:
cache.example remote:
rates.example remote:
";

/// A service, its kind, and its calls: whom, and how many of a hundred fail.
type Row<'a> = (&'a str, &'static str, Vec<(&'a str, u64)>);

fn rows(text: &str) -> Vec<Row<'_>> {
    let row = |line| {
        let (head, calls) = str::split_once(line, ':').expect("a colon");
        let (name, kind) = head.split_once(' ').unwrap_or((head, ""));
        let kind = match kind {
            "API" => "AWS::ApiGateway::Stage",
            "AppSync" => "AWS::AppSync::GraphQLAPI",
            "Events" => "AWS::Events::Rule",
            "SQS" => "AWS::SQS::Queue",
            "SNS" => "AWS::SNS::Topic",
            "DynamoDB" => "AWS::DynamoDB::Table",
            "S3" => "AWS::S3::Bucket",
            "remote" => "remote",
            "" => "AWS::Lambda::Function",
            other => panic!("{other}"),
        };
        let call = |call| match str::split_once(call, '!') {
            Some((name, failed)) => (name, failed.parse().expect("a number")),
            None => (call, 0),
        };
        (name, kind, calls.split_whitespace().map(call).collect())
    };
    text.lines().map(row).collect()
}

/// The map of an application, of which each service gets the more calls the earlier it is named.
fn application(text: &str) -> Event {
    let rows = rows(text);
    let at = |name: &str| rows.iter().position(|row| row.0 == name).unwrap_or_else(|| panic!("{name}"));
    let call = |(name, failed): &(&str, u64)| {
        let total = 100 * (90 - at(name) as u64);
        (i32::try_from(at(name)).expect("few services"), total, total * failed / 100, 0)
    };
    let calls: Vec<Vec<_>> = rows.iter().map(|row| row.2.iter().map(call).collect()).collect();
    let services: Vec<_> = rows
        .iter()
        .zip(&calls)
        .enumerate()
        .map(|(at, (row, calls))| {
            (i32::try_from(at).expect("few services"), row.0, row.1, 20.0 + 37.0 * at as f64, &calls[..])
        })
        .collect();
    let called: BTreeSet<&str> = rows.iter().flat_map(|row| &row.2).map(|(name, _)| *name).collect();
    let entries = rows.iter().filter(|row| !called.contains(row.0));
    let from_outside: Vec<_> =
        entries.map(|row| (i32::try_from(at(row.0)).expect("few services"), 2_000, 0, 0)).collect();
    let client =
        (i32::try_from(services.len()).expect("few services"), "client", "client", 1.0, &from_outside[..]);
    map(&services.into_iter().chain([client]).collect::<Vec<_>>())
}

fn shown(text: &str, size: (u16, u16), keys: &str) -> App {
    let mut app = incident(size);
    press(&mut app, "4m");
    tell(&mut app, now(), application(text));
    press(&mut app, keys);
    app
}

fn selected(app: &App) -> &str {
    &app.traces().map.node().expect("a node is selected").name.name
}

#[test]
fn sixty_services() {
    check("map-sixty", false, |size| shown(TRAVEL, size, ""));
}

#[test]
fn sixty_services_and_the_lines_of_one_in_the_middle_of_them() {
    check("map-sixty-inside", false, |size| shown(TRAVEL, size, "/booking-create<Enter>"));
}

#[test]
fn sixty_services_in_ascii() {
    check("map-sixty-ascii", true, |size| shown(TRAVEL, size, "/mail-queue<Enter>"));
}

#[test]
fn thirty_nine_services() {
    check("map-forty", false, |size| shown(BANK, size, "/transfer-start<Enter>"));
}

#[test]
fn few_lines_of_a_large_map_cross() {
    for (text, nodes, most) in [(TRAVEL, 60, 130), (BANK, 39, 20)] {
        let app = shown(text, (200, 50), "-");
        let map = &app.traces().map;
        assert_eq!(map.graph.nodes.len(), nodes);
        let crossings = map.layout.crossings();
        assert!(crossings <= most, "{crossings} crossings\n{}", letters(&app, false));
    }
}

#[test]
fn the_lines_of_the_selected_service_are_unbroken_and_nobody_elses() {
    for text in [TRAVEL, BANK] {
        let mut app = shown(text, (200, 50), "");
        for row in rows(text) {
            press(&mut app, &format!("/<C-u>{}<Enter>", row.0));
            let map = &app.traces().map;
            let at = map.at().expect("a node is selected");
            if selected(&app) != row.0 {
                continue; // Another one's name holds this one's.
            }
            for (edge, arrow) in map.graph.edges.iter().zip(&map.layout.arrows) {
                let own = edge.from == at || edge.to == at;
                let ends_here = map
                    .graph
                    .edges
                    .iter()
                    .any(|other| other.to == edge.to && (other.from == at || other.to == at));
                let chosen = map.strokes[arrow].chosen;
                assert!(chosen == own || ends_here, "{} and an edge to {}", row.0, edge.to);
            }
            // From the box of the caller each cell of a chosen line goes on in a chosen one.
            for (cell, stroke) in map.strokes.iter().filter(|(_, stroke)| stroke.chosen) {
                let (x, y) = *cell;
                let next = [(x, y.wrapping_sub(1)), (x + 1, y), (x, y + 1), (x.wrapping_sub(1), y)];
                let goes_on = next
                    .iter()
                    .zip(stroke.arms)
                    .filter(|(_, arm)| *arm > 0)
                    .any(|(next, _)| map.strokes.get(next).is_none_or(|stroke| stroke.chosen));
                assert!(goes_on, "{} at {cell:?}", row.0);
            }
        }
    }
}

#[test]
fn a_large_map_stays_where_it_is_from_minute_to_minute_and_when_the_window_comes_back() {
    let mut app = shown(TRAVEL, (120, 40), "");
    let before = app.traces().map.layout.clone();
    let Event::ServiceMap(mut later) = application(
        &TRAVEL.replace("!24", "!1").replace("refund-queue audit-write", "refund-queue!40 audit-write"),
    ) else {
        panic!("a map")
    };
    later.at = later.at + Duration::from_mins(1);
    tell(&mut app, now(), Event::ServiceMap(later));
    assert_eq!(app.traces().map.layout, before);
    for (columns, rows) in [(200, 50), (80, 24), (120, 40)] {
        app.input(now(), lambtop::app::Input::Resize { columns, rows });
    }
    assert_eq!(app.traces().map.layout, before);
}

#[test]
fn what_is_selected_is_on_screen_with_its_name_at_every_size() {
    for size in [(80, 24), (120, 40), (200, 50)] {
        let mut app = shown(TRAVEL, size, "");
        for _ in 0..60 {
            let name: String = selected(&app).chars().take(6).collect();
            let screen = letters(&app, false);
            let on_map = screen.lines().skip(4).take(usize::from(size.1) - 8);
            assert!(
                on_map.filter(|line| line.contains('\u{258c}')).any(|line| line.contains(&name)),
                "{name}\n{screen}"
            );
            press(&mut app, "j");
        }
    }
}
