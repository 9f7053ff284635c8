//! Where a bucket of time stands in a plot, the same for every chart on one axis.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::model::{Period, SafeText, TimeRange, Timestamp};
use crate::safe;
use crate::ui::glyph::Glyph;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;

/// The buckets of a stretch of time, laid over a row of cells; two dots wide each.
///
/// What CloudWatch may still revise stands right of a divider that has a cell of its own, so that neither
/// side hides behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeline {
    range: TimeRange,
    period: Period,
    buckets: usize,
    settled: usize,
    left: u16,
    right: u16,
}

impl Timeline {
    /// The buckets of `range` in `cells` columns; those from `settled_until` on are unfinished.
    #[must_use]
    pub fn new(range: TimeRange, period: Period, settled_until: Timestamp, cells: u16) -> Self {
        let count = |length: std::time::Duration| {
            usize::try_from(length.as_secs().div_ceil(u64::from(period.seconds()))).unwrap_or(usize::MAX)
        };
        let buckets = count(range.length());
        let settled = count(settled_until.since(range.start)).min(buckets);
        let unfinished = buckets - settled;
        let right = if unfinished == 0 || settled == 0 || cells < 3 {
            0
        } else {
            let share = f64::from(cells) * unfinished as f64 / buckets as f64;
            (share.round() as u16).clamp(1, cells / 2)
        };
        let left = if right == 0 { cells } else { cells - right - 1 };
        Self { range, period, buckets, settled, left, right }
    }

    /// How many buckets there are.
    #[must_use]
    pub const fn buckets(&self) -> usize {
        self.buckets
    }

    /// The index of the bucket that starts at or holds `at`.
    #[must_use]
    pub fn bucket(&self, at: Timestamp) -> Option<usize> {
        let seconds = at.since(self.range.start).as_secs();
        let index = usize::try_from(seconds / u64::from(self.period.seconds())).ok()?;
        self.range.contains(at).then_some(index)
    }

