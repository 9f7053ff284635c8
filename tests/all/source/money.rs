//! What watching costs: as AWS would bill it, and never more than the cap.

use std::collections::BTreeSet;

use lambtop::demo::cloud::Settings as Account;
use lambtop::demo::faults::Faults;
use lambtop::model::{ChartWant, Event, Period, Spend, TimeRange};
use lambtop::source::Settings;
use lambtop::source::aws::OPERATIONS;

use super::{START, Watching, mins};

fn bill(watching: &Watching) -> Spend {
    let bill = watching.told.iter().rev().find_map(|(_, event)| match event {
        Event::Spend { spend, .. } => Some(*spend),
        _ => None,
    });
    bill.expect("a bill was told")
}

/// Someone looks at twenty rows and at the charts of one function.
async fn watched(settings: Settings, time: std::time::Duration) -> Watching {
    let mut watching = Watching::of(Account::default(), settings);
    let list = watching.until_listed().await;
    let keys: Vec<_> = list.functions.iter().map(|function| function.key.clone()).collect();
    watching.look_at(|interest| {
        interest.visible = keys.iter().take(20).cloned().collect();
        interest.selected = Some(keys[0].clone());
        let range = TimeRange::last(mins(60), START).aligned(Period::MINUTE);
        interest.charts =
            Some(ChartWant { key: keys[0].clone(), range, period: Period::MINUTE, further: Vec::new() });
    });
    watching.pass(time).await;
    watching
}

#[tokio::test(start_paused = true)]
async fn the_bill_of_an_hour_is_what_aws_would_bill() {
    let watching = watched(Settings::default(), mins(60)).await;
    let spend = bill(&watching);
    assert_eq!(spend.metrics, watching.endpoint.calls().billed_metrics);
    assert!((spend.dollars - spend.metrics as f64 * 0.000_01).abs() < 1e-9);
    // Twenty rows of four each minute, twenty others every ten minutes, six totals; the chart shares what its row asks.
    assert!((5_000..7_000).contains(&spend.metrics), "{}", spend.metrics);
    assert!((spend.per_hour - spend.dollars).abs() < 0.005, "{spend:?}");
}

#[tokio::test(start_paused = true)]
async fn a_cap_holds_and_is_told() {
    let cap = 0.02;
    let watching = watched(Settings { spend_cap: Some(cap), ..Settings::default() }, mins(60)).await;
    let spend = bill(&watching);
    assert!(spend.dollars <= cap && spend.dollars > cap / 2.0, "{spend:?}");
    assert_eq!(spend.slowed_by_cap, Some(cap));
    assert!(watching.endpoint.calls().billed_metrics as f64 * 0.000_01 <= cap);
}

#[tokio::test(start_paused = true)]
async fn only_operations_of_the_policy_are_called_and_all_of_them_are_but_those_of_what_nobody_looks_at() {
    let watching = watched(Settings::default(), mins(5)).await;
    let called: BTreeSet<String> = watching.endpoint.calls().by_action.keys().cloned().collect();
    let looked_at = OPERATIONS.iter().filter(|operation| !matches!(operation.service, "logs" | "xray"));
    let allowed: BTreeSet<String> = looked_at.map(|operation| operation.action.to_owned()).collect();
    assert_eq!(called, allowed);
}

#[tokio::test(start_paused = true)]
async fn an_idle_watcher_with_nobody_there_asks_rarely() {
    let mut watching = Watching::with(Faults::default());
    let list = watching.until_listed().await;
    watching.look_at(|interest| {
        interest.visible = list.functions.iter().map(|function| function.key.clone()).collect();
        interest.attention = lambtop::model::Attention::Away;
    });
    watching.pass(mins(5)).await;
    let before = bill(&watching).metrics;
    watching.pass(mins(30)).await;
    let rows = list.functions.len() as u64;
    let spent = bill(&watching).metrics - before;
    let half_an_hour = rows * 4 * 6 + 6 * 30;
    assert!(
        (half_an_hour - rows * 8..=half_an_hour + rows * 8).contains(&spent),
        "{spent} metrics for {rows} rows"
    );
}
