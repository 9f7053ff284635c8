//! Which rows there are, and what is selected: a row and a log line are one selection, moving one moves the other.

use crate::store::timeline::{Span, SpanKind};

use super::{TimelineLine, TimelinePane, TimelineScreen, TimelineSource};

/// Lines have whole milliseconds, spans have parts of them.
const ROUNDING: f64 = 1.0;
/// Shortest part of the axis that is zoomed in on, ms.
const CLOSEST: f64 = 0.01;

impl TimelineScreen {
    /// Whether what is below a span is hidden.
    #[must_use]
    pub fn is_folded(&self, span: &Span) -> bool {
        span.below > 0 && span.folded != self.toggled.contains(&span.key)
    }

    /// The span under the cursor.
    #[must_use]
    pub fn current(&self) -> Option<&Span> {
        self.timeline.spans.get(*self.rows.get(self.row)?)
    }

    /// The log line that is selected.
    #[must_use]
    pub fn current_line(&self) -> Option<&TimelineLine> {
        self.lines.get(self.line)
    }

    /// Makes the rows anew, and finds the cursor's row and line again.
    pub(super) fn arrange(&mut self) {
        self.rows = self.unfolded(self.critical_only);
        if self.rows.is_empty() {
            self.rows = self.unfolded(false);
        }
        let wanted = match &self.cursor {
            Some(key) => self.timeline.spans.iter().position(|span| span.key == *key),
            None => self.timeline.trouble().or_else(|| self.own_span()),
        };
        self.go_to_span(wanted.unwrap_or(0));
        let line = self.line_cursor.and_then(|key| self.lines.iter().position(|line| line.line.key == key));
        match line {
            Some(line) => self.line = line,
            None => self.follow_with_line(),
        }
        self.clamp_view();
    }

    /// The span of the request's own code, in a trace that goes through others.
    fn own_span(&self) -> Option<usize> {
        let (TimelineSource::Trace(tree), Some(request)) = (&self.source, self.request()) else {
            return None;
        };
        self.timeline.spans.iter().position(|span| {
            let SpanKind::Segment(index) = span.kind else { return false };
            let segment = tree.nodes.get(index).map(|node| &node.segment);
            segment.is_some_and(|segment| {
                segment.origin.as_deref() == Some("AWS::Lambda::Function")
                    && *segment.name == *request.function.name
            })
        })
    }

    /// The spans that stand in rows.
    fn unfolded(&self, critical_only: bool) -> Vec<usize> {
        let spans = &self.timeline.spans;
        let mut rows = Vec::with_capacity(spans.len());
        let mut at = 0;
        while let Some(span) = spans.get(at) {
            if critical_only && !span.critical {
                at += span.below + 1;
                continue;
            }
            rows.push(at);
            at += if self.is_folded(span) { span.below + 1 } else { 1 };
        }
        rows
    }

    /// Puts the cursor on the row of a span, or of the nearest one above it that is not folded away.
    fn go_to_span(&mut self, span: usize) {
        // Rows stand in the order of spans, and what hides a span stands right before all that it hides.
        self.row = self.rows.partition_point(|row| *row <= span).saturating_sub(1);
    }

    /// The user went to a row.
    pub(super) fn go_to_row(&mut self, row: usize) {
        self.row = row.min(self.rows.len().saturating_sub(1));
        self.cursor = self.current().map(|span| span.key.clone());
        self.line_cursor = None;
        self.follow_with_line();
    }

    /// The user went to a log line.
    pub(super) fn go_to_line(&mut self, line: usize) {
        self.line = line.min(self.lines.len().saturating_sub(1));
        let Some((key, at)) = self.current_line().map(|line| (line.line.key, line.at_ms)) else { return };
        self.line_cursor = Some(key);
        if let Some(span) = self.timeline.at(at, self.rows.iter().copied()) {
            self.go_to_span(span);
            self.cursor = self.current().map(|span| span.key.clone());
        }
    }

