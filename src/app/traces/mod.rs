//! The traces screen: the list of traces, and the map of services.
//!
//! | file | is about |
//! |---|---|
//! | `range` | how much time both cover |
//! | `filter` | what is typed, what of it X-Ray is asked, and what it refused |
//! | `list` | the rows and the cursor among them |
//! | `columns` | what of a trace stands where in its row |
//! | `map`, `on_map` | the map of services, and what each action does there |

mod columns;
mod filter;
mod list;
pub mod map;
mod on_map;
mod range;

use std::sync::Arc;

use crate::model::{ConsoleLink, FunctionKey, ServiceName, Timestamp, TraceListWant, TraceWant};
use crate::query::{FilterError, TraceQuery};

use super::action::Action;
use super::clip::{Clip, Copied};
use super::history::History;
use super::layout::Frame;
use super::{App, Field, FilterState, Mouse, Screen, TimelineOf};

pub use columns::{TraceColumn, TraceColumnPlace, trace_columns};
use list::Choice;
pub use list::{TraceRows, trace_severity};
pub use map::TraceMap;
pub use on_map::NodeNumbers;
pub use range::TraceRange;

/// What of traces is on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TracesView {
    /// One row for each trace.
    #[default]
    List,
    /// The map of services.
    Map,
}

/// State of the traces screen.
#[derive(Clone, Debug, Default)]
pub struct TracesScreen {
    /// The list or the map.
    pub view: TracesView,
    /// How much time it covers.
    pub range: TraceRange,
    /// The filter of the list, and what is being typed into it.
    pub filter: FilterState<TraceQuery>,
    /// What X-Ray is asked: the expression of the filter that was kept last.
    pub asked: Arc<str>,
    /// The list.
    pub list: TraceRows,
    /// The map.
    pub map: TraceMap,
    /// The function that goes with what is under the cursor.
    pub selected: Option<FunctionKey>,
    /// The filter before one came from a node of the map to its traces.
    pub(in crate::app) before_node: Option<TraceQuery>,
    /// What X-Ray says is wrong with what it is asked.
    refusal: Option<FilterError>,
    /// When a refusal was to be tried again that another expression had brought.
    refused_before: Option<Timestamp>,
    /// The filters that were kept before.
    history: History,
}

impl TracesScreen {
    /// What is wrong with the filter: as it is typed, or as X-Ray reads it.
    #[must_use]
    pub fn mistake(&self) -> Option<&FilterError> {
        self.filter.error.as_ref().or(self.refusal.as_ref())
    }

    /// Whether keys go into a field.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        match self.view {
            TracesView::List => self.filter.typing,
            TracesView::Map => self.map.find.typing,
        }
    }

    /// The field that is typed into.
    pub(in crate::app) fn field(&mut self) -> Option<&mut Field> {
        let typing = self.is_typing();
        let field = match self.view {
            TracesView::List => &mut self.filter.field,
            TracesView::Map => &mut self.map.find.field,
        };
        typing.then_some(field)
    }
}

impl App {
    /// Goes to the traces screen as it was.
    pub(in crate::app) fn go_to_traces(&mut self) {
        self.opened.retain(|screen| *screen != Screen::Traces);
        self.opened.push(Screen::Traces);
    }

    /// What the sources are to ask X-Ray for.
    pub(in crate::app) fn trace_want(&self) -> Option<TraceWant> {
        let mut open = self.timeline_traces();
        if *self.screen() == Screen::Requests {
            open.extend(self.selected_trace());
        }
        let range = self.traces.range.before(self.now);
        let shown = (*self.screen() == Screen::Traces).then_some(self.traces.view);
        let list = if shown == Some(TracesView::List) {
            Some(TraceListWant { since: range.start, until: None, expression: self.traces.asked.clone() })
        } else {
            let throttles = self.throttles_want();
            open.extend(throttles.iter().flat_map(|want| self.throttled_traces(want)));
            throttles
        };
        let map = (shown == Some(TracesView::Map)).then_some(range);
        (!open.is_empty() || shown.is_some() || list.is_some()).then_some(TraceWant { open, list, map })
    }

    /// The function that a service of X-Ray is, if it is one that is known.
    pub(in crate::app) fn function_of(&self, service: &ServiceName) -> Option<FunctionKey> {
        let lambda = service.kind.as_deref().is_some_and(|kind| kind.starts_with("AWS::Lambda"));
        let key = FunctionKey::new(self.scope()?, &service.name);
        (lambda && self.store.function(&key).is_some()).then_some(key)
    }

    /// Brings the rows of the list up to date.
    pub(in crate::app) fn make_trace_rows(&mut self) {
        if *self.screen() != Screen::Traces {
            return;
        }
        if self.traces.view == TracesView::Map {
            return self.make_trace_map();
        }
        let (now, last_key, visible) = (self.now, self.last_key, self.trace_lines());
        let traces = self.store.traces();
        let screen = &mut self.traces;
        let filter = &screen.filter.applied;
        let answered = *screen.asked == *filter.expression().text && traces.expression() == &screen.asked;
        let choice = Choice { filter, answered, since: screen.range.before(now).start, now, last_key };
        screen.list.make(traces, &choice);
        screen.list.keep_visible(visible);
        self.traces.selected = self.function_on_traces();
        self.note_refusal();
    }

