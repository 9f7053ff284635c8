//! What the user is doing: screens, overlays, the cursor, the filter, and what each key does to them.
//!
//! [`App::input`] is the only way in. The same inputs give the same screens: time comes with each input and
//! is never read here.

mod action;
mod advice;
mod charts;
mod clip;
mod columns;
mod copying;
mod export;
mod far;
mod field;
mod filter;
mod hints;
mod history;
mod input;
mod key;
mod keymap;
mod layout;
pub mod logs;
mod motion;
mod overlay;
mod range;
mod read;
pub mod requests;
mod rows;
mod screen;
mod settings;
pub mod timeline;
pub mod traces;
mod update;

use std::collections::BTreeSet;
use std::time::Duration;

use crate::model::{Event, Feed, FunctionKey, Period, TimeRange, Timestamp, Want, WantId, Window};
use crate::store::lines::{Histogram, Reader};
use crate::store::{Severity, Store, Totals};

pub use action::{Action, Group};
pub use advice::{Advice, Place};
pub use clip::{Clip, Copied};
pub use columns::{Column, ColumnPlace, columns};
pub use export::{Export, LineExport, RequestExport, TraceExport, Written};
pub use far::{Far, FarApi, FarBox, FarSearch};
pub use field::Field;
pub use filter::FilterState;
pub use input::{Effect, Input, Job, Notice};
pub use key::{Code, Key, Mouse, MouseKind};
pub use keymap::{Hint, readme_keys};
pub use layout::{
    Area, ChartSlot, Chrome, Frame, FunctionLayout, FunctionPanes, FunctionsLayout, LogsLayout,
    RequestsLayout, TimelineLayout, TracesLayout,
};
pub use logs::{LineTimes, LogRow, LogsScreen, SearchJob};
pub use overlay::{Help, HelpLine, LinkBox, Overlay, Palette, PaletteEntry, Themes};
pub use range::{ChartRange, ChartView};
pub use requests::{RequestColumn, RequestsScreen};
pub use rows::Row;
pub use screen::{FunctionPane, FunctionScreen, FunctionsScreen, Screen};
pub use settings::Settings;
pub use timeline::{
    Known, LogsAround, Sight, TimelineDetail, TimelineLine, TimelineOf, TimelinePane, TimelineScreen,
    TimelineSource,
};
pub use traces::{
    NodeNumbers, TraceColumn, TraceColumnPlace, TraceMap, TraceRange, TraceRows, TracesScreen, TracesView,
    trace_columns, trace_severity,
};

use history::History;
use rows::{Table, View};

/// Without a key for so long nobody is there.
const AWAY: Duration = Duration::from_mins(10);
/// How long a notice stands.
const NOTICE: Duration = Duration::from_secs(5);

/// Everything the screen shows, and the only thing that changes it.
#[derive(Debug)]
pub struct App {
    settings: Settings,
    now: Timestamp,
    started: Timestamp,
    size: (u16, u16),
    revision: u64,
    store: Store,
    /// The fleet's screen, below all others.
    functions: FunctionsScreen,
    /// Functions that were marked, to look at their logs together.
    marked: BTreeSet<FunctionKey>,
    /// The logs screen, on top or not.
    logs: LogsScreen,
    /// The requests screen, on top or not.
    requests: RequestsScreen,
    /// What stands below the charts of one function.
    below: requests::Below,
    /// The traces screen, on top or not.
    traces: TracesScreen,
    /// The search beyond what is held.
    far: Far,
    /// From when on its lines are read.
    logs_since: Timestamp,
    /// The log groups that are read for the screens that are open.
    log_readers: logs::Readers,
    /// Lines by level over the range of the charts, where the logs screen has room for it.
    log_histogram: Histogram,
    /// What that was counted of: revision, range, bars, sources.
    log_histogram_of: Option<(u64, TimeRange, usize, usize)>,
    /// Reads the lines of timelines.
    reader: Reader,
    /// The logs that were read around traces.
    read_around: timeline::ReadAround,
    /// What is wanted outside beside what an action itself returns.
    pending: Vec<Effect>,
    /// What was opened over it, the topmost last.
    opened: Vec<Screen>,
    overlay: Option<Overlay>,
    window: Window,
    range: ChartRange,
    local_time: bool,
    theme: usize,
    table: Table,
    totals: Totals,
    totals_are_old: bool,
    sorted_at: Timestamp,
    notice: Option<Notice>,
    filter: FilterState,
    /// The filters of lines that were kept before.
    history: History,
    advice: Option<Advice>,
    frame: Frame,
    wants: Vec<(WantId, Want)>,
    last_want: u64,
    /// When a stop ended whose events were asked for then, and how long it was.
    catching_up: Option<(Timestamp, Duration)>,
    last_key: Option<Timestamp>,
}

