//! The requests screen, driven by keys.

use std::time::Duration;

use lambtop::app::requests::{Grouping, RequestPane};
use lambtop::app::{Frame, Input, Mouse, MouseKind, RequestColumn, Screen, TimelineOf};
use lambtop::model::{Event, FunctionKey, GroupKey, Invocation, LogPage, LogStream, Scope, Timestamp};

use super::stage::{Stage, key, scope};
use crate::told::{self, add};

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Well,
    Badly,
    OutOfTime,
    /// It logged an error and answered.
    Handled,
    /// Its REPORT has not come.
    Open,
}

/// A request as it is told to the log of its function.
#[derive(Clone, Debug)]
pub struct Shot {
    /// How long before now it began, in ms.
    pub before: u64,
    /// Makes its id.
    pub number: u64,
    pub ms: f64,
    pub ended: Ended,
    pub init: Option<f64>,
    /// Which environment.
    pub stream: u64,
    pub version: &'static str,
    pub memory: u32,
    pub sampled: bool,
    pub error: &'static str,
}

impl Default for Shot {
    fn default() -> Self {
        Self {
            before: 1_000,
            number: 1,
            ms: 100.0,
            ended: Ended::Well,
            init: None,
            stream: 0,
            version: "88",
            memory: 200,
            sampled: false,
            error: "TypeError: cannot read property 17",
        }
    }
}

/// The id of a request.
pub fn id(number: u64) -> String {
    format!("{:08x}-0001-4000-8000-{number:012x}", number.wrapping_mul(0x9e37_79b9) & 0xffff_ffff)
}

impl Shot {
    /// Its lines: ms after its start, and the text.
    fn lines(&self) -> Vec<(f64, String)> {
        let id = id(self.number);
        let mut lines = vec![(0.0, format!("START RequestId: {id} Version: {}\n", self.version))];
        if self.ended == Ended::Open {
            return lines;
        }
        if self.ended == Ended::Handled {
            let line = format!("2026-11-21T14:30:56.244Z\t{id}\tERROR\tcard declined\n");
            lines.push((self.ms - 1.0, line));
        }
        if self.ended == Ended::Badly {
            let (kind, message) = self.error.split_once(": ").expect("a kind and a message");
            let error = format!("{{\"errorType\":\"{kind}\",\"errorMessage\":\"{message}\",\"stack\":[]}}");
            lines.push((
                self.ms - 1.0,
                format!("2026-11-21T14:30:56.244Z\t{id}\tERROR\tInvoke Error \t{error}\n"),
            ));
        }
        let init = self.init.map_or_else(String::new, |ms| format!("Init Duration: {ms:.2} ms\t"));
        let sampled = self.sampled;
        lines.push((
            self.ms,
            format!(
                "REPORT RequestId: {id}\tDuration: {:.2} ms\tBilled Duration: {:.0} ms\tMemory Size: 512 MB\tMax Memory \
                 Used: {} MB\t{init}\nXRAY TraceId: 1-6a507b87-{:024x}\tSegmentId: d0025b207c551fde\tSampled: {sampled}\t\n",
                self.ms,
                self.ms.ceil() + self.init.unwrap_or(0.0).ceil(),
                self.memory,
                self.number,
            ),
        ));
        if self.ended == Ended::OutOfTime {
            let seconds = self.ms / 1000.0;
            lines.push((
                self.ms + 1.0,
                format!("2026-11-21T14:31:06.113Z {id} Task timed out after {seconds:.2} seconds\n\n"),
            ));
        }
        lines
    }
}

