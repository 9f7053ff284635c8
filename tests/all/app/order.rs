//! What ranks where, and that nothing moves under the reader's eye.

use std::time::Duration;

use lambtop::model::{
    Concurrency, Detail, Event, FleetOrigin, Function, FunctionKey, FunctionList, FunctionState, Identity,
    Known, Metric, Period, Scope, Statistic,
};
use lambtop::store::Severity;

use super::stage::{Stage, key, minute, scope};

fn words(stage: &Stage) -> Vec<String> {
    stage.app.rows().iter().map(|row| row.trouble.words(stage.at, 0)).collect()
}

#[test]
fn the_sick_stand_first_and_words_say_why() {
    let mut stage = Stage::new();
    let slow = Function { timeout_s: Some(6), ..Function::named(key("image-resize")) };
    let names =
        ["auth-token", "checkout-api", "order-events", "payment-capture", "stock-sync", "report-nightly"];
    let mut functions: Vec<_> = names.iter().map(|name| Function::named(key(name))).collect();
    functions.push(slow);
    stage.list_of(functions);
    for name in
        ["auth-token", "checkout-api", "order-events", "payment-capture", "stock-sync", "image-resize"]
    {
        stage.healthy(name, 100.0);
    }
    stage.steady("payment-capture", Metric::Errors, 18.9);
    stage.steady("checkout-api", Metric::Errors, 3.2);
    stage.steady("order-events", Metric::Throttles, 118.0);
    stage.steady("stock-sync", Metric::IteratorAge, 252_000.0);
    stage.durations("image-resize", Statistic::P99, Period::secs(900), &[4_900.0, 4_900.0]);
    stage.tell(Event::RecentlyActive { scope: scope(), names: vec!["auth-token".into()] });
    assert_eq!(
        stage.names().into_iter().zip(words(&stage)).collect::<Vec<_>>(),
        [
            ("payment-capture", "errors 18.9 %".to_owned()),
            ("order-events", "throttled 118/min".to_owned()),
            ("stock-sync", "iterator 4m12s".to_owned()),
            ("checkout-api", "errors 3.2 %".to_owned()),
            ("image-resize", "p99 82% of timeout".to_owned()),
            ("auth-token", String::new()),
            ("report-nightly", "idle over 3h".to_owned()),
        ]
    );
    assert_eq!(stage.app.rows()[0].trouble.severity, Severity::Error);
    assert_eq!(stage.app.rows()[3].trouble.severity, Severity::Warn);
}

#[test]
fn running_into_the_timeout_is_worse_than_coming_near_it() {
    let mut stage = Stage::new();
    let function = |name: &str| Function { timeout_s: Some(6), ..Function::named(key(name)) };
    stage.list_of(vec![function("near"), function("some"), function("many")]);
    for (name, p99, max) in
        [("near", 2_000.0, 5_000.0), ("some", 2_000.0, 6_000.0), ("many", 6_000.0, 6_000.0)]
    {
        stage.healthy(name, 10.0);
        stage.durations(name, Statistic::P99, Period::secs(900), &[p99, p99]);
        stage.durations(name, Statistic::Maximum, Period::secs(900), &[max, max]);
    }
    assert_eq!(stage.names(), ["many", "some", "near"]);
    assert_eq!(words(&stage), ["timeouts at 6 s", "timeouts at 6 s", "max 83% of timeout"]);
    assert_eq!(stage.app.rows()[0].trouble.severity, Severity::Timeout);
    assert_eq!(stage.app.rows()[1].trouble.severity, Severity::Warn);
}

#[test]
fn reserved_concurrency_that_is_used_up_explains_the_throttles() {
    let mut stage = Stage::with(&["order-events", "broken"]);
    stage.healthy("order-events", 10.0);
    stage.healthy("broken", 10.0);
    stage.steady("order-events", Metric::Throttles, 50.0);
    stage.steady("order-events", Metric::ConcurrentExecutions, 10.0);
    let concurrency = Concurrency { reserved: Some(10), provisioned: Vec::new() };
    let concurrency = Known::Known { value: concurrency, at: stage.at };
    stage.tell(Event::Detail {
        key: key("order-events"),
        detail: Detail { concurrency, ..Detail::default() },
    });
    let failed = FunctionState { state: "Failed".into(), reason: None, last_update: None };
    let failed = Known::Known { value: failed, at: stage.at };
    stage.tell(Event::Detail { key: key("broken"), detail: Detail { state: failed, ..Detail::default() } });
    assert_eq!(words(&stage), ["state Failed", "reserved 10 full"]);
}

