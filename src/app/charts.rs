//! The window of time that charts show, and the crosshair in it.

use std::time::Duration;

use crate::model::{ChartWant, FunctionKey, Metric, Period, TimeRange, Timestamp};
use crate::store::settled_until;

use super::screen::FunctionPane;
use super::{ChartRange, ChartView, FunctionScreen};

/// Buckets that a far step of the crosshair goes.
pub(super) const FAR: u32 = 10;

/// CloudWatch's own clock decides when minutes are gone: near that day nothing finer is asked for.
const MARGIN: Duration = Duration::from_hours(1);

/// The window of `range` at `now` that ends at `held_at`, or that follows the clock.
pub(super) fn view(
    range: ChartRange,
    now: Timestamp,
    held_at: Option<Timestamp>,
    crosshair: Option<Timestamp>,
) -> ChartView {
    // A window that was moved back beyond the days for which CloudWatch keeps minutes shows what it still keeps (M3).
    let kept =
        held_at.map_or(Period::MINUTE, |end| Period::finest_for(now.since(end - range.length()) + MARGIN));
    let period = range.period().max(kept);
    let newest = newest_end(period, now);
    let end = held_at.map_or(newest, |end| end.ceil(period));
    let shown = TimeRange::new((end - range.length()).floor(period), end);
    let last = end - period.duration();
    let settled = settled_until(now).floor(period);
    let at = crosshair
        .map_or(settled - period.duration(), |at| at.floor(period))
        .clamp(shown.start, last.max(shown.start));
    ChartView {
        range: shown,
        period,
        settled_until: settled,
        crosshair: at,
        crosshair_placed: crosshair.is_some(),
        behind: held_at.map(|_| newest.since(end)),
    }
}

/// The end of the bucket that runs at `now`.
fn newest_end(period: Period, now: Timestamp) -> Timestamp {
    now.floor(period) + period.duration()
}

/// What the sources are asked for, so that a chart can be drawn.
pub(super) fn want(key: &FunctionKey, view: &ChartView, further: Vec<Metric>) -> ChartWant {
    ChartWant { key: key.clone(), range: view.range, period: view.period, further }
}

impl FunctionScreen {
    /// One function's screen as it opens: following, the crosshair on the newest settled bucket.
    pub(super) const fn new(key: FunctionKey) -> Self {
        Self { key, scroll: 0, crosshair: None, held_at: None, pane: FunctionPane::Charts }
    }

    /// Moves the crosshair by `buckets`, within the window.
    pub(super) fn step(&mut self, range: ChartRange, now: Timestamp, buckets: u32, later: bool) {
        let view = view(range, now, self.held_at, self.crosshair);
        let by = view.period.duration() * buckets;
        let at = if later { view.crosshair + by } else { view.crosshair - by };
        let last = (view.range.end - view.period.duration()).max(view.range.start);
        self.crosshair = Some(at.clamp(view.range.start, last));
    }

    /// Puts the crosshair on the first bucket of the window.
    pub(super) fn rewind(&mut self, range: ChartRange, now: Timestamp) {
        self.crosshair = Some(view(range, now, self.held_at, None).range.start);
    }

    /// Moves the window by half its length; at the newest data it follows again.
    pub(super) fn pan(&mut self, range: ChartRange, now: Timestamp, later: bool) {
        let period = range.period();
        let newest = newest_end(period, now);
        let end = self.held_at.unwrap_or(newest);
        let half = range.length() / 2;
        let moved = if later { end + half } else { end - half }.floor(period);
        let oldest = newest - kept(period) + range.length();
        self.held_at = (moved < newest).then(|| moved.max(oldest.ceil(period)));
    }

    /// Holds the window where it is, or lets it follow again.
    pub(super) fn hold(&mut self, range: ChartRange, now: Timestamp) {
        self.held_at = match self.held_at {
            Some(_) => None,
            None => Some(newest_end(range.period(), now)),
        };
    }
}

