//! The few signs that screens use beside letters, each with its form for terminals that only know ASCII.

macro_rules! glyphs {
    ($($(#[$doc:meta])* $glyph:ident $unicode:literal $ascii:literal,)*) => {
        /// A sign of one cell.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Glyph { $($(#[$doc])* $glyph,)* }

        impl Glyph {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$glyph,)*];

            /// The sign, in the set that the terminal knows.
            #[must_use]
            pub const fn symbol(self, ascii: bool) -> &'static str {
                match self { $(Self::$glyph => if ascii { $ascii } else { $unicode },)* }
            }
        }
    };
}

glyphs! {
    /// Between the parts of a line.
    Separator "·" "-",
    /// Healthy.
    Ok "·" ".",
    /// Look at it.
    Warn "▲" "!",
    /// Something failed.
    Error "✗" "X",
    /// Refused for want of concurrency.
    Throttle "⊘" "T",
    /// Ran out of time.
    Timeout "◷" "@",
    /// Ran out of memory.
    OutOfMemory "▣" "M",
    /// Not known.
    Unknown "?" "?",
    /// A cold start.
    Cold "◇" "*",
    /// X-Ray did not take this one.
    NotSampled "○" "o",
    /// X-Ray has a trace of it.
    Sampled "●" "+",
    /// What is right of it is not finished yet.
    Unfinished "┊" "|",
    /// Old, or not confirmed.
    Stale "~" "~",
    /// Came late.
    Late "◂" "<",
    /// Marked by the user.
    Mark "•" "m",
    /// A deploy; the column that is sorted by, largest first.
    Down "▾" "v",
    /// The column that is sorted by, smallest first.
    Up "▴" "^",
    /// A threshold, a known gap, or a wait: in ASCII another sign than that of a rule.
    Threshold "╌" "_",
    /// The cursor's row.
    Cursor "▌" ">",
    /// The cursor's box on a map, where arrows point at boxes: in ASCII another sign than those.
    CursorOnMap "▌" "#",
    /// The cursor's row in a pane that has not the focus.
    CursorElsewhere "▏" ":",
    /// The colour of a function before its log lines.
    Source "▎" "|",
    /// Where text is typed.
    Caret "▏" "_",
    /// A line across.
    Rule "─" "-",
    /// A line down.
    Bar "│" "|",
    /// A value on a vertical axis.
    Tick "┤" "|",
    /// The corner of two axes.
    Corner "└" "+",
    /// The crosshair's foot on the time axis.
    Foot "┴" "+",
    /// Corner of a frame.
    TopLeft "┌" "+",
    /// Corner of a frame.
    TopRight "┐" "+",
    /// Corner of a frame.
    BottomRight "┘" "+",
    /// Cut here.
    Ellipsis "…" "~",
    /// From one place to the next.
    Into "›" ">",
    /// The end of a line on a map: who is called.
    Arrow "▸" ">",
    /// Keys.
    ArrowLeft "←" "<",
    /// Keys.
    ArrowRight "→" ">",
    /// Keys.
    ArrowUp "↑" "^",
    /// Keys.
    ArrowDown "↓" "v",
    /// The visible part of a list.
    Thumb "█" "#",
    /// A length, such as a duration against its limit.
    Length "━" "=",
    /// A row whose parts are hidden.
    Folded "▸" ">",
    /// A part of the row above that is not the last one.
    Branch "├" "+",
    /// A value on a horizontal axis above.
    Peg "┬" "+",
    /// What is picked.
    Picked "▐" "|",
}

/// Bars of one cell from empty to full, for sparklines.
pub(super) const BARS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// The same in ASCII.
pub(super) const BARS_ASCII: [&str; 9] = [" ", ".", ":", "-", "=", "+", "*", "#", "@"];

/// How many there are, from none to most, on a map.
pub(super) const HEAT: [&str; 6] = [" ", "·", "░", "▒", "▓", "█"];
/// The same in ASCII.
pub(super) const HEAT_ASCII: [&str; 6] = [" ", ".", ":", "+", "#", "@"];

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::model::ascii_form;

    #[test]
    fn every_sign_takes_one_cell_and_has_an_ascii_form_of_one_byte() {
        for glyph in Glyph::ALL {
            assert_eq!(glyph.symbol(false).width(), 1, "{glyph:?}");
            let ascii = glyph.symbol(true).as_bytes();
            assert!(ascii.len() == 1 && (0x20..=0x7e).contains(&ascii[0]), "{glyph:?}");
        }
    }

    #[test]
    fn a_sign_inside_a_sentence_has_the_same_ascii_form() {
        for glyph in Glyph::ALL {
            // A dot, an edge and a block in a sentence are the separator, nothing and a row's cursor.
            let others =
                matches!(glyph, Glyph::Ok | Glyph::Caret | Glyph::CursorElsewhere | Glyph::CursorOnMap);
            if !others && !glyph.symbol(false).is_ascii() {
                assert_eq!(ascii_form(glyph.symbol(false), 1), glyph.symbol(true), "{glyph:?}");
            }
        }
    }
}
