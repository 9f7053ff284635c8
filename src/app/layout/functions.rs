//! Where the functions screen goes.
//!
//! ```text
//! totals
//! head
//! rows        | charts (from 160 columns)
//! status
//! charts (below 160 columns, where there is room) or one line
//! ```

use super::{Area, Chrome, Frame};

/// Rectangles of the functions screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionsLayout {
    /// What stands around it.
    pub chrome: Chrome,
    /// Fleet totals: labels and values where it is two lines high, values alone where one.
    pub totals: Area,
    /// The rule between totals and table, where there is no blank line.
    pub rule: Option<Area>,
    /// The column heads.
    pub head: Area,
    /// The rows; as wide as the head.
    pub rows: Area,
    /// Which rows, how sorted, of when; or the filter's prompt while typing.
    pub status: Area,
    /// The selected function in one line, where its charts have no room.
    pub line: Option<Area>,
    /// Title line and charts of the selected function: below the table, or beside it from 160 columns.
    pub charts: Option<Area>,
    /// Whether the charts stand beside the table, one above the other, instead of below it side by side.
    pub beside: bool,
}

/// Where the functions screen goes; `band` when something is wrong above old data.
pub(in crate::app) fn functions(size: (u16, u16), band: bool) -> Frame {
    let Some((chrome, mut lines)) = Chrome::around(size, band) else { return Frame::TooSmall };
    let (width, height) = size;
    let roomy = width >= 120 && height >= 30;
    if roomy {
        lines.take_top(1);
    }
    let totals = lines.take_top(if roomy { 2 } else { 1 });
    let rule = (!roomy && height >= 20).then(|| lines.take_top(1));
    if roomy {
        lines.take_top(1);
    }
    let beside = width >= 160 && height >= 20;
    let below = !beside && width >= 100 && height >= 34;
    let charts_below = below.then(|| {
        lines.take_bottom(1);
        lines.take_bottom((height * 3 / 10).clamp(12, 20))
    });
    let line = (!beside && !below && height >= 20).then(|| lines.take_bottom(1));
    let status = lines.take_bottom(1);
    let mut head = lines.take_top(1);
    let mut rows = lines.rest();
    let charts_beside = beside.then(|| {
        let charts = (width - 148).clamp(40, 52.max(width / 4));
        head.width = width - charts;
        rows.width = head.width;
        Area { x: head.width, y: head.y, width: charts, height: rows.height + 1 }
    });
    let charts = charts_below.or(charts_beside);
    Frame::Functions(FunctionsLayout { chrome, totals, rule, head, rows, status, line, charts, beside })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions_at(width: u16, height: u16) -> FunctionsLayout {
        match functions((width, height), false) {
            Frame::Functions(layout) => layout,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_screen_of_80x24_has_sixteen_rows_and_a_line() {
        let layout = functions_at(80, 24);
        assert_eq!(layout.rows, Area { x: 0, y: 5, width: 80, height: 16 });
        assert_eq!(
            (layout.status.y, layout.line.map(|line| line.y), layout.chrome.footer.y),
            (21, Some(22), 23)
        );
        assert_eq!(layout.charts, None);
    }

    #[test]
    fn the_screen_of_120x40_has_charts_below() {
        let layout = functions_at(120, 40);
        assert_eq!(layout.rows, Area { x: 0, y: 7, width: 120, height: 18 });
        assert_eq!(layout.charts, Some(Area { x: 0, y: 26, width: 120, height: 12 }));
        assert!(!layout.beside);
    }

    #[test]
    fn from_160_columns_the_charts_stand_beside() {
        let layout = functions_at(200, 50);
        let charts = layout.charts.unwrap();
        assert!(layout.beside);
        assert_eq!((layout.rows.width, charts.x, charts.width), (148, 148, 52));
    }
}
