//! The logs screen, by keys: what is read, where one reads, what the filter finds.

use std::time::Duration;

use lambtop::app::logs::LogSource;
use lambtop::app::{App, Effect, Input, Job, LogRow, Overlay, Screen, Settings};
use lambtop::model::{
    Event, FunctionKey, GroupKey, Identity, LogPage, LogRow as Row, LogStream, Scope, TailReport, TimeRange,
    Timestamp, Want,
};
use lambtop::query::{Query, SavedSearch};
use lambtop::store::lines::Scratch;

use super::stage::{Stage, incident, key, scope};
use crate::told::{self, add};

pub const REQUEST: &str = "c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35";

pub fn group(function: &str) -> GroupKey {
    GroupKey::by_default(&key(function))
}

/// A page of a function's log: milliseconds before the incident, and the messages, oldest first.
pub fn page(function: &str, lines: &[(u64, &str)]) -> LogPage {
    page_at(incident(), &scope(), function, lines)
}

/// The same before any other time, of any scope.
pub fn page_at(now: Timestamp, scope: &Scope, function: &str, lines: &[(u64, &str)]) -> LogPage {
    let mut page = LogPage::new(GroupKey::by_default(&FunctionKey::new(scope, function)));
    page.streams.push(LogStream {
        name: "2026/11/22/[$LATEST]8f5bd2c122a34b6e9a440d7a3c1be0f9".into(),
        function: None,
        version: None,
    });
    for (before, message) in lines {
        let timestamp = now - Duration::from_millis(*before);
        add(&mut page, timestamp, before.wrapping_mul(0x9e37_79b9_7f4a_7c15), 0, message);
    }
    page
}

impl Stage {
    pub fn log(&mut self, function: &str, lines: &[(u64, &str)]) {
        self.tell(Event::Logs(page(function, lines)));
        self.search();
    }

    /// Carries out the searches that the app has asked for, as workers do.
    fn search(&mut self) {
        for effect in std::mem::take(&mut self.effects) {
            let Effect::Search(job) = effect else { continue };
            let mut scratch = Scratch::default();
            while let Some(hits) = job.0.step(&mut scratch) {
                self.input(Input::Done(Job::Found(hits)));
            }
        }
    }

    pub fn keys(&mut self, keys: &str) {
        self.press(keys);
        self.search();
    }

    /// The messages on screen, top first.
    pub fn messages(&self) -> Vec<String> {
        let text = |row: &LogRow| match row {
            LogRow::Line { line, .. } => line.message.trim_end().to_owned(),
            LogRow::Gap { .. } => "(gap)".to_owned(),
        };
        self.app.logs().rows.iter().map(text).collect()
    }

    /// The message under the cursor.
    pub fn under_cursor(&self) -> String {
        self.messages()[self.app.logs().cursor].clone()
    }
}

/// A fleet of three whose first function has logged `count` lines, one a second, and now shows them.
pub fn reading(count: u64) -> Stage {
    let mut stage = Stage::with(&["payment-capture", "checkout-api", "order-events"]);
    stage.keys("l");
    let lines: Vec<(u64, String)> =
        (0..count).rev().map(|back| (back * 1000 + 1, format!("line {}", count - back))).collect();
    let lines: Vec<(u64, &str)> = lines.iter().map(|(at, text)| (*at, text.as_str())).collect();
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.log(&name, &lines);
    stage
}

#[test]
fn l_reads_the_log_of_the_function_under_the_cursor_and_esc_goes_back() {
    let mut stage = Stage::with(&["payment-capture", "checkout-api"]);
    let chosen = stage.app.selected().cloned().expect("a row");
    stage.keys("l");
    assert_eq!(*stage.app.screen(), Screen::Logs);
    let want = stage.app.interest().logs.expect("lines are wanted");
    assert_eq!(want.groups, [GroupKey::by_default(&chosen)]);
    stage.keys("<Esc>");
    assert_eq!(*stage.app.screen(), Screen::Functions);
    assert!(stage.app.interest().logs.is_some(), "coming back within a minute finds no hole");
    stage.wait(61);
    assert_eq!(stage.app.interest().logs, None);
}

