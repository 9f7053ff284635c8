//! What the user is doing: screens, overlays, the cursor, the filter, and what each key does to them.
//!
//! [`App::input`] is the only way in. The same inputs give the same screens: time comes with each input and
//! is never read here.

mod action;
mod advice;
mod charts;
mod columns;
mod field;
mod filter;
mod keymap;
mod layout;
mod motion;
mod overlay;
mod range;
mod rows;
mod screen;
mod settings;
mod update;

use std::time::Duration;

use crate::model::{
    Attention, Event, FunctionKey, Interest, Metric, Period, Scope, Subject, Timestamp, Want, WantId, Window,
};
use crate::store::{Severity, Store, Totals, Trend};

pub use action::{Action, Group};
pub use advice::{Advice, Place};
pub use columns::{Column, ColumnPlace, columns};
pub use field::Field;
pub use filter::FilterState;
pub use keymap::{Code, Hint, Key, Mouse, MouseKind, readme_table};
pub use layout::{Area, ChartSlot, Frame, FunctionLayout, FunctionsLayout};
pub use overlay::{Help, HelpLine, Overlay, Palette, PaletteEntry, Themes};
pub use range::{ChartRange, ChartView};
pub use rows::Row;
pub use screen::{FunctionScreen, FunctionsScreen, Screen};
pub use settings::Settings;

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
    stack: Vec<Screen>,
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
    advice: Option<Advice>,
    frame: Frame,
    wants: Vec<(WantId, Want)>,
    last_want: u64,
    last_key: Option<Timestamp>,
}

/// Everything that happens to the program.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted; raw.
    Paste(String),
    /// The terminal has another size.
    Resize {
        /// Width in cells.
        columns: u16,
        /// Height in cells.
        rows: u16,
    },
    /// A source told something.
    Event(Box<Event>),
    /// An [`Effect`] was carried out.
    Done(Job),
    /// A second passed.
    Tick,
}

/// What the app wants done outside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// End the program.
    Quit,
    /// Save the screen as it stands; answered by [`Job::ScreenSaved`].
    SaveScreen,
    /// Give the terminal back and stop until continued (Ctrl-Z).
    Suspend,
}

/// What became of an [`Effect`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// The screen was saved: the file's path, or why not. Raw text.
    ScreenSaved(Result<String, String>),
}

/// One line that tells what just happened; raw text. It goes by itself after five seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub text: String,
    /// `Error` for what did not work, `Ok` for what did.
    pub severity: Severity,
    /// When it was said.
    pub at: Timestamp,
}

impl App {
    /// The program as it starts: the functions screen in 80x24, nothing known yet.
    #[must_use]
    pub fn new(settings: Settings, now: Timestamp) -> Self {
        let mut app = Self {
            window: settings.window,
            local_time: settings.local_time,
            theme: settings.theme,
            settings,
            now,
            started: now,
            size: (80, 24),
            revision: 0,
            store: Store::default(),
            stack: vec![Screen::Functions(FunctionsScreen::default())],
            overlay: None,
            range: ChartRange::default(),
            table: Table::default(),
            totals: Totals::default(),
            totals_are_old: false,
            sorted_at: now,
            notice: None,
            filter: FilterState::default(),
            advice: None,
            frame: Frame::TooSmall,
            wants: Vec::new(),
            last_want: 0,
            last_key: None,
        };
        app.settle();
        app
    }

