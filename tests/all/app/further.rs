//! Searching further back than what is held, by keys: what is asked, what it costs, what comes of it.

use std::time::Duration;

use lambtop::app::{FarApi, FarBox, Overlay};
use lambtop::model::{
    Event, Failure, FailureKind, GapReason, LogGap, LogSearch, SearchBy, SearchProgress, SearchReport,
    SearchState, TailReport, TimeRange, Want, WantId,
};

use super::logs::{group, reading, tail};
use super::stage::{Stage, incident};

/// A screen whose lines were read from ten minutes before the incident on, and are filtered.
fn filtered(filter: &str) -> Stage {
    let mut stage = reading(20);
    let read_from = incident() - Duration::from_mins(10);
    stage.tell(Event::Tail(TailReport { read_from, complete_to: Some(incident()), ..tail(false) }));
    stage.keys(&format!("/{filter}"));
    stage.keys("<Enter>");
    stage
}

/// The function whose log is read.
fn name(stage: &Stage) -> String {
    stage.app.logs().sources.list[0].name().to_owned()
}

fn shown(stage: &Stage) -> &FarBox {
    match stage.app.overlay() {
        Some(Overlay::Far(shown)) => shown,
        other => panic!("{other:?}"),
    }
}

fn wanted(stage: &Stage) -> Vec<(WantId, LogSearch)> {
    let wants = stage.app.interest().wants;
    let search = |(id, want)| match want {
        Want::SearchLogs(search) => Some((id, search)),
        _ => None,
    };
    wants.into_iter().filter_map(search).collect()
}

fn estimates(stage: &Stage) -> Vec<WantId> {
    stage
        .app
        .interest()
        .wants
        .iter()
        .filter(|(_, want)| matches!(want, Want::EstimateSearch(_)))
        .map(|(id, _)| *id)
        .collect()
}

fn answer(stage: &mut Stage, id: WantId, told: SearchState) {
    stage.tell(Event::LogSearch(SearchReport { id, at: incident(), clock_ahead_ms: 0, state: told }));
}

fn notice(stage: &Stage) -> &str {
    stage.app.notice().map_or("", |notice| &notice.text)
}

#[test]
fn further_back_is_asked_by_pattern_over_the_stretch_before_what_is_held() {
    let mut stage = filtered("order=48213");
    let name = name(&stage);
    stage.keys("B");
    let held = incident() - Duration::from_mins(10);
    assert_eq!((shown(&stage).api, shown(&stage).from), (FarApi::FilterLogEvents, held));
    assert!(!shown(&stage).pattern.text.is_empty());
    stage.keys("<Right>");
    assert!(wanted(&stage).is_empty(), "nothing is asked before Enter");
    stage.keys("<Enter>");
    let wants = wanted(&stage);
    let [(id, search)] = &wants[..] else { panic!("{wants:?}") };
    assert_eq!(search.range, TimeRange::new(held - Duration::from_hours(6), held));
    assert_eq!(search.groups, [group(&name)]);
    assert!(matches!(&search.by, SearchBy::Pattern(text) if text.contains("48213")), "{search:?}");
    assert!(stage.app.overlay().is_none(), "one reads on meanwhile");

    // What it finds stands where it belongs, and what it passed over is said.
    let old = Duration::from_hours(2).as_millis() as u64;
    stage.log(&name, &[(old, "capture order=48213"), (100, "capture order=48213 again")]);
    let range = TimeRange::new(held - Duration::from_hours(6), held);
    let gap = LogGap { group: group(&name), range, why: GapReason::OnlyMatches, filled: false };
    stage.tell(Event::LogGap(gap));
    assert_eq!(stage.messages(), ["(gap)", "capture order=48213", "capture order=48213 again"]);
    let progress = SearchProgress { searched_to: Some(range.start), found: 1, ..SearchProgress::default() };
    answer(&mut stage, *id, SearchState::Running(progress.clone()));
    assert_eq!(stage.app.far().running().map(|far| far.progress.found), Some(1));
    answer(&mut stage, *id, SearchState::Finished(progress));
    assert!(stage.app.far().running().is_none());
    assert_eq!(notice(&stage), "the search found 1 line");
    // Once more goes on from there.
    stage.keys("B");
    assert_eq!(shown(&stage).from, range.start);
}