#[test]
fn marked_functions_are_read_together_and_a_reads_all_that_pass_the_filter() {
    let mut stage = Stage::with(&["payment-capture", "payment-refund", "checkout-api"]);
    stage.keys("  l");
    assert_eq!(stage.app.logs().sources.list.len(), 2);
    stage.keys("1/^payment<Enter>a");
    let names: Vec<&str> = stage.app.logs().sources.list.iter().map(LogSource::name).collect();
    assert_eq!(names.len(), 2);
    assert!(names.iter().all(|name| name.starts_with("payment")), "{names:?}");
}

#[test]
fn two_opens_the_ten_most_troubled_and_says_of_how_many() {
    let names: Vec<String> = (0..30).map(|number| format!("function-{number:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut stage = Stage::with(&names);
    stage.keys("2");
    assert_eq!((stage.app.logs().sources.list.len(), stage.app.logs().sources.out_of), (10, Some(30)));
}

#[test]
fn lines_of_several_functions_stand_in_the_order_of_time() {
    let mut stage = Stage::with(&["payment-capture", "checkout-api"]);
    stage.keys("  l");
    stage.log("payment-capture", &[(3000, "one"), (1000, "three")]);
    stage.log("checkout-api", &[(2000, "two"), (500, "four")]);
    assert_eq!(stage.messages(), ["one", "two", "three", "four"]);
    assert_eq!(stage.under_cursor(), "four", "the newest, while following");
}

#[test]
fn what_comes_while_one_reads_moves_nothing_and_is_counted() {
    let mut stage = reading(100);
    stage.keys("kkk");
    let (before, cursor) = (stage.messages(), stage.under_cursor());
    assert_eq!(cursor, "line 97");
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.wait(2);
    let at = stage.at;
    let newer = page(&name, &[(0, "newer")]);
    let newer = LogPage {
        rows: newer.rows.into_iter().map(|row| Row { timestamp: at, id: 7, ..row }).collect(),
        ..newer
    };
    stage.tell(Event::Logs(newer));
    assert_eq!(stage.messages(), before);
    stage.keys("G");
    assert_eq!(stage.under_cursor(), "newer");
}

#[test]
fn a_late_line_comes_to_its_place_and_the_cursor_stays_on_its_line() {
    let mut stage = reading(100);
    stage.keys("kkkkk");
    let (row, line) = (stage.app.logs().cursor, stage.under_cursor());
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.log(&name, &[(8_500, "late")]);
    assert_eq!((stage.app.logs().cursor, stage.under_cursor()), (row, line));
    let messages = stage.messages();
    let late = messages.iter().position(|message| message == "late").expect("it is on screen");
    assert_eq!((messages[late - 1].as_str(), messages[late + 1].as_str()), ("line 91", "line 92"));
}

#[test]
fn the_cursor_goes_to_both_ends_and_asks_for_older_lines_at_the_start() {
    let mut stage = reading(200);
    stage.tell(Event::Tail(tail(false)));
    stage.keys("g");
    assert_eq!(stage.under_cursor(), "line 1");
    assert!(
        matches!(&stage.app.interest().wants[..], [(_, Want::OlderLogs { .. })]),
        "{:?}",
        stage.app.interest().wants
    );
    stage.keys("<PgDn>");
    assert_ne!(stage.under_cursor(), "line 1");
    stage.keys("G");
    assert_eq!(stage.under_cursor(), "line 200");
    let mut at_start = reading(5);
    at_start.tell(Event::Tail(tail(true)));
    at_start.keys("g");
    assert!(at_start.app.interest().wants.is_empty(), "there is nothing older");
}

/// What is told of the tail of the function that `reading` shows: all of it came that was asked for, an hour back.
pub fn tail(at_beginning: bool) -> TailReport {
    let stage = Stage::with(&["payment-capture", "checkout-api", "order-events"]);
    let group = GroupKey::by_default(stage.app.selected().expect("a row"));
    TailReport { at_beginning, ..told::tail(group, incident()) }
}

#[test]
fn the_filter_shows_matches_alone_and_tab_all_lines_with_the_matches_marked() {
    let mut stage = reading(300);
    stage.keys("/\"line 29\"<Enter>");
    assert_eq!(stage.messages().len(), 11, "29 and 290 to 299");
    assert_eq!(stage.app.logs().matches.found(), 11);
    stage.keys("<Tab>");
    let marked: Vec<bool> =
        stage.app.logs().rows.iter().map(|row| matches!(row, LogRow::Line { matched: true, .. })).collect();
    assert!(marked.len() > 11 && marked.iter().filter(|marked| **marked).count() == 10, "{marked:?}");
    stage.keys("N");
    assert_eq!(stage.under_cursor(), "line 299");
    stage.keys("NNNNNNNNNN");
    assert_eq!(stage.under_cursor(), "line 29", "beyond the screen as well");
    stage.keys("n");
    assert_eq!(stage.under_cursor(), "line 290");
}

#[test]
fn lines_that_come_later_pass_the_filter_as_well() {
    let mut stage = reading(10);
    stage.keys("/newest<Enter>");
    assert!(stage.messages().is_empty());
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.log(&name, &[(0, "the newest of all")]);
    assert_eq!(stage.messages(), ["the newest of all"]);
}

#[test]
fn a_mistake_in_the_filter_leaves_the_last_good_one_in_force() {
    let mut stage = reading(50);
    stage.keys("/line -");
    let error = stage.app.logs().filter.error.clone().expect("a minus leaves out what follows it");
    assert_eq!(error.at, "line ".len());
    assert!(!stage.messages().is_empty(), "what \"line\" found still stands");
    stage.keys("line");
    assert!(stage.app.logs().filter.error.is_none() && stage.messages().is_empty());
    stage.keys("<Esc>");
    assert!(!stage.app.logs().is_filtered());
    stage.keys("/duration>1x");
    assert!(stage.app.logs().filter.error.is_some());
    assert_eq!(stage.app.logs().filter.applied.text(), "", "\"duration\" was but half a term");
    assert!(!stage.messages().is_empty());
}

#[test]
fn errors_are_gone_to_among_what_is_shown() {
    let mut stage = reading(100);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.log(
        &name,
        &[(50_500, "[ERROR]\t2026-11-21T14:30:25.500Z\tc1f0a7e2-6d40-4b1e-9c57-08e2a4417f35\tcard declined")],
    );
    stage.keys("E");
    assert!(stage.under_cursor().ends_with("card declined"), "{}", stage.under_cursor());
    stage.keys("E");
    assert!(stage.app.notice().is_some_and(|notice| notice.text.contains("no error above")));
    stage.keys("G/order<Enter>E");
    let told = stage.app.notice().map(|notice| notice.text.clone()).unwrap_or_default();
    assert!(told.contains("no error above among the matches"), "{told}");
}

#[test]
fn f_keeps_one_request_and_again_shows_all() {
    let mut stage = reading(20);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    let start = format!("START RequestId: {REQUEST} Version: 88\n");
    let line = format!("2026-11-21T14:31:15.000Z\t{REQUEST}\tINFO\tcapture");
    // What follows belongs to another request.
    let next = start.replace("c1f0", "c1f1");
    let report = format!(
        "REPORT RequestId: {REQUEST}\tDuration: 3.50 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB"
    );
    stage.log(&name, &[(40, &start), (30, &line), (20, "what names no request"), (10, &report), (5, &next)]);
    stage.keys("kkkf");
    assert_eq!(stage.messages(), [line.as_str(), "what names no request", &report]);
    stage.keys("f");
    assert!(stage.messages().len() > 20);
    stage.keys("gf");
    assert!(stage.app.notice().is_some_and(|notice| notice.text.contains("belongs to no request")));
}

#[test]
fn the_platforms_routine_is_one_line_a_request_unless_p_shows_it() {
    let mut stage = reading(0);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    let lines = [
        format!("START RequestId: {REQUEST} Version: 88\n"),
        format!("2026-11-21T14:31:15.000Z\t{REQUEST}\tINFO\tcapture"),
        format!("END RequestId: {REQUEST}\n"),
        format!(
            "REPORT RequestId: {REQUEST}\tDuration: 3.10 ms\tBilled Duration: 4 ms\tMemory Size: 512 MB\tMax Memory Used: 95 MB\t\n"
        ),
    ];
    let lines: Vec<(u64, &str)> =
        lines.iter().enumerate().map(|(at, text)| (100 - at as u64, text.as_str())).collect();
    stage.log(&name, &lines);
    assert_eq!(stage.messages().len(), 2, "{:?}", stage.messages());
    stage.keys("p");
    assert_eq!(stage.messages().len(), 4);
}

#[test]
fn b_reads_a_gap_again_and_a_gap_stands_at_its_place() {
    let mut stage = reading(20);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    let range =
        TimeRange::new(incident() - Duration::from_millis(5_500), incident() - Duration::from_millis(4_500));
    stage.tell(Event::LogGap(lambtop::model::LogGap {
        group: group(&name),
        range,
        why: lambtop::model::GapReason::Sampled,
        filled: false,
    }));
    let messages = stage.messages();
    let gap = messages.iter().position(|message| message == "(gap)").expect("it is on screen");
    assert_eq!((messages[gap - 1].as_str(), messages[gap + 1].as_str()), ("line 14", "line 15"));
    stage.keys("b");
    assert!(
        stage
            .app
            .interest()
            .wants
            .iter()
            .any(|(_, want)| *want == Want::ReadAgain { group: group(&name), range })
    );
}

#[test]
fn the_histogram_counts_levels_and_the_arrows_move_on_it() {
    let mut stage = reading(0);
    let name = stage.app.logs().sources.list[0].name().to_owned();
    stage.log(&name, &[(1_800_000, "[ERROR]\tx\ty\tboom"), (600_000, "quiet"), (1000, "newest")]);
    let total: u32 = stage.app.log_histogram().buckets.iter().map(lambtop::store::lines::Levels::total).sum();
    assert_eq!(total, 3);
    stage.keys("<Left>");
    assert_eq!(stage.under_cursor(), "quiet");
    stage.keys("<Left><Left>");
    assert!(stage.under_cursor().ends_with("boom"));
    stage.keys("<Right>");
    assert_eq!(stage.under_cursor(), "quiet");
}

#[test]
fn o_shows_the_console_page_of_the_lines_stream_around_its_time() {
    let mut stage = reading(3);
    stage.keys("ko");
    let Some(Overlay::Link(shown)) = stage.app.overlay() else { panic!("a link is shown") };
    let link = shown.link.as_ref().expect("the console of eu-west-1 is known").as_str();
    let start = (incident() - Duration::from_millis(1001) - Duration::from_mins(1)).millis();
    assert!(link.contains("log-group/$252Faws$252Flambda$252F") && link.contains("8f5bd2c1"), "{link}");
    assert!(link.contains(&format!("start$3D{start}")), "{link}");
}

#[test]
fn the_arrows_bring_back_filters_that_were_kept() {
    let mut stage = reading(30);
    stage.keys("/\"line 2\"<Enter>/<C-u>\"line 30\"<Enter>/<C-u>x<Up>");
    assert_eq!(stage.app.logs().filter.field.text(), "\"line 30\"");
    stage.keys("<Up>");
    assert_eq!(stage.app.logs().filter.field.text(), "\"line 2\"");
    assert_eq!(stage.messages().len(), 11, "it is applied at once");
    stage.keys("<Down><Down>");
    assert_eq!(stage.app.logs().filter.field.text(), "x");
}

#[test]
fn filters_are_kept_for_the_next_session_only_if_that_was_asked_for() {
    let kept = |history: Option<Vec<String>>| {
        let mut stage = Stage::new();
        stage.app = App::new(Settings { history, ..Settings::default() }, incident());
        stage.tell(Event::Identity(Identity { scope: scope(), arn: None }));
        stage.list(&["payment-capture"]);
        stage.press("l/one<Enter>/<C-u>two<Enter>/<C-u>two<Enter>/<C-u> <Enter>/<C-u><Up><Up><Up>");
        let kept: Vec<String> = stage
            .effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Remember(filter) => Some(filter.clone()),
                _ => None,
            })
            .collect();
        (kept, stage.app.logs().filter.field.text().to_owned())
    };
    assert_eq!(kept(None), (vec![], "one".to_owned()));
    let earlier = Some(vec!["from yesterday".to_owned()]);
    assert_eq!(kept(earlier), (vec!["one".to_owned(), "two".to_owned()], "from yesterday".to_owned()));
}