    /// Takes in what happened at `at`, and says what is to be done about it outside.
    pub fn input(&mut self, at: Timestamp, input: Input) -> Vec<Effect> {
        let (second, minute) = (self.now.secs(), self.now.floor(Period::MINUTE));
        self.now = at;
        // The clock on screen shows seconds: a tick within the same one changes nothing.
        if second != at.secs() || input != Input::Tick {
            self.revision += 1;
        }
        if minute != at.floor(Period::MINUTE) {
            self.judge_all();
        }
        if matches!(input, Input::Key(_) | Input::Mouse(_) | Input::Paste(_)) {
            self.last_key = Some(at);
        }
        let effects = match input {
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
                Vec::new()
            }
            Input::Done(Job::ScreenSaved(Ok(path))) => {
                self.say(&format!("screen saved to {path}"), Severity::Ok);
                Vec::new()
            }
            Input::Done(Job::ScreenSaved(Err(why))) => {
                self.say(&format!("the screen was not saved: {why}"), Severity::Error);
                Vec::new()
            }
            Input::Tick => Vec::new(),
        };
        self.settle();
        effects
    }

    fn event(&mut self, event: Event) {
        if let Event::Answered(id) = event {
            self.wants.retain(|(want, _)| *want != id);
            return;
        }
        let changes = self.store.ingest(self.now, event);
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
        self.keep_cursor_visible();
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
            Screen::Functions(_) => layout::functions(self.size, band),
            Screen::Function(screen) => layout::function(self.size, band, self.charts(), screen.scroll),
        };
    }

    fn table_and_view(&mut self) -> (&mut Table, View<'_>) {
        let screen = functions_screen(&self.stack);
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

    /// What the screen needs from the sources now.
    #[must_use]
    pub fn interest(&self) -> Interest {
        let selected = self.selected().cloned();
        let visible = match self.screen() {
            Screen::Functions(_) => self
                .rows()
                .iter()
                .skip(self.first_row())
                .take(self.visible_rows())
                .map(|row| row.key.clone())
                .collect(),
            Screen::Function(_) => selected.iter().cloned().collect(),
        };
        let charts = self.chart_view().zip(selected.as_ref()).map(|(view, key)| {
            charts::want(key, &view, self.charts_in_sight().into_iter().flatten().collect())
        });
        let idle = self.now.since(self.last_key.unwrap_or(self.started));
        Interest {
            window: self.window,
            since: self.settings.since,
            visible,
            selected,
            charts,
            attention: if idle >= AWAY { Attention::Away } else { Attention::Here },
            wants: self.wants.clone(),
        }
    }

    /// The charts on the function screen, top first: `None` is a vital sign, else a further metric.
    fn charts_in_sight(&self) -> Vec<Option<Metric>> {
        let Frame::Function(layout) = &self.frame else { return Vec::new() };
        let further = self.selected().map(|key| self.store.further_metrics(key)).unwrap_or_default();
        layout.charts.iter().map(|slot| further.get(slot.index.checked_sub(5)?).copied()).collect()
    }

    /// Changes whenever the screen could look different: nothing changed, no frame.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The time of the latest input; every age on screen counts from here.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Columns and rows of the terminal.
    #[must_use]
    pub const fn size(&self) -> (u16, u16) {
        self.size
    }

    /// How the program was started.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What has been seen.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Account and region on screen; the account is unknown until AWS has named it.
    #[must_use]
    pub fn scope(&self) -> Option<&Scope> {
        let named = self.store.identity().map(|identity| &identity.scope);
        named.or_else(|| self.store.functions().next().map(|record| &record.key().scope))
    }

    /// The screen on top.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        self.stack.last().unwrap_or_else(|| unreachable!("the functions screen is never closed"))
    }

    /// The functions screen, whether or not it is on top.
    #[must_use]
    pub fn functions_screen(&self) -> &FunctionsScreen {
        functions_screen(&self.stack)
    }

    /// What lies over the screen.
    #[must_use]
    pub const fn overlay(&self) -> Option<&Overlay> {
        self.overlay.as_ref()
    }

    /// Where everything goes: what the ui draws into.
    #[must_use]
    pub const fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The stretch that a row's numbers cover.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// How much time charts show.
    #[must_use]
    pub const fn range(&self) -> ChartRange {
        self.range
    }

    /// Whether times are written in local time instead of UTC.
    #[must_use]
    pub const fn local_time(&self) -> bool {
        self.local_time
    }

    /// Offset from UTC in seconds in which times are written; 0 unless local time was asked for.
    #[must_use]
    pub const fn zone(&self) -> i32 {
        if self.local_time { self.settings.utc_offset } else { 0 }
    }

    /// The rows that pass the filter, sorted; all of them, not only those on screen.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        self.table.rows()
    }

    /// How many functions there are, whatever the filter: the 431 of `12 of 431`.
    #[must_use]
    pub fn function_count(&self) -> usize {
        self.table.total()
    }

    /// Index in [`App::rows`] of the row under the cursor.
    #[must_use]
    pub fn cursor(&self) -> Option<usize> {
        let key = self.functions_screen().cursor.as_ref();
        key.and_then(|key| self.table.position(key)).or_else(|| (!self.rows().is_empty()).then_some(0))
    }

    /// Index in [`App::rows`] of the first row on screen.
    #[must_use]
    pub fn first_row(&self) -> usize {
        self.functions_screen().top
    }

    /// The function under the cursor, or the opened one.
    #[must_use]
    pub fn selected(&self) -> Option<&FunctionKey> {
        match self.screen() {
            Screen::Functions(_) => self.cursor().and_then(|at| self.rows().get(at)).map(|row| &row.key),
            Screen::Function(screen) => Some(&screen.key),
        }
    }

    /// A row's sparkline: the counts that go with the column the table is sorted by, over `--since`.
    #[must_use]
    pub fn trend(&self, key: &FunctionKey) -> Trend {
        let (_, metrics) = self.functions_screen().sort.trend();
        self.store.trend(&Subject::Function(key.clone()), metrics, self.settings.since, self.now)
    }

    /// The stretch of time that the charts on screen show, where charts are on screen.
    #[must_use]
    pub fn chart_view(&self) -> Option<ChartView> {
        match (self.screen(), &self.frame) {
            (Screen::Functions(_), Frame::Functions(layout)) => {
                layout.charts.map(|_| charts::view(self.range, self.now, None, None))
            }
            (Screen::Function(screen), Frame::Function(_)) => {
                Some(charts::view(self.range, self.now, screen.held_at, screen.crosshair))
            }
            _ => None,
        }
    }

    /// The strip above the table.
    #[must_use]
    pub const fn totals(&self) -> &Totals {
        &self.totals
    }

    /// What just happened, in one line.
    #[must_use]
    pub const fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// The filter, and what is being typed into it.
    #[must_use]
    pub const fn filter(&self) -> &FilterState {
        &self.filter
    }

    /// What to do about a state that needs someone: a page where there is no data, a band above old data.
    #[must_use]
    pub const fn advice(&self) -> Option<&Advice> {
        self.advice.as_ref()
    }

    /// The keys worth showing in the footer now, the most important first.
    #[must_use]
    pub fn hints(&self) -> Vec<Hint> {
        let held = matches!(self.screen(), Screen::Function(screen) if screen.held_at.is_some());
        let value = |action: Action, word: &str| match action {
            Action::WindowNext => format!("{word} {}", self.window),
            Action::RangeNext => format!("{word} {}", self.range.label()),
            Action::Hold if held => "follow".to_owned(),
            _ => word.to_owned(),
        };
        keymap::hints(&self.hint_contexts(), value)
    }

    /// Index of the theme to draw with, in [`Settings::themes`]; while themes are chosen, the one under the cursor.
    #[must_use]
    pub const fn theme(&self) -> usize {
        match &self.overlay {
            Some(Overlay::Themes(themes)) => themes.cursor,
            _ => self.theme,
        }
    }
}

fn functions_screen(stack: &[Screen]) -> &FunctionsScreen {
    match stack.first() {
        Some(Screen::Functions(screen)) => screen,
        _ => unreachable!("the functions screen is the first and is never closed"),
    }
}
