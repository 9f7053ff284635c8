//! The only text that is drawn, copied or put into a title.
//!
//! Log lines, names, tags and error texts are written by strangers. What a terminal would obey, and what a
//! reader could not see, becomes visible here and nowhere else: there is one way to make a [`SafeText`], and
//! everything that puts text on a screen takes nothing but that type.
//!
//! The rules are those of Unicode TR 36 and of what terminals were attacked with (CVE-2021-25743,
//! CVE-2022-46663, CVE-2024-43785): controls become pictures, directions and invisible characters become
//! their code points, stacked marks are counted instead of stacked.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Longest text in bytes; what is beyond is cut and marked with `…`.
const MAX_BYTES: usize = 4096;
/// How much of the source is looked at: what neutralises to nothing must not cost without end.
const MAX_SOURCE: usize = 4 * MAX_BYTES;
/// Marks that may sit on one character.
const MAX_MARKS: usize = 4;
/// Bytes of one grapheme.
const MAX_GRAPHEME: usize = 32;
const TAB: usize = 4;

/// One line of text that a terminal can only show: no control character, no change of direction, nothing
/// invisible, bounded marks, at most 4 KiB.
///
/// It remembers where each piece of the source stands, so that a match in the source can be highlighted on
/// the screen. Making it twice gives the same text as making it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeText {
    text: Arc<str>,
    width: usize,
    /// `(source byte, cell)` at each place where they stop moving in step; empty for plain ASCII.
    map: Arc<[(usize, usize)]>,
    neutralised: Arc<[Neutralised]>,
}

/// Cells that stand for something which was not drawn as it came: shown dim.
pub type Neutralised = Range<usize>;

/// `format!`, but the result can be drawn.
#[macro_export]
macro_rules! safe {
    ($($arg:tt)*) => { $crate::model::SafeText::new(&format!($($arg)*)) };
}

impl SafeText {
    /// Makes any text safe. Line ends become visible: split lines before, if they are wanted as lines.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        if raw.len() <= MAX_BYTES && raw.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Self {
                text: raw.into(),
                width: raw.len(),
                map: Arc::default(),
                neutralised: Arc::default(),
            };
        }
        Writer::default().write(raw)
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

    /// Cells that stand for neutralised characters, in order.
    #[must_use]
    pub fn neutralised(&self) -> &[Neutralised] {
        &self.neutralised
    }

    /// The cell at which the byte `source` of the original text is drawn.
    #[must_use]
    pub fn cell_of(&self, source: usize) -> usize {
        if self.map.is_empty() {
            return source.min(self.width);
        }
        let at = self.map.partition_point(|(start, _)| *start <= source);
        self.map[at.saturating_sub(1)].1
    }

    /// Its characters as a reader counts them, each with its width in cells (1 or 2).
    pub fn graphemes(&self) -> impl Iterator<Item = (&str, usize)> {
        self.text.graphemes(true).map(|grapheme| (grapheme, grapheme.width().clamp(1, 2)))
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

/// Builds the text piece by piece and stops at the limit.
#[derive(Default)]
struct Writer {
    text: String,
    width: usize,
    map: Vec<(usize, usize)>,
    neutralised: Vec<Neutralised>,
    full: bool,
}

impl Writer {
    fn write(mut self, raw: &str) -> SafeText {
        let source = &raw[..raw.floor_char_boundary(MAX_SOURCE)];
        let mut rest = 0;
        while rest < source.len() && !self.full {
            if let Some(length) = sgr(&source[rest..]) {
                self.map.push((rest, self.width));
                rest += length;
                continue;
            }
            let end = source[rest..]
                .find('\x1b')
                .map_or(source.len(), |at| if at == 0 { rest + 1 } else { rest + at });
            for (offset, grapheme) in source[rest..end].grapheme_indices(true) {
                self.map.push((rest + offset, self.width));
                self.grapheme(grapheme);
                if self.full {
                    break;
                }
            }
            rest = end;
        }
        if self.full || source.len() < raw.len() {
            self.cut();
        }
        self.map.push((raw.len(), self.width));
        SafeText {
            text: self.text.into(),
            width: self.width,
            map: self.map.into(),
            neutralised: self.neutralised.into(),
        }
    }

    fn grapheme(&mut self, grapheme: &str) {
        if grapheme == "\t" {
            let spaces = TAB - self.width % TAB;
            return self.push(&" ".repeat(spaces), spaces);
        }
        let emoji = is_emoji_sequence(grapheme);
        let clean = |c: char| {
            !is_control(c)
                && (!is_invisible(c) || (emoji && matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{fe0e}')))
        };
        let marks = grapheme.chars().filter(|c| c.width() == Some(0)).count();
        let short = grapheme.len() <= MAX_GRAPHEME && (marks <= MAX_MARKS || emoji);
        if short && grapheme.chars().all(clean) {
            let leading_mark = grapheme.chars().next().is_some_and(|c| c.width() == Some(0));
            if leading_mark {
                let seated = format!("\u{25cc}{grapheme}");
                if seated.graphemes(true).count() > 1 {
                    return grapheme.chars().for_each(|c| self.mark(&code_point(c)));
                }
                return self.push(&seated, 1);
            }
            return self.push(grapheme, grapheme.width().clamp(1, 2));
        }
        self.piecewise(grapheme);
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
            } else if c.width() == Some(0) {
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
            let width = kept.width().clamp(1, 2);
            self.push(kept, width);
            kept.clear();
        }
    }

    fn mark(&mut self, picture: &str) {
        let start = self.width;
        self.push(picture, picture.width());
        if self.width > start {
            self.neutralised.push(start..self.width);
        }
    }

    fn push(&mut self, text: &str, width: usize) {
        if self.text.len() + text.len() > MAX_BYTES - '…'.len_utf8() {
            self.full = true;
            return;
        }
        self.text.push_str(text);
        self.width += width;
    }

    fn cut(&mut self) {
        if !self.text.ends_with('…') {
            self.text.push('…');
            self.width += 1;
        }
    }
}

/// Length of a colour sequence (`ESC [ digits ; : m`) at the start of `text`: those are stripped, not shown.
fn sgr(text: &str) -> Option<usize> {
    let body = text.strip_prefix("\x1b[")?;
    let end = body.bytes().take(64).position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))?;
    (body.as_bytes()[end] == b'm').then_some(2 + end + 1)
}

