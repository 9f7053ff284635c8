//! Searches beyond what is held: all that matches is found, none twice, and what was only searched is marked.

use std::time::Duration;

use lambtop::demo::faults::{Faults, Kind, LogFault};
use lambtop::model::{
    FailureKind, GapReason, LogSearch, SearchBy, SearchProgress, SearchState, TimeRange, Timestamp, Want,
    WantId,
};
use lambtop::source::Settings;
use lambtop::store::lines::{LineKey, Lines, Reader, Row};

use super::{FLOOD, START, Tailing, account, fault, faulty, flood, key, mins, secs, shop};

/// Three hours of a flood, two events a second.
const HOURS: u64 = 3 * 3_600;
const ERRORS: &str = "\"level\":\"ERROR\"";
const PATTERN: &str = r#""\"level\":\"ERROR\"""#;
const FILTER: &str = r#"| filter @message like /"level":"ERROR"/"#;

/// Tails the last ten minutes of the flood, and holds what comes.
fn tailing(faults: Faults, settings: Settings) -> Tailing {
    let mut tailing = Tailing::with(account(vec![flood(HOURS, HOURS * 2, 2, 0.0)], faults), 0, settings);
    tailing.held = Some(Lines::default());
    tailing.want(&[FLOOD], mins(10));
    tailing
}

fn search(by: SearchBy, from: Duration, to: Duration) -> LogSearch {
    LogSearch { groups: vec![key(FLOOD)], range: TimeRange::new(START - from, START - to), by }
}

fn hours() -> (Duration, Duration) {
    (secs(HOURS + 60), mins(10))
}

/// The messages that are held and match, with their times, in order; in a stretch before the start.
fn errors(tailing: &Tailing, from: Duration, to: Duration) -> Vec<(Timestamp, String)> {
    let held = tailing.held.as_ref().expect("it is held");
    let groups: Vec<_> = held.groups().map(|(id, _)| id).collect();
    let rows = Reader::default().after(held, &groups, LineKey::FIRST, 1_000_000, None).rows;
    let range = TimeRange::new(START - from, START - to);
    rows.into_iter()
        .filter_map(|row| match row {
            Row::Line(line) if range.contains(line.key.timestamp) && line.message.contains(ERRORS) => {
                Some((line.key.timestamp, line.message.to_string()))
            }
            _ => None,
        })
        .collect()
}

/// What there is to find: everything is read.
async fn oracle() -> Vec<(Timestamp, String)> {
    let mut all = tailing(Faults::default(), Settings::default());
    all.want(&[FLOOD], hours().0);
    all.until(mins(5), "all of it", |all| all.lines.len() as u64 >= HOURS * 2).await;
    let errors = errors(&all, hours().0, hours().1);
    assert!(errors.len() > 30, "{}", errors.len());
    errors
}

fn ended(tailing: &Tailing) -> Option<&SearchState> {
    tailing
        .searches
        .iter()
        .map(|report| &report.state)
        .find(|state| !matches!(state, SearchState::Running(_)))
}