/// What requests write into the log of a function.
pub fn page_of(now: Timestamp, scope: &Scope, function: &str, shots: &[Shot]) -> LogPage {
    let mut page = LogPage::new(GroupKey::by_default(&FunctionKey::new(scope, function)));
    let mut lines: Vec<(Timestamp, u64, String)> = Vec::new();
    for shot in shots {
        let start = now - Duration::from_millis(shot.before);
        for (after, text) in shot.lines() {
            lines.push((start + Duration::from_secs_f64(after.max(0.0) / 1000.0), shot.stream, text));
        }
    }
    lines.sort_by_key(|line| line.0);
    for (timestamp, stream, text) in lines {
        let name = format!("2026/11/21/[88]{:032x}", u128::from(stream) << 100 | 0x8f5b_d2c1);
        let at = page.streams.iter().position(|own| *own.name == *name).unwrap_or_else(|| {
            page.streams.push(LogStream { name: name.as_str().into(), function: None, version: None });
            page.streams.len() - 1
        });
        let id =
            (page.rows.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ timestamp.millis().unsigned_abs();
        add(&mut page, timestamp, id, at as u32, &text);
    }
    page
}

impl Stage {
    /// Requests of a function, told to its log.
    pub fn requests(&mut self, function: &str, shots: &[Shot]) {
        self.tell(Event::Logs(page_of(self.at, &scope(), function, shots)));
        self.wait(2);
    }

    fn shown(&self) -> Vec<Invocation> {
        let held = self.app.store().invocations();
        self.app.requests().shown.keys.iter().map(|key| held.get(*key).expect("it is held")).collect()
    }

    /// The durations of the rows, top first.
    fn durations_shown(&self) -> Vec<f64> {
        self.shown().iter().filter_map(|own| own.duration_ms).collect()
    }

    fn chosen(&self) -> Option<Invocation> {
        self.app.selected_request()
    }
}

/// A function with twelve requests, five seconds apart, the newest last: 100 ms, 200 ms and so on.
pub fn twelve() -> Stage {
    let mut stage = Stage::with(&["payment-capture", "cart-api"]);
    stage.press("/payment<Enter>r");
    let shots: Vec<Shot> = (1..=12)
        .map(|number| Shot {
            before: 70_000 - number * 5_000,
            number,
            ms: number as f64 * 100.0,
            stream: number % 3,
            memory: 200 + (number * 7 % 5) as u32,
            version: if number > 6 { "89" } else { "88" },
            ended: if number % 4 == 0 { Ended::Badly } else { Ended::Well },
            sampled: number % 2 == 0,
            ..Shot::default()
        })
        .collect();
    stage.requests("payment-capture", &shots);
    stage
}

#[test]
fn rows_are_the_requests_of_the_function_the_newest_first() {
    let stage = twelve();
    assert_eq!(*stage.app.screen(), Screen::Requests);
    let durations = stage.durations_shown();
    assert_eq!(durations.len(), 12);
    assert!(durations.windows(2).all(|pair| pair[0] > pair[1]), "{durations:?}");
    assert_eq!(stage.app.requests().shown.sampled, 6);
}

#[test]
fn requests_of_other_functions_are_not_among_them() {
    let mut stage = twelve();
    stage.requests("cart-api", &[Shot { number: 99, ms: 7.0, ..Shot::default() }]);
    assert_eq!(stage.app.requests().shown.all, 12);
    stage.press("1<Esc>a");
    stage.press("1/cart<Enter>r");
    assert_eq!(stage.durations_shown(), [7.0]);
}

#[test]
fn s_goes_from_the_newest_to_the_slowest_to_the_most_memory() {
    let mut stage = twelve();
    stage.press("s");
    assert_eq!(stage.app.requests().sort, RequestColumn::Duration);
    assert_eq!(stage.durations_shown().first(), Some(&1_200.0));
    stage.press("I");
    assert_eq!(stage.durations_shown().first(), Some(&100.0));
    stage.press("s");
    let memory: Vec<f64> = stage.shown().iter().filter_map(|own| own.max_memory_mb).collect();
    assert!(memory.windows(2).all(|pair| pair[0] >= pair[1]), "{memory:?}");
    stage.press("ss");
    assert_eq!(stage.app.requests().sort, RequestColumn::Time);
    stage.press(">>");
    assert_eq!(stage.app.requests().sort, RequestColumn::Version);
    stage.press("<");
    assert_eq!(stage.app.requests().sort, RequestColumn::Outcome);
    assert!(stage.shown()[0].outcome.is_failure());
}

#[test]
fn the_cursor_stays_on_its_request_and_its_line_while_new_ones_come() {
    let mut stage = twelve();
    let old: Vec<Shot> =
        (100..130).map(|number| Shot { number, before: number * 1_000, ..Shot::default() }).collect();
    stage.requests("payment-capture", &old);
    stage.press("jjj");
    let before = stage.chosen().expect("a request").key;
    let line = |stage: &Stage| stage.app.requests().at - stage.app.requests().top;
    assert_eq!(line(&stage), 3);
    let new: Vec<Shot> =
        (20..60).map(|number| Shot { number, before: 500 + number, ..Shot::default() }).collect();
    stage.requests("payment-capture", &new);
    assert_eq!(stage.app.requests().shown.all, 82);
    assert_eq!(stage.chosen().expect("a request").key, before);
    assert_eq!(line(&stage), 3);
    assert_eq!(stage.app.requests().at, 43);
}

#[test]
fn at_the_top_the_newest_is_under_the_cursor_whatever_comes() {
    let mut stage = twelve();
    assert!(stage.app.requests().is_following());
    stage.requests("payment-capture", &[Shot { number: 50, ms: 5.0, before: 900, ..Shot::default() }]);
    assert_eq!(stage.chosen().and_then(|own| own.duration_ms), Some(5.0));
    stage.press("jj");
    assert!(!stage.app.requests().is_following());
    stage.press("<Home>");
    assert!(stage.app.requests().is_following());
}

#[test]
fn a_filter_narrows_the_rows_and_a_mistake_keeps_what_is_complete() {
    let mut stage = twelve();
    stage.press("/duration>1s");
    assert_eq!(stage.durations_shown(), [1_200.0, 1_100.0]);
    stage.press(" outcome=foo");
    let requests = stage.app.requests();
    assert!(requests.filter.error.is_some());
    assert_eq!((requests.filter.applied.text(), requests.shown.all), ("duration>1s ", 12));
    assert_eq!(requests.shown.keys.len(), 2);
    stage.press("<Esc>");
    assert_eq!(stage.app.requests().shown.keys.len(), 12);
    stage.press("/cold<Enter>/<C-u>-duration>150ms<Enter>");
    assert_eq!(stage.durations_shown(), [100.0]);
    stage.press("/<Up><Up>");
    assert_eq!(stage.app.requests().filter.field.text(), "cold");
    stage.press("<Esc>");
}

#[test]
fn half_a_term_is_no_filter_once_the_whole_is_a_mistake() {
    let mut stage = twelve();
    stage.press("/outcome=foo");
    assert!(stage.app.requests().filter.error.is_some());
    assert_eq!(stage.app.requests().shown.keys.len(), 12, "nothing stood before the typing began");
    stage.press("<Esc>/duration>1s<Enter>/<C-u>outcome=foo");
    assert_eq!(stage.app.requests().filter.applied.text(), "duration>1s", "what was kept stands");
    assert_eq!(stage.durations_shown(), [1_200.0, 1_100.0]);
    stage.press("<C-u>outcome=ok");
    let requests = stage.app.requests();
    assert!(requests.filter.error.is_none() && requests.filter.applied.text() == "outcome=ok");
}

#[test]
fn a_range_of_durations_is_picked_on_the_map_and_esc_clears_it() {
    let mut stage = twelve();
    stage.press("<Tab>");
    assert_eq!(stage.app.requests().pane, RequestPane::Heat);
    stage.press("<Up>");
    assert_eq!(stage.app.requests().pick.ms.map(|(from, _)| from), Some(1_000.0));
    assert_eq!(stage.durations_shown(), [1_200.0, 1_100.0, 1_000.0]);
    stage.press("<S-Down>");
    assert_eq!(stage.durations_shown().len(), 10, "300 ms and slower");
    stage.press("<Down>");
    assert_eq!(stage.durations_shown(), [200.0, 100.0]);
    stage.press("<Right>");
    let time = stage.app.requests().pick.time.expect("a column");
    assert!(stage.shown().iter().all(|own| time.contains(own.start)));
    stage.press("<Esc>");
    let requests = stage.app.requests();
    assert!(requests.pick.is_empty() && requests.pane == RequestPane::Rows);
    assert_eq!(stage.durations_shown().len(), 12);
    assert_eq!(*stage.app.screen(), Screen::Requests, "Esc cleared the pick and went nowhere");
}

#[test]
fn a_click_on_the_map_picks_what_stands_there() {
    let mut stage = twelve();
    let Frame::Requests(layout) = stage.app.frame() else { panic!("not the requests screen") };
    let heat = layout.heat.expect("there is room for a map");
    let map = &stage.app.requests().shown.heat;
    let band = map.bands.iter().rposition(|band| band.sum.count > 0).expect("a band with requests");
    let column = (0..map.columns).find(|column| map.cell(band, *column).count > 0).expect("a cell");
    let expected = map.cell(band, column).count as usize;
    let x = heat.x + lambtop::app::requests::HEAT_LABEL + map.place_of(column) as u16;
    let y = heat.y + heat.height - 3 - band as u16;
    stage.input(Input::Mouse(Mouse { kind: MouseKind::Click, x, y }));
    assert_eq!(stage.app.requests().shown.keys.len(), expected);
    assert!(stage.durations_shown().iter().all(|ms| *ms >= 1_000.0));
}

#[test]
fn g_puts_requests_together_and_enter_opens_a_group() {
    let mut stage = twelve();
    stage.press("g");
    let errors = &stage.app.requests().shown.groups;
    assert_eq!(errors.iter().map(|group| group.count).collect::<Vec<_>>(), [3]);
    stage.press("<Enter>");
    assert_eq!(stage.durations_shown(), [1_200.0, 800.0, 400.0]);
    stage.press("<Esc>g");
    let requests = stage.app.requests();
    assert_eq!(requests.grouping, Grouping::Version);
    let counts: Vec<_> =
        requests.shown.groups.iter().map(|group| (group.count, group.failed, group.p50)).collect();
    assert_eq!(counts, [(6, 2, Some(900.0)), (6, 1, Some(300.0))], "89 before 88");
    stage.press("g");
    let requests = stage.app.requests();
    assert_eq!(requests.grouping, Grouping::Environment);
    assert_eq!(requests.shown.groups.len(), 3);
    assert!(
        requests
            .shown
            .groups
            .iter()
            .all(|group| group.lane.iter().map(|cell| cell.requests).sum::<u32>() == 4)
    );
    stage.press("<Esc>");
    assert_eq!(stage.app.requests().grouping, Grouping::None);
}

#[test]
fn enter_opens_the_timeline_and_f_the_log_of_the_request() {
    let mut stage = twelve();
    stage.press("j");
    let key = stage.chosen().expect("a request").key;
    stage.press("<Enter>");
    let Screen::Timeline(timeline) = stage.app.screen() else { panic!("{:?}", stage.app.screen()) };
    assert_eq!(timeline.of, TimelineOf::Request(key));
    stage.press("<Esc>f");
    assert_eq!(*stage.app.screen(), Screen::Logs);
    assert_eq!(stage.app.logs().filter.applied.text(), format!("req:{}", key.request));
    stage.press("<Esc><Esc>");
    assert_eq!(*stage.app.screen(), Screen::Requests);
    assert_eq!(stage.chosen().expect("a request").key, key, "the cursor is where it was");
}

#[test]
fn v_opens_the_trace_of_a_sampled_request_and_says_why_there_is_none() {
    let mut stage = twelve();
    stage.press("j");
    assert_eq!(stage.chosen().and_then(|own| own.sampled), Some(false));
    stage.press("v");
    assert_eq!(*stage.app.screen(), Screen::Requests);
    let notice = stage.app.notice().expect("a word about it");
    assert!(notice.text.contains("did not sample"), "{}", notice.text);
    stage.press("kv");
    assert!(matches!(stage.app.screen(), Screen::Timeline(_)));
}

#[test]
fn y_copies_the_id() {
    let mut stage = twelve();
    stage.press("y");
    let expected = stage.chosen().expect("a request").key.request.to_string();
    let copied = stage.effects.iter().any(|effect| format!("{effect:?}").contains(&expected));
    assert!(copied, "{:?}", stage.effects);
}

#[test]
fn its_groups_are_read_while_it_is_open_and_for_a_minute_more() {
    let mut stage = twelve();
    let groups = |stage: &Stage| stage.app.interest().logs.map_or(0, |want| want.groups.len());
    assert_eq!(groups(&stage), 1);
    stage.press("<Esc>");
    stage.wait(58);
    assert_eq!(groups(&stage), 1);
    stage.wait(3);
    assert_eq!(groups(&stage), 0);
}

#[test]
fn a_functions_screen_shows_its_requests_and_errors_and_tab_goes_there() {
    let mut stage = twelve();
    stage.press("1<Enter>");
    stage.wait(1);
    assert_eq!(stage.app.below().all, 12);
    assert_eq!(stage.app.below().errors.iter().map(|group| group.count).sum::<usize>(), 3);
    assert_eq!(stage.app.interest().logs.map(|want| want.groups.len()), Some(1));
    stage.press("<Tab>j");
    assert_eq!(stage.app.below().request_at(), 1);
    stage.press("<End>");
    assert_eq!(stage.app.below().request_at(), 11, "in a pane it is the last row");
    stage.press("<Home>j");
    assert_eq!(stage.app.below().request_at(), 1, "and the first");
    stage.press("<Enter>");
    assert!(matches!(stage.app.screen(), Screen::Timeline(_)));
    stage.press("<Esc><Tab><Enter>");
    assert_eq!(*stage.app.screen(), Screen::Requests);
    assert_eq!(stage.durations_shown(), [1_200.0, 800.0, 400.0], "the requests of that error");
    stage.press("1<Enter><Tab><Esc>");
    assert!(matches!(stage.app.screen(), Screen::Function(_)), "first out of the pane");
    stage.press("<Esc>");
    assert_eq!(*stage.app.screen(), Screen::Functions);
}

#[test]
fn at_the_end_of_the_last_requests_the_cursor_stays_there_when_its_own_becomes_too_old() {
    let mut stage = twelve();
    stage.press("1<Enter><Tab><End>");
    assert_eq!(stage.app.below().request_at(), 11);
    let new: Vec<Shot> =
        (100..300).map(|number| Shot { number, before: 900 + number, ..Shot::default() }).collect();
    stage.requests("payment-capture", &new);
    let below = stage.app.below();
    assert_eq!((below.all, below.requests.len(), below.request_at()), (212, 200, 199));
}

#[test]
fn what_is_not_complete_yet_stands_right_of_the_mark() {
    let mut stage = twelve();
    assert_eq!(stage.app.requests().shown.heat.unfinished, None);
    stage.tell(Event::Tail(told::tail(GroupKey::by_default(&key("payment-capture")), stage.at)));
    stage.wait(2);
    let map = &stage.app.requests().shown.heat;
    let unfinished = map.unfinished.expect("the last minutes are");
    assert!(unfinished > map.columns * 8 / 10 && unfinished < map.columns, "{unfinished} of {}", map.columns);
    assert_eq!(map.column_at(unfinished), None);
    assert_eq!(map.column_at(map.place_of(unfinished)), Some(unfinished));
}

#[test]
fn thousands_of_requests_are_sorted_and_filtered_in_time() {
    let mut stage = Stage::with(&["payment-capture"]);
    stage.press("r");
    let shots: Vec<Shot> = (0..20_000)
        .map(|number| Shot {
            before: 3_000_000 - number * 149,
            number,
            ms: 20.0 + (number * 37 % 4_000) as f64,
            stream: number % 40,
            ..Shot::default()
        })
        .collect();
    stage.requests("payment-capture", &shots);
    assert_eq!(stage.app.requests().shown.all, 20_000);
    let began = std::time::Instant::now();
    stage.press("s/duration>4s<Enter>g");
    let took = began.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
    stage.press("<Esc><Esc>jj");
    assert_eq!(stage.app.requests().at, 2);
}

#[test]
fn a_new_order_of_requests_is_seen_from_its_top() {
    for keys in ["s", ">", "I"] {
        let mut stage = twelve();
        stage.size(80, 16);
        stage.press("G");
        assert_ne!(stage.app.requests().at, 0);
        stage.press(keys);
        assert_eq!((stage.app.requests().at, stage.app.requests().top), (0, 0), "{keys}");
    }
}

#[test]
fn whatever_comes_the_rows_are_those_that_would_be_made_anew() {
    for keys in ["", "s", "sI", "sss", "g", "gg", "ggg", "/-duration>150ms<Enter>", "<Tab><Up><Tab>"] {
        let mut stage = twelve();
        stage.press(keys);
        let open = Shot { number: 70, before: 4_000, ended: Ended::Open, stream: 7, ..Shot::default() };
        stage.requests("payment-capture", std::slice::from_ref(&open));
        let ended = Shot { ended: Ended::OutOfTime, ms: 3_000.0, before: 6_000, ..open };
        let late = Shot { number: 71, before: 300_000, ms: 2_500.0, stream: 8, ..Shot::default() };
        stage.requests("payment-capture", &[ended, late]);
        stage.wait(120);
        let kept = stage.app.requests().shown.clone();
        stage.press("II");
        assert_eq!(kept, stage.app.requests().shown, "after {keys}");
        assert_eq!(kept.all, 14);
    }
}
