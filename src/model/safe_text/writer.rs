//! Builds a [`SafeText`] piece by piece.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::character::{
    MAX_GRAPHEME, MAX_MARKS, ascii_form, cells, code_point, has_ascii_form, is_control, is_emoji_sequence,
    is_invisible, is_mark, picture, placed,
};
use super::colour::{Coloured, Switched, sgr};
use super::{Anchor, Ansi, Neutralised, SafeText, Showing};
use crate::model::secret;

const TAB: usize = 4;

/// Writes `source`, a range of `raw`, in which `secrets` (ranges of `raw`, in order) are masked. The text has at most
/// `limit` bytes; what is beyond, and `more`, is marked with `…`.
pub(super) fn write(
    raw: &str,
    source: Range<usize>,
    secrets: &[Range<usize>],
    showing: Showing,
    limit: usize,
    more: bool,
) -> SafeText {
    let mut writer = Writer::new(showing, limit);
    let mut at = source.start;
    let from = secrets.partition_point(|secret| secret.end <= source.start);
    for secret in secrets[from..].iter().take_while(|secret| secret.start < source.end) {
        writer.stretch(raw, at..secret.start.max(at));
        if writer.full {
            break;
        }
        writer.anchor(secret.start.max(source.start), false);
        writer.mark(&secret::placeholder(&raw[secret.clone()]));
        writer.masked += usize::from(secret.start >= source.start);
        at = secret.end.min(source.end);
    }
    writer.stretch(raw, at..source.end);
    writer.finish(source, more)
}

#[derive(Default)]
struct Writer {
    showing: Showing,
    limit: usize,
    text: String,
    width: usize,
    anchors: Vec<Anchor>,
    neutralised: Vec<Neutralised>,
    colours: Vec<Coloured>,
    switched: Switched,
    masked: usize,
    full: bool,
}

impl Writer {
    fn new(showing: Showing, limit: usize) -> Self {
        Self { showing, limit, ..Self::default() }
    }

    fn finish(mut self, source: Range<usize>, more: bool) -> SafeText {
        if self.full || more {
            self.cut();
        }
        self.anchor(source.end, false);
        SafeText {
            text: self.text.into(),
            width: self.width,
            source,
            anchors: self.anchors.into(),
            neutralised: self.neutralised.into(),
            colours: self.colours.into(),
            masked: self.masked,
        }
    }

    /// Writes `range` of `raw`, in which nothing is secret.
    fn stretch(&mut self, raw: &str, range: Range<usize>) {
        let source = &raw[range.clone()];
        let mut at = 0;
        while at < source.len() && !self.full {
            let rest = &source[at..];
            let plain = plain_run(rest);
            if plain > 0 {
                self.anchor(range.start + at, true);
                self.plain(&rest[..plain]);
                at += plain;
                continue;
            }
            self.anchor(range.start + at, false);
            if self.showing.ansi != Ansi::Show
                && let Some(length) = sgr(rest)
            {
                if self.showing.ansi == Ansi::Colour {
                    self.switched.switch(&rest[..length]);
                }
                at += length;
                continue;
            }
            let Some(grapheme) = rest.graphemes(true).next() else { return };
            self.grapheme(grapheme);
            at += grapheme.len();
        }
    }

    /// What follows comes from this byte of the source.
    fn anchor(&mut self, source: usize, in_step: bool) {
        self.anchors.push(Anchor { source, cell: self.width, in_step });
    }

    fn plain(&mut self, text: &str) {
        let room = self.room();
        let kept = &text[..text.len().min(room)];
        self.push(kept, kept.len());
        self.full |= kept.len() < text.len();
    }

