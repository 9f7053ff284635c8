//! Where the timeline screen goes.
//!
//! ```text
//! title
//! parts       where the time went
//! legend      where there is room
//! axis
//! rows                | detail (from 160 columns)
//! ticks
//! log | detail        the detail beside the log from 100 columns, else in its place while one is in it
//! group       where there is room
//! state       how much is known of the trace
//! ```

use super::{Area, Chrome, Frame};

/// Rectangles of the timeline screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineLayout {
    /// What stands around it.
    pub chrome: Chrome,
    /// What it is of.
    pub title: Area,
    /// Where the time went; in a request without a trace, what is known of that.
    pub parts: Option<Area>,
    /// What the bars mean and when zero is.
    pub legend: Option<Area>,
    /// The names of the columns and the axis.
    pub axis: Area,
    /// The rows.
    pub rows: Area,
    /// Log lines as ticks on the axis.
    pub ticks: Option<Area>,
    /// The log lines, headed by a rule.
    pub log: Option<Area>,
    /// What is selected in full, headed by a rule.
    pub detail: Option<Area>,
    /// Whether it stands beside everything else.
    pub beside: bool,
    /// Other requests with the same error, and a rule below.
    pub group: Option<Area>,
    /// How much is known of the trace; of a request without one, where the time went.
    pub state: Area,
}

/// Where the timeline screen goes; `in_detail` while keys move in the detail.
pub(in crate::app) fn timeline(size: (u16, u16), band: bool, in_detail: bool) -> Frame {
    let Some((chrome, mut lines)) = Chrome::around(size, band) else { return Frame::TooSmall };
    let (width, height) = size;
    let state = lines.take_bottom(1);
    let group = (height >= 34).then(|| lines.take_bottom(2));
    let title = lines.take_top(1);
    let parts = (height >= 16).then(|| lines.take_top(1));
    let legend = (height >= 30).then(|| lines.take_top(1));

    let beside = width >= 160;
    let mut rest = lines.rest();
    let right = beside.then(|| {
        let own = width * 2 / 5;
        rest.width = width - own;
        Area { x: rest.width, width: own, ..rest }
    });
    let (all, body) = (rest.height, rest.height.saturating_sub(3));
    let mut cut = |height: u16| {
        let height = height.min(rest.height);
        rest.height -= height;
        Area { y: rest.y + rest.height, height, ..rest }
    };
    let (mut log, mut detail) = (None, right);
    if height >= 14 {
        if in_detail && detail.is_none() && width < 100 {
            detail = Some(cut(body * 2 / 3));
        } else {
            let mut bottom = cut(body / 3 + 1);
            if detail.is_none() && width >= 100 {
                let own = width * 2 / 5;
                bottom.width = width - own;
                detail = Some(Area { x: bottom.width, width: own, ..bottom });
            }
            log = Some(bottom);
        }
    } else if in_detail && detail.is_none() {
        detail = Some(cut(all.saturating_sub(2)));
    }
    let ticks = (height >= 14).then(|| cut(1));
    let axis = Area { height: rest.height.min(1), ..rest };
    let rows = Area { y: axis.y + axis.height, height: rest.height - axis.height, ..rest };
    Frame::Timeline(TimelineLayout {
        chrome,
        title,
        parts,
        legend,
        axis,
        rows,
        ticks,
        log,
        detail,
        beside,
        group,
        state,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_size_makes_a_rectangle_outside_of_the_screen() {
        for (width, height) in
            (40..=420).step_by(7).flat_map(|width| (10..=120).map(move |height| (width, height)))
        {
            for (band, in_detail) in [(false, false), (true, false), (false, true), (true, true)] {
                let Frame::Timeline(layout) = timeline((width, height), band, in_detail) else {
                    panic!("{width}x{height}")
                };
                let areas =
                    [layout.parts, layout.legend, layout.ticks, layout.log, layout.detail, layout.group];
                let areas = areas.into_iter().flatten().chain([layout.rows, layout.axis, layout.state]);
                for area in areas {
                    assert!(
                        area.x + area.width <= width && area.y + area.height < height,
                        "{area:?} in {width}x{height}"
                    );
                }
                assert!(layout.rows.height >= 1, "{width}x{height} {band} {in_detail}");
            }
        }
    }
}
