//! Pictures of a screen: a drawn [`Buffer`] as text, as SVG and as PNG.
//!
//! Lines, blocks and braille become exact shapes, so that charts and frames close at any size; letters come
//! from one small font that is part of the picture, so that a machine without fonts draws the same. Letters
//! that this font does not have (pictographs, CJK) are left to the viewer's fonts in SVG and stay empty in PNG.

mod shapes;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use resvg::{tiny_skia, usvg};
use unicode_width::UnicodeWidthStr;

/// A cell in pixels.
const WIDTH: u16 = 10;
const HEIGHT: u16 = 20;
/// Where letters stand, from the top of the cell.
const BASELINE: u16 = 15;
/// Free space around the screen.
const MARGIN: u16 = 14;
/// The size at which the font's letters are one cell wide: its advance is 1,233 of 2,048.
const FONT_SIZE: f32 = 10.0 * 2048.0 / 1233.0;
/// Pixels of a PNG for each of the SVG, for screens of high density.
const SCALE: f32 = 2.0;
/// The family's own name, under which it is also found where a viewer ignores the embedded files.
const FAMILY: &str = "DejaVu Sans Mono";

const REGULAR: &[u8] = include_bytes!("font/regular.ttf");
const BOLD: &[u8] = include_bytes!("font/bold.ttf");
const REGULAR_WOFF2: &[u8] = include_bytes!("font/regular.woff2");
const BOLD_WOFF2: &[u8] = include_bytes!("font/bold.woff2");

/// Why there is no PNG.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The text is no SVG that can be drawn.
    #[error("this is no SVG: {0}")]
    Svg(#[from] usvg::Error),
    /// The picture is empty or too large to hold.
    #[error("a picture of {width} x {height} pixels cannot be made")]
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// It was drawn and could not be packed.
    #[error("the PNG could not be written: {0}")]
    Encode(String),
}

/// The letters of the screen, a line a row, without spaces at their ends.
#[must_use]
pub fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for row in buffer.area.rows() {
        let mut line = String::new();
        for (_, cell) in row_of(buffer, row.y) {
            line.push_str(cell.symbol());
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// What colours mean outside of a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Red, green and blue of text in the terminal's own colour.
    pub foreground: [u8; 3],
    /// Red, green and blue of what is behind everything.
    pub background: [u8; 3],
    /// Red, green and blue of a colour; `None` for the terminal's own.
    pub rgb: fn(Color) -> Option<[u8; 3]>,
}

/// The screen as one SVG.
#[must_use]
pub fn svg(buffer: &Buffer, page: &Page) -> String {
    let width = u32::from(buffer.area.width) * u32::from(WIDTH) + 2 * u32::from(MARGIN);
    let height = u32::from(buffer.area.height) * u32::from(HEIGHT) + 2 * u32::from(MARGIN);
    let mut layers = Layers::default();
    for row in buffer.area.rows() {
        layers.row(buffer, row.y, page);
    }
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n"
    );
    let _ = writeln!(
        svg,
        "<style>\n{}{}text{{font:{FONT_SIZE:.3}px \"{FAMILY}\",Menlo,Consolas,monospace;white-space:pre}}\n.b{{font-weight:bold}}\n</style>",
        font_face("normal", REGULAR_WOFF2),
        font_face("bold", BOLD_WOFF2),
    );
    let _ = writeln!(
        svg,
        "<rect width=\"{width}\" height=\"{height}\" rx=\"9\" fill=\"{}\"/>",
        hex(page.background)
    );
    let _ = writeln!(svg, "<g transform=\"translate({MARGIN} {MARGIN})\">");
    layers.write(&mut svg);
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// An SVG of [`svg`] as PNG, two pixels for one.
///
/// # Errors
/// When the text is not such an SVG or the picture has no size.
pub fn png(svg: &str) -> Result<Vec<u8>, PictureError> {
    let mut options = usvg::Options { font_family: FAMILY.to_owned(), ..usvg::Options::default() };
    let fonts = Arc::make_mut(&mut options.fontdb);
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(BOLD.to_vec());
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree.size().to_int_size().scale_by(SCALE);
    let (width, height) = size.map_or((0, 0), |size| (size.width(), size.height()));
    let mut pixmap = tiny_skia::Pixmap::new(width, height).ok_or(PictureError::Size { width, height })?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| PictureError::Encode(error.to_string()))
}

/// What a cell looks like once reversal and dimness are settled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Paint {
    color: [u8; 3],
    behind: Option<[u8; 3]>,
    bold: bool,
}

