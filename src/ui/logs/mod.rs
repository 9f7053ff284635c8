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

mod histogram;
mod message;
mod row;
mod status;

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::line;
use super::paint::{Cut, Paint};
use super::theme::Role;
use crate::app::{App, LogsLayout};
use crate::model::{SafeText, TailStatus};
use crate::safe;

/// Draws everything between tabs and footer.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, layout: &LogsLayout) {
    status::sources(app, paint, layout.sources.into());
    if let Some(area) = layout.histogram {
        histogram::draw(app, paint, area.into());
    }
    paint.rule(layout.rule.into());
    rows(app, paint, layout.rows.into());
    status::place(app, paint, layout.place.into());
    status::filter(app, paint, layout.filter.into());
}

fn rows(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let logs = app.logs();
    if logs.rows.is_empty() {
        return nothing(app, paint, area);
    }
    let columns = row::Columns::of(app, area.width);
    for (offset, entry) in logs.rows.iter().take(usize::from(area.height)).enumerate() {
        let place = line(area, offset as u16);
        row::draw(app, paint, place, entry, &columns);
        if offset == logs.cursor {
            paint.glyph(place.x, place.y, Glyph::Cursor, Role::Accent);
            paint.select(place);
        }
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