    /// When the bucket `index` starts.
    #[must_use]
    fn starts_at(&self, index: usize) -> Timestamp {
        self.range.start + self.period.duration().saturating_mul(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The column of the divider, if anything is unfinished.
    #[must_use]
    pub const fn divider(&self) -> Option<u16> {
        if self.right > 0 { Some(self.left) } else { None }
    }

    /// The column in which the middle of a bucket lies.
    #[must_use]
    pub fn column(&self, bucket: usize) -> u16 {
        let place = |index: usize, of: usize, cells: u16| {
            let middle = (index as f64 + 0.5) / of.max(1) as f64 * f64::from(cells);
            (middle as u16).min(cells.saturating_sub(1))
        };
        if self.right == 0 {
            place(bucket, self.buckets, self.left)
        } else if bucket < self.settled {
            place(bucket, self.settled, self.left)
        } else {
            self.left + 1 + place(bucket - self.settled, self.buckets - self.settled, self.right)
        }
    }

    /// The buckets that share the dot column `dot` of all dot columns (two a cell); none under the divider.
    #[must_use]
    pub fn under(&self, dot: u16) -> Range<usize> {
        let share = |dot: u16, dots: u16, from: usize, count: usize| {
            let at = |edge: u16| usize::from(edge) * count / usize::from(dots.max(1));
            let start = at(dot).min(count.saturating_sub(1));
            from + start..from + at(dot + 1).clamp((start + 1).min(count), count)
        };
        let (left, right) = (2 * self.left, 2 * self.right);
        match dot {
            _ if self.right == 0 => share(dot, left, 0, self.buckets),
            _ if dot < left => share(dot, left, 0, self.settled),
            _ if dot < left + 2 => 0..0,
            _ => share(dot - left - 2, right, self.settled, self.buckets - self.settled),
        }
    }

    /// Whether the dot column belongs to what is unfinished.
    #[must_use]
    pub const fn is_unfinished(&self, dot: u16) -> bool {
        (self.right > 0 && dot > 2 * self.left) || self.settled == 0
    }

    /// Writes the times under a plot that begins at the left of `row`.
    pub fn label(&self, paint: &mut Paint<'_>, row: Rect, zone: i32) {
        if self.buckets == 0 || row.width < 5 {
            return;
        }
        let dated = local_day(self.range.start, zone) != local_day(self.starts_at(self.buckets - 1), zone);
        let long = self.range.length().as_secs() > 2 * 86_400;
        let style = |date: bool| match (long, date) {
            (true, _) => Clock::Date,
            (false, true) => Clock::Both,
            (false, false) => Clock::Time,
        };
        let end = clock(self.starts_at(self.buckets - 1), zone, style(false));
        let end_x = row.right().saturating_sub(end.width() as u16);
        paint.right(row, &end, Role::Dim);
        let mut free_from = row.x;
        let first = clock(self.range.start, zone, style(dated));
        if row.x + first.width() as u16 + 2 <= end_x {
            free_from += paint.text(row, &first, Role::Dim, Cut::End) + 2;
        }
        let mut day = local_day(self.range.start, zone);
        for at in ticks(self.range, zone, row.width) {
            let Some(bucket) = self.bucket(at) else { continue };
            let text = clock(at, zone, style(local_day(at, zone) != day));
            let width = text.width() as u16;
            let x = (row.x + self.column(bucket)).saturating_sub(width / 2);
            if x >= free_from && x + width + 2 <= end_x {
                paint.text(Rect { x, width, ..row }, &text, Role::Dim, Cut::End);
                free_from = x + width + 2;
                day = local_day(at, zone);
            }
        }
    }

    /// Draws the rule under a plot, with the deploy's mark and the crosshair's foot.
    pub fn rule(
        &self,
        paint: &mut Paint<'_>,
        row: Rect,
        deploy: Option<Timestamp>,
        crosshair: Option<usize>,
    ) {
        paint.rule(row);
        if let Some(x) = crosshair.map(|bucket| row.x + self.column(bucket)) {
            paint.glyph(x, row.y, Glyph::Foot, Role::Accent);
        }
        if let Some(bucket) = deploy.and_then(|at| self.bucket(at)) {
            paint.glyph(row.x + self.column(bucket), row.y, Glyph::Down, Role::Deploy);
        }
    }
}

/// Full steps of the clock inside `range`, far enough apart for their labels.
fn ticks(range: TimeRange, zone: i32, width: u16) -> impl Iterator<Item = Timestamp> {
    const STEPS: [i64; 13] =
        [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];
    let length = i64::try_from(range.length().as_secs()).unwrap_or(i64::MAX);
    let room = i64::from(width / 11).max(1);
    let step = STEPS.into_iter().find(|step| length / step <= room).unwrap_or(2_592_000);
    let zone = i64::from(zone);
    let local = range.start.secs().saturating_add(zone);
    let first = local.div_euclid(step).saturating_add(1).saturating_mul(step).saturating_sub(zone);
    (0..=room)
        .map(move |index| Timestamp::from_secs(first.saturating_add(index.saturating_mul(step))))
        .filter(move |at| range.contains(*at))
}

fn local_day(at: Timestamp, zone: i32) -> i64 {
    at.secs().saturating_add(i64::from(zone)).div_euclid(86_400)
}

/// How an axis writes a time.
#[derive(Clone, Copy)]
enum Clock {
    /// `14:02`.
    Time,
    /// `11-21`.
    Date,
    /// `11-21 23:50`.
    Both,
}

fn clock(at: Timestamp, zone: i32, style: Clock) -> SafeText {
    let Some(time) = at.local(zone) else { return SafeText::new("?") };
    match style {
        Clock::Time => safe!("{}", time.format("%H:%M")),
        Clock::Date => safe!("{}", time.format("%m-%d")),
        Clock::Both => safe!("{}", time.format("%m-%d %H:%M")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ratatui::buffer::Buffer;

    use super::*;
    use crate::ui::paint::Look;

    /// On 2026-11-22.
    fn at(hour: i64, minute: i64) -> Timestamp {
        Timestamp::from_secs(1_795_305_600 + hour * 3600 + minute * 60)
    }

    fn labels(range: TimeRange, period: Period, width: u16) -> String {
        let row = Rect::new(0, 0, width, 1);
        let mut buffer = Buffer::empty(row);
        let look = Look::default();
        let line = Timeline::new(range, period, range.end, width);
        line.label(&mut Paint::new(&mut buffer, &look), row, 0);
        crate::report::picture::text(&buffer).trim_end().to_owned()
    }

    #[test]
    fn the_unfinished_minutes_stand_right_of_a_divider_of_their_own() {
        let line = Timeline::new(TimeRange::new(at(13, 32), at(14, 32)), Period::MINUTE, at(14, 30), 23);
        assert_eq!(line.divider(), Some(21));
        assert_eq!(line.under(0), 0..1);
        assert_eq!(line.under(42), 0..0);
        assert_eq!(line.under(44), 58..59);
        assert_eq!(line.under(45), 59..60);
        assert!(line.is_unfinished(44) && !line.is_unfinished(41));
        assert_eq!(line.column(59), 22);
        assert_eq!(line.column(57), 20);
    }

    #[test]
    fn every_bucket_is_under_some_dot_at_any_width() {
        for cells in [30_u16, 87, 300] {
            for settled in [0, 1, 30, 58, 60, 90] {
                let range = TimeRange::new(at(0, 0), at(1, 0));
                let until = range.start + Duration::from_secs(settled * 60);
                let line = Timeline::new(range, Period::MINUTE, until, cells);
                let mut seen = [false; 60];
                for dot in 0..2 * cells {
                    line.under(dot).for_each(|bucket| seen[bucket] = true);
                }
                assert!(seen.iter().all(|seen| *seen), "{cells} cells, {settled} settled");
                assert!((0..60).all(|bucket| line.column(bucket) < cells));
            }
        }
    }

    #[test]
    fn the_axis_names_full_steps_of_the_clock() {
        let hour = TimeRange::new(at(13, 32), at(14, 32));
        let wide = labels(hour, Period::MINUTE, 80);
        assert!(wide.starts_with("13:32") && wide.ends_with("14:31"), "{wide}");
        assert!(wide.contains("  14:00  ") && wide.contains("  14:10  "), "{wide}");
        assert_eq!(labels(hour, Period::MINUTE, 23), "13:32   14:00     14:31");
    }

    #[test]
    fn a_date_stands_only_where_the_window_crosses_midnight() {
        let night = labels(TimeRange::new(at(23, 0), at(26, 0)), Period::MINUTE, 60);
        assert!(night.starts_with("11-22 23:00  ") && night.contains("  11-23 00:00  "), "{night}");
        assert!(night.ends_with("  01:59"), "{night}");
        let week = labels(TimeRange::new(at(0, 0), at(7 * 24, 0)), Period::HOUR, 60);
        assert!(week.starts_with("11-22  ") && week.ends_with("11-28"), "{week}");
    }
}
