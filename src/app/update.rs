//! What each action does to the state, and what it wants done outside.

use std::time::Duration;

use crate::model::{Want, WantId};
use crate::query::{FilterError, SavedSearch};
use crate::store::Severity;

use super::action::Action;
use super::charts::FAR;
use super::key::Key;
use super::keymap::{Context, lookup, typed};
use super::layout::Frame;
use super::logs::parse_time;
use super::overlay::{AT, PaletteEntry, help_lines, palette};
use super::{
    App, Column, Effect, Field, FunctionPane, FunctionScreen, Help, Overlay, Palette, Screen, Themes,
    columns, in_words,
};

/// Wants that wait for an answer; older ones are given up.
const MAX_WANTS: usize = 64;

impl App {
    /// Where keys are looked up now, and whether characters go into a field.
    fn contexts(&self) -> (Vec<Context>, bool) {
        match &self.overlay {
            Some(Overlay::Palette(_)) => (vec![Context::Always, Context::Palette, Context::Typing], true),
            Some(Overlay::Help(help)) if help.finding => {
                (vec![Context::Always, Context::Prompt, Context::Typing], true)
            }
            Some(Overlay::Help(_)) => (vec![Context::Always, Context::Help], false),
            Some(Overlay::Themes(_)) => (vec![Context::Always, Context::Themes], false),
            Some(Overlay::Link(_)) => (vec![Context::Always, Context::Link], false),
            Some(Overlay::Far(_)) => (vec![Context::Always, Context::Far], false),
            None if self.is_typing() => (vec![Context::Always, Context::Prompt, Context::Typing], true),
            None => (vec![self.screen_context(), Context::Screens, Context::Always], false),
        }
    }

    /// The places whose keys the footer shows.
    pub(super) fn hint_contexts(&self) -> Vec<Context> {
        self.contexts().0
    }

    pub(super) fn screen_context(&self) -> Context {
        match self.screen() {
            Screen::Functions => Context::Functions,
            Screen::Function(_) => Context::Function,
            Screen::Logs => Context::Logs,
            Screen::Requests => Context::Requests,
            Screen::Timeline(_) => Context::Timeline,
            Screen::Traces => Context::Traces,
        }
    }

    pub(super) fn key(&mut self, key: Key) -> Vec<Effect> {
        let (contexts, typing) = self.contexts();
        if typing && let Some(c) = typed(key) {
            self.type_text(c.encode_utf8(&mut [0; 4]));
            return Vec::new();
        }
        let Some(action) = lookup(key, &contexts) else { return Vec::new() };
        let (before, told) = (self.tab_and_depth(), self.notice.clone());
        let effects = self.act(action);
        // What was said of one screen says nothing of another.
        if self.tab_and_depth() != before && self.notice == told {
            self.notice = None;
        }
        effects
    }

    /// Tells one screen from another.
    fn tab_and_depth(&self) -> (usize, usize) {
        (self.tab(), self.opened.len())
    }

    /// Text goes into the field that is open, if one is.
    pub(super) fn type_text(&mut self, text: &str) {
        if let Some(field) = self.field() {
            field.insert(text);
            self.typed();
        }
    }

    fn field(&mut self) -> Option<&mut Field> {
        if self.overlay.is_none() && *self.screen() == Screen::Traces {
            return self.traces.field();
        }
        if self.overlay.is_none() && self.filters_lines() {
            return self.line_filter().filter(|filter| filter.typing).map(|filter| &mut filter.field);
        }
        match &mut self.overlay {
            Some(Overlay::Palette(palette)) => Some(&mut palette.field),
            Some(Overlay::Help(help)) => help.finding.then_some(&mut help.find),
            Some(Overlay::Themes(_) | Overlay::Link(_) | Overlay::Far(_)) => None,
            None => self.filter.typing.then_some(&mut self.filter.field),
        }
    }

