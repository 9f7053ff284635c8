//! A history in a few cells: `▁▂▇▇▇┊▇`.

use ratatui::layout::Rect;

use super::timeline::Timeline;
use crate::model::TimeRange;
use crate::store::Trend;
use crate::ui::glyph::{BARS, BARS_ASCII, Glyph};
use crate::ui::paint::Paint;
use crate::ui::theme::Role;

/// The highest bar: a full block would run into the row above.
const HIGHEST: f64 = 7.0;

/// Draws `trend` into `row`, a bar a column as high as its largest bucket. The highest bar is the largest
/// bucket, or `least` if that is more, so that a healthy row's rare error does not look like a storm. Zero and
/// unknown have no ink, so that trouble is where the ink is.
pub fn draw(paint: &mut Paint<'_>, row: Rect, trend: &Trend, least: f64, role: Role) {
    let (Some(oldest), Some(newest)) = (trend.buckets.first(), trend.buckets.last()) else { return };
    if row.is_empty() {
        return;
    }
    let range = TimeRange::new(oldest.at, newest.at + trend.period.duration());
    let settled = trend.buckets.iter().find(|bucket| bucket.unfinished).map_or(range.end, |bucket| bucket.at);
    let line = Timeline::new(range, trend.period, settled, row.width);
    let value = |bucket: usize| {
        let value = trend.buckets.get(bucket)?.value?;
        (value.is_finite() && value > 0.0).then_some(value)
    };
    if trend.buckets.iter().all(|bucket| bucket.value.is_none()) {
        return;
    }
    let largest = (0..trend.buckets.len()).filter_map(value).reduce(f64::max).unwrap_or(1.0);
    let top = if least.is_finite() { largest.max(least) } else { largest };
    let bars = if paint.ascii() { BARS_ASCII } else { BARS };
    for x in 0..row.width {
        if line.divider() == Some(x) {
            paint.glyph(row.x + x, row.y, Glyph::Unfinished, Role::Faint);
            continue;
        }
        let buckets = line.under(2 * x).start..line.under(2 * x + 1).end;
        let Some(value) = buckets.filter_map(value).reduce(f64::max) else { continue };
        let eighths = (value / top * HIGHEST).round().clamp(1.0, HIGHEST) as usize;
        let role = if line.is_unfinished(2 * x + 1) { Role::Unknown } else { role };
        paint.symbol(row.x + x, row.y, bars[eighths], role);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::model::{Period, Timestamp};
    use crate::report::picture::text;
    use crate::store::Bucket;
    use crate::ui::paint::Look;

    fn drawn(values: &[Option<f64>], unfinished: usize, width: u16, ascii: bool) -> String {
        let buckets = values.iter().enumerate().map(|(index, value)| Bucket {
            at: Timestamp::from_secs(60 * i64::try_from(index).unwrap()),
            value: *value,
            unfinished: index + unfinished >= values.len(),
        });
        let trend = Trend { period: Period::MINUTE, buckets: buckets.collect() };
        let area = Rect::new(0, 0, width, 1);
        let mut buffer = Buffer::empty(area);
        let look = Look { ascii, ..Look::default() };
        draw(&mut Paint::new(&mut buffer, &look), area, &trend, 0.0, Role::Text);
        text(&buffer).trim_end_matches('\n').to_owned()
    }

    #[test]
    fn bars_grow_in_eighths_and_nothing_has_no_ink() {
        let values = [Some(0.0), Some(1.0), None, Some(4.0), Some(f64::NAN), Some(7.0)];
        assert_eq!(drawn(&values, 0, 6, false), " ▁ ▄ ▇");
        assert_eq!(drawn(&values, 0, 6, true), " . = #");
    }

    #[test]
    fn unfinished_minutes_stand_right_of_their_mark() {
        assert_eq!(drawn(&[Some(8.0); 10], 2, 10, false), "▇▇▇▇▇▇▇┊▇▇");
        assert_eq!(drawn(&[Some(8.0); 10], 2, 10, true), "#######|##");
    }
}
