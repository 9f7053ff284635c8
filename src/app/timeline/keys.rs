//! What each action does on a timeline.

use std::sync::Arc;

use crate::app::action::Action;
use crate::app::clip::{Clip, Copied};
use crate::app::copying::page_of_request;
use crate::app::layout::{Frame, TimelineLayout};
use crate::app::logs::{LogSource, LogSources, detail_width, is_folded};
use crate::app::{App, Screen};
use crate::model::{ConsoleLink, FunctionKey, Invocation, Timestamp};
use crate::store::timeline::{Span, SpanKind};
use crate::store::{FunctionRecord, Severity};

use super::{Sight, TimelineOf, TimelinePane, TimelineScreen, TimelineSource};

/// What of the axis is left when it is zoomed in once.
const CLOSER: f64 = 0.5;
/// By what part of what is on screen it is moved.
const STEP: f64 = 0.5;

impl TimelineScreen {
    /// The request that is selected: the one that it is of, else the one of the line or of the row under the cursor.
    #[must_use]
    pub fn selected_request(&self) -> Option<&Invocation> {
        if let Some(request) = self.request() {
            return Some(request);
        }
        let by_line = || {
            let request = self.current_line().filter(|_| self.pane == TimelinePane::Log)?.line.request?;
            self.invocations.iter().find(|held| held.key.request == request)
        };
        let by_row = || {
            // Rows that are made from log lines say of which request.
            let own = |held: &&Invocation| {
                let request = held.key.request.to_string();
                self.current().is_some_and(|span| span.key.id.starts_with(&*request))
            };
            if let Some(held) = self.invocations.iter().find(own) {
                return Some(held);
            }
            let name = self.function_name()?;
            self.invocations.iter().find(|held| *held.function.name == *name)
        };
        by_line().or_else(by_row)
    }

    /// The function whose code the row under the cursor is part of, else the first that it called. Raw text.
    fn function_name(&self) -> Option<Arc<str>> {
        let TimelineSource::Trace(tree) = &self.source else {
            let span = self.current().filter(|span| span.kind == SpanKind::Listed)?;
            return Some(Arc::clone(&span.key.id));
        };
        let of_lambda = |span: &Span| {
            let SpanKind::Segment(index) = span.kind else { return None };
            let segment = &tree.nodes.get(index)?.segment;
            let lambda = segment.origin.as_deref().is_some_and(|origin| origin.starts_with("AWS::Lambda"));
            lambda.then(|| Arc::clone(&segment.name))
        };
        let row = *self.rows.get(self.row)?;
        let mut at = Some(row);
        while let Some(span) = at.and_then(|at| self.timeline.spans.get(at)) {
            if let Some(name) = of_lambda(span) {
                return Some(name);
            }
            at = span.parent;
        }
        let below = self.timeline.spans.get(row)?.below;
        self.timeline.spans.get(row + 1..=row + below)?.iter().find_map(of_lambda)
    }
}

impl App {
    /// Brings the timeline on top up to date.
    pub(in crate::app) fn make_timeline(&mut self) {
        let (zone, ascii, now) = (self.zone(), self.settings.ascii, self.now);
        let Frame::Timeline(layout) = &self.frame else { return };
        let Some(Screen::Timeline(screen)) = self.opened.last_mut() else { return };
        if screen.refresh(&self.store, &mut self.reader, now, ascii) {
            screen.arrange();
        }
        if screen.count_alike(self.store.invocations(), now) {
            self.revision += 1;
        }
        let lines = layout.log.map_or(0, |area| area.height.saturating_sub(1));
        screen.keep_seen(usize::from(layout.rows.height), usize::from(lines));
        screen.follow_detail(self.store.lines(), zone, ascii);
        if let Some(area) = layout.detail {
            screen.scroll_detail(0, (detail_width(area.width), area.height.saturating_sub(1)));
        }
    }

    /// The function of what is selected on the timeline on top.
    pub(in crate::app) fn timeline_function(&self) -> Option<&FunctionKey> {
        let screen = self.timeline()?;
        if let Some(request) = screen.selected_request() {
            return Some(&request.function);
        }
        let key = FunctionKey::new(self.scope()?, &screen.function_name()?);
        self.store.function(&key).map(FunctionRecord::key)
    }

