//! The timeline: one request or one trace on one axis of time, with its log lines.

use crate::model::{InvocationKey, TraceId};

use super::action::Action;
use super::{App, Screen};

/// What a timeline is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineOf {
    /// One attempt at one request, with its trace where there is one.
    Request(InvocationKey),
    /// A trace, with the lines of its requests as far as they are held.
    Trace(TraceId),
}

/// State of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineScreen {
    /// What it is of.
    pub of: TimelineOf,
}

impl TimelineScreen {
    /// The timeline of `of`, nothing moved or folded yet.
    #[must_use]
    pub const fn new(of: TimelineOf) -> Self {
        Self { of }
    }
}

impl App {
    /// Opens the timeline of a request or a trace.
    pub(in crate::app) fn open_timeline(&mut self, of: TimelineOf) {
        self.opened.push(Screen::Timeline(Box::new(TimelineScreen::new(of))));
    }

    /// The traces that the timelines on the stack need, that on top first.
    pub(in crate::app) fn timeline_traces(&self) -> Vec<TraceId> {
        let of = |screen: &Screen| match screen {
            Screen::Timeline(timeline) => match timeline.of {
                TimelineOf::Trace(id) => Some(id),
                TimelineOf::Request(key) => self.store.invocations().get(key)?.trace,
            },
            _ => None,
        };
        self.opened.iter().rev().filter_map(of).collect()
    }

    pub(in crate::app) fn act_on_timeline(&mut self, action: Action) {
        let _ = action;
    }
}
