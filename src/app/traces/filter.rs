//! The filter of the list: matched here while it is typed, asked of X-Ray once it is kept, because every other
//! expression makes X-Ray scan anew, and scanning costs.

use super::TracesView;
use crate::app::action::Action;
use crate::app::{App, Field};
use crate::model::{FailureKind, Feed};
use crate::query::{FilterError, TraceQuery};

impl App {
    pub(in crate::app) fn type_trace_filter(&mut self) {
        if self.traces.view == TracesView::Map {
            return self.type_node_name();
        }
        let filter = &mut self.traces.filter;
        let text = filter.applied.text().to_owned();
        filter.type_on(&text);
    }

    /// The text of the filter changed.
    pub(in crate::app) fn trace_filter_typed(&mut self) {
        if self.traces.view == TracesView::Map {
            return self.node_name_typed();
        }
        let filter = &self.traces.filter;
        match TraceQuery::parse(filter.field.text()) {
            Ok(query) => self.apply_to_traces(query),
            Err(error) => {
                let standing = filter.standing(filter.field.text(), &error, TraceQuery::parse);
                self.apply_to_traces(standing);
                self.traces.filter.error = Some(error);
            }
        }
    }

    /// Enter or Esc in the filter.
    pub(in crate::app) fn end_trace_filter(&mut self, keep: bool) {
        if self.traces.view == TracesView::Map {
            return self.end_node_name(keep);
        }
        let query = if keep { self.traces.filter.applied.clone() } else { TraceQuery::default() };
        self.ask_for_traces(query);
    }

    /// Another filter for the list, which X-Ray is asked.
    pub(in crate::app) fn ask_for_traces(&mut self, query: TraceQuery) {
        self.traces.refused_before = self.store.feed(Feed::Traces).failing.map(|failing| failing.retry_at);
        let screen = &mut self.traces;
        screen.filter.typing = false;
        screen.filter.field = Field::new(query.text());
        screen.history.keep(query.text());
        screen.asked = query.expression().text.into();
        self.apply_to_traces(query);
    }

    fn apply_to_traces(&mut self, query: TraceQuery) {
        self.traces.filter.error = None;
        if self.traces.filter.applied != query {
            self.traces.filter.applied = query;
            // Another list: what stood under the cursor may not be in it.
            (self.traces.list.cursor, self.traces.list.top) = (None, 0);
        }
    }

    /// The arrows go through the filters that were kept before.
    pub(in crate::app) fn recall_trace_filter(&mut self, action: Action) {
        if self.traces.view == TracesView::Map {
            return match action {
                Action::Down => self.traces.map.next_found(true),
                _ => self.traces.map.next_found(false),
            };
        }
        let screen = &mut self.traces;
        let recalled = match action {
            Action::Up => screen.history.earlier(screen.filter.field.text()).map(str::to_owned),
            Action::Down => screen.history.later(),
            _ => None,
        };
        if let Some(text) = recalled {
            screen.filter.field = Field::new(&text);
            self.trace_filter_typed();
        }
    }

    /// What X-Ray says is wrong with the expression that it was asked, as the mistake of the filter.
    pub(in crate::app) fn note_refusal(&mut self) {
        let refused = self.store.feed(Feed::Traces).failing.filter(|failing| {
            failing.failure.kind == FailureKind::Refused && &*failing.failure.operation == "GetTraceSummaries"
        });
        let screen = &mut self.traces;
        let applied = &screen.filter.applied;
        let same = !screen.asked.is_empty() && *applied.expression().text == *screen.asked;
        screen.refusal = refused
            .filter(|failing| same && screen.refused_before != Some(failing.retry_at))
            .map(|failing| FilterError {
                at: applied.text().find(|c: char| !c.is_whitespace()).unwrap_or(0),
                message: format!("X-Ray refuses it: {}", failing.failure.detail),
            });
    }
}
