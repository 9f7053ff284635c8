//! The only text that is drawn, copied or put into a title.
//!
//! Log lines, names, tags and error texts are written by strangers. What a terminal would obey, and what a
//! reader could not see, becomes visible here and nowhere else: there is one way to make a [`SafeText`], and
//! everything that puts text on a screen takes nothing but that type.
//!
//! The rules are those of Unicode TR 36 and of what terminals were attacked with (CVE-2021-25743,
//! CVE-2022-46663, CVE-2024-43785): controls become pictures, directions and invisible characters become
//! their code points, stacked marks are counted instead of stacked. Nothing is left out without a mark; the one
//! exception are colours (SGR), which are dropped where they are not wanted.
//!
//! Which way in:
//!
//! | what | how |
//! |---|---|
//! | a name, a number, a sentence of ours | [`SafeText::new`], [`safe!`](crate::safe) |
//! | what others wrote: log lines, error texts, tags, descriptions | [`SafeText::of_line`], which masks secrets too |
//! | the same, longer than a row: paged or wrapped | [`Pages`], [`Wrap`] |
//! | text of several lines | [`lines`], then one of the above for each |

mod character;
mod colour;
mod pages;
mod wrap;
mod writer;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wrap_tests;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::secret;

pub use character::{ascii_form, cells};
pub(super) use colour::sgr;
pub use colour::{Colour, Coloured};
pub use pages::{Pages, lines};
pub use wrap::{RowPlace, Wrap, WrappedRow};

/// Longest text in bytes; what is beyond is cut and marked with `…`.
const MAX_BYTES: usize = 4096;
/// How much of the source is looked at: what neutralises to nothing must not cost without end.
const MAX_SOURCE: usize = 4 * MAX_BYTES;
/// How far behind that a secret is looked for, so that none is shown in half.
const SECRET_MARGIN: usize = 1024;

/// How a text of others is shown. The default is what a screen shows unless a key says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Showing {
    /// What becomes of its colours.
    pub ansi: Ansi,
    /// What becomes of the secrets in it.
    pub secrets: Secrets,
    /// Write nothing above 0x7e: controls become `^[`, letters that ASCII has not a dim `?` for each cell. Needed
    /// where the text is measured (wrapped, aligned); everything that is drawn in ASCII mode becomes ASCII anyway.
    pub ascii: bool,
}

/// What becomes of the sequences that switch colours (`ESC [ ... m`). All others are always made visible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ansi {
    /// They are dropped without a mark.
    #[default]
    Strip,
    /// They are dropped, and the cells behind them have [`colours`](SafeText::colours).
    Colour,
    /// They are made visible like all others: the raw text.
    Show,
}

/// What becomes of secrets in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Secrets {
    /// Each becomes `[masked 40]`, with the number of its characters.
    #[default]
    Mask,
    /// They are shown.
    Reveal,
}

impl Showing {
    /// A name, or a sentence of our own: there is no secret in it.
    const NAME: Self = Self { ansi: Ansi::Strip, secrets: Secrets::Reveal, ascii: false };
}

/// One line of text that a terminal can only show: no control character, no change of direction, nothing
/// invisible, bounded marks, at most 4 KiB.
///
/// It remembers where each piece of the source stands, so that a match in the source can be highlighted on
/// the screen. Making it twice gives the same text as making it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeText {
    text: Arc<str>,
    width: usize,
    /// Which bytes of the original text it shows.
    source: Range<usize>,
    /// In order of source and cell; empty if all of the text moves in step with its source.
    anchors: Arc<[Anchor]>,
    neutralised: Arc<[Neutralised]>,
    colours: Arc<[Coloured]>,
    masked: usize,
}

/// A byte of the source and the cell that it is drawn at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Anchor {
    source: usize,
    cell: usize,
    /// Each byte behind it takes one cell, up to the next anchor. Else all of them are drawn here.
    in_step: bool,
}

/// Cells that stand for something which was not drawn as it came: shown dim.
pub type Neutralised = Range<usize>;

/// `format!`, but the result can be drawn.
#[macro_export]
macro_rules! safe {
    ($($arg:tt)*) => { $crate::model::SafeText::new(&format!($($arg)*)) };
}