    /// When what the timeline on top is of began.
    pub(in crate::app) fn timeline_start(&self) -> Option<Timestamp> {
        let screen = self.timeline()?;
        let request = screen.selected_request().map(|request| request.start);
        request.or_else(|| {
            let known = !screen.timeline.spans.is_empty();
            known.then(|| Timestamp::from_millis(screen.timeline.zero_ms as i64))
        })
    }

    pub(in crate::app) fn act_on_timeline(&mut self, action: Action) {
        let (rows, lines, detail) = self.timeline_room();
        match action {
            Action::OnlyRequest => return self.open_full_log(),
            Action::OpenTrace => return self.open_trace_like_it(),
            _ => {}
        }
        let Some(screen) = self.timeline_mut() else { return };
        match action {
            Action::FoldNode => screen.fold(),
            Action::UnfoldNode => screen.unfold(),
            Action::ZoomIn => screen.zoom(CLOSER),
            Action::ZoomOut => screen.zoom(1.0 / CLOSER),
            Action::PanEarlier => screen.pan(-STEP),
            Action::PanLater => screen.pan(STEP),
            Action::WholeAxis => screen.view = None,
            Action::CriticalPath => screen.toggle_critical(),
            Action::NextPane => screen.next_pane(),
            Action::Open => match (screen.pane, screen.current().is_some_and(|span| span.below > 0)) {
                (TimelinePane::Tree, true) => screen.toggle(),
                (TimelinePane::Tree | TimelinePane::Log, _) => screen.enter_detail(),
                (TimelinePane::Detail, _) => screen.leave_detail(),
            },
            _ => screen.step(action, rows, lines, detail),
        }
    }

    /// Rows of the tree, rows of the log, and the room of the detail.
    fn timeline_room(&self) -> (usize, usize, (u16, u16)) {
        let Frame::Timeline(TimelineLayout { rows, log, detail, .. }) = &self.frame else {
            return (1, 1, (1, 1));
        };
        let below = |height: u16| height.saturating_sub(1);
        let lines = log.map_or(1, |area| usize::from(below(area.height)));
        let room = detail.map_or((1, 1), |area| (detail_width(area.width), below(area.height)));
        (usize::from(rows.height), lines, room)
    }

    /// The Logs screen with nothing but the lines of the selected request.
    fn open_full_log(&mut self) {
        let Some(request) = self.timeline().and_then(TimelineScreen::selected_request).cloned() else {
            return self.say("no request is known here whose log could be shown", Severity::Warn);
        };
        let (lines, folded) = self.timeline().map_or((0, 0), |screen| {
            let own = || screen.lines.iter().filter(|line| line.line.request == Some(request.key.request));
            (own().count(), own().filter(|line| is_folded(line.line.kind, line.line.level)).count())
        });
        let source =
            LogSource { group: (*request.group).clone(), function: Some((*request.function).clone()) };
        self.read_logs(LogSources::new([source], 1));
        self.only_lines_of(request.key.request);
        self.head_for(request.start);
        if !self.logs.platform && folded > 0 {
            let plural = if lines == 1 { "" } else { "s" };
            let words = format!("{lines} line{plural}, {folded} of the platform hidden: p shows them");
            self.say(&words, Severity::Ok);
        }
    }

    /// A traced request of the same function that failed in the same way.
    fn open_trace_like_it(&mut self) {
        let Some(screen) = self.timeline() else { return };
        if matches!(screen.source, TimelineSource::Trace(_)) {
            return self.say("this one is made from its trace", Severity::Ok);
        }
        match screen.alike.as_ref().and_then(|alike| alike.traced) {
            Some(key) => self.open_timeline(TimelineOf::Request(key)),
            None => self.say("no request like it that X-Ray took is held", Severity::Warn),
        }
    }

    /// The id of what the timeline is of, for the clipboard.
    pub(in crate::app) fn timeline_clip(&self) -> Option<Clip> {
        Some(match self.timeline()?.of {
            TimelineOf::Request(key) => Clip::new(Copied::Request, [&*key.request.to_string()]),
            TimelineOf::Trace(id) => Clip::new(Copied::Trace, [&*id.to_string()]),
        })
    }