    /// How many rows of the list are on screen.
    const fn trace_lines(&self) -> usize {
        match &self.frame {
            Frame::Traces(layout) => layout.rows.height as usize,
            _ => 0,
        }
    }

    /// Back by one level within the screen, if there is one: what is looked for on the map, the way from a node.
    pub(in crate::app) fn back_on_traces(&mut self) -> bool {
        let screen = &mut self.traces;
        match screen.view {
            TracesView::Map if screen.map.find.applied.is_empty() => {
                self.opened.pop();
            }
            TracesView::Map => self.end_node_name(false),
            TracesView::List => {
                let Some(before) = screen.before_node.take() else { return false };
                screen.view = TracesView::Map;
                self.ask_for_traces(before);
            }
        }
        true
    }

    pub(in crate::app) fn act_on_traces(&mut self, action: Action) {
        if action == Action::ToggleMap {
            let screen = &mut self.traces;
            screen.before_node = None;
            screen.view = match screen.view {
                TracesView::List => TracesView::Map,
                TracesView::Map => TracesView::List,
            };
            return;
        }
        if self.traces.view == TracesView::Map {
            return self.act_on_map(action);
        }
        let page = self.trace_lines().max(1);
        let list = &mut self.traces.list;
        let (at, count) = (list.at().unwrap_or(0), list.ids.len());
        match action {
            Action::Down => list.put(at + 1),
            Action::Up => list.put(at.saturating_sub(1)),
            Action::PageDown => list.put(at + page),
            Action::PageUp => list.put(at.saturating_sub(page)),
            // The first row is the newest, whichever that will be.
            Action::Top => (list.cursor, list.top) = (None, 0),
            Action::Bottom => list.put(count.saturating_sub(1)),
            Action::SortNext => self.sort_traces(false, true),
            Action::SortLeft => self.sort_traces(true, false),
            Action::SortRight => self.sort_traces(false, false),
            Action::SortInvert => list.turn_around(),
            Action::Open => {
                if let Some(id) = list.current() {
                    list.cursor = Some(id);
                    self.open_timeline(TimelineOf::Trace(id));
                }
            }
            _ => {}
        }
    }

    fn sort_traces(&mut self, left: bool, around: bool) {
        let width = match &self.frame {
            Frame::Traces(layout) => layout.rows.width,
            _ => self.size.0,
        };
        let places = trace_columns(width);
        let shown: Vec<TraceColumn> =
            places.into_iter().map(|place| place.column).filter(|column| column.sorts()).collect();
        self.traces.list.sort_by_neighbour(&shown, left, around);
    }

    /// What the mouse points at goes under the cursor; a title sorts.
    pub(in crate::app) fn click_traces(&mut self, mouse: Mouse) {
        let Frame::Traces(layout) = &self.frame else { return };
        let (rows, head) = (layout.rows, layout.head);
        let list = &mut self.traces.list;
        if self.traces.view == TracesView::Map {
            if rows.contains(mouse.x, mouse.y) {
                self.click_node(rows, mouse.x, mouse.y);
            }
        } else if rows.contains(mouse.x, mouse.y) {
            let row = list.top + usize::from(mouse.y - rows.y);
            if row < list.ids.len() {
                list.put(row);
            }
        } else if head.contains(mouse.x, mouse.y) {
            let x = mouse.x - head.x;
            let clicked = trace_columns(head.width)
                .into_iter()
                .find(|place| (place.x..place.x + place.width).contains(&x));
            if let Some(place) = clicked.filter(|place| place.column.sorts()) {
                list.sort_by(place.column);
            }
        }
    }

    /// What `y` copies here: the id of the trace under the cursor, the name of the service.
    pub(in crate::app) fn copied_of_traces(&self) -> Option<Clip> {
        if self.traces.view == TracesView::Map {
            return Some(Clip::new(Copied::Service, [&*self.traces.map.node()?.name.name]));
        }
        let id = self.traces.list.current()?.to_string();
        Some(Clip::new(Copied::Trace, [&*id]))
    }

    /// The console's page of the trace or the service under the cursor: what it is called, its region, and the link.
    pub(in crate::app) fn console_page_of_traces(&self) -> Option<(Arc<str>, Arc<str>, Option<ConsoleLink>)> {
        if self.traces.view == TracesView::Map {
            return self.console_page_of_node();
        }
        let (scope, id) = (self.scope()?, self.traces.list.current()?.to_string());
        let link = ConsoleLink::trace(scope, &id);
        Some((id.into(), scope.region.clone(), link))
    }

    /// The function that is selected on the traces screen.
    fn function_on_traces(&self) -> Option<FunctionKey> {
        let trace = self.store.traces().summary_of(self.traces.list.current()?)?;
        trace.entry.iter().chain(&trace.services).find_map(|service| self.function_of(service))
    }
}
