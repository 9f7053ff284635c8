//! Wraps text into rows of a width, only where someone looks.
//!
//! A row is addressed by its page and its place in it ([`RowPlace`]), not by a number from the start of the text. Pages
//! ([`Pages`]) begin where the text says, whatever the width, and a row never goes over the end of one. So the rows
//! around any place of a text of 1 MB cost a page or two of wrapping, nothing has to be remembered between frames, and
//! a resize keeps the place. The price is a row that may be short every 4 KiB, at a blank where there is one.

use std::ops::Range;

use super::character::cells;
use super::{Pages, SafeText};

/// Where a row is: the page, and the row in it, both counted from 0. Rows of one text and width are in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowPlace {
    /// Index of the page.
    pub page: usize,
    /// Index of the row in its page.
    pub row: usize,
}

/// One row of wrapped text. It takes at most the width, but for a wide character where the width is 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedRow {
    /// Where it is.
    pub place: RowPlace,
    /// What stands in it. Its `source` is in bytes of the whole text, so matches are found as in any other text. A
    /// blank at which the row was broken belongs to it and is not drawn.
    pub text: SafeText,
    /// A line of the text begins here; else it continues the row before.
    pub begins_line: bool,
}

/// A text as rows of a width.
#[derive(Clone, Copy, Debug)]
pub struct Wrap<'a> {
    pages: &'a Pages,
    width: usize,
}

impl<'a> Wrap<'a> {
    /// The rows of `pages` at `width` cells. A width of 0 has no rows.
    #[must_use]
    pub const fn new(pages: &'a Pages, width: u16) -> Self {
        Self { pages, width: width as usize }
    }

    /// The rows from `from` on; if that is none, from the next one. Each costs what its page costs, once a page.
    pub fn rows(self, from: RowPlace) -> impl Iterator<Item = WrappedRow> + use<'a> {
        let pages = if self.width == 0 { 0..0 } else { from.page..self.pages.count() };
        pages.flat_map(move |page| {
            self.page(page).into_iter().skip(if page == from.page { from.row } else { 0 })
        })
    }

    /// The row that shows the byte `source` of the text, and the cell in it. What is behind the end is shown at the end.
    #[must_use]
    pub fn find(self, source: usize) -> (RowPlace, usize) {
        let page = self.pages.page_of(source);
        let rows = if self.width == 0 { Vec::new() } else { self.page(page) };
        let behind = rows.partition_point(|row| row.text.source().start <= source);
        let at = rows.get(behind.saturating_sub(1));
        at.map_or((RowPlace { page, row: 0 }, 0), |row| (row.place, row.text.cell_of(source)))
    }

    /// The row `by` rows below `from`, or above it if negative; the first or last row where there are not so many.
    #[must_use]
    pub fn step(self, from: RowPlace, by: isize) -> RowPlace {
        let last_page = self.pages.count() - 1;
        let mut page = from.page.min(last_page);
        let mut height = self.height_of(page);
        let mut row = from.row.min(height.saturating_sub(1)).saturating_add_signed(by.max(0));
        let mut up = by.min(0).unsigned_abs();
        while row >= height && page < last_page {
            (row, page) = (row - height, page + 1);
            height = self.height_of(page);
        }
        row = row.min(height.saturating_sub(1));
        while up > row && page > 0 {
            up -= row + 1;
            page -= 1;
            row = self.height_of(page).saturating_sub(1);
        }
        RowPlace { page, row: row.saturating_sub(up) }
    }

    /// The last row.
    #[must_use]
    pub fn end(self) -> RowPlace {
        let page = self.pages.count() - 1;
        RowPlace { page, row: self.height_of(page).saturating_sub(1) }
    }

    /// How many rows there are, counted up to `limit`.
    #[must_use]
    pub fn height(self, limit: usize) -> usize {
        let mut height = 0;
        for page in 0..self.pages.count() {
            if height >= limit {
                break;
            }
            height += self.height_of(page);
        }
        height.min(limit)
    }

    fn height_of(self, page: usize) -> usize {
        if self.width == 0 {
            return 0;
        }
        self.pages.lines(page).map(|line| breaks(&line, self.width).count()).sum()
    }

    fn page(self, page: usize) -> Vec<WrappedRow> {
        let mut rows: Vec<WrappedRow> = Vec::new();
        for line in self.pages.lines(page) {
            let mut begins_line = self.pages.begins_line(line.source().start);
            let mut spans = breaks(&line, self.width).peekable();
            let mut start = line.source().start;
            while let Some(span) = spans.next() {
                let end = spans
                    .peek()
                    .map_or(line.source().end, |next| line.source_of(next.cells.start).max(start));
                let text = line.slice(span.bytes, span.cells, start..end);
                rows.push(WrappedRow { place: RowPlace { page, row: rows.len() }, text, begins_line });
                (begins_line, start) = (false, end);
            }
        }
        rows
    }
}

/// A row of a line: bytes of its text and its cells.
struct Span {
    bytes: Range<usize>,
    cells: Range<usize>,
}

/// The rows of one line: broken behind a blank in the second half of the width, or else where the width ends.
fn breaks(line: &SafeText, width: usize) -> impl Iterator<Item = Span> {
    let text = line.as_str();
    let plain = text.is_ascii();
    let (mut byte, mut cell, mut done) = (0, 0, false);
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let rest = &text[byte..];
        let (bytes, used, next) = if plain { plain_row(rest, width) } else { row(rest, width) };
        let span = Span { bytes: byte..byte + bytes, cells: cell..cell + used };
        // A blank that is left out takes one byte and one cell.
        let hanging = next - bytes;
        (byte, cell) = (byte + next, cell + used + hanging);
        done = byte >= text.len();
        Some(span)
    })
}

/// Bytes and cells of the first row of `text`, and the bytes after which the second begins.
fn row(text: &str, width: usize) -> (usize, usize, usize) {
    let (mut at, mut used) = (0, 0);
    let mut blank = None;
    for (piece, cells) in cells(text) {
        if used + cells > width && at > 0 {
            return broken(piece == " ", (at, used), blank, width);
        }
        (at, used) = (at + piece.len(), used + cells);
        if piece == " " {
            blank = Some((at, used));
        }
    }
    (at, used, at)
}

/// The same for ASCII, without looking at each letter.
fn plain_row(text: &str, width: usize) -> (usize, usize, usize) {
    if text.len() <= width {
        return (text.len(), text.len(), text.len());
    }
    let blank = text[..width].rfind(' ').map(|at| (at + 1, at + 1));
    broken(text.as_bytes()[width] == b' ', (width, width), blank, width)
}

/// Where a row ends that is full: `full` and `blank` are bytes and cells of the row up to there.
const fn broken(
    blank_follows: bool,
    full: (usize, usize),
    blank: Option<(usize, usize)>,
    width: usize,
) -> (usize, usize, usize) {
    match blank {
        _ if blank_follows => (full.0, full.1, full.0 + 1),
        Some((bytes, cells)) if cells * 2 > width => (bytes, cells, bytes),
        _ => (full.0, full.1, full.0),
    }
}
