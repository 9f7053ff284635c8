//! What the rest of the demo, and whoever watches it, relies on.

use std::collections::{HashMap, HashSet};

use super::*;

const HOUR: i64 = 60;

/// 2026-03-01T14:31:16Z, in minutes: the moment of the pictures.
const NOW: i64 = 1_772_375_476_000 / MINUTE_MS;

fn fleet() -> Fleet {
    Fleet::new(DEFAULT_SEED)
}

fn named(fleet: &Fleet, name: &str) -> usize {
    fleet.find(name).unwrap_or_else(|| panic!("no function {name}"))
}

fn list(fleet: &Fleet, name: &str, minutes: std::ops::Range<i64>) -> Vec<Invocation> {
    let function = named(fleet, name);
    minutes.flat_map(|minute| fleet.invocations(function, minute)).collect()
}

fn stat(fleet: &Fleet, name: &str, metric: &str, minutes: std::ops::Range<i64>) -> Samples {
    fleet.samples(named(fleet, name), metric, minutes).unwrap_or_default()
}

#[test]
fn the_shop_has_about_forty_functions_with_names_in_kebab_case() {
    let fleet = fleet();
    let names: HashSet<&str> = fleet.functions().iter().map(|spec| spec.name).collect();
    assert!((38..=45).contains(&names.len()) && names.len() == fleet.functions().len());
    for spec in fleet.functions() {
        assert!(spec.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", spec.name);
        assert!(!spec.description.is_empty() && spec.load.memory_mb < spec.memory_mb, "{}", spec.name);
        let shares: u32 = spec.steps.iter().map(|step| u32::from(step.share)).sum();
        assert!(shares < 95, "{} has no time for itself", spec.name);
    }
    for trouble in Trouble::ALL {
        assert!(names.contains(trouble.function()), "{trouble:?}");
    }
}

#[test]
fn the_same_question_has_the_same_answer_in_any_order_and_of_any_fleet_of_the_seed() {
    let (one, other) = (fleet(), fleet());
    let questions: Vec<(usize, i64)> = (0..one.functions().len())
        .step_by(3)
        .flat_map(|f| [(f, NOW), (f, NOW - 29), (f, NOW - 200)])
        .collect();
    let answers: Vec<_> = questions.iter().map(|&(f, minute)| one.invocations(f, minute)).collect();
    for (index, &(function, minute)) in questions.iter().enumerate().rev() {
        assert_eq!(other.minute(function, minute), one.minute(function, minute));
        assert_eq!(other.invocations(function, minute), answers[index], "{function} at {minute}");
    }
    assert_ne!(Fleet::new(8).invocations(0, NOW), one.invocations(0, NOW), "another seed, another shop");
}

#[test]
fn history_is_there_from_the_beginning_of_time() {
    let fleet = fleet();
    let catalog = named(&fleet, "catalog-read");
    for minute in [-1_000_000, 0, NOW + 5_000_000] {
        assert!(fleet.minute(catalog, minute).invocations > 100, "{minute}");
    }
}

#[test]
fn metrics_agree_with_the_list_of_requests_to_the_unit() {
    let fleet = fleet();
    // The minute of the bad deploy belongs to two pools.
    for (function, spec) in fleet.functions().iter().enumerate() {
        for minute in [NOW - 29, NOW - 28, NOW - 3] {
            let all = fleet.invocations(function, minute);
            let ran: Vec<&Invocation> = all.iter().filter(|i| i.outcome != Outcome::Throttled).collect();
            let count = |is: &dyn Fn(&Invocation) -> bool| all.iter().filter(|i| is(i)).count() as f64;
            let sum = |metric: &str| {
                fleet.samples(function, metric, minute..minute + 1).map_or(0.0, |samples| samples.sum())
            };
            let close = |metric: &str, value: f64| {
                assert!((sum(metric) - value).abs() < 0.01, "{} {metric} {minute}: {value}", spec.name);
            };
            close("Invocations", ran.len() as f64);
            close("Errors", count(&|i| i.outcome.is_error()));
            close("Throttles", count(&|i| i.outcome == Outcome::Throttled));
            close("Duration", ran.iter().map(|i| i.duration_ms).sum());
            close("IteratorAge", ran.iter().filter_map(|i| i.iterator_age_ms).sum());
            close("OffsetLag", ran.iter().filter_map(|i| i.offset_lag).map(f64::from).sum());
            close("PostRuntimeExtensionsDuration", ran.iter().filter_map(|i| i.extension_ms).sum());
            close("AsyncEventAge", ran.iter().filter_map(|i| i.event_age_ms).sum());
            close("DeadLetterErrors", count(&|i| i.dead_letter_failed));
            if spec.source == EventSource::Url {
                close("UrlRequestCount", all.len() as f64);
                close("Url5xxCount", count(&|i| i.http_status >= Some(500)));
            }
            if spec.provisioned.is_some() {
                let ready = |i: &Invocation| {
                    i.environment.as_ref().is_some_and(|e| e.start == EnvironmentStart::Provisioned)
                };
                close("ProvisionedConcurrencyInvocations", count(&ready));
                close("ProvisionedConcurrencySpilloverInvocations", count(&|i| !ready(i)));
            }
            let cold = fleet.minute(function, minute).cold_starts;
            assert_eq!(cold as usize, all.iter().filter(|i| i.cold).count());
            assert!(all.is_sorted_by_key(|i| i.start_ms), "{}", spec.name);
        }
    }
}

#[test]
fn the_account_is_the_sum_of_its_functions() {
    let fleet = fleet();
    let all = 0..fleet.functions().len();
    let of_account = |metric: &str| fleet.account_samples(metric, NOW..NOW + 1).unwrap_or_default();
    for metric in ["Invocations", "Errors", "Throttles", "Duration"] {
        let sum: f64 = all
            .clone()
            .filter_map(|f| fleet.samples(f, metric, NOW..NOW + 1))
            .map(|samples| samples.sum())
            .sum();
        assert!((of_account(metric).sum() - sum).abs() < 0.01, "{metric}");
    }
    let highest: Vec<f64> =
        all.filter_map(|f| fleet.samples(f, "ConcurrentExecutions", NOW..NOW + 1)).map(|s| s.max()).collect();
    let account = of_account("ConcurrentExecutions").max();
    assert!(account <= highest.iter().sum() && account >= highest.iter().copied().fold(0.0, f64::max));
    assert!(of_account("UnreservedConcurrentExecutions").max() < account);
    let claimed = of_account("ClaimedAccountConcurrency").max();
    assert!(claimed > 50.0 && claimed < f64::from(fleet.account_concurrency_limit()), "{claimed}");
}

#[test]
fn an_environment_serves_one_request_at_a_time_and_starts_before_its_first() {
    let fleet = fleet();
    // But on managed instances, where it serves several.
    for spec in fleet.functions().iter().filter(|spec| !spec.managed) {
        let mut free_at: HashMap<String, f64> = HashMap::new();
        for invocation in list(&fleet, spec.name, NOW - 45..NOW - 5) {
            let Some(environment) = &invocation.environment else { continue };
            assert!(environment.started_ms <= invocation.start_ms);
            let end = invocation.end_ms();
            let first = !free_at.contains_key(&environment.id);
            assert_eq!(
                invocation.cold,
                first && environment.start == EnvironmentStart::OnDemand && invocation.init_ms.is_some(),
                "{}: only a first request is cold",
                spec.name
            );
            let free = free_at.insert(environment.id.clone(), end).unwrap_or(0.0);
            assert!(free <= invocation.start_ms as f64 + 0.001, "{} busy until {free}", spec.name);
        }
    }
}

#[test]
fn reserved_concurrency_is_never_exceeded_and_full_when_requests_are_throttled() {
    let fleet = fleet();
    for spec in fleet.functions().iter().filter(|spec| spec.reserved.is_some()) {
        let reserved = spec.reserved.unwrap_or(0) as usize;
        let mut ends: Vec<f64> = Vec::new();
        for invocation in list(&fleet, spec.name, NOW - 40..NOW) {
            ends.retain(|end| *end > invocation.start_ms as f64);
            if invocation.outcome == Outcome::Throttled {
                assert_eq!(ends.len(), reserved, "{} throttled with room left", spec.name);
            } else {
                ends.push(invocation.end_ms());
            }
            assert!(ends.len() <= reserved, "{}", spec.name);
        }
    }
}

#[test]
fn a_throttled_request_never_reached_an_environment() {
    let fleet = fleet();
    let all = list(&fleet, "order-events", NOW - 10..NOW);
    let throttled: Vec<_> = all.iter().filter(|i| i.outcome == Outcome::Throttled).collect();
    assert!(throttled.len() > 100);
    for invocation in throttled {
        assert!(invocation.duration_ms == 0.0 && invocation.billed_ms == 0 && !invocation.cold);
        assert!(invocation.environment.is_none() && invocation.init_ms.is_none());
        assert!(invocation.trace.is_none() && invocation.downstream.is_empty());
    }
}

#[test]
fn an_asynchronous_request_that_was_throttled_is_tried_again_after_a_second_then_after_two() {
    let fleet = fleet();
    let all = list(&fleet, "order-events", NOW - 10..NOW);
    let throttled: HashSet<i64> =
        all.iter().filter(|i| i.outcome == Outcome::Throttled).map(|i| i.start_ms).collect();
    let retried: Vec<_> =
        all.iter().filter(|i| i.environment.is_some() && !i.refused_ms.is_empty()).collect();
    assert!(retried.len() > 50, "{} of {}", retried.len(), throttled.len());
    for invocation in &retried {
        let tries: Vec<i64> = invocation.refused_ms.iter().copied().chain([invocation.start_ms]).collect();
        for (nth, pair) in tries.windows(2).enumerate() {
            assert!(pair[1] - pair[0] >= 1_000 << nth, "{tries:?}");
        }
        let from = (NOW - 9) * MINUTE_MS;
        assert!(
            invocation.refused_ms.iter().all(|at| *at < from || throttled.contains(at)),
            "each is counted"
        );
        let waited = invocation.start_ms - invocation.refused_ms[0];
        assert!(invocation.event_age_ms.is_some_and(|age| age >= waited as f64), "{invocation:?}");
    }
    assert!(retried.iter().any(|invocation| invocation.refused_ms.len() > 1), "some more than once");
}

#[test]
fn request_ids_are_unique_over_a_day_and_over_the_fleet() {
    let fleet = fleet();
    let mut seen = HashSet::new();
    for invocation in list(&fleet, "shipping-label", NOW - 24 * HOUR..NOW) {
        assert!(seen.insert(invocation.request_id));
    }
    for spec in fleet.functions() {
        for invocation in list(&fleet, spec.name, NOW..NOW + 2) {
            assert!(invocation.request_id.len() == 36);
            let fresh = seen.insert(invocation.request_id);
            assert!(fresh || spec.name == "shipping-label", "{}", spec.name);
        }
    }
}

#[test]
fn xray_samples_the_first_request_each_second_and_about_a_twentieth_of_the_rest() {
    let fleet = fleet();
    let (mut rest, mut kept, mut second) = (0, 0, 0);
    for invocation in list(&fleet, "catalog-read", NOW - 12..NOW) {
        let sampled = invocation.trace.is_some_and(|trace| trace.sampled);
        if invocation.start_ms / 1_000 == second {
            rest += 1;
            kept += i32::from(sampled);
        } else {
            assert!(sampled, "the first request of a second");
            second = invocation.start_ms / 1_000;
        }
    }
    let share = f64::from(kept) / f64::from(rest);
    assert!(rest > 3_000 && (0.04..0.06).contains(&share), "{kept} of {rest}");
    assert!(list(&fleet, "cart-api", NOW..NOW + 1).iter().all(|i| i.trace.is_some()));
    assert!(list(&fleet, "auth-token", NOW..NOW + 1).iter().all(|i| i.trace.is_none()), "tracing is off");
}

#[test]
fn every_payment_is_a_call_of_a_checkout_and_shares_its_trace() {
    let fleet = fleet();
    let checkouts = list(&fleet, "checkout-api", NOW - 9..NOW);
    let by_id: HashMap<&str, &Invocation> = checkouts.iter().map(|i| (i.request_id.as_str(), i)).collect();
    let payments = list(&fleet, "payment-capture", NOW - 8..NOW);
    assert!(payments.len() > 500);
    for payment in &payments {
        let caller = payment.caller.as_ref().expect("every payment has a caller");
        assert_eq!(caller.function, named(&fleet, "checkout-api"));
        let checkout = by_id[caller.request_id.as_str()];
        let call = checkout.downstream.iter().find(|call| call.service == Service::Lambda).expect("its call");
        assert_eq!(call.request_id.as_deref(), Some(payment.request_id.as_str()));
        assert!(payment.start_ms >= checkout.start_ms && payment.end_ms() <= checkout.end_ms() + 0.01);
        if let (Some(trace), Some(root)) = (&payment.trace, &checkout.trace) {
            assert_eq!((&trace.trace_id, trace.sampled), (&root.trace_id, root.sampled));
        }
        assert!(checkout.outcome != Outcome::Ok || call.status != Some(429) || call.throttled);
    }
}

#[test]
fn calls_lie_within_their_request_one_after_the_other() {
    let fleet = fleet();
    for spec in fleet.functions() {
        for invocation in list(&fleet, spec.name, NOW - 2..NOW + 1) {
            let mut at = 0.0;
            for call in &invocation.downstream {
                assert!(call.offset_ms >= at + call.backoff_ms - 0.02, "{}: {invocation:#?}", spec.name);
                at = call.offset_ms + call.duration_ms;
            }
            assert!(at <= invocation.duration_ms + 0.02, "{}: {invocation:#?}", spec.name);
            assert!(invocation.duration_ms <= f64::from(spec.timeout_s) * 1_000.0);
        }
    }
}

#[test]
fn the_ledger_is_tried_four_times_before_a_payment_fails() {
    let fleet = fleet();
    let failed: Vec<Invocation> = list(&fleet, "payment-capture", NOW - 4..NOW)
        .into_iter()
        .filter(|i| matches!(&i.outcome, Outcome::Unhandled { error_type, .. } if error_type.starts_with("Provisioned")))
        .collect();
    assert!(failed.len() > 50);
    for payment in failed {
        let puts: Vec<&Call> =
            payment.downstream.iter().filter(|call| call.name == "payment-ledger").collect();
        assert_eq!(puts.iter().map(|call| call.attempt).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert!(puts.iter().all(|call| call.throttled && call.status == Some(400)));
        assert!(puts[3].backoff_ms > 1.5 * puts[2].backoff_ms && puts[0].backoff_ms == 0.0);
        assert_eq!(payment.version, "88");
    }
}

#[test]
fn the_moment_of_the_pictures_shows_the_incident() {
    let fleet = fleet();
    let quarter = NOW - 16..NOW - 1;
    let rate = |name: &str, minutes: std::ops::Range<i64>| {
        100.0 * stat(&fleet, name, "Errors", minutes.clone()).average()
    };
    let mut payment = stat(&fleet, "payment-capture", "Duration", quarter.clone());
    assert!((17.0..21.0).contains(&rate("payment-capture", quarter.clone())));
    assert!((580.0..740.0).contains(&payment.percentile(50.0)), "{}", payment.percentile(50.0));
    assert!((4_300.0..5_400.0).contains(&payment.percentile(99.0)), "{}", payment.percentile(99.0));
    assert!((payment.max() - 6_000.0).abs() < 0.01, "some payments time out");
    let mut before = stat(&fleet, "payment-capture", "Duration", NOW - 60..NOW - 30);
    assert!((165.0..190.0).contains(&before.percentile(50.0)) && before.percentile(99.0) < 700.0);
    assert!(rate("payment-capture", NOW - 60..NOW - 30) < 0.6);
    let live = fleet.deploy(named(&fleet, "payment-capture"), NOW * MINUTE_MS);
    assert_eq!((live.version, live.at_ms), (88, 1_772_373_731_000), "v88 since 14:02:11");

    assert!((2.0..4.5).contains(&rate("checkout-api", quarter.clone())));
    let checkout = list(&fleet, "checkout-api", quarter.clone());
    let cold = checkout.iter().filter(|i| i.cold).count() as f64 / checkout.len() as f64;
    assert!((0.03..0.08).contains(&cold), "{cold}");

    let throttles = |minutes| stat(&fleet, "order-events", "Throttles", minutes).sum();
    assert!(
        throttles(quarter.clone()) > 900.0 && throttles(NOW - 60..NOW - 23) == 0.0,
        "throttled since 14:08"
    );
    let most = stat(&fleet, "order-events", "ConcurrentExecutions", quarter.clone()).max();
    assert_eq!(most as u32, 10, "its reserved concurrency is full");

    let pictures = list(&fleet, "image-resize", quarter.clone());
    assert!(pictures.iter().any(|i| i.memory_used_mb * 100 >= 97 * 1_769));
    assert!(pictures.iter().any(|i| i.outcome == Outcome::OutOfMemory && i.memory_used_mb == 1_769));

    let age = stat(&fleet, "stock-sync", "IteratorAge", NOW - 2..NOW - 1).max();
    let earlier = stat(&fleet, "stock-sync", "IteratorAge", NOW - 12..NOW - 11).max();
    assert!((200_000.0..270_000.0).contains(&age) && earlier < age - 90_000.0, "{earlier} to {age}");

    let nightly = named(&fleet, "report-nightly");
    assert!(fleet.samples(nightly, "Duration", NOW - 11 * HOUR..NOW).is_none(), "idle for half a day");
    assert!(fleet.samples(nightly, "Duration", NOW - 13 * HOUR..NOW).is_some(), "but it ran at night");
    assert!(fleet.samples(named(&fleet, "voucher-migrate"), "Invocations", NOW - 48 * HOUR..NOW).is_none());
}

/// Whether a person would see trouble in a function's numbers of the last ten minutes.
fn looks_bad(fleet: &Fleet, name: &str, minute: i64) -> bool {
    let window = minute - 10..minute;
    let sum = |metric: &str| stat(fleet, name, metric, window.clone()).sum();
    let errors = stat(fleet, name, "Errors", window.clone());
    let cold: u32 = window.clone().map(|m| fleet.minute(named(fleet, name), m).cold_starts).sum();
    (errors.sum() >= 3.0 && errors.average() >= 0.02)
        || sum("Throttles") >= 10.0
        || stat(fleet, name, "IteratorAge", window.clone()).max() > 60_000.0
        || sum("ProvisionedConcurrencySpilloverInvocations") >= 5.0
        || f64::from(cold) >= 0.02 * errors.count().max(1) as f64
        || (name == "image-resize"
            && list(fleet, name, window).iter().any(|i| i.memory_used_mb * 100 >= 90 * 1_769))
}

#[test]
fn whenever_one_looks_at_least_three_functions_are_in_trouble() {
    let fleet = fleet();
    // Hours all over the week, by day and by night, at every part of the rota.
    for hour in (0..7 * 24).step_by(11) {
        let minute = NOW + hour * HOUR;
        let bad: Vec<&str> = Trouble::ALL
            .iter()
            .map(|trouble| trouble.function())
            .filter(|name| looks_bad(&fleet, name, minute))
            .collect();
        assert!(bad.len() >= 3, "hour {hour}: {bad:?}");
    }
}

#[test]
fn the_fleet_stays_under_its_cap_and_has_a_rhythm() {
    let fleet = fleet();
    let mut arrivals = Vec::new();
    let (mut least, mut most) = (usize::MAX, 0);
    for minute in (NOW..NOW + 7 * 24 * HOUR).step_by(67) {
        let mut total = 0;
        for profile in &fleet.profiles {
            load::arrivals(profile, minute, &mut arrivals);
            total += arrivals.len();
        }
        least = least.min(total);
        most = most.max(total);
    }
    assert!(most <= MOST_PER_MINUTE && most > 4_000, "{most}");
    assert!((800..2_400).contains(&least), "{least}");
}

#[test]
fn a_deploy_starts_every_environment_anew() {
    let fleet = fleet();
    let minute = NOW - 29;
    let old: HashSet<_> = list(&fleet, "payment-capture", minute - 5..minute)
        .into_iter()
        .filter_map(|i| i.environment)
        .collect();
    let after = list(&fleet, "payment-capture", minute + 1..minute + 5);
    assert!(after.iter().all(|i| i.version == "88"));
    assert!(after.iter().filter_map(|i| i.environment.as_ref()).all(|e| !old.contains(e)));
    let cold = list(&fleet, "payment-capture", minute..minute + 1).iter().filter(|i| i.cold).count();
    assert!(cold >= 2, "{cold}");
}

#[test]
fn a_function_that_does_not_exist_has_nothing() {
    let fleet = fleet();
    assert!(fleet.invocations(999, NOW).is_empty() && fleet.samples(999, "Errors", NOW..NOW + 1).is_none());
    assert!(fleet.metrics_of(999).is_empty() && fleet.deploy(999, 0) == Deploy::default());
    assert!(fleet.samples(0, "NoSuchMetric", NOW..NOW + 1).is_none());
    assert!(fleet.account_samples("IteratorAge", NOW..NOW + 1).is_none());
}