    fn grapheme(&mut self, grapheme: &str) {
        if grapheme == "\t" {
            let spaces = TAB - self.width % TAB;
            return self.push(&"    "[..spaces], spaces);
        }
        let emoji = is_emoji_sequence(grapheme);
        let clean = |c: char| {
            !is_control(c)
                && (!is_invisible(c) || (emoji && matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{fe0e}')))
        };
        let marks = grapheme.chars().filter(|c| is_mark(*c)).count();
        let short = emoji || (grapheme.len() <= MAX_GRAPHEME && marks <= MAX_MARKS && placed(grapheme) <= 2);
        if !(short && grapheme.chars().all(clean)) {
            return self.piecewise(grapheme);
        }
        if !grapheme.starts_with(is_mark) {
            return self.show(grapheme);
        }
        let seated = format!("\u{25cc}{grapheme}");
        if seated.graphemes(true).count() > 1 {
            return grapheme.chars().for_each(|c| self.mark(&code_point(c)));
        }
        self.show(&seated);
    }

    /// A grapheme that cannot stay as it is: its base and the first marks, then what was wrong with it.
    fn piecewise(&mut self, grapheme: &str) {
        let mut kept = String::new();
        let mut marks = 0;
        let mut dropped = 0;
        for c in grapheme.chars() {
            if is_control(c) || is_invisible(c) {
                self.base(&mut kept);
                self.mark(&picture(c));
                marks = 0;
            } else if is_mark(c) {
                if marks < MAX_MARKS && kept.len() + c.len_utf8() <= MAX_GRAPHEME && !kept.is_empty() {
                    kept.push(c);
                    marks += 1;
                } else {
                    dropped += 1;
                }
            } else {
                self.base(&mut kept);
                kept.push(c);
                marks = 0;
            }
        }
        self.base(&mut kept);
        if dropped > 0 {
            self.mark(&format!("<+{dropped}>"));
        }
    }

    fn base(&mut self, kept: &mut String) {
        if !kept.is_empty() {
            self.show(kept);
            kept.clear();
        }
    }

    /// Something that may be drawn as it is, where the terminal can.
    fn show(&mut self, text: &str) {
        if !self.showing.ascii {
            return self.push(text, cells(text).map(|(_, width)| width).sum());
        }
        for (piece, width) in cells(text) {
            if piece.is_ascii() {
                self.push(piece, width);
            } else if has_ascii_form(piece) {
                let form = ascii_form(piece, width);
                self.push(form, form.len());
            } else {
                self.note(ascii_form(piece, width));
            }
        }
    }

    /// Something that stands for what was not drawn.
    fn mark(&mut self, picture: &str) {
        if self.showing.ascii && !picture.is_ascii() {
            self.note(ascii_form(picture, 1));
        } else {
            self.note(picture);
        }
    }

    fn note(&mut self, text: &str) {
        let start = self.width;
        self.push(text, text.chars().count());
        if self.width > start {
            match self.neutralised.last_mut() {
                Some(last) if last.end == start => last.end = self.width,
                _ => self.neutralised.push(start..self.width),
            }
        }
    }

    const fn room(&self) -> usize {
        let ellipsis = if self.showing.ascii { 1 } else { '…'.len_utf8() };
        self.limit.saturating_sub(ellipsis).saturating_sub(self.text.len())
    }

    fn push(&mut self, text: &str, width: usize) {
        if text.len() > self.room() {
            self.full = true;
        }
        if self.full {
            return;
        }
        self.text.push_str(text);
        let start = self.width;
        self.width += width;
        let Switched { fore, back } = self.switched;
        if (fore, back) == (None, None) || width == 0 {
            return;
        }
        match self.colours.last_mut() {
            Some(last) if last.cells.end == start && (last.fore, last.back) == (fore, back) => {
                last.cells.end = self.width;
            }
            _ => self.colours.push(Coloured { cells: start..self.width, fore, back }),
        }
    }

    fn cut(&mut self) {
        let ellipsis = if self.showing.ascii { '~' } else { '…' };
        if !self.text.ends_with(ellipsis) {
            self.text.push(ellipsis);
            self.width += 1;
        }
    }
}

/// Bytes at the start of `text` that are printable ASCII and combine with nothing behind them.
fn plain_run(text: &str) -> usize {
    let bytes = text.as_bytes();
    let end = bytes.iter().position(|byte| !matches!(byte, b' '..=b'~')).unwrap_or(bytes.len());
    if bytes.get(end).is_some_and(|next| !next.is_ascii()) { end.saturating_sub(1) } else { end }
}
