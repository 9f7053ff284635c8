//! Which functions there are, who looks at them, and what is asked about single ones.

use lambtop::demo::cloud::Settings as Account;
use lambtop::demo::faults::{Fault, Faults, Kind};
use lambtop::demo::fleet::{DEFAULT_SEED, Fleet};
use lambtop::model::{
    Event, FailureKind, Feed, FeedReport, FleetOrigin, FunctionKey, Identity, Known, Scope,
};
use lambtop::source::Settings;

use super::{Watching, key, mins, scope, secs};

fn names() -> Vec<String> {
    let mut names: Vec<String> =
        Fleet::new(DEFAULT_SEED).functions().iter().map(|spec| spec.name.to_owned()).collect();
    names.sort();
    names
}

fn listed(list: &lambtop::model::FunctionList) -> Vec<String> {
    let mut names: Vec<String> =
        list.functions.iter().map(|function| function.key.name.to_string()).collect();
    names.sort();
    names
}

#[tokio::test(start_paused = true)]
async fn who_is_looking_is_told_before_anything_of_that_account() {
    let mut watching = Watching::with(Faults::default());
    watching.until_listed().await;
    let named = |event: &Event| match event {
        Event::Identity(Identity { scope, .. })
        | Event::Account { scope, .. }
        | Event::RecentlyActive { scope, .. }
        | Event::Feed { scope, .. }
        | Event::Spend { scope, .. } => scope.account.is_some(),
        Event::Functions(list) => list.scope.account.is_some(),
        _ => true,
    };
    let first = watching.told.iter().map(|(_, event)| event).find(|event| named(event));
    let Some(Event::Identity(identity)) = first else { panic!("first came {first:?}") };
    assert_eq!(identity.scope, scope());
    assert!(identity.arn.as_deref().is_some_and(|arn| arn.contains("123456789012")));
}

#[tokio::test(start_paused = true)]
async fn every_page_of_the_fleet_is_read_and_the_first_rows_come_first() {
    let account = Account { idle_functions: 120, ..Account::default() };
    let mut watching = Watching::of(account, Settings::default());
    let list = watching.until_listed().await;
    assert_eq!(list.origin, FleetOrigin::ListFunctions);
    assert_eq!(list.functions.len(), names().len() + 120);
    let unfinished: Vec<usize> = watching
        .told
        .iter()
        .filter_map(|(_, event)| match event {
            Event::Functions(list) if !list.complete => Some(list.functions.len()),
            _ => None,
        })
        .collect();
    assert_eq!(unfinished[0], 50, "{unfinished:?}");
    assert!(watching.endpoint.calls().of("lambda:ListFunctions") <= 4);
}

#[tokio::test(start_paused = true)]
async fn a_pattern_narrows_the_fleet_and_what_is_asked_about_it() {
    let settings =
        Settings { functions: vec!["check*".to_owned(), "?art-*".to_owned()], ..Settings::default() };
    let mut watching = Watching::of(Account::default(), settings);
    let list = listed(&watching.until_listed().await);
    assert!(
        !list.is_empty() && list.iter().all(|name| name.starts_with("check") || &name[1..4] == "art"),
        "{list:?}"
    );
    watching.pass(mins(2)).await;
    let strange = watching.series.keys().find(|series| match &series.subject {
        lambtop::model::Subject::Function(key) => !list.iter().any(|name| *name == *key.name),
        lambtop::model::Subject::Account(_) => false,
    });
    assert_eq!(strange, None);
}