impl SafeText {
    /// Makes a name or a sentence of ours safe. Secrets are not looked for: text of others is made by
    /// [`of_line`](Self::of_line). Line ends become visible: split lines before, if they are wanted as lines.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        Self::of_line(raw, Showing::NAME)
    }

    /// Makes any text safe, as `showing` says: at most 4 KiB of it, the rest is cut and marked.
    #[must_use]
    pub fn of_line(raw: &str, showing: Showing) -> Self {
        let seen = raw.floor_char_boundary(MAX_SOURCE);
        let secrets = match showing.secrets {
            Secrets::Mask => secret::find(&raw[..raw.floor_char_boundary(MAX_SOURCE + SECRET_MARGIN)]),
            Secrets::Reveal => Vec::new(),
        };
        let plain = |byte: u8| (b' '..=b'~').contains(&byte);
        if secrets.is_empty() && raw.len() <= MAX_BYTES && raw.bytes().all(plain) {
            return Self {
                text: raw.into(),
                width: raw.len(),
                source: 0..raw.len(),
                anchors: Arc::default(),
                neutralised: Arc::default(),
                colours: Arc::default(),
                masked: 0,
            };
        }
        let mut text = writer::write(raw, 0..seen, &secrets, showing, MAX_BYTES, seen < raw.len());
        text.source.end = raw.len();
        text
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many cells it takes.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Whether there is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What its cells show, in order: each piece with its width (1 or 2).
    pub fn graphemes(&self) -> impl Iterator<Item = (&str, usize)> {
        cells(&self.text)
    }

    /// Cells that stand for neutralised characters and masked secrets, in order.
    #[must_use]
    pub fn neutralised(&self) -> &[Neutralised] {
        &self.neutralised
    }

    /// Cells that the text wants coloured, in order; none unless [`Ansi::Colour`] was asked for.
    #[must_use]
    pub fn colours(&self) -> &[Coloured] {
        &self.colours
    }

    /// How many secrets are masked in it.
    #[must_use]
    pub const fn masked(&self) -> usize {
        self.masked
    }

    /// Which bytes of the original text it shows.
    #[must_use]
    pub const fn source(&self) -> &Range<usize> {
        &self.source
    }

    /// The cell at which the byte `source` of the original text is drawn: 0 for what is before, the width for what
    /// is behind. It never decreases with `source`.
    #[must_use]
    pub fn cell_of(&self, source: usize) -> usize {
        let Some(after) = self.anchors.partition_point(|anchor| anchor.source <= source).checked_sub(1)
        else {
            return source.saturating_sub(self.source.start).min(if self.anchors.is_empty() {
                self.width
            } else {
                0
            });
        };
        let anchor = self.anchors[after];
        let next = self.anchors.get(after + 1).map_or(self.width, |next| next.cell);
        if anchor.in_step { (anchor.cell + source - anchor.source).min(next) } else { anchor.cell }
    }

    /// The first byte of the original text that is drawn at `cell` or covers it.
    fn source_of(&self, cell: usize) -> usize {
        let Some(at) = self.anchors.partition_point(|anchor| anchor.cell <= cell).checked_sub(1) else {
            return self.source.start + cell.min(self.width);
        };
        let anchor = self.anchors[at];
        if anchor.in_step { anchor.source + cell - anchor.cell } else { anchor.source }
    }

    /// A part of it: these bytes of its text, which are these cells, from these bytes of the source.
    fn slice(&self, bytes: Range<usize>, part: Range<usize>, source: Range<usize>) -> Self {
        let shift = |cells: &Range<usize>| {
            let (start, end) = (cells.start.max(part.start), cells.end.min(part.end));
            (start < end).then(|| start - part.start..end - part.start)
        };
        // Both are in order, and a page has thousands of them: only those of this part are looked at.
        let notes = &self.neutralised[self.neutralised.partition_point(|cells| cells.end <= part.start)..];
        let runs = &self.colours[self.colours.partition_point(|run| run.cells.end <= part.start)..];
        let first = self.anchors.partition_point(|anchor| anchor.source <= source.start).saturating_sub(1);
        let last = self.anchors.partition_point(|anchor| anchor.source < source.end);
        let cell = |cell: usize| cell.clamp(part.start, part.end) - part.start;
        let mut anchors: Vec<Anchor> = self.anchors.get(first..last).unwrap_or_default().to_vec();
        if let Some(first) = anchors.first_mut() {
            if first.in_step {
                first.cell += source.start.saturating_sub(first.source);
            }
            first.source = source.start;
            for anchor in &mut anchors {
                anchor.cell = cell(anchor.cell);
            }
            anchors.push(Anchor { source: source.end, cell: part.len(), in_step: false });
        }
        let neutralised = notes.iter().map_while(shift);
        let colours =
            runs.iter().map_while(|run| Some(Coloured { cells: shift(&run.cells)?, ..run.clone() }));
        Self {
            text: self.text[bytes].into(),
            width: part.len(),
            anchors: anchors.into(),
            neutralised: neutralised.collect(),
            colours: colours.collect(),
            masked: if source.start == self.source.start { self.masked } else { 0 },
            source,
        }
    }
}

impl Default for SafeText {
    fn default() -> Self {
        Self::new("")
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}