impl Paint {
    fn of(cell: &Cell, page: &Page) -> Self {
        let mut color = (page.rgb)(cell.fg).unwrap_or(page.foreground);
        let mut behind = (page.rgb)(cell.bg).unwrap_or(page.background);
        if cell.modifier.contains(Modifier::REVERSED) {
            std::mem::swap(&mut color, &mut behind);
        }
        if cell.modifier.contains(Modifier::DIM) {
            // Terminals differ; halfway to the background is what most do.
            for (over, under) in color.iter_mut().zip(behind) {
                *over = ((u16::from(*over) * 6 + u16::from(under) * 4) / 10) as u8;
            }
        }
        let behind = (behind != page.background).then_some(behind);
        Self { color, behind, bold: cell.modifier.contains(Modifier::BOLD) }
    }
}

/// What is drawn one above the other; shapes of one colour are one path.
#[derive(Default)]
struct Layers {
    behind: String,
    fills: BTreeMap<(u8, [u8; 3]), String>,
    dots: BTreeMap<[u8; 3], String>,
    letters: String,
}

impl Layers {
    fn row(&mut self, buffer: &Buffer, y: u16, page: &Page) {
        let top = u32::from(y - buffer.area.y) * u32::from(HEIGHT);
        let mut run: Option<Run> = None;
        let mut stretch: Option<(u32, u32, [u8; 3])> = None;
        for (column, cell) in row_of(buffer, y) {
            let left = u32::from(column) * u32::from(WIDTH);
            let width = cell.symbol().width().clamp(1, 2) as u32 * u32::from(WIDTH);
            let paint = Paint::of(cell, page);
            stretch = match (stretch, paint.behind) {
                (Some((start, end, color)), Some(behind)) if color == behind && end == left => {
                    Some((start, left + width, color))
                }
                (open, behind) => {
                    self.stretch(open, top);
                    behind.map(|color| (left, left + width, color))
                }
            };
            if cell.modifier.contains(Modifier::UNDERLINED) {
                let line = format!("M{left} {}h{width}v1h-{width}z", top + u32::from(HEIGHT) - 3);
                self.fills.entry((100, paint.color)).or_default().push_str(&line);
            }
            let shaped =
                cell.symbol().chars().next().is_some_and(|symbol| self.shape(symbol, left, top, paint));
            let letter = if shaped { " " } else { cell.symbol() };
            run = match run {
                Some(mut run) if run.takes(letter, paint) => {
                    run.text.push_str(letter);
                    Some(run)
                }
                open => {
                    self.run(open, top);
                    (letter != " ").then(|| Run { left, text: letter.to_owned(), paint })
                }
            };
        }
        self.stretch(stretch, top);
        self.run(run, top);
    }

    /// Draws a line, block or braille sign as a shape; false if it is none.
    fn shape(&mut self, symbol: char, left: u32, top: u32, paint: Paint) -> bool {
        match shapes::of(symbol) {
            None => return false,
            Some(shapes::Shape::Fill { rectangles, opacity }) => {
                let path = self.fills.entry((opacity, paint.color)).or_default();
                for [x, y, width, height] in rectangles {
                    let (x, y) = (f64::from(left) + x, f64::from(top) + y);
                    let _ = write!(path, "M{x} {y}h{width}v{height}h-{width}z");
                }
            }
            Some(shapes::Shape::Dots(dots)) => {
                let path = self.dots.entry(paint.color).or_default();
                for (x, y) in dots {
                    let _ = write!(path, "M{} {}h.01", f64::from(left) + x, f64::from(top) + y);
                }
            }
            Some(shapes::Shape::Stroke(data)) => {
                let _ = writeln!(
                    self.letters,
                    "<path transform=\"translate({left} {top})\" d=\"{data}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>",
                    hex(paint.color)
                );
            }
        }
        true
    }

    fn stretch(&mut self, open: Option<(u32, u32, [u8; 3])>, top: u32) {
        if let Some((start, end, color)) = open {
            let width = end - start;
            let _ = writeln!(
                self.behind,
                "<rect x=\"{start}\" y=\"{top}\" width=\"{width}\" height=\"{HEIGHT}\" fill=\"{}\"/>",
                hex(color)
            );
        }
    }

    fn run(&mut self, open: Option<Run>, top: u32) {
        let Some(run) = open else { return };
        let text = run.text.trim_end();
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let bold = if run.paint.bold { " class=\"b\"" } else { "" };
        let _ = writeln!(
            self.letters,
            "<text x=\"{}\" y=\"{}\" fill=\"{}\"{bold} xml:space=\"preserve\">{escaped}</text>",
            run.left,
            top + u32::from(BASELINE),
            hex(run.paint.color)
        );
    }

