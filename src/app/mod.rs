//! What the user is doing: screens, overlays, the cursor, the filter, and what each key does to them.
//!
//! [`App::input`] is the only way in. The same inputs give the same screens: time comes with each input and
//! is never read here.

mod advice;
mod columns;
mod field;
mod filter;
mod keymap;
mod layout;
mod overlay;
mod range;
mod screen;
mod settings;

use crate::model::{FunctionKey, Interest, Scope, Timestamp, Window};
use crate::store::{Figures, Store, Totals, Trouble};

pub use advice::{Advice, Place};
pub use columns::{Column, ColumnPlace, columns};
pub use field::Field;
pub use filter::FilterState;
pub use keymap::{Action, Code, Group, Hint, Key, Mouse, MouseKind, readme_table};
pub use layout::{Area, ChartSlot, Frame, FunctionLayout, FunctionsLayout};
pub use overlay::{Help, HelpLine, Overlay, Palette, PaletteEntry, Themes};
pub use range::{ChartRange, ChartView};
pub use screen::{FunctionScreen, FunctionsScreen, Screen};
pub use settings::Settings;

/// Everything the screen shows, and the only thing that changes it.
#[derive(Debug)]
pub struct App {
    settings: Settings,
    now: Timestamp,
    size: (u16, u16),
    revision: u64,
    store: Store,
    stack: Vec<Screen>,
    overlay: Option<Overlay>,
    window: Window,
    range: ChartRange,
    rows: Vec<Row>,
    totals: Totals,
    notice: Option<Notice>,
    filter: FilterState,
    advice: Option<Advice>,
    frame: Frame,
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
    Event(Box<crate::model::Event>),
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

/// One row of the functions table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which function; [`Store::function`] tells its configuration.
    pub key: FunctionKey,
    /// Its numbers over the window.
    pub figures: Figures,
    /// Why it ranks where it does.
    pub trouble: Trouble,
    /// Whether its numbers are old: they are shown with `~`.
    pub stale: bool,
    /// Byte offsets of the name's characters that match the filter.
    pub matched: Vec<usize>,
}

/// One line that tells what just happened; raw text. It goes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub text: String,
    /// Whether it is about something that did not work.
    pub bad: bool,
    /// When it was said.
    pub at: Timestamp,
}

impl App {
    /// The program as it starts: the functions screen, nothing known yet.
    #[must_use]
    pub fn new(settings: Settings, now: Timestamp) -> Self {
        let size = (80, 24);
        Self {
            window: settings.window,
            filter: FilterState::default(),
            range: ChartRange::default(),
            settings,
            now,
            size,
            revision: 0,
            store: Store::default(),
            stack: vec![Screen::Functions(FunctionsScreen::default())],
            overlay: None,
            rows: Vec::new(),
            totals: Totals::default(),
            notice: None,
            advice: None,
            frame: Frame::TooSmall,
        }
    }

    /// Takes in what happened at `at`, and says what is to be done about it outside.
    pub fn input(&mut self, at: Timestamp, input: Input) -> Vec<Effect> {
        self.now = at;
        self.revision += 1;
        match input {
            Input::Event(event) => drop(self.store.ingest(at, *event)),
            Input::Resize { columns, rows } => self.size = (columns, rows),
            _ => {}
        }
        Vec::new()
    }

    /// What the screen needs from the sources now.
    #[must_use]
    pub fn interest(&self) -> Interest {
        Interest { window: self.window, since: self.settings.since, ..Interest::default() }
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
        self.store.identity().map(|identity| &identity.scope)
    }

    /// The screen on top.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        self.stack.last().expect("the functions screen is never closed")
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

    /// Offset from UTC in seconds in which times are written; 0 unless local time was asked for.
    #[must_use]
    pub const fn zone(&self) -> i32 {
        0
    }

    /// The rows that pass the filter, sorted; all of them, not only those on screen.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Index in [`App::rows`] of the row under the cursor.
    #[must_use]
    pub fn cursor(&self) -> Option<usize> {
        None
    }

    /// Index in [`App::rows`] of the first row on screen.
    #[must_use]
    pub fn first_row(&self) -> usize {
        0
    }

    /// The function under the cursor, or the opened one.
    #[must_use]
    pub fn selected(&self) -> Option<&FunctionKey> {
        None
    }

    /// The stretch of time that the charts on screen show, where charts are on screen.
    #[must_use]
    pub fn chart_view(&self) -> Option<ChartView> {
        None
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
        Vec::new()
    }

    /// Index of the theme to draw with, in [`Settings::themes`]; while themes are chosen, the one under the cursor.
    #[must_use]
    pub const fn theme(&self) -> usize {
        self.settings.theme
    }
}