/// How long CloudWatch keeps points of this period (M3); panning ends there.
const fn kept(period: Period) -> Duration {
    const DAY: u64 = 24 * 3600;
    Duration::from_secs(match period.seconds() {
        0..=299 => 15 * DAY,
        300..=3599 => 63 * DAY,
        _ => 455 * DAY,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scope;

    fn now() -> Timestamp {
        Timestamp::from_secs(20_000 * 86_400 + (14 * 60 + 31) * 60 + 16)
    }

    fn screen() -> FunctionScreen {
        FunctionScreen::new(FunctionKey::new(&Scope::new("123456789012", "eu-west-1"), "payment-capture"))
    }

    #[test]
    fn the_window_ends_with_the_running_bucket_and_the_crosshair_reads_a_settled_one() {
        let view = view(ChartRange::Hour, now(), None, None);
        assert_eq!(view.range.length(), Duration::from_hours(1));
        assert_eq!(view.range.end, now().ceil(Period::MINUTE));
        assert_eq!(view.crosshair, now().floor(Period::MINUTE) - Duration::from_mins(2));
        assert!(!view.crosshair_placed && view.behind.is_none());
    }

    #[test]
    fn a_window_of_long_ago_is_shown_in_the_periods_that_are_still_kept() {
        let days = |days: u64| Some(now() - Duration::from_hours(24 * days));
        let period = |held_at| view(ChartRange::ThreeHours, now(), held_at, None).period;
        assert_eq!(period(days(14)), Period::MINUTE);
        assert_eq!(period(days(20)), Period::FIVE_MINUTES);
        assert_eq!(period(days(120)), Period::HOUR);
        let old = view(ChartRange::Quarter, now(), days(120), None);
        assert_eq!(old.range, old.range.aligned(Period::HOUR));
        assert!(!old.range.length().is_zero());
    }

    #[test]
    fn a_chart_never_has_more_than_720_points() {
        for range in ChartRange::ALL {
            let points = range.length().as_secs() / u64::from(range.period().seconds());
            assert!((15..=720).contains(&points), "{range:?}: {points}");
        }
    }

    #[test]
    fn a_held_window_stays_and_says_how_far_it_is_behind() {
        let mut screen = screen();
        screen.hold(ChartRange::Hour, now());
        let later = now() + Duration::from_mins(3);
        let held = view(ChartRange::Hour, later, screen.held_at, None);
        assert_eq!(held.range, view(ChartRange::Hour, now(), None, None).range);
        assert_eq!(held.behind, Some(Duration::from_mins(3)));
        screen.hold(ChartRange::Hour, later);
        assert_eq!(screen.held_at, None);
    }

    #[test]
    fn panning_back_and_forth_ends_where_it_began_and_stops_where_data_ends() {
        let mut screen = screen();
        screen.pan(ChartRange::Hour, now(), false);
        assert_eq!(view(ChartRange::Hour, now(), screen.held_at, None).behind, Some(Duration::from_mins(30)));
        screen.pan(ChartRange::Hour, now(), true);
        assert_eq!(screen.held_at, None);
        for _ in 0..2000 {
            screen.pan(ChartRange::Hour, now(), false);
        }
        let oldest = view(ChartRange::Hour, now(), screen.held_at, None).range.start;
        assert!(now().since(oldest) <= Duration::from_hours(15 * 24));
    }

    #[test]
    fn the_crosshair_stays_inside() {
        let mut screen = screen();
        for _ in 0..20 {
            screen.step(ChartRange::Quarter, now(), FAR, false);
        }
        let shown = view(ChartRange::Quarter, now(), None, screen.crosshair);
        assert_eq!(shown.crosshair, shown.range.start);
        for _ in 0..20 {
            screen.step(ChartRange::Quarter, now(), FAR, true);
        }
        let shown = view(ChartRange::Quarter, now(), None, screen.crosshair);
        assert_eq!(shown.crosshair, shown.range.end - Duration::from_mins(1));
    }
}