    fn write(self, svg: &mut String) {
        svg.push_str(&self.behind);
        for ((opacity, color), path) in self.fills {
            let opacity =
                if opacity == 100 { String::new() } else { format!(" fill-opacity=\"{opacity}%\"") };
            let _ = writeln!(
                svg,
                "<path fill=\"{}\"{opacity} shape-rendering=\"crispEdges\" d=\"{path}\"/>",
                hex(color)
            );
        }
        for (color, path) in self.dots {
            let _ = writeln!(
                svg,
                "<path fill=\"none\" stroke=\"{}\" stroke-width=\"3.4\" stroke-linecap=\"round\" d=\"{path}\"/>",
                hex(color)
            );
        }
        svg.push_str(&self.letters);
    }
}

/// Letters of one style beside each other.
struct Run {
    left: u32,
    text: String,
    paint: Paint,
}

impl Run {
    /// Two spaces end a run, so that a font of another width cannot push what stands in the next column.
    fn takes(&self, letter: &str, paint: Paint) -> bool {
        let same = self.paint.color == paint.color && self.paint.bold == paint.bold;
        if letter == " " {
            !self.text.ends_with(' ')
        } else {
            same && letter.width() == 1 && self.text.is_ascii()
        }
    }
}

/// The cells of a row with their columns, without the second halves of wide letters.
fn row_of(buffer: &Buffer, y: u16) -> impl Iterator<Item = (u16, &Cell)> {
    let mut hidden = 0;
    (buffer.area.left()..buffer.area.right()).filter_map(move |x| {
        let cell = buffer.cell((x, y))?;
        if hidden > 0 {
            hidden -= 1;
            return None;
        }
        hidden = cell.symbol().width().saturating_sub(1);
        Some((x - buffer.area.x, cell))
    })
}

fn font_face(weight: &str, file: &[u8]) -> String {
    format!(
        "@font-face{{font-family:\"{FAMILY}\";font-weight:{weight};src:url(data:font/woff2;base64,{})}}\n",
        STANDARD.encode(file)
    )
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;
    use crate::ui::theme::{Theme, rgb};

    fn page(theme: &Theme) -> Page {
        let (foreground, background) = theme.page();
        Page { foreground, background, rgb }
    }

    fn screen(lines: &[&str]) -> Buffer {
        Buffer::with_lines(lines.iter().copied())
    }

    #[test]
    fn text_keeps_the_letters_and_no_spaces_at_the_end() {
        assert_eq!(text(&screen(&["a  b  ", "", "価x"])), "a  b\n\n価x\n");
    }

    #[test]
    fn what_markup_would_obey_is_only_text() {
        let picture = svg(&screen(&["<script>&\"x\"</script>"]), &page(&Theme::default()));
        assert!(picture.contains("&lt;script&gt;&amp;\"x\"&lt;/script&gt;"), "{picture}");
        assert!(!picture.contains("<script"));
    }

    #[test]
    fn charts_and_frames_are_shapes_not_letters() {
        let picture = svg(&screen(&["┌──┐⣿▅"]), &page(&Theme::default()));
        assert!(!picture.contains("<text"), "{picture}");
        assert!(picture.contains("stroke-linecap"));
    }

    #[test]
    fn a_bare_machine_makes_a_png_with_letters_in_it() {
        let area = |letters: &str| {
            let picture = png(&svg(&screen(&[letters]), &page(&Theme::default()))).unwrap();
            assert!(picture.starts_with(b"\x89PNG\r\n"));
            picture.len()
        };
        assert!(area("lambtop") > area("       "), "letters leave ink");
    }

    #[test]
    fn every_sign_of_the_screens_is_a_shape_or_in_the_font() {
        let ink = |symbol: &str| png(&svg(&screen(&[symbol]), &page(&Theme::default()))).unwrap();
        let empty = ink(" ");
        for glyph in crate::ui::glyph::Glyph::ALL {
            assert_ne!(ink(glyph.symbol(false)), empty, "{glyph:?}");
        }
    }

    #[test]
    fn reverse_and_dim_are_settled_in_the_picture() {
        let mut buffer = screen(&["ab"]);
        buffer[(0, 0)].set_style(Style::new().add_modifier(Modifier::REVERSED));
        buffer[(1, 0)].set_style(Style::new().add_modifier(Modifier::DIM));
        let theme = "base = \"mono\"\ntext = \"#c8c8c8\"\nbackground = \"on #000000\"";
        let picture = svg(&buffer, &page(&Theme::parse("test", theme).unwrap()));
        assert!(picture.contains("<rect x=\"0\" y=\"0\" width=\"10\" height=\"20\" fill=\"#c8c8c8\"/>"));
        assert!(picture.contains("fill=\"#000000\" xml:space=\"preserve\">a<"));
        assert!(picture.contains("fill=\"#787878\" xml:space=\"preserve\">b<"));
    }
}
