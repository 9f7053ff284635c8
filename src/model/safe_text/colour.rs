//! The colours that a text brings along (SGR), where they are wanted. Of all attributes only colours: a text may not
//! blink, hide or pretend to be a selected row.

use std::ops::Range;

/// Longest sequence that is taken for one of colours, in bytes behind `ESC [`.
const LONGEST: usize = 64;

/// A colour as a text names it. How it looks is the theme's and the terminal's affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// One of the terminal's own sixteen: 0 to 7 and, bright, 8 to 15.
    Sixteen(u8),
    /// One of xterm's 256, 16 to 255.
    Indexed(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

/// Cells that the text wants in a colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coloured {
    /// Which cells.
    pub cells: Range<usize>,
    /// The colour of the letters, if any.
    pub fore: Option<Colour>,
    /// The colour behind them, if any.
    pub back: Option<Colour>,
}

/// The colours that are switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Switched {
    pub fore: Option<Colour>,
    pub back: Option<Colour>,
}

/// Length of a colour sequence (`ESC [ digits ; : m`) at the start of `text`.
pub fn sgr(text: &str) -> Option<usize> {
    let body = text.strip_prefix("\x1b[")?;
    let end = body.bytes().take(LONGEST).position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))?;
    (body.as_bytes()[end] == b'm').then_some(2 + end + 1)
}

impl Switched {
    /// Switches as `sequence` says, which [`sgr`] has found. What is no colour is passed over.
    pub(super) fn switch(&mut self, sequence: &str) {
        let inside = &sequence[2..sequence.len() - 1];
        // `38:2::1:2:3` has a field for the colour space, which is empty.
        let mut codes = inside.split(';').flat_map(|field| {
            let colons = field.contains(':');
            let mut parts: Vec<Option<u16>> = field.split(':').map(|part| part.parse().ok()).collect();
            if colons && parts.len() == 6 && parts[1] == Some(2) {
                parts.remove(2);
            }
            parts
        });
        while let Some(code) = codes.next() {
            match code.unwrap_or(0) {
                0 => *self = Self::default(),
                code @ 30..=37 => self.fore = Some(Colour::Sixteen((code - 30) as u8)),
                code @ 90..=97 => self.fore = Some(Colour::Sixteen((code - 90 + 8) as u8)),
                code @ 40..=47 => self.back = Some(Colour::Sixteen((code - 40) as u8)),
                code @ 100..=107 => self.back = Some(Colour::Sixteen((code - 100 + 8) as u8)),
                39 => self.fore = None,
                49 => self.back = None,
                38 => self.fore = extended(&mut codes).or(self.fore),
                48 => self.back = extended(&mut codes).or(self.back),
                58 => drop(extended(&mut codes)),
                _ => {}
            }
        }
    }
}

fn extended(codes: &mut impl Iterator<Item = Option<u16>>) -> Option<Colour> {
    let mut byte = || codes.next().map(|code| u8::try_from(code.unwrap_or(0)).ok());
    match byte()?? {
        5 => byte()?.map(|index| if index < 16 { Colour::Sixteen(index) } else { Colour::Indexed(index) }),
        2 => {
            let (red, green, blue) = (byte()?, byte()?, byte()?);
            Some(Colour::Rgb(red?, green?, blue?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(sequences: &[&str]) -> (Option<Colour>, Option<Colour>) {
        let mut switched = Switched::default();
        for sequence in sequences {
            assert_eq!(sgr(sequence), Some(sequence.len()), "{sequence:?}");
            switched.switch(sequence);
        }
        (switched.fore, switched.back)
    }

    #[test]
    fn colours_are_read_in_all_their_spellings() {
        assert_eq!(after(&["\x1b[1;31m"]), (Some(Colour::Sixteen(1)), None));
        assert_eq!(after(&["\x1b[97;44m"]), (Some(Colour::Sixteen(15)), Some(Colour::Sixteen(4))));
        assert_eq!(after(&["\x1b[38;5;208m"]), (Some(Colour::Indexed(208)), None));
        assert_eq!(after(&["\x1b[38;5;3m"]), (Some(Colour::Sixteen(3)), None));
        assert_eq!(after(&["\x1b[48;2;1;2;3m"]), (None, Some(Colour::Rgb(1, 2, 3))));
        assert_eq!(after(&["\x1b[38:2::1:2:3m"]), (Some(Colour::Rgb(1, 2, 3)), None));
        assert_eq!(after(&["\x1b[38:2:1:2:3m"]), (Some(Colour::Rgb(1, 2, 3)), None));
        assert_eq!(after(&["\x1b[31m", "\x1b[m"]), (None, None));
        assert_eq!(after(&["\x1b[31;42m", "\x1b[39m"]), (None, Some(Colour::Sixteen(2))));
    }

    #[test]
    fn nonsense_switches_nothing() {
        assert_eq!(after(&["\x1b[38;2;300;0;0m"]), (None, None));
        assert_eq!(
            after(&["\x1b[38m", "\x1b[38;5m", "\x1b[;;;;m", "\x1b[99999999m", "\x1b[5;7;8m"]),
            (None, None)
        );
        for other in ["\x1b[2J", "\x1b[>4m", "\x1b[?1m", "\x1b]0;x\x07", "\x1b[31", "\x1b[3\u{e9}1m"] {
            assert_eq!(sgr(other), None, "{other:?}");
        }
        assert_eq!(sgr(&format!("\x1b[{}m", "1;".repeat(40))), None);
    }
}