impl App {
    /// The program as it starts: the functions screen in 80x24, nothing known yet.
    #[must_use]
    pub fn new(settings: Settings, now: Timestamp) -> Self {
        let mut app = Self {
            window: settings.window,
            local_time: settings.local_time,
            theme: settings.theme,
            now,
            started: now,
            size: (80, 24),
            revision: 0,
            store: Store::default(),
            functions: FunctionsScreen::default(),
            marked: BTreeSet::new(),
            logs: LogsScreen::default(),
            requests: RequestsScreen::default(),
            below: requests::Below::default(),
            traces: TracesScreen::default(),
            far: Far::default(),
            logs_since: now - settings.since,
            log_readers: logs::Readers::default(),
            log_histogram: Histogram::default(),
            log_histogram_of: None,
            reader: Reader::default(),
            read_around: timeline::ReadAround::default(),
            pending: Vec::new(),
            opened: Vec::new(),
            overlay: None,
            range: ChartRange::default(),
            table: Table::default(),
            totals: Totals::default(),
            totals_are_old: false,
            sorted_at: now,
            notice: None,
            filter: FilterState::default(),
            history: History::of(settings.history.as_deref().unwrap_or_default()),
            advice: None,
            frame: Frame::TooSmall,
            wants: Vec::new(),
            last_want: 0,
            catching_up: None,
            last_key: None,
            settings,
        };
        app.store.lines_mut().set_limit(app.settings.log_memory);
        app.settle();
        app
    }

    /// Takes in what happened at `at`, and says what is to be done about it outside.
    pub fn input(&mut self, at: Timestamp, input: Input) -> Vec<Effect> {
        let (second, minute) = (self.now.secs(), self.now.floor(Period::MINUTE));
        self.now = at;
        // The clock on screen shows seconds: a tick within the same one changes nothing, nor do lines packed otherwise.
        let unseen = matches!(input, Input::Tick | Input::Done(Job::Tidied(_)));
        if second != at.secs() || !unseen {
            self.revision += 1;
        }
        if minute != at.floor(Period::MINUTE) {
            self.judge_all();
        }
        if matches!(input, Input::Key(_) | Input::Mouse(_) | Input::Paste(_)) {
            self.last_key = Some(at);
        }
        let mut effects = match input {
            Input::Key(key) => self.key(key),
            Input::Mouse(mouse) => {
                if self.settings.mouse {
                    self.mouse(mouse);
                }
                Vec::new()
            }
            Input::Paste(text) => {
                self.type_text(&text);
                Vec::new()
            }
            Input::Resize { columns, rows } => {
                self.size = (columns, rows);
                Vec::new()
            }
            Input::Event(event) => {
                self.event(*event);
                self.chores()
            }
            Input::Done(Job::Tidied(tidied)) => {
                self.store.lines_mut().finish(tidied);
                self.chores()
            }
            Input::Done(Job::ScreenSaved(Ok(path))) => {
                self.say(&format!("screen saved to {path}"), Severity::Ok);
                Vec::new()
            }
            Input::Done(Job::ScreenSaved(Err(why))) => {
                self.say(&format!("the screen was not saved: {why}"), Severity::Error);
                Vec::new()
            }
            Input::Done(Job::Copied(outcome)) => {
                match outcome {
                    Ok(summary) => self.say(&summary, Severity::Ok),
                    Err(why) => self.say(&why, Severity::Warn),
                }
                Vec::new()
            }
            Input::Done(Job::Remembered(outcome)) => {
                if let Err(why) = outcome {
                    self.say(&format!("the filter was not kept for the next session: {why}"), Severity::Warn);
                }
                Vec::new()
            }
            Input::Done(Job::Written(outcome)) => {
                self.written(outcome);
                Vec::new()
            }
            Input::Done(Job::Found(hits)) => {
                self.logs.matches.take(hits);
                Vec::new()
            }
            Input::Tick => Vec::new(),
            Input::Woke(after) => {
                self.catch_up(after);
                Vec::new()
            }
            Input::TaskPanicked(what) => {
                self.say(&format!("a background task failed, {what}"), Severity::Error);
                Vec::new()
            }
        };
        self.settle();
        effects.append(&mut self.pending);
        effects
    }