    /// The text of the open field changed.
    fn typed(&mut self) {
        let (context, zone, lines) = (self.screen_context(), self.zone(), self.filters_lines());
        match &mut self.overlay {
            Some(Overlay::Palette(state)) => {
                state.cursor = 0;
                state.mistake = None;
                let typed = state.field.text();
                let searches: &[SavedSearch] = if lines { &self.settings.searches } else { &[] };
                (state.entries, state.total) = palette(context, typed, searches, self.table.matcher());
                if context == Context::Logs
                    && let Some(time) = typed.strip_prefix(AT)
                {
                    match parse_time(time, self.now, zone) {
                        Ok(at) => state.entries = vec![PaletteEntry::go_to(at, zone)],
                        Err(error) => {
                            state.entries.clear();
                            state.mistake = Some(FilterError { at: AT.len() + error.at, ..error });
                        }
                    }
                }
            }
            Some(Overlay::Help(help)) => {
                help.lines = help_lines(context, help.find.text());
                help.scroll = 0;
            }
            Some(Overlay::Themes(_) | Overlay::Link(_) | Overlay::Far(_)) => {}
            None => self.filter_typed(),
        }
    }

    /// Carries out an action.
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Quit => return vec![Effect::Quit],
            Action::Suspend => return vec![Effect::Suspend],
            Action::SaveScreen => return vec![Effect::SaveScreen],
            Action::Copy => return self.copy(),
            Action::Write if self.overlay.is_none() => return self.write(),
            Action::EraseLeft
            | Action::EraseRight
            | Action::EraseWord
            | Action::EraseLine
            | Action::CursorLeft
            | Action::CursorRight
            | Action::CursorStart
            | Action::CursorEnd => self.edit(action),
            _ if matches!(self.overlay, Some(Overlay::Far(_))) => self.act_on_far(action),
            _ if self.overlay.is_some() => return self.act_on_overlay(action),
            Action::CopyArn => return self.copy_arn(),
            Action::Link => return self.open_link(),
            Action::Accept | Action::Cancel => self.end_filter(action == Action::Accept),
            Action::Help => self.open_help(),
            Action::Palette => self.open_palette(),
            Action::Themes => self.overlay = Some(Overlay::Themes(Themes { cursor: self.theme })),
            Action::Functions => self.opened.clear(),
            Action::Logs => self.go_to_logs(),
            Action::OpenLogs => self.open_logs(),
            Action::AllLogs => self.open_all_logs(),
            Action::AllRequests => self.open_all_requests(),
            Action::Requests => self.go_to_requests(),
            Action::OpenRequests => self.open_requests(),
            Action::Traces => self.go_to_traces(),
            Action::Back => self.back(),
            Action::Zone => {
                self.local_time = !self.local_time;
                self.say(if self.local_time { "times in local time" } else { "times in UTC" }, Severity::Ok);
            }
            Action::AskAgain => self.ask_again(),
            Action::RangeNext if *self.screen() == Screen::Traces => {
                self.traces.range = self.traces.range.next();
            }
            Action::RangeNext => self.range = self.range.next(),
            Action::SetRange(range) => self.range = range,
            Action::WindowNext => self.set_window(self.window_after()),
            Action::SetWindow(window) => self.set_window(window),
            Action::GoTo(at) => self.head_for(at),
            Action::Filter => self.open_filter(),
            Action::Search(index) => self.search_for(index),
            Action::Up | Action::Down
                if self.is_typing() && (self.filters_lines() || *self.screen() == Screen::Traces) =>
            {
                self.recall(action);
            }
            Action::SortRequestsBy(column) => self.sort_requests(column),
            _ => self.act_on_screen(action),
        }
        Vec::new()
    }

    fn edit(&mut self, action: Action) {
        let Some(field) = self.field() else { return };
        match action {
            Action::EraseLeft => field.erase_left(),
            Action::EraseRight => field.erase_right(),
            Action::EraseWord => field.erase_word(),
            Action::EraseLine => field.erase_line(),
            Action::CursorLeft => return field.move_left(),
            Action::CursorRight => return field.move_right(),
            Action::CursorStart => return field.move_to_start(),
            _ => return field.move_to_end(),
        }
        self.typed();
    }

    fn act_on_overlay(&mut self, action: Action) -> Vec<Effect> {
        let height = usize::from(self.size.1);
        let Some(overlay) = &mut self.overlay else { return Vec::new() };
        match overlay {
            Overlay::Help(help) => {
                // Keys have half of the lines at least.
                let last = help.rows().saturating_sub((height / 2).saturating_sub(2));
                match action {
                    Action::Find => help.finding = true,
                    Action::Accept => help.finding = false,
                    Action::Cancel => {
                        help.finding = false;
                        help.find = Field::default();
                        self.typed();
                    }
                    Action::Back => self.overlay = None,
                    _ => help.go(action, last),
                }
            }
            Overlay::Palette(palette) => {
                let count = palette.entries.len();
                match action {
                    Action::Down => palette.cursor = (palette.cursor + 1).min(count.saturating_sub(1)),
                    Action::Up => palette.cursor = palette.cursor.saturating_sub(1),
                    Action::Accept => {
                        let chosen = palette.entries.get(palette.cursor).map(|entry| entry.action);
                        self.overlay = None;
                        return chosen.map(|action| self.act(action)).unwrap_or_default();
                    }
                    Action::Complete => {
                        if let Some(entry) = palette.entries.get(palette.cursor) {
                            palette.field = Field::new(&entry.name);
                            self.typed();
                        }
                    }
                    Action::Cancel => self.overlay = None,
                    _ => {}
                }
            }
            Overlay::Themes(themes) => {
                let count = self.settings.themes.len().max(1);
                match action {
                    Action::Accept => {
                        self.theme = themes.cursor;
                        self.overlay = None;
                    }
                    Action::Cancel => self.overlay = None,
                    _ => themes.go(action, count),
                }
            }
            Overlay::Far(_) => {}
            Overlay::Link(_) => {
                if action == Action::Back {
                    self.overlay = None;
                }
            }
        }
        Vec::new()
    }

    fn open_help(&mut self) {
        let lines = help_lines(self.screen_context(), "");
        self.overlay = Some(Overlay::Help(Help { lines, ..Help::default() }));
    }

    fn open_palette(&mut self) {
        self.overlay = Some(Overlay::Palette(Palette::default()));
        self.typed();
    }

    /// Back by one level: first out of the filter of the screen, where it has one, then out of the screen.
    fn back(&mut self) {
        if *self.screen() == Screen::Logs && self.logs.detail.take().is_some() {
            return;
        }
        if *self.screen() == Screen::Requests && self.back_in_requests() {
            return;
        }
        if self.leave_timeline_detail() {
            return;
        }
        if let Some(Screen::Function(screen)) = self.opened.last_mut()
            && screen.pane != FunctionPane::Charts
        {
            screen.pane = FunctionPane::Charts;
            return;
        }
        if *self.screen() == Screen::Traces && self.back_on_traces() {
            return;
        }
        let filtered = match self.screen() {
            Screen::Functions => !self.filter.applied.is_empty(),
            Screen::Logs => self.logs.is_filtered(),
            Screen::Requests => !self.requests.filter.applied.is_empty(),
            Screen::Traces => !self.traces.filter.applied.is_empty(),
            Screen::Function(_) | Screen::Timeline(_) => false,
        };
        if filtered {
            self.clear_filter();
        } else {
            self.opened.pop();
        }
    }

    fn ask_again(&mut self) {
        self.want_everything();
        self.say("asking AWS again", Severity::Ok);
    }

    /// After a stop of that length: what happened meanwhile is asked for at once.
    pub(super) fn catch_up(&mut self, after: Duration) {
        self.want_everything();
        self.catching_up = Some((self.now, after));
        self.say(&format!("{} have passed unseen: asking AWS", in_words(after)), Severity::Warn);
    }

    fn want_everything(&mut self) {
        self.read_around.forget_failures();
        self.want(Want::Retry(None));
    }

    /// Asks the sources for something once.
    pub(super) fn want(&mut self, want: Want) {
        self.last_want += 1;
        if self.wants.len() >= MAX_WANTS {
            self.wants.remove(0);
        }
        self.wants.push((WantId(self.last_want), want));
    }

    fn act_on_screen(&mut self, action: Action) {
        let (now, range) = (self.now, self.range);
        if matches!(self.screen(), Screen::Function(_)) && self.act_on_below(action) {
            return;
        }
        match self.opened.last_mut() {
            Some(Screen::Function(screen)) => match action {
                Action::CrosshairLeft => screen.step(range, now, 1, false),
                Action::CrosshairRight => screen.step(range, now, 1, true),
                Action::CrosshairFarLeft => screen.step(range, now, FAR, false),
                Action::CrosshairFarRight => screen.step(range, now, FAR, true),
                Action::CrosshairFirst => screen.rewind(range, now),
                Action::CrosshairNewest => screen.crosshair = None,
                Action::PanEarlier => screen.pan(range, now, false),
                Action::PanLater => screen.pan(range, now, true),
                Action::Hold => screen.hold(range, now),
                _ => self.scroll_charts(action),
            },
            Some(Screen::Logs) => self.act_on_logs(action),
            Some(Screen::Requests) => self.act_on_requests(action),
            Some(Screen::Timeline(_)) => self.act_on_timeline(action),
            Some(Screen::Traces) => self.act_on_traces(action),
            Some(Screen::Functions) | None => self.act_on_functions(action),
        }
    }

    fn scroll_charts(&mut self, action: Action) {
        let visible = match &self.frame {
            Frame::Function(layout) => layout.charts.len(),
            _ => 1,
        };
        let last = self.charts().saturating_sub(visible);
        let Some(Screen::Function(screen)) = self.opened.last_mut() else { return };
        let scroll = screen.scroll.min(last);
        screen.scroll = match action {
            Action::Down => scroll + 1,
            Action::Up => scroll.saturating_sub(1),
            Action::PageDown => scroll + visible,
            Action::PageUp => scroll.saturating_sub(visible),
            Action::Top => 0,
            Action::Bottom => last,
            _ => scroll,
        }
        .min(last);
    }

    fn act_on_functions(&mut self, action: Action) {
        let count = self.rows().len();
        let at = self.cursor().unwrap_or(0);
        let page = self.visible_rows().max(1);
        match action {
            Action::Down => self.put_cursor(at + 1),
            Action::Up => self.put_cursor(at.saturating_sub(1)),
            Action::PageDown => self.put_cursor(at + page),
            Action::PageUp => self.put_cursor(at.saturating_sub(page)),
            Action::Top => self.put_cursor(0),
            Action::Bottom => self.put_cursor(count.saturating_sub(1)),
            Action::Open => {
                if let Some(key) = self.selected().cloned() {
                    self.put_cursor(at);
                    self.opened.push(Screen::Function(FunctionScreen::new(key)));
                }
            }
            Action::SortNext => self.sort_by_neighbour(false, true),
            Action::SortLeft => self.sort_by_neighbour(true, false),
            Action::SortRight => self.sort_by_neighbour(false, false),
            Action::SortInvert => {
                let functions = &mut self.functions;
                functions.reversed = !functions.reversed;
                self.sort_anew();
            }
            Action::SortBy(column) => self.sort_by(column),
            Action::Mark => {
                if let Some(key) = self.selected().cloned() {
                    if !self.marked.remove(&key) {
                        self.marked.insert(key);
                    }
                    self.put_cursor(at + 1);
                }
            }
            _ => {}
        }
    }

    fn sort_by_neighbour(&mut self, left: bool, around: bool) {
        let width = match &self.frame {
            Frame::Functions(layout) => layout.rows.width,
            _ => self.size.0,
        };
        let shown: Vec<Column> =
            columns(width).into_iter().map(|place| place.column).filter(|column| column.sorts()).collect();
        let sort = self.functions_screen().sort;
        // A column that the width no longer shows lies between those that it does.
        let at = shown.iter().position(|column| *column >= sort).unwrap_or(shown.len().saturating_sub(1));
        let next = if left { at.checked_sub(1) } else { Some(at + 1) };
        let first = if around { shown.first() } else { None };
        if let Some(column) = next.and_then(|next| shown.get(next)).or(first) {
            self.sort_by(*column);
        }
    }

    pub(super) fn sort_by(&mut self, column: Column) {
        let functions = &mut self.functions;
        functions.reversed = false;
        functions.sort = column;
        self.sort_anew();
    }
}
