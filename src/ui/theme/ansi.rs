//! Colours that a text brings along, as this theme and this terminal can show them.

use ratatui::style::{Color, Style};

use super::{Depth, Role, Theme, depth, rgb};
use crate::model::Colour;

/// Least contrast between letters and what is behind them: below it a text could hide.
const LEGIBLE: f64 = 2.0;

impl Theme {
    /// The style of cells that a text wants in these colours. A colour that could not be read where it stands is
    /// left out, so that no text can hide; without colours there are none.
    #[must_use]
    pub fn coloured(&self, fore: Option<Colour>, back: Option<Colour>) -> Style {
        if self.depth == Depth::Mono {
            return Style::new();
        }
        let under = self.style(Role::Background).bg.and_then(rgb);
        let letters = self.style(Role::Text).fg.and_then(rgb);
        let fore = fore.map(|colour| self.shown(colour));
        let mut back = back.map(|colour| self.shown(colour));
        // Letters of the theme on a ground of the text.
        let over = fore.and_then(rgb).or(letters);
        if back.is_some_and(|ground| !legible(over, rgb(ground))) {
            back = None;
        }
        let fore = fore.filter(|colour| match back.and_then(rgb).or(under) {
            Some(ground) => legible(rgb(*colour), Some(ground)),
            // What the terminal has behind it is not known: no shade that it may have too.
            None => rgb(*colour).is_some_and(is_colourful),
        });
        Style { fg: fore, bg: back, ..Style::new() }
    }

    fn shown(&self, colour: Colour) -> Color {
        let full = match colour {
            Colour::Sixteen(index) => depth::sixteen(index),
            Colour::Indexed(index) => Color::Indexed(index),
            Colour::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
        };
        match self.depth {
            Depth::True | Depth::Mono => full,
            Depth::Indexed => depth::nearest_indexed(full),
            Depth::Sixteen => depth::nearest_sixteen(full),
        }
    }
}

/// Whether letters can be told from their ground, by the contrast of WCAG 2; unknown is not.
fn legible(letters: Option<[u8; 3]>, ground: Option<[u8; 3]>) -> bool {
    let (Some(letters), Some(ground)) = (letters, ground) else { return false };
    let (a, b) = (luminance(letters), luminance(ground));
    (a.max(b) + 0.05) / (a.min(b) + 0.05) >= LEGIBLE
}

fn luminance(rgb: [u8; 3]) -> f64 {
    let [red, green, blue] = rgb.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn is_colourful([red, green, blue]: [u8; 3]) -> bool {
    red.max(green).max(blue) - red.min(green).min(blue) >= 64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(
        theme: &str,
        depth: Depth,
        fore: Option<Colour>,
        back: Option<Colour>,
    ) -> (Option<Color>, Option<Color>) {
        let style = Theme::named(theme).unwrap().adapted(depth).coloured(fore, back);
        (style.fg, style.bg)
    }

    const ORANGE: Option<Colour> = Some(Colour::Rgb(255, 135, 0));

    #[test]
    fn a_colour_is_brought_down_to_what_the_terminal_has() {
        assert_eq!(style("dusk", Depth::True, ORANGE, None).0, Some(Color::Rgb(255, 135, 0)));
        assert_eq!(style("dusk", Depth::Indexed, ORANGE, None).0, Some(Color::Indexed(208)));
        assert_eq!(style("dusk", Depth::Sixteen, Some(Colour::Rgb(0, 200, 100)), None).0, Some(Color::Green));
        assert_eq!(style("dusk", Depth::Mono, ORANGE, ORANGE), (None, None));
        assert_eq!(style("dusk", Depth::Indexed, Some(Colour::Sixteen(9)), None).0, Some(Color::LightRed));
    }

    #[test]
    fn no_text_can_hide_in_its_colours() {
        let (black, white) = (Some(Colour::Rgb(0, 0, 0)), Some(Colour::Rgb(255, 255, 255)));
        assert_eq!(style("dusk", Depth::True, black, None), (None, None));
        assert_eq!(style("paper", Depth::True, white, None), (None, None));
        assert_eq!(
            style("dusk", Depth::True, ORANGE, ORANGE),
            (ORANGE.map(|_| Color::Rgb(255, 135, 0)), None)
        );
        assert_eq!(style("dusk", Depth::True, None, white), (None, None));
        assert_eq!(style("dusk", Depth::True, black, white).1, Some(Color::Rgb(255, 255, 255)));
        assert_eq!(style("dusk", Depth::Sixteen, Some(Colour::Sixteen(0)), None), (None, None));
    }
}
