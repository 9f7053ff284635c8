//! What rounds cost, and what is left out where that is too much.

use super::*;

#[test]
fn the_statistics_of_a_metric_share_a_call_and_are_billed_once() {
    let mut trial = Trial::of(1, 1);
    trial.round(NOW);
    let duration = |(_, batch): &(Timestamp, Batch)| {
        batch
            .lines
            .iter()
            .filter(|l| l.metric == Metric::Duration && l.subject == Subject::Function(key(0)))
            .count()
    };
    assert_eq!(trial.batches.iter().map(duration).sum::<usize>(), 1);
    let line =
        Line { subject: Subject::Function(key(0)), metric: Metric::Duration, period: Period::secs(900) };
    let statistics: Vec<Statistic> = line.keys().map(|key: SeriesKey| key.statistic).collect();
    assert_eq!(statistics.len(), 5);
}

#[test]
fn an_hour_of_a_thousand_functions_costs_about_thirty_five_cents() {
    let mut trial = Trial::of(1_000, 40);
    trial.interest.charts = Some(ChartWant {
        key: key(0),
        range: TimeRange::last(secs(3600), NOW).aligned(Period::MINUTE),
        period: Period::MINUTE,
        further: Vec::new(),
    });
    trial.run(NOW, secs(600));
    let started = trial.metrics();
    trial.run(NOW + secs(600), secs(3600));
    let dollars = (trial.metrics() - started) as f64 * DOLLARS_PER_METRIC;
    assert!((0.32..0.36).contains(&dollars), "an hour costs ${dollars:.3}");
}

#[test]
fn with_nobody_there_visible_rows_are_asked_every_five_minutes() {
    let mut trial = Trial::of(10, 10);
    trial.interest.attention = Attention::Away;
    trial.run(NOW, secs(3600));
    let asked = trial.asked(&counts(0)).len();
    assert!((12..=13).contains(&asked), "{asked} times in an hour");
}

#[test]
fn a_cap_stretches_visible_rows_first_and_then_the_triage() {
    let paces: Vec<(u64, u64)> = [50_000.0, 30_000.0, 15_000.0, 4_000.0, 1.0]
        .into_iter()
        .map(|cap| {
            let trial = Trial::of(1_000, 40);
            let scope = scope();
            let view =
                View { scope: &scope, interest: &trial.interest, fleet: &trial.fleet, provisioned: &[] };
            let (pace, (all, _)) = Pace::under(Some(cap), &view.wanted(NOW));
            assert!(all <= cap || pace == Pace::ALL[5]);
            (pace.visible.as_secs() / 60, pace.triage.as_secs() / 60)
        })
        .collect();
    assert_eq!(paces, [(1, 10), (5, 10), (5, 30), (15, 180), (30, 720)]);
}

#[test]
fn the_planned_rate_counts_what_the_row_and_its_charts_share_once() {
    let mut trial = Trial::of(10, 1);
    let rate = |trial: &Trial| {
        let scope = scope();
        let view = View { scope: &scope, interest: &trial.interest, fleet: &trial.fleet, provisioned: &[] };
        Pace::under(None, &view.wanted(NOW)).1.1
    };
    let without = rate(&trial);
    trial.interest.charts = Some(ChartWant {
        key: key(0),
        range: TimeRange::last(secs(3600), NOW).aligned(Period::MINUTE),
        period: Period::MINUTE,
        further: Vec::new(),
    });
    // Invocations, errors and throttles are the row's own; concurrency and the minutes of the duration are not.
    assert!((rate(&trial) - without - 2.0 * 60.0).abs() < 1e-6, "{} {without}", rate(&trial));
}

#[test]
fn when_money_is_short_the_sick_are_asked_first_and_then_the_errors_of_the_unknown() {
    let mut trial = Trial::of(300, 0);
    let changed = |fleet: &mut Fleet, number: usize| {
        let functions = Arc::make_mut(&mut fleet.functions);
        functions.get_mut(&key(number).name).unwrap().last_modified = Some(NOW);
    };
    changed(&mut trial.fleet, 250);
    let mut told = Told::default();
    let page = |number, metric, value| SeriesPage {
        key: SeriesKey {
            subject: Subject::Function(key(number)),
            metric,
            statistic: Statistic::Sum,
            period: Period::MINUTE,
        },
        range: TimeRange::last(secs(600), NOW),
        points: vec![Point { at: NOW - secs(120), value }],
        completeness: Completeness::Complete,
    };
    told.take_in(&[
        page(280, Metric::Errors, 7.0),
        page(290, Metric::Throttles, 90.0),
        page(3, Metric::Errors, 0.0),
    ]);
    let scope = scope();
    let view = View { scope: &scope, interest: &trial.interest, fleet: &trial.fleet, provisioned: &[] };
    let mut wanted = view.wanted(NOW);
    told.order(&mut wanted, &trial.fleet);
    let background: Vec<String> = wanted
        .iter()
        .filter(|wanted| wanted.rank == Rank::Background)
        .map(|wanted| match &wanted.line.subject {
            Subject::Function(key) => format!("{} {}", &key.name[9..], wanted.line.metric.name()),
            Subject::Account(_) => panic!("the totals are on screen"),
        })
        .collect();
    assert_eq!(background[0], "00290 Invocations", "the sickest, whole");
    assert_eq!(background[4], "00280 Invocations");
    assert_eq!(background[8], "00250 Errors", "deployed last");
    assert!(background[9..305].iter().all(|line| line.ends_with("Errors")), "{:?}", &background[..12]);
    assert!(wanted[..6].iter().all(|wanted| wanted.rank == Rank::Screen), "what is looked at stays first");
}
