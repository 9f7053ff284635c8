//! What each action does on the map of services, and what its nodes say in numbers.

use std::sync::Arc;

use super::map::{MapNode, Step};
use super::{TracesView, map};
use crate::app::action::Action;
use crate::app::layout::Frame;
use crate::app::{App, Area, Field, Screen};
use crate::model::{ConsoleLink, FunctionKey, TimeRange};
use crate::query::TraceQuery;
use crate::store::Severity;

/// Nodes that a page goes.
const PAGE: usize = 5;
/// Shares of failed requests from which a service that CloudWatch does not judge is bad, and not good.
const BAD: f64 = 0.05;
const NOT_GOOD: f64 = 0.01;

/// What a service says in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NodeNumbers {
    /// They are of sampled traces, not all requests as CloudWatch counts them.
    pub sampled: bool,
    /// Requests a minute.
    pub per_minute: Option<f64>,
    /// The share of them that failed, 0 to 1.
    pub failed: Option<f64>,
    /// Refused requests a minute.
    pub throttles: Option<f64>,
    /// Median response time, ms.
    pub p50: Option<f64>,
    /// 99th percentile of response times, ms.
    pub p99: Option<f64>,
    /// How bad it is.
    pub severity: Severity,
}

impl App {
    /// Brings the map up to date.
    pub(in crate::app) fn make_trace_map(&mut self) {
        let Frame::Traces(layout) = &self.frame else { return };
        let area = layout.rows;
        if self.traces.view != TracesView::Map {
            return;
        }
        if let Some(map) = self.store.traces().map().cloned() {
            let range = map.range;
            let mut own = std::mem::take(&mut self.traces.map);
            own.make(&map, area, |node| {
                let severity = self.node_numbers(node, range).severity as u64;
                (severity << 56) | ((u64::MAX >> 8) - node.figures.total.min(u64::MAX >> 8))
            });
            own.keep_visible(area);
            self.traces.map = own;
        }
        self.traces.selected = self.traces.map.node().and_then(|node| self.function_of(&node.name));
    }

    /// The functions on the map, whose numbers are wanted as those of rows are.
    pub(in crate::app) fn functions_on_map(&self) -> Vec<FunctionKey> {
        if self.traces.view != TracesView::Map {
            return Vec::new();
        }
        self.traces.map.graph.nodes.iter().filter_map(|node| self.function_of(&node.name)).collect()
    }

    /// The numbers of a service: CloudWatch's own where it is a function that has them, else those of sampled traces.
    #[must_use]
    pub fn node_numbers(&self, node: &MapNode, range: TimeRange) -> NodeNumbers {
        let judged = self.function_of(&node.name).and_then(|key| self.table.judged(&key));
        if let Some((figures, severity)) = judged.filter(|(figures, _)| figures.invocations.is_some()) {
            return NodeNumbers {
                sampled: false,
                per_minute: figures.per_minute(figures.invocations),
                failed: figures.error_rate().map(|rate| rate / 100.0),
                throttles: figures.per_minute(figures.throttles),
                p50: figures.p50,
                p99: figures.p99,
                severity,
            };
        }
        let figures = &node.figures;
        let minutes = (range.length().as_secs() as f64 / 60.0).max(1.0);
        let (total, throttled) = (figures.total as f64, figures.throttles as f64);
        let failed = figures.failed();
        let severity = match failed {
            Some(share) if share >= BAD => Severity::Error,
            Some(_) if throttled > 0.0 && throttled / total >= NOT_GOOD => Severity::Throttle,
            Some(share) if share >= NOT_GOOD => Severity::Warn,
            Some(_) | None => Severity::Ok,
        };
        NodeNumbers {
            sampled: true,
            per_minute: Some(total / minutes),
            failed,
            throttles: Some(throttled / minutes),
            p50: figures.quantile(0.5),
            p99: figures.quantile(0.99),
            severity,
        }
    }