async fn finish(tailing: &mut Tailing) -> SearchProgress {
    tailing.until(mins(10), "the search ends", |tailing| ended(tailing).is_some()).await;
    match ended(tailing) {
        Some(SearchState::Finished(progress)) => progress.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_pattern_finds_all_that_matches_once_and_claims_no_more() {
    let oracle = oracle().await;
    let odd = fault(Kind::Log(LogFault::RepeatedToken { times: 5 }), 0, 600);
    let odd = Faults::only(odd).and(fault(Kind::Log(LogFault::EmptyPage), 0, 600).share(0.3));
    for faults in [Faults::default(), Faults::only(fault(Kind::Throttled, 6, 12)), odd] {
        let mut tailing = tailing(faults, Settings::default());
        tailing
            .until(secs(60), "it is read", |tailing| {
                tailing.reports.last().is_some_and(|(_, report)| report.read_from <= START - mins(10))
            })
            .await;
        let read_from = tailing.report().read_from;
        tailing.ask(1, Want::SearchLogs(search(SearchBy::Pattern(PATTERN.into()), hours().0, hours().1)));
        let progress = finish(&mut tailing).await;
        assert_eq!(errors(&tailing, hours().0, hours().1), oracle);
        assert!(progress.found >= oracle.len() as u64, "{progress:?}");
        assert_eq!(progress.searched_to, Some(START - hours().0));
        assert!(tailing.searches.len() > 5, "it says how far it has come");
        assert_eq!(tailing.report().read_from, read_from, "the tail was not told that it has read that");
        let held = tailing.held.as_ref().expect("it is held");
        let id = held.group(&key(FLOOD)).expect("the group");
        let gaps: Vec<_> = held.gaps(id).iter().map(|gap| (gap.why, gap.range)).collect();
        let stretch = TimeRange::new(START - hours().0, START - mins(10));
        assert_eq!(gaps, [(GapReason::OnlyMatches, stretch)]);

        // What is read in full afterwards is there once, and lacks nothing any more.
        tailing.ask(2, Want::OlderLogs { group: key(FLOOD), lines: 100_000 });
        tailing.until(mins(5), "all of it", |tailing| tailing.answered.contains(&WantId(2))).await;
        assert_eq!(errors(&tailing, hours().0, hours().1), oracle);
        let held = tailing.held.as_ref().expect("it is held");
        let oldest = tailing.report().read_from;
        assert!(held.gaps(id).iter().all(|gap| gap.range.end <= oldest), "{:?} {oldest:?}", held.gaps(id));
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_pattern_every_line_of_the_stretch_is_read_and_no_more_is_claimed() {
    let mut tailing = tailing(Faults::default(), Settings::default());
    tailing.interest.send_modify(|interest| interest.logs = None);
    let (from, to) = (mins(60), mins(59));
    tailing.ask(1, Want::SearchLogs(search(SearchBy::Pattern("".into()), from, to)));
    let progress = finish(&mut tailing).await;
    assert_eq!(progress.searched_to, Some(START - from));
    let held = tailing.held.as_ref().expect("it is held");
    let id = held.group(&key(FLOOD)).expect("the group");
    let rows = Reader::default().after(held, &[id], LineKey::FIRST, 1_000_000, None).rows;
    let lines = rows.iter().filter(|row| matches!(row, Row::Line(_))).count();
    assert!((120..=122).contains(&lines), "two a second: {lines}");
    let gaps: Vec<_> = held.gaps(id).iter().map(|gap| (gap.why, gap.range.start)).collect();
    assert_eq!(gaps, [(GapReason::NotRead, START - to)], "behind it nothing was read");
}

#[tokio::test(start_paused = true)]
async fn a_search_that_nobody_wants_any_more_asks_for_nothing() {
    let mut tailing = tailing(Faults::default(), Settings::default());
    tailing.ask(1, Want::SearchLogs(search(SearchBy::Pattern(PATTERN.into()), hours().0, mins(10))));
    tailing.until(secs(60), "it has begun", |tailing| tailing.searches.len() > 1).await;
    tailing.interest.send_modify(|interest| interest.wants.clear());
    tailing.pass(secs(1)).await;
    let said = tailing.searches.len();
    tailing.pass(secs(60)).await;
    assert_eq!(tailing.searches.len(), said);
    assert!(tailing.answered.is_empty());
}

#[tokio::test(start_paused = true)]
async fn logs_insights_finds_the_same_and_what_it_scanned_is_paid() {
    let oracle = oracle().await;
    let mut tailing = tailing(Faults::default(), Settings::default());
    tailing.pass(secs(5)).await;
    let wanted = search(SearchBy::Insights(FILTER.into()), hours().0, hours().1);
    tailing.ask(1, Want::SearchLogs(wanted.clone()));
    let progress = finish(&mut tailing).await;
    assert_eq!(errors(&tailing, hours().0, hours().1), oracle);
    assert_eq!(progress.found, oracle.len() as u64);
    assert!(progress.scanned > 1_000_000 && !progress.is_cut, "{progress:?}");
    assert_eq!(tailing.spend.scanned, progress.scanned);
    assert!(tailing.spend.dollars >= progress.dollars && progress.dollars > 0.0);

    // The same query, the pattern and all of it: each line stays there once.
    tailing.searches.clear();
    tailing.ask(2, Want::SearchLogs(wanted));
    finish(&mut tailing).await;
    assert_eq!(errors(&tailing, hours().0, hours().1), oracle, "by the same query");
    tailing.searches.clear();
    tailing.ask(3, Want::SearchLogs(search(SearchBy::Pattern(PATTERN.into()), hours().0, hours().1)));
    finish(&mut tailing).await;
    assert_eq!(errors(&tailing, hours().0, hours().1), oracle, "by the pattern");
    tailing.ask(4, Want::OlderLogs { group: key(FLOOD), lines: 100_000 });
    tailing.until(mins(5), "all of it", |tailing| tailing.answered.contains(&WantId(4))).await;
    assert_eq!(errors(&tailing, hours().0, hours().1), oracle, "by reading all");
}

#[tokio::test(start_paused = true)]
async fn lines_that_were_read_first_are_not_there_twice_after_a_query() {
    let mut tailing = tailing(Faults::default(), Settings::default());
    tailing.want(&[FLOOD], hours().0);
    tailing.until(mins(5), "all of it", |tailing| tailing.lines.len() as u64 >= HOURS * 2).await;
    let before = errors(&tailing, hours().0, secs(0));
    tailing.ask(1, Want::SearchLogs(search(SearchBy::Insights(FILTER.into()), hours().0, secs(0))));
    finish(&mut tailing).await;
    assert_eq!(errors(&tailing, hours().0, secs(0)), before);
}

#[tokio::test(start_paused = true)]
async fn a_query_is_estimated_held_under_the_cap_and_stopped_when_nobody_wants_it() {
    let capped = Settings { spend_cap: Some(0.000_001), ..Settings::default() };
    let mut poor = Tailing::with(shop(vec![], Faults::default()), 0, capped);
    let groups = vec![key("/aws/lambda/payment-capture")];
    let wanted = LogSearch { groups, ..search(SearchBy::Insights(FILTER.into()), hours().0, hours().1) };
    poor.ask(1, Want::EstimateSearch(wanted.clone()));
    poor.until(secs(30), "an estimate", |poor| ended(poor).is_some()).await;
    let Some(SearchState::Estimated { bytes: Some(bytes), dollars }) = ended(&poor) else {
        panic!("{:?}", poor.searches)
    };
    assert!(*bytes > 0 && *dollars > 0.0 && (*bytes as f64 * 0.005 / 1e9 - dollars).abs() < 1e-9);
    poor.searches.clear();
    poor.ask(2, Want::SearchLogs(wanted));
    poor.until(secs(30), "it is refused", |poor| ended(poor).is_some()).await;
    assert!(
        matches!(ended(&poor), Some(SearchState::Refused { why }) if why.contains("over the cap")),
        "{:?}",
        poor.searches
    );
    assert_eq!(poor.spend.scanned, 0);

    let mut tailing = tailing(Faults::default(), Settings::default());
    let wanted = search(SearchBy::Insights(FILTER.into()), hours().0, hours().1);
    tailing.ask(1, Want::SearchLogs(wanted));
    tailing.until(secs(30), "it runs", |tailing| !tailing.searches.is_empty()).await;
    tailing.interest.send_modify(|interest| interest.wants.clear());
    tailing.pass(secs(30)).await;
    assert!(ended(&tailing).is_none() && tailing.answered.is_empty(), "{:?}", tailing.searches);
}

#[tokio::test(start_paused = true)]
async fn whoever_may_not_query_is_told_which_permission_is_missing_and_the_tail_goes_on() {
    let faults = Faults::only(faulty(Kind::AccessDenied, "logs:StartQuery", 0, 3_600));
    let mut tailing = tailing(faults, Settings::default());
    tailing.ask(1, Want::SearchLogs(search(SearchBy::Insights(FILTER.into()), hours().0, mins(10))));
    tailing.until(secs(30), "it is denied", |tailing| ended(tailing).is_some()).await;
    let Some(SearchState::Failed { failure }) = ended(&tailing) else { panic!("{:?}", tailing.searches) };
    assert_eq!(failure.kind, FailureKind::AccessDenied { permission: "logs:StartQuery".into() });
    tailing.until(secs(30), "the tail", |tailing| tailing.numbers().len() > 1_000).await;
}
