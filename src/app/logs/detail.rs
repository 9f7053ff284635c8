//! One line in full: what is known of it, and its message wrapped, with its JSON unfolded.
//!
//! All of it is one text, so that it scrolls and wraps as one, and only what is looked at costs anything.

use std::fmt::Write;
use std::ops::Range;

use super::json::{self, Unfolded};
use super::message::Writing;
use super::{LogRow, LogsScreen};
use crate::model::{Pages, RowPlace, SafeText, Timestamp, Wrap};
use crate::store::lines::{HeldLine, LineKey, Lines};

/// Cells that the names of what is known of a line take.
const LABELS: usize = 11;

/// The pane with the line under the cursor.
#[derive(Clone, Debug)]
pub struct Detail {
    /// Its text; hostile.
    pub pages: Pages,
    /// The row on top.
    pub top: RowPlace,
    /// Bytes of the text that name what stands behind them, in order.
    names: Vec<Range<usize>>,
    made_of: MadeOf,
}

/// What the text follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
struct MadeOf {
    key: LineKey,
    writing: Writing,
    revealed: bool,
    zone: i32,
    provisional: bool,
}

impl Detail {
    /// The line that it shows.
    #[must_use]
    pub const fn key(&self) -> LineKey {
        self.made_of.key
    }

    /// The names among these bytes of its text.
    pub fn names(&self, within: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let from = self.names.partition_point(|name| name.end <= within.start);
        self.names[from..].iter().take_while(move |name| name.start < within.end).cloned()
    }
}

impl LogsScreen {
    /// Makes the pane show the line under the cursor, if it is open.
    pub(in crate::app) fn follow_detail(&mut self, lines: &Lines, zone: i32) {
        let Some(open) = &self.detail else { return };
        let Some(LogRow::Line { line, .. }) = self.current() else { return };
        let made_of = MadeOf {
            key: line.key,
            writing: Writing { wrap: true, ..self.writing },
            revealed: self.revealed.contains(&line.key),
            zone,
            provisional: line.provisional,
        };
        if open.as_ref().is_some_and(|detail| detail.made_of == made_of) {
            return;
        }
        let same = open.as_ref().filter(|detail| detail.key() == made_of.key);
        let top = same.map(|detail| detail.top).unwrap_or_default();
        let (text, names) = text(lines, line, zone, made_of.writing.raw);
        let pages = Pages::new(text, made_of.writing.showing(made_of.revealed));
        self.detail = Some(Some(Box::new(Detail { pages, top, names, made_of })));
    }

    /// Scrolls in the pane; never beyond the last row of a pane of this size.
    pub(in crate::app) fn scroll_detail(&mut self, by: isize, (width, height): (u16, u16)) {
        let Some(Some(detail)) = &mut self.detail else { return };
        let wrap = Wrap::new(&detail.pages, width);
        let last = wrap.step(wrap.end(), -(isize::from(height.cast_signed()) - 1).max(0));
        detail.top = wrap.step(detail.top, by).min(last);
    }
}

/// What is known of a line and its message, and where names stand in it.
pub(in crate::app) fn text(
    lines: &Lines,
    line: &HeldLine,
    zone: i32,
    raw: bool,
) -> (String, Vec<Range<usize>>) {
    let mut text = String::new();
    let mut names = Vec::new();
    let mut field = |name: &str, value: &str| {
        names.push(text.len()..text.len() + name.len());
        // Writing to a string cannot fail.
        let _ = write!(text, "{name:<LABELS$}");
        // A value is one line, whoever gave it.
        text.push_str(SafeText::new(value).as_str());
        text.push('\n');
    };
    let came = line.key.ingested.since(line.key.timestamp);
    field("time", &time(line.key.timestamp, zone));
    let late = if line.late { ", late" } else { "" };
    field(
        "ingested",
        &format!("{}, {:.1} s after it{late}", time(line.key.ingested, zone), came.as_secs_f64()),
    );
    if let Some(level) = line.level {
        field("level", &format!("{level:?}").to_lowercase());
    }
    if let Some(request) = line.request {
        field("request", &request.to_string());
    }
    if let Some(function) = &line.stream.function {
        field("function", function);
    }
    field("group", lines.key(line.key.group).map_or("", |group| &*group.name));
    field("stream", &line.stream.name);
    if let Some(figures) = &line.figures {
        let parts = [
            ("ran", figures.duration_ms, " ms"),
            ("billed", figures.billed_ms, " ms"),
            ("memory", figures.memory_mb, " MB"),
            ("used", figures.max_memory_mb, " MB"),
            ("init", figures.init_ms, " ms"),
            ("restored in", figures.restore_ms, " ms"),
        ];
        let mut said: Vec<String> = parts
            .iter()
            .filter_map(|(name, value, unit)| value.map(|value| format!("{name} {value}{unit}")))
            .collect();
        said.extend(figures.timed_out.then(|| "timeout".to_owned()));
        said.extend(figures.out_of_memory.then(|| "out of memory".to_owned()));
        field("figures", &said.join(", "));
    }
    if line.provisional {
        field("source", "Live Tail, not yet confirmed");
    }
    text.push('\n');
    let start = text.len();
    match json::unfolded(&line.message).filter(|_| !raw) {
        Some(Unfolded { text: unfolded, names: own }) => {
            names.extend(own.into_iter().map(|name| start + name.start..start + name.end));
            text.push_str(&unfolded);
        }
        None => text.push_str(&line.message),
    }
    (text, names)
}

fn time(at: Timestamp, zone: i32) -> String {
    let zone_name = if zone == 0 { " UTC" } else { "" };
    at.local(zone).map_or_else(
        || "bad time".to_owned(),
        |at| format!("{}{zone_name}", at.format("%Y-%m-%d %H:%M:%S%.3f")),
    )
}
