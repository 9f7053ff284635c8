//! Which characters may be drawn as they are, what stands for those that may not, and how many cells each takes.

use std::iter;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Marks that may sit on one character.
pub(super) const MAX_MARKS: usize = 4;
/// Bytes of one grapheme.
pub(super) const MAX_GRAPHEME: usize = 32;

/// What one cell, or a wide character's two, is to show: pieces of `text` in order, each with its width (1 or 2).
///
/// A piece is a grapheme. One whose characters a terminal would place in more than two cells (conjoining jamo,
/// Indic clusters) is several pieces, because no cell may show anything outside of itself.
pub fn cells(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = text;
    iter::from_fn(move || {
        let (piece, width) = first_cell(rest)?;
        rest = &rest[piece.len()..];
        Some((piece, width))
    })
}

fn first_cell(text: &str) -> Option<(&str, usize)> {
    let mut bytes = text.bytes();
    let first = bytes.next()?;
    // Nothing combines with a character that ASCII follows, but a line feed with a carriage return.
    if first.is_ascii() && first != b'\r' && bytes.next().is_none_or(|next| next.is_ascii()) {
        return Some((&text[..1], 1));
    }
    // Pieces that stand side by side may look like one endless grapheme (conjoining jamo): it is not looked for its end
    // again behind each of them.
    let grapheme = text[..text.floor_char_boundary(2 * MAX_GRAPHEME)].graphemes(true).next()?;
    if is_emoji_sequence(grapheme) {
        return Some((grapheme, grapheme.width().clamp(1, 2)));
    }
    let width = placed(grapheme);
    if width <= 2 {
        return Some((grapheme, width.max(1)));
    }
    let second = grapheme.char_indices().skip(1).find(|(_, c)| !is_mark(*c)).map(|(at, _)| at);
    let piece = &grapheme[..second.unwrap_or(grapheme.len())];
    Some((piece, placed(piece).clamp(1, 2)))
}

/// Cells that a terminal gives to the characters of `text`, one by one.
pub(super) fn placed(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Whether it sits on the character before it.
pub(super) fn is_mark(c: char) -> bool {
    c.width() == Some(0)
}

/// C0, DEL and C1, and the line and paragraph separators that some terminals obey.
pub(super) const fn is_control(c: char) -> bool {
    c.is_ascii_control() || matches!(c, '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}')
}

/// Characters that change direction, join, select or fill without being seen (`Default_Ignorable_Code_Point` of
/// Unicode's `DerivedCoreProperties.txt`, the bidirectional controls of UAX 9, and code points that are none).
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
        || c as u32 & 0xfffe == 0xfffe
}

/// Whether joiners and selectors in this grapheme hold pictures together (they stay) or hide (they are shown).
///
/// The sequences of UTS 51 but for flags made of tags, whose letters nobody sees.
pub(super) fn is_emoji_sequence(grapheme: &str) -> bool {
    if grapheme.is_ascii() || grapheme.len() > MAX_GRAPHEME {
        return false;
    }
    if let Some(keycap) = grapheme.strip_suffix("\u{fe0f}\u{20e3}") {
        return matches!(keycap.as_bytes(), [b'0'..=b'9' | b'#' | b'*']);
    }
    let mut joined = true;
    let mut selected = false;
    for c in grapheme.chars() {
        match c {
            '\u{200d}' if !joined => joined = true,
            '\u{fe0f}' | '\u{fe0e}' if !joined && !selected => selected = true,
            _ if is_pictorial(c) => (joined, selected) = (false, false),
            _ => return false,
        }
    }
    !joined
}

const fn is_pictorial(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{21aa}'
        | '\u{2300}'..='\u{27bf}' | '\u{2934}' | '\u{2935}' | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// What stands for a character that may not be drawn.
pub(super) fn picture(c: char) -> String {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}').to_string(),
        '\x7f' => '\u{2421}'.to_string(),
        _ => code_point(c),
    }
}

pub(super) fn code_point(c: char) -> String {
    format!("<{:X}>", u32::from(c))
}

/// The pictures of C0 in the notation of carets, in the order of their codes, and DEL behind them.
const CARETS: [&str; 33] = [
    "^@", "^A", "^B", "^C", "^D", "^E", "^F", "^G", "^H", "^I", "^J", "^K", "^L", "^M", "^N", "^O", "^P",
    "^Q", "^R", "^S", "^T", "^U", "^V", "^W", "^X", "^Y", "^Z", "^[", "^\\", "^]", "^^", "^_", "^?",
];

/// The signs that our own sentences use.
const SIGNS: [(&str, &str); 37] = [
    ("·", "-"),
    ("▲", "!"),
    ("✗", "X"),
    ("⊘", "T"),
    ("◷", "@"),
    ("▣", "M"),
    ("◇", "*"),
    ("○", "o"),
    ("●", "+"),
    ("┊", "|"),
    ("◂", "<"),
    ("•", "m"),
    ("▾", "v"),
    ("▴", "^"),
    ("╌", "_"),
    ("▌", ">"),
    ("─", "-"),
    ("│", "|"),
    ("┤", "|"),
    ("└", "+"),
    ("┴", "+"),
    ("┌", "+"),
    ("┐", "+"),
    ("┘", "+"),
    ("…", "~"),
    ("›", ">"),
    ("←", "<"),
    ("→", ">"),
    ("↑", "^"),
    ("↓", "v"),
    ("▎", "|"),
    ("█", "#"),
    ("━", "="),
    ("▐", "|"),
    ("▸", ">"),
    ("├", "+"),
    ("┬", "+"),
];

/// What stands for one piece of safe text where nothing above 0x7e may be written: letters that each take one cell.
///
/// Pictures of controls become `^[`, signs of our own their ASCII form, and anything else a `?` for each cell.
#[must_use]
pub fn ascii_form(piece: &str, width: usize) -> &'static str {
    if let Some((_, form)) = SIGNS.iter().find(|(sign, _)| *sign == piece) {
        return form;
    }
    let mut characters = piece.chars();
    match (characters.next(), characters.next()) {
        (Some(c @ '\u{2400}'..='\u{241f}'), None) => CARETS[(u32::from(c) - 0x2400) as usize],
        (Some('\u{2421}'), None) => CARETS[32],
        _ if width == 2 => "??",
        _ => "?",
    }
}

/// Whether `piece` keeps its meaning in ASCII.
pub(super) fn has_ascii_form(piece: &str) -> bool {
    !ascii_form(piece, 1).starts_with('?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_piece_takes_more_than_two_cells() {
        let widths = |text| cells(text).map(|(piece, width)| (piece.len(), width)).collect::<Vec<_>>();
        assert_eq!(widths("a価é"), [(1, 1), (3, 2), (2, 1)]);
        assert_eq!(widths("\u{1100}\u{1100}\u{1100}"), [(3, 2); 3]);
        assert_eq!(widths("👩\u{200d}💻"), [(11, 2)]);
        assert_eq!(widths("e\u{301}x"), [(3, 1), (1, 1)]);
    }

    #[test]
    fn pictures_are_carets_in_ascii() {
        for c in (0..32_u8).chain([127]) {
            let form = ascii_form(&picture(char::from(c)), 1);
            assert_eq!(form.as_bytes(), [b'^', c ^ 0x40]);
        }
    }
}
