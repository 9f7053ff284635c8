//! The traces screen: the list of traces, and the map of services.

use crate::model::TraceWant;
use crate::query::Query;

use super::action::Action;
use super::{App, FilterState, Screen};

/// State of the traces screen.
#[derive(Clone, Debug, Default)]
pub struct TracesScreen {
    /// The filter, and what is being typed into it.
    pub filter: FilterState<Query>,
}

impl App {
    /// Goes to the traces screen as it was.
    pub(in crate::app) fn go_to_traces(&mut self) {
        self.opened.retain(|screen| *screen != Screen::Traces);
        self.opened.push(Screen::Traces);
    }

    /// What the sources are to ask X-Ray for.
    pub(in crate::app) fn trace_want(&self) -> Option<TraceWant> {
        let open = self.timeline_traces();
        (!open.is_empty()).then(|| TraceWant { open, list: None, map: None })
    }

    pub(in crate::app) fn act_on_traces(&mut self, action: Action) {
        let _ = action;
    }

    /// The filter of traces changed.
    pub(in crate::app) fn apply_to_traces(&mut self, query: Query) {
        self.traces.filter.error = None;
        self.traces.filter.applied = query;
    }
}