    /// What is to be done about the log lines on a worker.
    fn chores(&mut self) -> Vec<Effect> {
        self.store.lines_mut().chore().map(Effect::Tidy).into_iter().collect()
    }

    fn event(&mut self, event: Event) {
        if let Event::Answered(id) = event {
            self.wants.retain(|(want, _)| *want != id);
            return;
        }
        if let Event::LogSearch(report) = event {
            if !self.read_around.take(&report) {
                self.far_report(report);
            }
            return;
        }
        let changes = self.store.ingest(self.now, event);
        let answered = self.store.feed(Feed::Metrics).last_answered;
        if let Some((_, after)) = self.catching_up.take_if(|(woke, _)| answered > Some(*woke)) {
            self.say(&format!("caught up after {}", in_words(after)), Severity::Ok);
        }
        self.look_at_lines(changes.lines);
        self.open_named_groups();
        if changes.fleet {
            self.rebuild(|table, view| {
                table.functions(view, &changes.functions);
                table.fleet(view);
            });
        } else if !changes.functions.is_empty() {
            let (table, view) = self.table_and_view();
            table.functions(&view, &changes.functions);
        }
        self.totals_are_old |= changes.totals || !changes.functions.is_empty() || changes.fleet;
    }

    /// Brings everything that follows from the state up to date, after each input.
    fn settle(&mut self) {
        if self.notice.as_ref().is_some_and(|notice| self.now.since(notice.at) >= NOTICE) {
            self.notice = None;
        }
        self.sort_if_due();
        self.advice = advice::advice(&self.store, &self.settings, self.now);
        self.lay_out();
        self.note_readers();
        self.keep_cursor_visible();
        self.make_log_rows();
        self.make_requests();
        self.make_trace_rows();
        self.make_below();
        self.make_timeline();
        self.read_around();
        if std::mem::take(&mut self.totals_are_old)
            && let Some(scope) = self.scope().cloned()
        {
            let busiest = self.table.busiest();
            self.totals = self.store.totals(&scope, self.window, self.settings.since, self.now, busiest);
        }
    }

    fn lay_out(&mut self) {
        let band = self.advice.as_ref().is_some_and(|advice| advice.place == Place::Band);
        self.frame = match self.screen() {
            Screen::Functions => layout::functions(self.size, band),
            Screen::Function(screen) => layout::function(self.size, band, self.charts(), screen.scroll),
            Screen::Logs => layout::logs(self.size, band, self.logs.detail.is_some()),
            Screen::Requests => layout::requests(self.size, band),
            Screen::Timeline(screen) => {
                layout::timeline(self.size, band, screen.pane == TimelinePane::Detail)
            }
            Screen::Traces => layout::traces(self.size, band, self.traces.view == TracesView::Map),
        };
    }

    fn table_and_view(&mut self) -> (&mut Table, View<'_>) {
        let screen = &self.functions;
        let view = View {
            store: &self.store,
            window: self.window,
            since: self.settings.since,
            now: self.now,
            sort: screen.sort,
            reversed: screen.reversed,
            filter: &self.filter.applied,
        };
        (&mut self.table, view)
    }

    fn judge_all(&mut self) {
        let (table, view) = self.table_and_view();
        table.all(&view);
        self.totals_are_old = true;
    }

    fn set_window(&mut self, window: Window) {
        self.window = window;
        self.judge_all();
        self.sort();
    }

    fn window_after(&self) -> Window {
        let at = Window::ALL.iter().position(|window| *window == self.window).unwrap_or(0);
        Window::ALL[(at + 1) % Window::ALL.len()]
    }

    fn say(&mut self, text: &str, severity: Severity) {
        self.notice = Some(Notice { text: text.to_owned(), severity, at: self.now });
    }

    /// How many charts the opened function has.
    fn charts(&self) -> usize {
        self.selected().map_or(5, |key| 5 + self.store.further_metrics(key).len())
    }
}

/// A stretch of time in a sentence: `40 s`, `7 min`, `3 h`.
fn in_words(stretch: Duration) -> String {
    match stretch.as_secs() {
        seconds @ 0..90 => format!("{seconds} s"),
        seconds @ 90..5_400 => format!("{} min", (seconds + 30) / 60),
        seconds => format!("{} h", (seconds + 1_800) / 3_600),
    }
}