    pub(super) fn act_on_map(&mut self, action: Action) {
        let map = &mut self.traces.map;
        match action {
            Action::Down => _ = map.walk(Step::Down, 1),
            Action::Up => _ = map.walk(Step::Up, 1),
            Action::PageDown => _ = map.walk(Step::Down, PAGE),
            Action::PageUp => _ = map.walk(Step::Up, PAGE),
            Action::ToCaller => self.walk_along(Step::Left),
            Action::ToCallee => self.walk_along(Step::Right),
            Action::Top => map.go_to_end(false),
            Action::Bottom => map.go_to_end(true),
            Action::Zoom | Action::ZoomIn | Action::ZoomOut => {
                let full = if action == Action::Zoom { !map.layout.full } else { action == Action::ZoomIn };
                map.zoom = if full { map::Zoom::Full } else { map::Zoom::Lines };
            }
            Action::NextMatch | Action::PreviousMatch if map.find.applied.is_empty() => {
                self.say("nothing is looked for: / types a name", Severity::Warn);
            }
            Action::NextMatch => map.next_found(true),
            Action::PreviousMatch => map.next_found(false),
            Action::Open => self.open_node(),
            _ => {}
        }
    }

    /// Along a call, or says that there is none.
    fn walk_along(&mut self, step: Step) {
        let map = &mut self.traces.map;
        if map.walk(step, 1) {
            return;
        }
        let Some(node) = map.node() else { return };
        let words = match step {
            Step::Right => "calls nobody",
            _ if node.entry => "is called from outside only",
            _ => "is called by nobody here",
        };
        let text = format!("{} {words}: j k go to all others", node.name.name);
        self.say(&text, Severity::Warn);
    }

    /// Why what goes to a function goes nowhere from here: what the node under the cursor is instead.
    pub(in crate::app) fn no_function_here(&self) -> Option<String> {
        let on_map = *self.screen() == Screen::Traces && self.traces.view == TracesView::Map;
        let node = self.traces.map.node().filter(|_| on_map)?;
        let name = &node.name.name;
        Some(match (node.folded, node.kind_word()) {
            (Some(count), _) => format!("this stands for {count} services: / finds one of those on the map"),
            (None, _) if node.is_function() => format!("{name} is not among the functions that are listed"),
            (None, "") => format!("{name} is no function: no log, no requests; Enter lists its traces"),
            (None, kind) => {
                format!("{name} is {kind}, no function: no log, no requests; Enter lists its traces")
            }
        })
    }

    /// The console's page of what is under the cursor and no function: its traces; of several services the map.
    pub(super) fn console_page_of_node(&self) -> Option<(Arc<str>, Arc<str>, Option<ConsoleLink>)> {
        let (scope, node) = (self.scope()?, self.traces.map.node()?);
        if self.function_of(&node.name).is_some() {
            return None;
        }
        let link = match node.folded {
            Some(_) => ConsoleLink::service_map(scope),
            None => ConsoleLink::traces(scope, &TraceQuery::of_service(&node.name.name).expression().text),
        };
        Some((Arc::clone(&node.name.name), Arc::clone(&scope.region), link))
    }

    /// To the traces that go through the node under the cursor.
    fn open_node(&mut self) {
        let Some(node) = self.traces.map.node() else { return };
        if node.folded.is_some() {
            return self
                .say("these stand for several services: / finds one of those on the map", Severity::Warn);
        }
        let query = TraceQuery::of_service(&node.name.name);
        self.traces.before_node = Some(self.traces.filter.applied.clone());
        self.traces.view = TracesView::List;
        self.ask_for_traces(query);
    }

    pub(super) fn type_node_name(&mut self) {
        let find = &mut self.traces.map.find;
        find.typing = true;
        find.field = Field::new(&find.applied);
    }

    /// The name that is looked for changed: to the first node that has it.
    pub(super) fn node_name_typed(&mut self) {
        let map = &mut self.traces.map;
        map.find.applied = map.find.field.text().to_owned();
        let here = map.at().is_some_and(|at| map.is_found(at));
        if !here {
            map.next_found(true);
        }
    }

    pub(super) fn end_node_name(&mut self, keep: bool) {
        let find = &mut self.traces.map.find;
        find.typing = false;
        if !keep {
            find.applied.clear();
            find.field = Field::default();
        }
    }

    /// Puts the cursor on the node at a cell of the screen.
    pub(super) fn click_node(&mut self, area: Area, x: u16, y: u16) {
        if let Some(node) = self.traces.map.node_at(x - area.x, y - area.y) {
            self.traces.map.select(node);
        }
    }
}