    /// The console's page of what the timeline is of: the trace where there is one, else the log stream.
    pub(in crate::app) fn timeline_page(&self) -> Option<(Arc<str>, Arc<str>, Option<ConsoleLink>)> {
        let screen = self.timeline()?;
        let request = screen.request();
        let traced = request.is_none() || matches!(screen.sight, Sight::Known(_));
        if let Some(id) = screen.trace().filter(|_| traced) {
            let scope = request.map(|request| &request.group.scope).or_else(|| self.scope())?;
            let id = id.to_string();
            return Some((id.as_str().into(), Arc::clone(&scope.region), ConsoleLink::trace(scope, &id)));
        }
        request.map(page_of_request)
    }

    /// Back out of the detail; false if one was not in it.
    pub(in crate::app) fn leave_timeline_detail(&mut self) -> bool {
        let Some(screen) = self.timeline_mut().filter(|screen| screen.pane == TimelinePane::Detail) else {
            return false;
        };
        screen.leave_detail();
        true
    }

    /// A row or a line was clicked.
    pub(in crate::app) fn click_timeline(&mut self, x: u16, y: u16) {
        let Frame::Timeline(layout) = &self.frame else { return };
        let (rows, log, detail) = (layout.rows, layout.log, layout.detail);
        let Some(screen) = self.timeline_mut() else { return };
        if rows.contains(x, y) {
            let row = screen.top + usize::from(y - rows.y);
            if row < screen.rows.len() {
                screen.pane = TimelinePane::Tree;
                screen.go_to_row(row);
            }
        } else if let Some(area) = log.filter(|area| area.contains(x, y) && y > area.y) {
            let line = screen.line_top + usize::from(y - area.y - 1);
            if line < screen.lines.len() {
                screen.pane = TimelinePane::Log;
                screen.go_to_line(line);
            }
        } else if detail.is_some_and(|area| area.contains(x, y)) {
            screen.enter_detail();
        }
    }
}

impl TimelineScreen {
    fn next_pane(&mut self) {
        self.pane = match self.pane {
            TimelinePane::Tree => {
                self.pane_before = TimelinePane::Tree;
                if self.lines.is_empty() { TimelinePane::Detail } else { TimelinePane::Log }
            }
            TimelinePane::Log => {
                self.pane_before = TimelinePane::Log;
                TimelinePane::Detail
            }
            TimelinePane::Detail => {
                self.pane_before = TimelinePane::Tree;
                TimelinePane::Tree
            }
        };
    }

    fn enter_detail(&mut self) {
        if self.pane != TimelinePane::Detail {
            self.pane_before = self.pane;
            self.pane = TimelinePane::Detail;
        }
    }

    const fn leave_detail(&mut self) {
        self.pane = self.pane_before;
    }

    /// Moves in the pane that has the focus, of so many rows, lines, or columns and rows.
    fn step(&mut self, action: Action, rows: usize, lines: usize, detail: (u16, u16)) {
        let (page, last) = match self.pane {
            TimelinePane::Tree => (rows, self.rows.len().saturating_sub(1)),
            TimelinePane::Log => (lines, self.lines.len().saturating_sub(1)),
            TimelinePane::Detail => {
                let page = isize::from(detail.1.cast_signed());
                let by = match action {
                    Action::Down => 1,
                    Action::Up => -1,
                    Action::PageDown => page,
                    Action::PageUp => -page,
                    Action::Top => isize::MIN / 2,
                    Action::Bottom => isize::MAX / 2,
                    _ => return,
                };
                return self.scroll_detail(by, detail);
            }
        };
        let page = page.saturating_sub(1).max(1);
        let at = if self.pane == TimelinePane::Tree { self.row } else { self.line };
        let to = match action {
            Action::Down => at + 1,
            Action::Up => at.saturating_sub(1),
            Action::PageDown => at + page,
            Action::PageUp => at.saturating_sub(page),
            Action::Top => 0,
            Action::Bottom => last,
            _ => return,
        }
        .min(last);
        if self.pane == TimelinePane::Tree { self.go_to_row(to) } else { self.go_to_line(to) }
    }
}
