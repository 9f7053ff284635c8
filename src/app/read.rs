//! What the ui and the sources may know of the app: everything here only reads.

use crate::model::{Attention, Failure, FunctionKey, Interest, Metric, Scope, Subject, Timestamp, Window};
use crate::store::lines::Histogram;
use crate::store::{FunctionRecord, Store, Totals, Trend};

use super::requests::Below;
use super::{
    AWAY, Advice, App, ChartRange, ChartView, FilterState, Frame, FunctionsScreen, LogRow, LogsScreen,
    Notice, Overlay, RequestsScreen, Row, Screen, Settings, TracesScreen, charts,
};

impl App {
    /// What the screen needs from the sources now.
    #[must_use]
    pub fn interest(&self) -> Interest {
        let selected = self.selected().cloned();
        let visible = match self.screen() {
            Screen::Functions => self
                .rows()
                .iter()
                .skip(self.first_row())
                .take(self.visible_rows())
                .map(|row| row.key.clone())
                .collect(),
            Screen::Function(_) => selected.iter().cloned().collect(),
            Screen::Logs => self.logs.sources.functions().cloned().collect(),
            Screen::Requests => self.requests.sources.functions().cloned().collect(),
            Screen::Traces => self.functions_on_map(),
            Screen::Timeline(_) => Vec::new(),
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
            logs: self.log_want(),
            traces: self.trace_want(),
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
        self.opened.last().unwrap_or(&Screen::Functions)
    }

    /// Index of the tab that the screen on top belongs to: a timeline to the screen below it.
    #[must_use]
    pub fn tab(&self) -> usize {
        let of = |screen: &Screen| match screen {
            Screen::Functions | Screen::Function(_) => Some(0),
            Screen::Logs => Some(1),
            Screen::Requests => Some(2),
            Screen::Traces => Some(3),
            Screen::Timeline(_) => None,
        };
        self.opened.iter().rev().find_map(of).unwrap_or(0)
    }

    /// The functions screen, whether or not it is on top.
    #[must_use]
    pub const fn functions_screen(&self) -> &FunctionsScreen {
        &self.functions
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
            Screen::Functions => self.cursor().and_then(|at| self.rows().get(at)).map(|row| &row.key),
            Screen::Function(screen) => Some(&screen.key),
            Screen::Logs => match self.logs.current() {
                Some(LogRow::Line { source, .. }) => self.logs.sources.list.get(*source)?.function.as_ref(),
                _ => self.logs.sources.list.first()?.function.as_ref(),
            },
            Screen::Requests => match self.selected_request() {
                Some(own) => self
                    .requests
                    .sources
                    .functions()
                    .find(|key| **key == *own.function)
                    .or_else(|| self.store.function(&own.function).map(FunctionRecord::key)),
                None => self.requests.sources.functions().next(),
            },
            Screen::Traces => self.traces.selected.as_ref(),
            Screen::Timeline(_) => self.timeline_function(),
        }
    }

    /// The logs screen, whether or not it is on top.
    #[must_use]
    pub const fn logs(&self) -> &LogsScreen {
        &self.logs
    }

    /// The requests screen, whether or not it is on top.
    #[must_use]
    pub const fn requests(&self) -> &RequestsScreen {
        &self.requests
    }

    /// What stands below the charts of one function.
    #[must_use]
    pub const fn below(&self) -> &Below {
        &self.below
    }

    /// The traces screen, whether or not it is on top.
    #[must_use]
    pub const fn traces(&self) -> &TracesScreen {
        &self.traces
    }

    /// Lines by level over time, where the logs screen shows them.
    #[must_use]
    pub const fn log_histogram(&self) -> &Histogram {
        &self.log_histogram
    }

    /// The functions that were marked.
    pub fn marked(&self) -> impl Iterator<Item = &FunctionKey> {
        self.marked.iter()
    }

    /// Whether a function was marked.
    #[must_use]
    pub fn is_marked(&self, key: &FunctionKey) -> bool {
        self.marked.contains(key)
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
            (Screen::Functions, Frame::Functions(layout)) => {
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

    /// The same for the traces screen while it has nothing to show: what X-Ray said that lasts.
    #[must_use]
    pub fn trace_advice(&self) -> Option<Advice> {
        super::advice::of_traces(&self.store, &self.settings, self.now)
    }

    /// The failure that keeps traces away, if one lasts.
    #[must_use]
    pub fn without_traces(&self) -> Option<Failure> {
        super::advice::without_traces(&self.store).map(|(_, failing)| failing.failure)
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
