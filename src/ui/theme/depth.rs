//! How many colours a terminal has, and the nearest of them.

use ratatui::style::Color;

/// How many colours can be shown. True colour only where the terminal says so, because a terminal that does
/// not know it shows nonsense, while one that knows it loses little in 256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// 16 million.
    #[default]
    True,
    /// The 256 of xterm.
    Indexed,
    /// The terminal's own sixteen.
    Sixteen,
    /// None: bold, dim, underline, reverse.
    Mono,
}

impl Depth {
    /// What the environment says: `NO_COLOR` (any value but the empty one, <https://no-color.org>), `COLORTERM`
    /// and `TERM`. A `TERM` that is unset says nothing and gets sixteen.
    #[must_use]
    pub fn announced(no_color: Option<&str>, colorterm: Option<&str>, term: Option<&str>) -> Self {
        let term = term.unwrap_or_default();
        if no_color.is_some_and(|value| !value.is_empty()) || matches!(term, "dumb" | "vt100" | "vt220") {
            Self::Mono
        } else if matches!(colorterm, Some("truecolor" | "24bit")) || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256color")
            || matches!(term, "xterm-kitty" | "alacritty" | "foot" | "xterm-ghostty")
        {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }
}

/// Steps of a channel in xterm's cube of 6 x 6 x 6 colours (16 to 231).
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The colours that xterm gives to the first sixteen numbers; terminals may give others.
const SIXTEEN: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 49, 49],
    [13, 188, 121],
    [229, 229, 16],
    [59, 120, 235],
    [188, 63, 188],
    [17, 168, 205],
    [204, 204, 204],
    [118, 118, 118],
    [241, 76, 76],
    [35, 209, 139],
    [245, 245, 67],
    [97, 154, 250],
    [214, 112, 214],
    [41, 184, 219],
    [255, 255, 255],
];

/// Red, green and blue of a colour; `None` for the terminal's own default.
#[must_use]
pub fn rgb(color: Color) -> Option<[u8; 3]> {
    Some(match color {
        Color::Reset => return None,
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Indexed(index) => indexed(index),
        Color::Black => SIXTEEN[0],
        Color::Red => SIXTEEN[1],
        Color::Green => SIXTEEN[2],
        Color::Yellow => SIXTEEN[3],
        Color::Blue => SIXTEEN[4],
        Color::Magenta => SIXTEEN[5],
        Color::Cyan => SIXTEEN[6],
        Color::Gray => SIXTEEN[7],
        Color::DarkGray => SIXTEEN[8],
        Color::LightRed => SIXTEEN[9],
        Color::LightGreen => SIXTEEN[10],
        Color::LightYellow => SIXTEEN[11],
        Color::LightBlue => SIXTEEN[12],
        Color::LightMagenta => SIXTEEN[13],
        Color::LightCyan => SIXTEEN[14],
        Color::White => SIXTEEN[15],
    })
}

fn indexed(index: u8) -> [u8; 3] {
    match index {
        0..16 => SIXTEEN[usize::from(index)],
        16..232 => {
            let at = usize::from(index - 16);
            [CUBE[at / 36], CUBE[at / 6 % 6], CUBE[at % 6]]
        }
        232.. => [8 + 10 * (index - 232); 3],
    }
}

/// The nearest of xterm's colours 16 to 255 (the first sixteen differ between terminals); others stay.
pub(super) fn nearest_indexed(color: Color) -> Color {
    let Color::Rgb(r, g, b) = color else { return color };
    let nearest = (16..=255_u8).min_by_key(|index| distance([r, g, b], indexed(*index)));
    Color::Indexed(nearest.unwrap_or(16))
}

/// The terminal's own sixteen colours, by their numbers.
const NAMED: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// The terminal's own colour of this number, 0 to 15.
pub(super) fn sixteen(index: u8) -> Color {
    NAMED[usize::from(index & 15)]
}

/// The nearest of the terminal's own sixteen.
pub(super) fn nearest_sixteen(color: Color) -> Color {
    let Some(wanted) = rgb(color) else { return color };
    let nearest = NAMED.into_iter().zip(SIXTEEN).min_by_key(|(_, known)| distance(wanted, *known));
    nearest.map_or(color, |(named, _)| named)
}

/// How far two colours are apart for the eye: squares weighted by how much each channel is seen.
fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    let square = |at: usize| u32::from(a[at].abs_diff(b[at])).pow(2);
    3 * square(0) + 4 * square(1) + 2 * square(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn true_colour_is_used_only_where_it_is_announced() {
        let depth = |colorterm, term| Depth::announced(None, colorterm, Some(term));
        assert_eq!(depth(Some("truecolor"), "xterm-256color"), Depth::True);
        assert_eq!(depth(None, "xterm-256color"), Depth::Indexed);
        assert_eq!(depth(None, "screen"), Depth::Sixteen);
        assert_eq!(depth(None, "linux"), Depth::Sixteen);
        assert_eq!(depth(None, "dumb"), Depth::Mono);
        assert_eq!(Depth::announced(Some("1"), Some("truecolor"), Some("xterm")), Depth::Mono);
        assert_eq!(Depth::announced(Some(""), Some("truecolor"), Some("xterm")), Depth::True);
    }

    #[test]
    fn the_nearest_of_256_colours_is_the_colour_itself_where_it_is_one_of_them() {
        assert_eq!(nearest_indexed(Color::Rgb(95, 135, 175)), Color::Indexed(67));
        assert_eq!(nearest_indexed(Color::Rgb(238, 238, 238)), Color::Indexed(255));
        assert_eq!(nearest_indexed(Color::Red), Color::Red);
    }
}
