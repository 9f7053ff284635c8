//! Where the requests screen goes.
//!
//! ```text
//! title       whose requests, how many, how complete
//! rule        where there is room
//! heat        requests by time and duration with an axis; in one line where there is little room
//! section     what is picked, how the rows are put together
//! head
//! rows
//! status      which rows, what the signs mean; or the filter while it is typed
//! meaning     the selected request in a sentence
//! ```

use super::{Area, Chrome, Frame};

/// Rectangles of the requests screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestsLayout {
    /// What stands around it.
    pub chrome: Chrome,
    /// Whose requests, how many, and how complete that is.
    pub title: Area,
    /// The rule below the title.
    pub rule: Option<Area>,
    /// Requests by time and duration: bands and two lines of an axis, or one line.
    pub heat: Option<Area>,
    /// The rule above the rows: what is picked.
    pub section: Area,
    /// The column heads.
    pub head: Area,
    /// The rows.
    pub rows: Area,
    /// Which rows these are, or the filter and its count.
    pub status: Area,
    /// The rule above the meaning.
    pub line: Option<Area>,
    /// The selected request in a sentence.
    pub meaning: Option<Area>,
}

/// Where the requests screen goes.
pub(in crate::app) fn requests(size: (u16, u16), band: bool) -> Frame {
    let Some((chrome, mut lines)) = Chrome::around(size, band) else { return Frame::TooSmall };
    let height = size.1;
    let meaning = (height >= 20).then(|| lines.take_bottom(1));
    let line = (height >= 30).then(|| lines.take_bottom(1));
    let status = lines.take_bottom(1);
    let title = lines.take_top(1);
    let rule = (height >= 30).then(|| lines.take_top(1));
    let tall = match height {
        0..16 => None,
        16..34 => Some(1),
        34..46 => Some(9),
        46.. => Some(12),
    };
    let heat = tall.map(|tall| lines.take_top(tall));
    let section = lines.take_top(1);
    let heads = lines.take_top(1);
    Frame::Requests(RequestsLayout {
        chrome,
        title,
        rule,
        heat,
        section,
        head: heads,
        rows: lines.rest(),
        status,
        line,
        meaning,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(width: u16, height: u16) -> RequestsLayout {
        match requests((width, height), false) {
            Frame::Requests(layout) => layout,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn there_are_rows_at_every_size() {
        for height in 10..120 {
            for band in [false, true] {
                let Frame::Requests(layout) = requests((80, height), band) else { panic!("too small") };
                assert!(layout.rows.height >= 1, "{height}");
                assert!(layout.rows.y + layout.rows.height <= layout.status.y);
            }
        }
    }

    #[test]
    fn the_map_is_a_line_at_80x24_and_a_map_at_120x40() {
        assert_eq!(at(80, 24).heat.map(|area| area.height), Some(1));
        assert_eq!(at(120, 40).heat.map(|area| area.height), Some(9));
        assert_eq!(at(80, 24).rows.height, 15);
    }
}