/// C0, DEL and C1, and the line and paragraph separators that some terminals obey.
const fn is_control(c: char) -> bool {
    c.is_ascii_control() || matches!(c, '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}')
}

/// Characters that change direction, join, select or fill without being seen
/// (`Default_Ignorable_Code_Point` of Unicode's `DerivedCoreProperties.txt`, and the bidirectional controls).
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether joiners and selectors in this grapheme hold pictures together (they stay) or hide (they are shown).
fn is_emoji_sequence(grapheme: &str) -> bool {
    let pictorial = |c: char| matches!(c, '\u{2194}'..='\u{21aa}' | '\u{2300}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}');
    let mut joined = true;
    let mut selected = false;
    for c in grapheme.chars() {
        match c {
            '\u{200d}' if !joined => joined = true,
            '\u{fe0f}' | '\u{fe0e}' if !joined && !selected => selected = true,
            _ if pictorial(c) => (joined, selected) = (false, false),
            _ => return false,
        }
    }
    !joined && grapheme.len() <= MAX_GRAPHEME
}

fn picture(c: char) -> String {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}').to_string(),
        '\x7f' => '\u{2421}'.to_string(),
        _ => code_point(c),
    }
}

fn code_point(c: char) -> String {
    format!("<{:X}>", u32::from(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(raw: &str) -> String {
        SafeText::new(raw).as_str().to_owned()
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(shown("Task timed out after 6.00 seconds"), "Task timed out after 6.00 seconds");
        assert_eq!(shown("größe 価格 – ok"), "größe 価格 – ok");
        assert_eq!(SafeText::new("価格").width(), 4);
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(shown("a\x1b]0;owned\x07b"), "a␛]0;owned␇b");
        assert_eq!(shown("a\rb\nc\x7fd"), "a␍b␊c␡d");
        assert_eq!(shown("\u{9b}31m"), "<9B>31m");
        assert_eq!(shown("\u{2028}"), "<2028>");
    }

    #[test]
    fn colours_are_stripped_and_other_sequences_are_not() {
        assert_eq!(shown("\x1b[1;31mred\x1b[0m"), "red");
        assert_eq!(shown("\x1b[2Jgone"), "␛[2Jgone");
        assert_eq!(shown("\x1b[3\x1b[31m1m"), "␛[31m");
    }

    #[test]
    fn what_a_reader_cannot_see_becomes_visible() {
        assert_eq!(shown("user\u{202e}gpj.exe"), "user<202E>gpj.exe");
        assert_eq!(shown("pay\u{200b}pal"), "pay<200B>pal");
        assert_eq!(shown("\u{301}x"), "\u{25cc}\u{301}x");
        assert_eq!(shown("👩\u{200d}💻"), "👩\u{200d}💻");
        assert_eq!(shown("a\u{200d}b"), "a<200D>b");
    }

    #[test]
    fn stacked_marks_are_counted_not_stacked() {
        let zalgo = format!("e{}", "\u{301}".repeat(100));
        assert_eq!(shown(&zalgo), format!("e{}<+96>", "\u{301}".repeat(4)));
    }

    #[test]
    fn a_tab_goes_to_the_next_stop_of_four() {
        assert_eq!(shown("a\tb\tc"), "a   b   c");
    }

    #[test]
    fn a_long_line_is_cut_and_says_so() {
        let text = SafeText::new(&"x".repeat(1_000_000));
        assert!(text.as_str().ends_with('…') && text.as_str().len() <= MAX_BYTES);
    }

    #[test]
    fn a_place_in_the_source_is_found_on_the_screen() {
        let raw = "\x1b[31m価\u{200b}X\x1b[0m!";
        let text = SafeText::new(raw);
        assert_eq!(text.as_str(), "価<200B>X!");
        assert_eq!(text.cell_of(raw.find('X').unwrap()), 8);
        assert_eq!(text.cell_of(raw.find('!').unwrap()), 9);
        assert_eq!(text.neutralised(), std::slice::from_ref(&(2..8)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_dangerous_gets_out_and_twice_is_once(raw in "(?s)[\\x00-\\x{ff}\\x{200b}-\\x{2030}\\x{300}-\\x{310}\\x{1f468}\\x{fe0f}価]{0,80}") {
            let once = SafeText::new(&raw);
            prop_assert!(!once.as_str().chars().any(is_control));
            let twice = SafeText::new(once.as_str());
            prop_assert_eq!(twice.as_str(), once.as_str());
            prop_assert!(once.as_str().len() <= 8 * raw.len());
            prop_assert!(once.cell_of(raw.len()) == once.width());
        }

        #[test]
        fn any_unicode_is_survived(raw in any::<String>()) {
            let once = SafeText::new(&raw);
            prop_assert!(!once.as_str().chars().any(is_control));
            let twice = SafeText::new(once.as_str());
            prop_assert_eq!(twice.as_str(), once.as_str());
        }
    }
}
