//! The logs screen: what is read and how complete it is, lines by level over time, the lines, the filter.
//!
//! ```text
//!  ▎payment-capture  ▎checkout-api     seen to 14:31:14, complete to 14:25:40 but 1 gap · 3 late · 742,118 lines   sources
//!  error   124         ▁▁▁▁▁ ▁ ▂  ▁▁▂      ▁     ▁     ▁▂        ▁▁▁ ▁███▇█▇██████▇██▇█████▇██▇▇▇██▇█▇██▇▇▇█▇▇█▇┊▃  histogram
//!  info  13.1k ▆▆▆▆▆▆▅▅▆▅▅▆▆▅▆▆▅▅▆▆▆▆▆▆▆▆▅▆▆▅▅▆▆▅▅▆▆▆▆▆▆▆▆▆▆▆▆▅▆▆▆▆▆▆▆▇█▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇█▇▇▇█▇▇▇▇▇▇▇┊▃
//! ──────────────────────────────────────────────────────────────────────────────────────────────────────────
//!   ▎14:30:53.003 INFO  payment-capture capture start order=48213 amount=84.90 EUR                                  rows
//!  ◂▎14:30:53.327 INFO  payment-capture card authorised in 312 ms auth=A-77120                        late 38 s
//! ▌ ▎14:30:56.244 ERROR payment-capture Invoke Error ProvisionedThroughputExceededException                    +9
//!   ▎14:30:56.253       payment-capture · c1f0a7e2 3,259 ms · billed 4,072 · 214 of 512 MB · cold, init 812 ms
//!  ╌╌╌╌╌ 14:30:58 to 14:30:59 may be incomplete (Live Tail sampled) · b backfills ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
//! ── reading 14:30:56 · follow is off ─────────────────────────── ↓ 2,140 new below · G to follow ──────────  place
//!  / order=4821* | ledger                                                        match 8,104 of 742,118      filter
//! ```

mod detail;
mod histogram;
mod row;
pub(in crate::ui) mod status;

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::line;
use super::paint::{Cut, Paint};
use super::theme::Role;
use crate::app::{self, App, Frame, LogRow, LogsLayout};
use crate::model::{SafeText, TailStatus};
use crate::safe;

/// Draws everything between tabs and footer.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, layout: &LogsLayout) {
    status::sources(app, paint, layout.sources.into());
    if let Some(area) = layout.histogram {
        histogram::draw(app, paint, area.into());
    }
    paint.rule(layout.rule.into());
    let masked = rows(app, paint, layout.rows.into());
    if let Some(area) = layout.detail {
        detail::draw(app, paint, area.into(), layout.beside);
    }
    status::place(app, paint, layout.place.into(), masked);
    status::filter(app, paint, layout.filter.into());
}

/// Draws the rows; returns how many secrets are masked in them.
fn rows(app: &App, paint: &mut Paint<'_>, area: Rect) -> usize {
    let logs = app.logs();
    if logs.rows.is_empty() {
        nothing(app, paint, area);
        return 0;
    }
    let mut masked = 0;
    for (at, (entry, height)) in logs.rows.iter().zip(&logs.heights).enumerate() {
        let top = logs.line_of(at) as u16;
        let hidden = if at == 0 { logs.hidden } else { 0 };
        let height = (height.saturating_sub(hidden) as u16).min(area.height.saturating_sub(top));
        if height == 0 {
            break;
        }
        let place = Rect { y: area.y + top, height, ..area };
        masked += row::draw(app, paint, place, hidden, entry);
        if at == logs.cursor {
            let begins = matches!(entry, LogRow::Line { begins: true, .. }) && hidden == 0 && height > 1;
            let place = Rect { y: place.y + u16::from(begins), height: height - u16::from(begins), ..place };
            for y in place.top()..place.bottom() {
                paint.glyph(place.x, y, Glyph::Cursor, Role::Accent);
            }
            paint.select(place);
        }
    }
    masked
}

/// Most lines of the screen that a row takes.
fn tallest(app: &App) -> usize {
    match app.frame() {
        Frame::Logs(layout) => app::logs::tallest(usize::from(layout.rows.height)),
        _ => 1,
    }
}

/// Why there is no line, and what comes next.
fn nothing(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let logs = app.logs();
    let held = app.store().lines();
    let groups = logs.groups(held);
    let count: u64 = groups.iter().map(|id| held.counts(*id).held).sum();
    let names = logs.sources.list.len();
    let what = match &logs.sources.list[..] {
        [one] => safe!("{}", one.name()),
        _ => safe!("{names} functions"),
    };
    let (first, second) = if logs.is_filtered() && count > 0 {
        let first = match logs.matches.progress() {
            Some(part) => {
                safe!("Searching {} lines, {:.0} % …", super::number::count(count as f64), part * 100.0)
            }
            None => safe!(
                "None of {} lines matches {}",
                super::number::count(count as f64),
                logs.filter.applied.text()
            ),
        };
        (first, SafeText::new("Esc clears the filter, Tab shows all lines, g asks for older ones."))
    } else {
        let statuses: Vec<_> =
            groups.iter().filter_map(|id| held.tail(*id)).map(|tail| &tail.status).collect();
        match statuses.first() {
            None => (safe!("Asking FilterLogEvents for the log of {what} …"), SafeText::new("")),
            Some(TailStatus::Waiting) => (
                safe!("{what} has not logged anything yet: its log group does not exist."),
                SafeText::new("It is looked for every 30 s at most; the first line appears here by itself."),
            ),
            Some(TailStatus::Unreadable { why }) => (safe!("{why}"), SafeText::new("")),
            Some(TailStatus::Failed { failure, .. }) => {
                (safe!("{failure}"), SafeText::new("It is tried again by itself, R tries now."))
            }
            Some(TailStatus::Starting) => (safe!("Reading the log of {what} …"), SafeText::new("")),
            Some(_) => (
                safe!("No line of {what} since {}.", status::since(app)),
                SafeText::new("g asks for older lines; a new one appears here by itself."),
            ),
        }
    };
    let indent = |y: u16| {
        let row = line(area, y);
        Rect { x: row.x + 4, width: row.width.saturating_sub(5), ..row }
    };
    paint.text(indent(1), &first, Role::Text, Cut::End);
    paint.text(indent(3), &second, Role::Dim, Cut::End);
}

/// The colour of a source: the same everywhere on screen.
const fn colour(source: usize) -> Role {
    match source % 6 {
        0 => Role::Series1,
        1 => Role::Series2,
        2 => Role::Series3,
        3 => Role::Series4,
        4 => Role::Series5,
        _ => Role::Series6,
    }
}