#[test]
fn a_search_with_a_name_is_run_from_the_palette_where_lines_are_filtered() {
    let query = Query::parse("level>=error | timeout").expect("a query");
    let searches = vec![SavedSearch { name: "trouble".to_owned(), query }];
    let mut stage = Stage::new();
    stage.app = App::new(Settings { searches, ..Settings::default() }, incident());
    stage.tell(Event::Identity(Identity { scope: scope(), arn: None }));
    stage.list(&["payment-capture"]);
    let offered = |stage: &mut Stage| {
        stage.keys(":search: ");
        let Some(Overlay::Palette(palette)) = stage.app.overlay() else { panic!("the palette is open") };
        palette.entries.iter().any(|entry| entry.name == "search: trouble")
    };
    assert!(!offered(&mut stage), "functions are filtered by another language");
    stage.keys("<Esc>l");
    stage.log("payment-capture", &[(2000, "[ERROR]\tx\ty\tboom"), (1000, "quiet")]);
    assert!(offered(&mut stage));
    stage.keys("trouble<Enter>");
    assert_eq!(stage.app.logs().filter.applied.text(), "level>=error | timeout");
    assert_eq!(stage.messages(), ["[ERROR]\tx\ty\tboom"]);
    stage.keys("/<C-u><Up>");
    assert_eq!(stage.app.logs().filter.field.text(), "level>=error | timeout", "it counts as kept");
}