    /// Selects the first line of the row under the cursor, else the last one before it.
    fn follow_with_line(&mut self) {
        let stretch = self.current().and_then(|span| span.stretch(self.timeline.length_ms));
        let Some((start, end)) = stretch else { return };
        let first = self.lines.partition_point(|line| line.at_ms < start - ROUNDING);
        let inside = self.lines.get(first).is_some_and(|line| line.at_ms <= end + ROUNDING);
        self.line = if inside { first } else { first.saturating_sub(1) };
    }

    /// Folds the row under the cursor, or goes to the one above that it lies below.
    pub(super) fn fold(&mut self) {
        let Some(span) = self.current() else { return };
        if span.below > 0 && !self.is_folded(span) {
            return self.toggle();
        }
        if let Some(parent) = span.parent {
            let row = self.rows.partition_point(|row| *row < parent);
            self.go_to_row(row);
        }
    }

    /// Unfolds the row under the cursor, or goes to the first one below it.
    pub(super) fn unfold(&mut self) {
        let Some(span) = self.current() else { return };
        if self.is_folded(span) {
            return self.toggle();
        }
        if span.below > 0 {
            self.go_to_row(self.row + 1);
        }
    }

    /// Folds the row under the cursor, or unfolds it.
    pub(super) fn toggle(&mut self) {
        let Some(key) = self.current().map(|span| span.key.clone()) else { return };
        if !self.toggled.remove(&key) {
            self.toggled.insert(key.clone());
        }
        self.cursor = Some(key);
        self.arrange();
    }

    /// Only what the end waited for, or all rows.
    pub(super) fn toggle_critical(&mut self) {
        self.cursor = self.current().map(|span| span.key.clone());
        self.critical_only = !self.critical_only;
        self.arrange();
    }

    /// Shows a part of the axis `factor` times as long as now, around what is selected.
    pub(super) fn zoom(&mut self, factor: f64) {
        let (from, to) = self.seen();
        let middle = match self.pane {
            TimelinePane::Log => self.current_line().map(|line| line.at_ms),
            TimelinePane::Tree | TimelinePane::Detail => self
                .current()
                .and_then(|span| span.stretch(self.timeline.length_ms))
                .map(|(start, end)| f64::midpoint(start.clamp(from, to), end.clamp(from, to))),
        };
        let middle = middle.unwrap_or_else(|| f64::midpoint(from, to)).clamp(from, to);
        let half = (to - from) * factor / 2.0;
        self.view = Some((middle - half, middle + half));
        self.clamp_view();
    }

    /// Moves along the axis by `part` of what is on screen.
    pub(super) fn pan(&mut self, part: f64) {
        let (from, to) = self.seen();
        let by = (to - from) * part;
        if self.view.is_some() {
            self.view = Some((from + by, to + by));
            self.clamp_view();
        }
    }

    /// Keeps the part on screen within the axis.
    fn clamp_view(&mut self) {
        let Some((from, to)) = self.view else { return };
        let whole = self.timeline.length_ms.max(1.0);
        let length = (to - from).max(CLOSEST);
        self.view = if length >= whole || !length.is_finite() {
            None
        } else {
            let from = from.clamp(0.0, whole - length);
            Some((from, from + length))
        };
    }

    /// Scrolls so that what is selected is seen, on so many rows and lines.
    pub(super) fn keep_seen(&mut self, rows: usize, lines: usize) {
        let keep = |top: usize, at: usize, seen: usize, count: usize| {
            let top = top.clamp((at + 1).saturating_sub(seen.max(1)), at);
            top.min(count.saturating_sub(seen))
        };
        // Before anyone has moved, what is below the first thing to look at is in sight as well.
        let top = if self.cursor.is_none() { self.row.saturating_sub(rows / 3) } else { self.top };
        self.top = keep(top, self.row, rows, self.rows.len());
        self.line_top = keep(self.line_top, self.line, lines, self.lines.len());
    }
}
