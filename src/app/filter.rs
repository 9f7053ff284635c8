//! The filter as it is typed and as it applies: one of functions, and one in the language of lines on each screen that
//! shows what lines tell.

use crate::query::{Filter, FilterError, Query};
use crate::store::Severity;

use super::action::Action;
use super::{App, Effect, Field, Screen};

/// A filter: of functions, or with a [`Query`] of lines.
///
/// While typing, the prompt stands in the status line and the count, or the error under its character, in the
/// footer's line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterState<F = Filter> {
    /// What is typed.
    pub field: Field,
    /// Whether keys go into the field.
    pub typing: bool,
    /// What is applied: what is typed, or while that holds a mistake what stands before it.
    pub applied: F,
    /// What was applied when the typing began.
    pub before: F,
    /// What is wrong with the text in the field.
    pub error: Option<FilterError>,
}

impl<F: Clone> FilterState<F> {
    /// Keys go into the field, which holds `text`, from now on.
    pub(super) fn type_on(&mut self, text: &str) {
        self.typing = true;
        self.field = Field::new(text);
        self.before = self.applied.clone();
    }

    /// The filter that stands while `text` holds a mistake: its terms before that one, which are complete, else the
    /// filter that stood before the typing began. Never half a term: `outcome` of `outcome=foo` is a word.
    pub(super) fn standing(
        &self,
        text: &str,
        mistake: &FilterError,
        parse: impl Fn(&str) -> Result<F, FilterError>,
    ) -> F {
        let sound = text.get(..mistake.at).unwrap_or_default();
        let ends = sound.char_indices().rev().filter(|(_, c)| c.is_whitespace());
        ends.map(|(at, blank)| &sound[..at + blank.len_utf8()])
            .filter(|terms| !terms.trim().is_empty())
            .find_map(|terms| parse(terms).ok())
            .unwrap_or_else(|| self.before.clone())
    }
}

impl App {
    /// The filter of the screen on top, where it is one in the language of lines.
    pub(super) fn line_filter(&mut self) -> Option<&mut FilterState<Query>> {
        match self.opened.last() {
            Some(Screen::Logs) => Some(&mut self.logs.filter),
            Some(Screen::Requests) => Some(&mut self.requests.filter),
            Some(Screen::Functions | Screen::Function(_) | Screen::Timeline(_) | Screen::Traces) | None => {
                None
            }
        }
    }

    /// Whether the screen on top is filtered in the language of lines.
    pub(super) fn filters_lines(&self) -> bool {
        matches!(self.screen(), Screen::Logs | Screen::Requests)
    }

    /// Applies a query to the screen on top.
    fn apply_on_screen(&mut self, query: Query) {
        match self.opened.last() {
            Some(Screen::Requests) => self.apply_to_requests(query),
            _ => self.apply_query(query),
        }
    }

    fn apply(&mut self, filter: Filter) {
        self.filter.error = None;
        if self.filter.applied != filter {
            self.filter.applied = filter;
            self.narrow();
        }
    }

    /// Opens the filter of the screen for typing.
    pub(super) fn open_filter(&mut self) {
        if *self.screen() == Screen::Traces {
            self.type_trace_filter();
        } else if let Some(filter) = self.line_filter() {
            let text = filter.applied.text().to_owned();
            filter.type_on(&text);
        } else if *self.screen() == Screen::Functions {
            let text = self.filter.applied.text().to_owned();
            self.filter.type_on(&text);
        }
    }

    /// The text in the field of the filter changed.
    pub(super) fn filter_typed(&mut self) {
        if *self.screen() == Screen::Traces {
            self.trace_filter_typed();
        } else if let Some(filter) = self.line_filter() {
            let text = filter.field.text().to_owned();
            self.set_query(&text);
        } else {
            let text = self.filter.field.text();
            match Filter::parse(text) {
                Ok(filter) => self.apply(filter),
                Err(error) => {
                    let standing = self.filter.standing(text, &error, Filter::parse);
                    self.apply(standing);
                    self.filter.error = Some(error);
                }
            }
        }
    }

    /// Filters the screen on top by a query, or says what is wrong with it and leaves in force what is not.
    pub(super) fn set_query(&mut self, text: &str) {
        match Query::parse(text) {
            Ok(query) => self.apply_on_screen(query),
            Err(error) => {
                let Some(filter) = self.line_filter() else { return };
                let standing = filter.standing(text, &error, Query::parse);
                self.apply_on_screen(standing);
                if let Some(filter) = self.line_filter() {
                    filter.error = Some(error);
                }
            }
        }
    }

    /// Keeps a filter among those that the arrows bring back, and for the next session where that is asked for.
    fn keep(&mut self, text: &str) {
        if self.history.keep(text) && self.settings.history.is_some() {
            self.pending.push(Effect::Remember(text.to_owned()));
        }
    }

    /// Searches for what has a name in the settings.
    pub(super) fn search_for(&mut self, index: usize) {
        let Some(text) = self.settings.searches.get(index).map(|saved| saved.query.text().to_owned()) else {
            return;
        };
        self.set_query(&text);
        self.keep(&text);
    }

    /// The arrows go through the filters that were kept, while one is typed.
    pub(super) fn recall(&mut self, action: Action) {
        if *self.screen() == Screen::Traces {
            return self.recall_trace_filter(action);
        }
        let Some(filter) = self.line_filter() else { return };
        let typed = filter.field.text().to_owned();
        let text = match action {
            Action::Up => self.history.earlier(&typed).map(str::to_owned),
            _ => self.history.later(),
        };
        if let (Some(text), Some(filter)) = (text, self.line_filter()) {
            filter.field = Field::new(&text);
            self.set_query(&text);
        }
    }

    /// Whether keys go into the filter of the screen.
    #[must_use]
    pub fn is_typing(&self) -> bool {
        match self.screen() {
            Screen::Logs => self.logs.filter.typing,
            Screen::Requests => self.requests.filter.typing,
            Screen::Traces => self.traces.is_typing(),
            Screen::Functions | Screen::Function(_) | Screen::Timeline(_) => self.filter.typing,
        }
    }

    pub(super) fn end_filter(&mut self, keep: bool) {
        let mistaken = match self.line_filter() {
            Some(filter) => filter.error.is_some(),
            None => self.filter.error.is_some(),
        };
        if keep && mistaken {
            return self.say("what is typed cannot be kept: Esc clears it", Severity::Warn);
        }
        if *self.screen() == Screen::Traces {
            return self.end_trace_filter(keep);
        }
        if let Some(filter) = self.line_filter() {
            filter.typing = false;
            filter.error = None;
            filter.field = Field::new(filter.applied.text());
            if keep {
                let text = filter.applied.text().to_owned();
                self.keep(&text);
            }
        } else {
            self.filter.typing = false;
            self.filter.error = None;
            self.filter.field = Field::new(self.filter.applied.text());
        }
        if !keep {
            self.clear_filter();
        }
    }

    pub(super) fn clear_filter(&mut self) {
        if *self.screen() == Screen::Traces {
            return self.end_trace_filter(false);
        }
        if let Some(filter) = self.line_filter() {
            filter.field = Field::default();
            self.apply_on_screen(Query::default());
        } else {
            self.filter.field = Field::default();
            self.apply(Filter::default());
        }
    }
}