#[test]
fn groups_that_were_named_at_the_start_are_opened_as_soon_as_the_account_is_known() {
    let settings = Settings { log_groups: vec!["/ecs/shop".into()], ..Settings::default() };
    let mut stage = Stage::new();
    stage.app = App::new(settings, incident());
    stage.size(120, 40);
    assert_eq!(*stage.app.screen(), Screen::Functions);
    stage.tell(Event::Identity(Identity { scope: scope(), arn: None }));
    assert_eq!(*stage.app.screen(), Screen::Logs);
    let groups = stage.app.interest().logs.expect("lines are wanted").groups;
    assert_eq!(groups, [GroupKey::new(&scope(), "/ecs/shop")]);
}

#[test]
fn hostile_times_and_sizes_are_survived() {
    let mut stage = Stage::with(&["payment-capture"]);
    stage.keys("l");
    for at in [0, -1, i64::MAX, i64::MIN, 1 << 53] {
        let page = page("payment-capture", &[(1, "hostile\u{1b}]0;x\u{7}")]);
        let rows = page
            .rows
            .iter()
            .map(|row| Row { timestamp: Timestamp::from_millis(at), id: at.cast_unsigned(), ..*row })
            .collect();
        stage.tell(Event::Logs(LogPage { rows, ..page }));
    }
    assert_eq!(stage.messages().len(), 5);
    for (columns, rows) in [(0, 0), (40, 10), (41, 11), (80, 14), (500, 300)] {
        stage.size(columns, rows);
        stage.keys("kkjgG<PgUp><PgDn><Left><Right>nNeEfpdb");
    }
}