#[test]
fn errors_that_began_with_a_change_name_its_time() {
    let mut stage = Stage::new();
    let changed = minute(29) + Duration::from_secs(11);
    stage.list_of(vec![Function { last_modified: Some(changed), ..Function::named(key("payment-capture")) }]);
    stage.healthy("payment-capture", 100.0);
    let mut errors = [0.0; 60];
    errors[30..].fill(20.0);
    stage.minutes("payment-capture", Metric::Errors, &errors);
    assert_eq!(words(&stage), ["errors since 14:02"]);
    assert_eq!(stage.app.rows()[0].trouble.words(stage.at, 3600), "errors since 15:02");
}

#[test]
fn one_bad_minute_changes_no_rank_and_five_quiet_ones_end_it() {
    let mut stage = Stage::with(&["aaa", "flaky"]);
    stage.press("W").wait(1);
    stage.press(":window 1m<Enter>");
    stage.healthy("aaa", 10.0);
    stage.healthy("flaky", 10.0);
    let severity = |stage: &Stage| {
        stage.app.rows().iter().find(|row| &*row.key.name == "flaky").unwrap().trouble.severity
    };
    let mut errors = [0.0; 60];
    errors[57] = 10.0;
    stage.minutes("flaky", Metric::Errors, &errors);
    assert_eq!(severity(&stage), Severity::Ok, "one settled minute");
    errors[56] = 10.0;
    stage.minutes("flaky", Metric::Errors, &errors);
    assert_eq!(severity(&stage), Severity::Error, "two in a row");
    errors[54..58].copy_from_slice(&[10.0, 10.0, 0.0, 0.0]);
    stage.minutes("flaky", Metric::Errors, &errors);
    assert_eq!(severity(&stage), Severity::Error, "two quiet minutes");
    assert!(
        words(&stage).contains(&"errors, easing".to_owned()),
        "no number that is not so any more: {:?}",
        words(&stage)
    );
    errors[51..58].copy_from_slice(&[10.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    stage.minutes("flaky", Metric::Errors, &errors);
    assert_eq!(severity(&stage), Severity::Ok, "five quiet minutes");
}

#[test]
fn unfinished_minutes_raise_no_alarm() {
    let mut stage = Stage::with(&["flaky"]);
    stage.healthy("flaky", 10.0);
    let mut errors = [0.0; 60];
    errors[58..].fill(10.0);
    stage.minutes("flaky", Metric::Errors, &errors);
    assert_eq!(stage.app.rows()[0].trouble.severity, Severity::Ok);
}

#[test]
fn the_row_under_the_cursor_keeps_its_line_while_the_rest_moves() {
    let names: Vec<_> = (0..60).map(|index| format!("function-{index:02}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut stage = Stage::with(&names);
    for name in &names {
        stage.healthy(name, 10.0);
    }
    stage.press(&"j".repeat(30));
    let line = stage.line();
    assert_eq!(stage.selected(), "function-30");
    for name in &names[40..] {
        stage.steady(name, Metric::Errors, 5.0);
    }
    assert_eq!(stage.names()[0], "function-00", "nothing moves right after a key");
    stage.wait(4);
    assert_eq!(stage.names()[0], "function-00");
    stage.wait(10);
    assert_eq!(stage.names()[0], "function-40");
    assert_eq!((stage.selected(), stage.line()), ("function-30", line));
}

#[test]
fn until_the_first_key_the_cursor_is_on_the_first_row() {
    let mut stage = Stage::with(&["aaa", "zzz"]);
    assert_eq!(stage.selected(), "aaa");
    stage.healthy("aaa", 10.0);
    stage.healthy("zzz", 10.0);
    stage.steady("zzz", Metric::Errors, 5.0);
    assert_eq!((stage.selected(), stage.line()), ("zzz", 0));
}

#[test]
fn rows_are_sorted_again_at_most_every_ten_seconds() {
    let mut stage = Stage::with(&["aaa", "zzz"]);
    stage.healthy("aaa", 10.0);
    stage.healthy("zzz", 10.0);
    stage.wait(20);
    stage.steady("zzz", Metric::Errors, 5.0);
    assert_eq!(stage.names(), ["zzz", "aaa"]);
    stage.steady("aaa", Metric::Errors, 9.0);
    stage.wait(9);
    assert_eq!(stage.names(), ["zzz", "aaa"]);
    stage.wait(1);
    assert_eq!(stage.names(), ["aaa", "zzz"]);
}

#[test]
fn unknown_numbers_stand_last_whichever_way_one_sorts() {
    let mut stage = Stage::with(&["known", "more", "unknown"]);
    stage.healthy("known", 1.0);
    stage.healthy("more", 2.0);
    stage.press(":sort by invocations<Enter>");
    assert_eq!(stage.names(), ["more", "known", "unknown"]);
    stage.press("I");
    assert_eq!(stage.names(), ["known", "more", "unknown"]);
}

#[test]
fn the_same_name_in_two_scopes_is_two_rows() {
    let mut stage = Stage::with(&["cart-api"]);
    let other = Scope::new("123456789012", "us-east-1");
    let functions = vec![Function::named(FunctionKey::new(&other, "cart-api"))];
    let list =
        FunctionList { scope: other.clone(), functions, origin: FleetOrigin::ListFunctions, complete: true };
    stage.tell(Event::Functions(list));
    assert_eq!(stage.names(), ["cart-api", "cart-api"]);
    stage.healthy("cart-api", 15.0);
    let numbers: Vec<_> = stage.app.rows().iter().map(|row| row.figures.invocations).collect();
    assert!(numbers.contains(&Some(225.0)) && numbers.contains(&None));
    stage.press("gj<Enter>");
    assert_eq!(stage.app.selected().unwrap().scope, other);
}

#[test]
fn a_deleted_function_goes_and_one_made_again_has_no_past() {
    let mut stage = Stage::with(&["cart-api", "old-thing"]);
    stage.healthy("old-thing", 10.0);
    stage.press("G");
    stage.list(&["cart-api"]);
    assert_eq!((stage.names(), stage.selected()), (vec!["cart-api"], "cart-api"));
    stage.list(&["cart-api", "old-thing"]);
    let record = stage.app.store().function(&key("old-thing")).unwrap();
    assert_eq!(record.epoch, 1);
    assert!(stage.app.rows().iter().all(|row| row.figures.invocations.is_none()));
}

#[test]
fn what_was_learnt_before_the_account_was_known_belongs_to_it() {
    let mut stage = Stage::new();
    let unnamed = Scope::unnamed("eu-west-1");
    let functions = vec![Function::named(FunctionKey::new(&unnamed, "cart-api"))];
    let list = FunctionList { scope: unnamed, functions, origin: FleetOrigin::ListFunctions, complete: true };
    stage.tell(Event::Functions(list));
    stage.tell(Event::Identity(Identity { scope: scope(), arn: None }));
    assert_eq!(stage.app.rows().len(), 1);
    assert_eq!(stage.app.rows()[0].key, key("cart-api"));
}

#[test]
fn a_new_order_is_seen_from_its_top_but_new_numbers_leave_the_cursor_alone() {
    let names: Vec<_> = (0..60).map(|index| format!("function-{index:02}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    for keys in ["<", "I", "s", ":sort by throttles<Enter>"] {
        let mut stage = Stage::with(&names);
        stage.press("G").press(keys);
        assert_eq!((stage.app.cursor(), stage.app.first_row()), (Some(0), 0), "{keys}");
    }
    let mut stage = Stage::with(&names);
    stage.press("<").press("G");
    let before = stage.selected().to_owned();
    stage.healthy("function-03", 10.0);
    stage.wait(20);
    assert_eq!(stage.selected(), before);
}
