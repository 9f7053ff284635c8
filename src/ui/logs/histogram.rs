//! Lines by level over the range of the charts: each level on a scale of its own, since a hundred errors among
//! thirteen thousand infos would be no pixel.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::logs::{HISTOGRAM_LABEL, histogram_bars};
use crate::model::{Level, SafeText};
use crate::safe;
use crate::store::lines::Levels;
use crate::ui::glyph::{BARS, BARS_ASCII, Glyph};
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;
use crate::ui::{line, moment, number};

/// The rows, the gravest first; lines that name no level are info.
const ROWS: [(&str, &[Option<Level>], Role); 3] = [
    ("error", &[Some(Level::Error), Some(Level::Fatal)], Role::Error),
    ("warn", &[Some(Level::Warn)], Role::Warn),
    ("info", &[Some(Level::Info), Some(Level::Debug), Some(Level::Trace), None], Role::Dim),
];

/// Draws as many levels as there is room for, and the axis below them.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let histogram = app.log_histogram();
    let Some(range) = histogram.range else { return };
    let levels = if area.height >= 4 { 3 } else { area.height.min(1) };
    let cursor = app.logs().current().and_then(|row| histogram.bucket_of(row.key().timestamp));
    for (offset, (name, counted, role)) in ROWS.iter().take(usize::from(levels)).enumerate() {
        let row = line(area, offset as u16);
        let values: Vec<u32> = histogram.buckets.iter().map(|bucket| count(bucket, counted)).collect();
        let all: u64 = values.iter().map(|value| u64::from(*value)).sum();
        let peak = values.iter().copied().max().unwrap_or(0);
        let label = Rect { x: row.x + 1, width: 6, ..row };
        paint.text(label, *name, if all > 0 { *role } else { Role::Dim }, Cut::End);
        paint.right(
            Rect { x: row.x + 7, width: HISTOGRAM_LABEL - 8, ..row },
            &number::short(all as f64),
            Role::Text,
        );
        let signs = if paint.ascii() { BARS_ASCII } else { BARS };
        for (x, value) in values.iter().take(usize::from(histogram_bars(area.width))).enumerate() {
            if *value == 0 {
                continue;
            }
            let eighths = (f64::from(*value) / f64::from(peak) * 7.0).round().clamp(1.0, 7.0) as usize;
            paint.symbol(row.x + HISTOGRAM_LABEL + x as u16, row.y, signs[eighths], *role);
        }
    }
    if area.height < 4 {
        return;
    }
    let axis = line(area, 3);
    let bars = Rect { x: axis.x + HISTOGRAM_LABEL, width: histogram_bars(area.width), ..axis };
    let start = moment::dated(range.start, app.now(), app.zone());
    let end = moment::dated(range.end, app.now(), app.zone());
    paint.text(
        Rect { x: axis.x + 1, width: 13, ..axis },
        &safe!("last {}", app.range().label()),
        Role::Dim,
        Cut::End,
    );
    paint.text(bars, &start, Role::Dim, Cut::End);
    let free = (bars.x + start.width() as u16 + 1, bars.right().saturating_sub(end.width() as u16 + 1));
    let (Some(cursor), Some(row)) = (cursor, app.logs().current()) else {
        return paint.right(bars, &end, Role::Dim);
    };
    // The time under the cursor stands beside its sign, where it is clear of the start; it takes the place of the end.
    let x = bars.x + cursor as u16;
    let time = row.key().timestamp.local(app.zone());
    let label = time.map_or_else(SafeText::default, |time| safe!("{}", time.format("%H:%M:%S")));
    let width = label.width() as u16;
    let left = x.saturating_sub(width + 1);
    if x + 2 + width <= free.1 {
        paint.right(bars, &end, Role::Dim);
        if x >= free.0 {
            paint.text(Rect { x: x + 2, width, ..axis }, &label, Role::Accent, Cut::End);
        }
    } else if left >= free.0 {
        if x < free.1 {
            paint.right(bars, &end, Role::Dim);
        }
        paint.text(Rect { x: left, width, ..axis }, &label, Role::Accent, Cut::End);
    }
    paint.glyph(x, axis.y, Glyph::Up, Role::Accent);
}

fn count(bucket: &Levels, levels: &[Option<Level>]) -> u32 {
    levels.iter().map(|level| bucket.of(*level)).sum()
}
