//! The request of a line that names none, and the lines of a request.

use lambtop::model::{Event as Told, Timestamp};
use lambtop::query::{LineMatcher, Query};
use lambtop::store::Store;
use lambtop::store::lines::Reader;

use super::{A, B, Event, NOON, id, page};

const STORY: &[Event<'_>] = &[
    (-300, 'a', "INIT_START Runtime Version: provided.al2023.v5\n"),
    (-200, 'a', "connecting to the database"),
    (0, 'a', "START RequestId: $A Version: $LATEST\n"),
    (5, 'a', "reserving 3 of sku 77"),
    (9, 'b', "of another environment"),
    (20, 'a', "END RequestId: $A\n"),
    (
        20,
        'a',
        "REPORT RequestId: $A\tDuration: 19.50 ms\tBilled Duration: 320 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\tInit Duration: 299.00 ms\n",
    ),
    (25, 'a', "flushed 12 spans"),
    (400, 'a', "START RequestId: $B Version: $LATEST\n"),
    (405, 'a', "reserving 1 of sku 78"),
    (
        420,
        'a',
        "REPORT RequestId: $B\tDuration: 19.50 ms\tBilled Duration: 20 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\n",
    ),
    (60_000, 'a', "shutting down"),
];

fn store() -> Store {
    let mut store = Store::default();
    store.ingest(Timestamp::from_millis(NOON), Told::Logs(page(STORY)));
    store
}

#[test]
fn a_line_without_an_id_belongs_to_whoever_was_served_then() {
    let store = store();
    let page = page(STORY);
    let owners: Vec<&str> = page
        .lines()
        .map(|line| match store.invocations().of_line(&line).map(|key| key.request) {
            Some(request) if request == id(A) => "A",
            Some(request) if request == id(B) => "B",
            _ => "-",
        })
        .collect();
    assert_eq!(owners.concat(), "AAAA-AAABBB-");
    for line in page.lines() {
        let key = store.invocations().of_line(&line);
        for invocation in store.invocations().by_start() {
            assert_eq!(invocation.owns(&line), key == Some(invocation.key), "{}", line.message);
        }
    }
}

#[test]
fn the_lines_of_a_request_are_its_init_its_own_and_what_came_after() {
    let store = store();
    let invocation = store.invocations().attempts(id(A)).next().expect("it is held");
    let lines = store.invocations().lines_of(&invocation, store.lines(), &mut Reader::default(), 100);
    let texts: Vec<&str> =
        lines.iter().map(|line| line.message.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(texts, ["INIT_START", "connecting", "START", "reserving", "END", "REPORT", "flushed"]);
    let two = store.invocations().lines_of(&invocation, store.lines(), &mut Reader::default(), 2);
    assert_eq!(two[..], lines[..2]);
}

#[test]
fn a_filter_by_request_finds_lines_that_do_not_name_it() {
    let store = store();
    let query = Query::parse(&format!("req:{}", &A[..8])).expect("a query");
    let places = query.requests().flat_map(|prefix| store.invocations().places(prefix)).collect();
    let query = query.with_places(places);
    let found: Vec<i64> = page(STORY)
        .lines()
        .filter(|line| LineMatcher::matches(&query, line))
        .map(|line| line.timestamp.millis() - NOON)
        .collect();
    assert_eq!(found, [-300, -200, 0, 5, 20, 20, 25]);
}