#[test]
fn b_reads_the_beginning_of_a_stretch_of_which_nothing_was_read() {
    let mut stage = filtered("order=48213");
    let name = name(&stage);
    let from = incident() - Duration::from_hours(3);
    let range = TimeRange::new(from, incident() - Duration::from_hours(1));
    stage.tell(Event::LogGap(LogGap { group: group(&name), range, why: GapReason::NotRead, filled: false }));
    assert_eq!(stage.messages().first().map(String::as_str), Some("(gap)"));
    stage.keys("b");
    let wants = wanted(&stage);
    let [(_, search)] = &wants[..] else { panic!("{wants:?}") };
    assert_eq!(search.range, TimeRange::new(from, from + Duration::from_mins(30)));
    assert!(matches!(&search.by, SearchBy::Pattern(pattern) if pattern.is_empty()), "{search:?}");
}

#[test]
fn a_search_is_stopped_by_taking_its_want_away() {
    let mut stage = filtered("timeout=3");
    stage.keys("B<Enter>");
    assert_eq!(wanted(&stage).len(), 1);
    stage.keys("B<Esc>");
    assert_eq!(wanted(&stage).len(), 1, "closing the box stops nothing");
    stage.keys("Bx");
    assert!(wanted(&stage).is_empty() && stage.app.far().running().is_none());
}

#[test]
fn beyond_a_day_logs_insights_is_proposed_with_its_price_and_asks_once_more() {
    let mut stage = filtered("declined");
    stage.keys("B<Right><Right><Right>");
    assert_eq!(
        (shown(&stage).api, shown(&stage).range().length()),
        (FarApi::LogsInsights, Duration::from_hours(72))
    );
    let asked = estimates(&stage);
    assert_eq!(asked.len(), 1);
    stage.keys("<Enter><Enter>");
    assert!(wanted(&stage).is_empty(), "not before the price is known");
    answer(&mut stage, asked[0], SearchState::Estimated { bytes: Some(3_200_000_000), dollars: 0.016 });
    stage.keys("<Enter>");
    assert!(shown(&stage).confirming && wanted(&stage).is_empty());
    stage.keys("<Enter>");
    let wants = wanted(&stage);
    assert!(matches!(&wants[..], [(_, LogSearch { by: SearchBy::Insights(_), .. })]), "{wants:?}");
    let found = SearchProgress { found: 52_100, is_cut: true, ..SearchProgress::default() };
    answer(&mut stage, wants[0].0, SearchState::Finished(found));
    assert_eq!(notice(&stage), "the search found 52,100 lines: the newest 10,000 are here");
}

#[test]
fn a_denied_query_names_its_permission_and_disables_nothing_else() {
    let mut stage = filtered("declined");
    stage.keys("B<Tab>");
    let asked = estimates(&stage);
    answer(&mut stage, asked[0], SearchState::Estimated { bytes: Some(1), dollars: 0.0 });
    stage.keys("<Enter><Enter>");
    let failure = Failure {
        operation: "StartQuery".into(),
        region: "eu-west-1".into(),
        kind: FailureKind::AccessDenied { permission: "logs:StartQuery".into() },
        detail: "not authorized".into(),
    };
    let id = wanted(&stage)[0].0;
    answer(&mut stage, id, SearchState::Failed { failure });
    stage.tell(Event::Answered(id));
    assert!(notice(&stage).contains("needs logs:StartQuery"), "{}", notice(&stage));
    stage.keys("B<Tab>");
    let why = stage.app.far_obstacle(shown(&stage)).expect("it is denied");
    assert!(why.contains("logs:StartQuery"), "{why}");
    stage.keys("<Enter><Enter>");
    assert!(wanted(&stage).is_empty());
    stage.keys("<Tab><Enter>");
    assert_eq!(wanted(&stage).len(), 1, "the pattern still works");
}

#[test]
fn what_cannot_be_asked_is_said_and_without_a_filter_there_is_nothing_to_search() {
    let mut stage = reading(20);
    stage.keys("B");
    assert!(stage.app.overlay().is_none() && notice(&stage).contains("filter first"));
    let mut stage = filtered(".latency>250");
    stage.keys("B");
    assert!(stage.app.far_obstacle(shown(&stage)).is_some_and(|why| why.contains("add a word")));
    stage.keys("<Enter>");
    assert!(wanted(&stage).is_empty());
}