#[tokio::test(start_paused = true)]
async fn where_functions_may_not_be_listed_they_come_from_their_metrics() {
    let mut watching = Watching::with(Faults::only(Fault::new(Kind::AccessDenied, "lambda:ListFunctions")));
    let list = watching.until_listed().await;
    let FleetOrigin::ListMetrics { because } = &list.origin else { panic!("{:?}", list.origin) };
    assert_eq!(because.kind, FailureKind::AccessDenied { permission: "lambda:ListFunctions".into() });
    assert!(!list.functions.is_empty());
    assert!(listed(&list).iter().all(|name| names().contains(name)), "no version and no alias is a function");
    watching
        .until(secs(30), "the feed says what is missing", |_, event| {
            matches!(event, Event::Feed { feed: Feed::Functions, report: FeedReport::Degraded { failure }, .. } if failure == because)
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn where_metrics_may_not_be_listed_every_function_is_asked_for() {
    let mut watching = Watching::with(Faults::only(Fault::new(Kind::AccessDenied, "cloudwatch:ListMetrics")));
    let list = watching.until_listed().await;
    watching.pass(mins(1)).await;
    for function in &list.functions {
        let subject = lambtop::model::Subject::Function(function.key.clone());
        assert!(watching.series.keys().any(|series| series.subject == subject), "{}", function.key.name);
    }
}

#[tokio::test(start_paused = true)]
async fn without_sts_the_account_is_read_from_a_function() {
    let mut watching = Watching::with(Faults::only(Fault::new(Kind::AccessDenied, "sts:GetCallerIdentity")));
    watching.until_listed().await;
    let identity = watching.told.iter().find_map(|(_, event)| match event {
        Event::Identity(identity) => Some(identity.clone()),
        _ => None,
    });
    assert_eq!(identity, Some(Identity { scope: scope(), arn: None }));
    let said = watching.reports_of(Feed::Identity).into_iter().any(|(_, report)| {
        matches!(report, FeedReport::Degraded { failure } if failure.kind == FailureKind::AccessDenied { permission: "sts:GetCallerIdentity".into() })
    });
    assert!(said);
}

#[tokio::test(start_paused = true)]
async fn an_sts_that_never_answers_holds_nobody_up() {
    let slow = Fault::new(Kind::Slow(mins(10)), "sts:GetCallerIdentity");
    let mut watching = Watching::with(Faults::only(slow));
    watching
        .until(
            secs(8),
            "the account",
            |_, event| matches!(event, Event::Identity(identity) if identity.scope == scope()),
        )
        .await;
    watching.until_listed().await;
}

#[tokio::test(start_paused = true)]
async fn an_account_that_nothing_names_has_no_number() {
    let faults = Faults::only(Fault::new(Kind::AccessDenied, "sts:*"))
        .and(Fault::new(Kind::AccessDenied, "lambda:ListFunctions"));
    let mut watching = Watching::with(faults);
    let list = watching.until_listed().await;
    assert_eq!(list.scope, Scope::unnamed("eu-west-1"));
}

#[tokio::test(start_paused = true)]
async fn an_empty_account_has_a_whole_list_of_nothing() {
    let mut watching = Watching::of(Account { empty: true, ..Account::default() }, Settings::default());
    let list = watching.until_listed().await;
    assert!(list.functions.is_empty() && list.complete);
}

#[tokio::test(start_paused = true)]
async fn limits_and_activity_are_told() {
    let mut watching = Watching::with(Faults::default());
    watching.pass(secs(30)).await;
    assert!(watching.told.iter().any(|(_, event)| {
        matches!(event, Event::Account { concurrency_limit: Some(1_000), unreserved_limit: Some(_), .. })
    }));
    assert!(watching.told.iter().any(|(_, event)| matches!(event, Event::RecentlyActive { .. })));
}

#[tokio::test(start_paused = true)]
async fn the_fleet_is_listed_every_five_minutes() {
    let mut watching = Watching::of(Account { empty: true, ..Account::default() }, Settings::default());
    watching.pass(mins(31)).await;
    assert_eq!(watching.endpoint.calls().of("lambda:ListFunctions"), 7);
    assert_eq!(watching.endpoint.calls().of("lambda:GetAccountSettings"), 7);
    assert_eq!(watching.endpoint.calls().of("cloudwatch:ListMetrics"), 4);
}

#[tokio::test(start_paused = true)]
async fn details_are_asked_for_the_selected_and_visible_functions_at_two_calls_a_second() {
    let mut watching = Watching::with(Faults::default());
    let list = watching.until_listed().await;
    watching.pass(secs(10)).await;
    let visible: Vec<FunctionKey> =
        list.functions.iter().take(10).map(|function| function.key.clone()).collect();
    let selected = visible[7].clone();
    let before = watching.endpoint.calls().total();
    watching.look_at(|interest| {
        (interest.visible, interest.selected) = (visible.clone(), Some(selected.clone()));
    });
    let detailed = |watching: &Watching| {
        let details = watching.told.iter().filter_map(|(_, event)| match event {
            Event::Detail { key, detail } => Some((key.clone(), detail.clone())),
            _ => None,
        });
        details.collect::<Vec<_>>()
    };
    watching.pass(secs(10)).await;
    let calls = watching.endpoint.calls();
    let of_details: u64 = calls
        .by_action
        .iter()
        .filter(|(action, _)| {
            action.contains("GetFunction")
                || action.contains("ListAliases")
                || action.contains("ListTags")
                || action.contains("ListProvisioned")
        })
        .map(|(_, count)| count)
        .sum();
    assert!(
        (15..=21).contains(&of_details),
        "{of_details} calls in ten seconds of {}",
        calls.total() - before
    );
    assert_eq!(detailed(&watching)[0].0, selected, "the selected function comes first");

    watching.pass(secs(60)).await;
    for key in &visible {
        let (_, detail) = detailed(&watching).into_iter().rfind(|(of, _)| of == key).expect("a detail");
        assert!(matches!(detail.state, Known::Known { .. }), "{detail:?}");
        assert!(matches!(detail.concurrency, Known::Known { .. }), "{detail:?}");
        assert!(matches!(detail.aliases, Known::Known { .. }) && matches!(detail.tags, Known::Known { .. }));
    }
    let asked = watching.endpoint.calls().of("lambda:GetFunctionConfiguration");
    watching.pass(mins(10)).await;
    assert_eq!(
        watching.endpoint.calls().of("lambda:GetFunctionConfiguration"),
        asked,
        "kept for a quarter of an hour"
    );
    watching.pass(mins(6)).await;
    assert_eq!(watching.endpoint.calls().of("lambda:GetFunctionConfiguration"), asked * 2);
}

#[tokio::test(start_paused = true)]
async fn a_detail_that_is_denied_is_asked_once_and_named() {
    let mut watching = Watching::with(Faults::only(Fault::new(Kind::AccessDenied, "lambda:ListTags")));
    let _list = watching.until_listed().await;
    watching.look_at_rows(5);
    watching.pass(mins(2)).await;
    assert_eq!(watching.endpoint.calls().of("lambda:ListTags"), 1);
    let refused = watching.told.iter().filter(|(_, event)| {
        matches!(event, Event::Detail { detail, .. } if matches!(&detail.tags, Known::Refused(failure)
            if failure.kind == FailureKind::AccessDenied { permission: "lambda:ListTags".into() }))
    });
    assert!(refused.count() >= 5, "every function says why its tags are unknown");
    let said = watching.reports_of(Feed::Details).pop();
    assert!(matches!(said, Some((_, FeedReport::Degraded { .. }))), "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn the_metrics_of_the_selected_function_are_told() {
    let mut watching = Watching::with(Faults::default());
    watching.until_listed().await;
    watching.look_at(|interest| interest.selected = Some(key("checkout-api")));
    watching.until(secs(30), "its metrics", |_, event| {
        matches!(event, Event::MetricsOf { key: of, metrics } if *of == key("checkout-api") && metrics.len() >= 4)
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_retry_asks_at_once_and_is_answered() {
    let mut watching = Watching::with(Faults::default());
    watching.until_listed().await;
    watching.pass(secs(30)).await;
    let before = watching.endpoint.calls();
    watching.retry(1, None).await;
    let after = watching.endpoint.calls();
    for action in ["sts:GetCallerIdentity", "lambda:ListFunctions", "cloudwatch:GetMetricData"] {
        assert!(after.of(action) > before.of(action), "{action}");
    }
    watching.retry(2, Some(Feed::Functions)).await;
    assert_eq!(watching.endpoint.calls().of("sts:GetCallerIdentity"), after.of("sts:GetCallerIdentity"));
}

#[tokio::test(start_paused = true)]
async fn dropping_the_sources_ends_every_task() {
    let mut watching = Watching::with(Faults::default());
    watching.until_listed().await;
    let watching = tokio::time::timeout(secs(1), watching.end()).await.expect("the channel closes");
    let calls = watching.endpoint.calls();
    tokio::time::sleep(mins(30)).await;
    assert_eq!(watching.endpoint.calls(), calls, "nothing calls any more");
}

#[tokio::test(start_paused = true)]
async fn of_ten_thousand_functions_only_those_are_paid_for_that_run_or_are_seen() {
    let account = Account { idle_functions: 10_000, ..Account::default() };
    let mut watching = Watching::of(account, Settings::default());
    watching
        .until(
            secs(2),
            "the first page",
            |_, event| matches!(event, Event::Functions(list) if !list.complete),
        )
        .await;
    let list = watching.until_listed().await;
    assert_eq!(list.functions.len(), names().len() + 10_000);
    let idle = list.functions.iter().rev().map(|function| function.key.clone());
    let seen: Vec<FunctionKey> = idle.take(40).collect();
    watching.look_at(|interest| interest.visible = seen);
    watching.pass(mins(3)).await;
    let active = names().len() as u64;
    let paid = watching.endpoint.calls().billed_metrics;
    // Those that run once, what is on screen and the totals each minute.
    let most = active * 4 + (40 * 4 + 6) * 6;
    assert!((active * 3..=most).contains(&paid), "{paid} metrics, {most} at most");
}
