//! Lines (U+2500 to U+257F), blocks (U+2580 to U+259F) and braille (U+2800 to U+28FF) as shapes in a cell.
//!
//! The meaning of each sign is that of the Unicode charts (<https://www.unicode.org/charts/PDF/U2500.pdf>,
//! `U2580.pdf`, `U2800.pdf`).

use std::ops::Range;

use super::{HEIGHT, WIDTH};

/// What one cell holds.
pub(super) enum Shape {
    /// Rectangles `[x, y, width, height]` in pixels of the cell, filled with so many per cent of the colour.
    Fill {
        /// The rectangles.
        rectangles: Vec<[f64; 4]>,
        /// 1 to 100.
        opacity: u8,
    },
    /// Centres of dots.
    Dots(Vec<(f64, f64)>),
    /// A curve or a diagonal, as path data.
    Stroke(&'static str),
}

const W: f64 = WIDTH as f64;
const H: f64 = HEIGHT as f64;
const LIGHT: f64 = 1.5;
const HEAVY: f64 = 3.0;
/// From the middle to each of two parallel lines.
const APART: f64 = 2.0;

/// The shape of `symbol`, if it is one.
pub(super) fn of(symbol: char) -> Option<Shape> {
    let fill = |rectangles| Some(Shape::Fill { rectangles, opacity: 100 });
    match symbol {
        '\u{2571}' => Some(Shape::Stroke("M10 0L0 20")),
        '\u{2572}' => Some(Shape::Stroke("M0 0L10 20")),
        '\u{2573}' => Some(Shape::Stroke("M10 0L0 20M0 0L10 20")),
        '\u{256d}' => Some(Shape::Stroke("M5 20V15Q5 10 10 10")),
        '\u{256e}' => Some(Shape::Stroke("M5 20V15Q5 10 0 10")),
        '\u{256f}' => Some(Shape::Stroke("M5 0V5Q5 10 0 10")),
        '\u{2570}' => Some(Shape::Stroke("M5 0V5Q5 10 10 10")),
        '\u{2500}'..='\u{257f}' => fill(lines(symbol)),
        '\u{2591}'..='\u{2593}' => {
            let opacity = 25 * (symbol as u32 - 0x2590) as u8;
            Some(Shape::Fill { rectangles: vec![[0.0, 0.0, W, H]], opacity })
        }
        '\u{2580}'..='\u{259f}' => fill(block(symbol)),
        '\u{2801}'..='\u{28ff}' => Some(Shape::Dots(dots(symbol as u32 - 0x2800))),
        _ => None,
    }
}

/// Dots of braille by bit: left column 0, 1, 2, 6; right column 3, 4, 5, 7.
fn dots(bits: u32) -> Vec<(f64, f64)> {
    const PLACES: [(u8, u8); 8] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];
    let at =
        |(column, row): (u8, u8)| ((f64::from(column) + 0.5) * W / 2.0, (f64::from(row) + 0.5) * H / 4.0);
    (0..8).filter(|bit| bits & (1 << bit) != 0).map(|bit| at(PLACES[bit])).collect()
}

fn block(symbol: char) -> Vec<[f64; 4]> {
    let code = symbol as u32;
    let eighths = |count: u32| f64::from(count) / 8.0;
    match code {
        0x2580 => vec![[0.0, 0.0, W, H / 2.0]],
        0x2581..=0x2588 => {
            let height = H * eighths(code - 0x2580);
            vec![[0.0, H - height, W, height]]
        }
        0x2589..=0x258f => vec![[0.0, 0.0, W * eighths(0x2590 - code), H]],
        0x2590 => vec![[W / 2.0, 0.0, W / 2.0, H]],
        0x2594 => vec![[0.0, 0.0, W, H / 8.0]],
        0x2595 => vec![[W * 7.0 / 8.0, 0.0, W / 8.0, H]],
        _ => {
            // Upper left, upper right, lower left, lower right.
            const QUARTERS: [u8; 10] =
                [0b0010, 0b0001, 0b1000, 0b1011, 0b1001, 0b1110, 0b1101, 0b0100, 0b0110, 0b0111];
            let bits = QUARTERS[(code.saturating_sub(0x2596) as usize).min(9)];
            let places = [(0.0, 0.0), (W / 2.0, 0.0), (0.0, H / 2.0), (W / 2.0, H / 2.0)];
            let kept = places.into_iter().enumerate().filter(|(at, _)| bits & (8 >> at) != 0);
            kept.map(|(_, (x, y))| [x, y, W / 2.0, H / 2.0]).collect()
        }
    }
}

/// Weight of the arms up, right, down, left of each sign from U+2500: 0 none, 1 light, 2 heavy, 3 double.
/// Dashed lines and the curves stand here as whole lines.
#[rustfmt::skip]
const ARMS: [&[u8; 4]; 128] = [
    b"0101", b"0202", b"1010", b"2020", b"0101", b"0202", b"1010", b"2020", // ─ ━ │ ┃ ┄ ┅ ┆ ┇
    b"0101", b"0202", b"1010", b"2020", b"0110", b"0210", b"0120", b"0220", // ┈ ┉ ┊ ┋ ┌ ┍ ┎ ┏
    b"0011", b"0012", b"0021", b"0022", b"1100", b"1200", b"2100", b"2200", // ┐ ┑ ┒ ┓ └ ┕ ┖ ┗
    b"1001", b"1002", b"2001", b"2002", b"1110", b"1210", b"2110", b"1120", // ┘ ┙ ┚ ┛ ├ ┝ ┞ ┟
    b"2120", b"2210", b"1220", b"2220", b"1011", b"1012", b"2011", b"1021", // ┠ ┡ ┢ ┣ ┤ ┥ ┦ ┧
    b"2021", b"2012", b"1022", b"2022", b"0111", b"0112", b"0211", b"0212", // ┨ ┩ ┪ ┫ ┬ ┭ ┮ ┯
    b"0121", b"0122", b"0221", b"0222", b"1101", b"1102", b"1201", b"1202", // ┰ ┱ ┲ ┳ ┴ ┵ ┶ ┷
    b"2101", b"2102", b"2201", b"2202", b"1111", b"1112", b"1211", b"1212", // ┸ ┹ ┺ ┻ ┼ ┽ ┾ ┿
    b"2111", b"1121", b"2121", b"2112", b"2211", b"1122", b"1221", b"2212", // ╀ ╁ ╂ ╃ ╄ ╅ ╆ ╇
    b"1222", b"2122", b"2221", b"2222", b"0101", b"0202", b"1010", b"2020", // ╈ ╉ ╊ ╋ ╌ ╍ ╎ ╏
    b"0303", b"3030", b"0310", b"0130", b"0330", b"0013", b"0031", b"0033", // ═ ║ ╒ ╓ ╔ ╕ ╖ ╗
    b"1300", b"3100", b"3300", b"1003", b"3001", b"3003", b"1310", b"3130", // ╘ ╙ ╚ ╛ ╜ ╝ ╞ ╟
    b"3330", b"1013", b"3031", b"3033", b"0313", b"0131", b"0333", b"1303", // ╠ ╡ ╢ ╣ ╤ ╥ ╦ ╧
    b"3101", b"3303", b"1313", b"3131", b"3333", b"0110", b"0011", b"1001", // ╨ ╩ ╪ ╫ ╬ ╭ ╮ ╯
    b"1100", b"0000", b"0000", b"0000", b"0001", b"1000", b"0100", b"0010", // ╰ ╱ ╲ ╳ ╴ ╵ ╶ ╷
    b"0002", b"2000", b"0200", b"0020", b"0201", b"1020", b"0102", b"2010", // ╸ ╹ ╺ ╻ ╼ ╽ ╾ ╿
];

fn lines(symbol: char) -> Vec<[f64; 4]> {
    let code = symbol as usize - 0x2500;
    let arms = ARMS[code].map(|digit| digit - b'0');
    let dashes = match code {
        0x04..=0x07 => 3,
        0x08..=0x0b => 4,
        0x4c..=0x4f => 2,
        _ => 0,
    };
    if dashes > 0 {
        return dashed(arms, dashes);
    }
    let mut rectangles = Vec::with_capacity(4);
    for direction in 0..4 {
        for (offset, range, thickness) in strokes(arms, direction) {
            rectangles.push(rectangle(direction, offset, range, thickness));
        }
    }
    rectangles
}

fn dashed(arms: [u8; 4], dashes: u32) -> Vec<[f64; 4]> {
    let thickness = if arms.contains(&2) { HEAVY } else { LIGHT };
    let across = arms[1] > 0;
    let (length, middle) = if across { (W, H / 2.0) } else { (H, W / 2.0) };
    let step = length / f64::from(dashes);
    (0..dashes)
        .map(|dash| {
            let start = (f64::from(dash) + 0.2) * step;
            let side = middle - thickness / 2.0;
            if across { [start, side, step * 0.6, thickness] } else { [side, start, thickness, step * 0.6] }
        })
        .collect()
}

/// The lines of one arm: offset to the side, from where to where measured outwards from the middle, thickness.
///
/// Where two lines meet two, the inner pair stops early and the outer pair goes round the corner.
fn strokes(arms: [u8; 4], direction: usize) -> Vec<(f64, Range<f64>, f64)> {
    let far = if direction.is_multiple_of(2) { H / 2.0 } else { W / 2.0 };
    let opposite = arms[(direction + 2) % 4];
    // Seen outwards along the arm: the arms on its left and on its right.
    let (left, right) = (arms[(direction + 3) % 4], arms[(direction + 1) % 4]);
    let widest = [left, right].into_iter().filter(|weight| *weight < 3).max().unwrap_or(0);
    let meet = match widest {
        2 => HEAVY / 2.0,
        1 => LIGHT / 2.0,
        _ => 0.0,
    };
    match arms[direction] {
        0 => Vec::new(),
        3 => [(-APART, left, right), (APART, right, left)]
            .into_iter()
            .map(|(offset, near, other)| {
                let start = match (near, other) {
                    (3, _) => APART - LIGHT / 2.0,
                    (0, 3) if opposite == 0 => -APART - LIGHT / 2.0,
                    _ => -meet,
                };
                (offset, start..far, LIGHT)
            })
            .collect(),
        weight => {
            let start = match (left, right) {
                (3, 3) if opposite == 0 => APART,
                (3, _) | (_, 3) if opposite == 0 => -APART - LIGHT / 2.0,
                _ => -meet,
            };
            vec![(0.0, start..far, if weight == 2 { HEAVY } else { LIGHT })]
        }
    }
}

/// A stroke of the arm up (0), right (1), down (2) or left (3) as `[x, y, width, height]`.
fn rectangle(direction: usize, offset: f64, range: Range<f64>, thickness: f64) -> [f64; 4] {
    let (x, y) = (W / 2.0, H / 2.0);
    let (length, half) = (range.end - range.start, thickness / 2.0);
    match direction {
        0 => [x + offset - half, y - range.end, thickness, length],
        1 => [x + range.start, y + offset - half, length, thickness],
        2 => [x - offset - half, y + range.start, thickness, length],
        _ => [x - range.end, y - offset - half, length, thickness],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rectangles(symbol: char) -> Vec<[f64; 4]> {
        match of(symbol) {
            Some(Shape::Fill { rectangles, .. }) => rectangles,
            _ => panic!("{symbol} is no fill"),
        }
    }

    #[test]
    fn every_line_block_and_dot_has_a_shape_inside_its_cell() {
        for code in (0x2500..=0x259f).chain(0x2801..=0x28ff) {
            let symbol = char::from_u32(code).unwrap();
            match of(symbol).unwrap_or_else(|| panic!("{symbol} has no shape")) {
                Shape::Fill { rectangles, .. } => {
                    assert!(!rectangles.is_empty(), "{symbol}");
                    for [x, y, width, height] in rectangles {
                        assert!(x >= 0.0 && y >= 0.0 && width > 0.0 && height > 0.0, "{symbol}");
                        assert!(x + width <= W && y + height <= H, "{symbol}");
                    }
                }
                Shape::Dots(dots) => assert_eq!(dots.len() as u32, (code - 0x2800).count_ones()),
                Shape::Stroke(data) => assert!(data.starts_with('M')),
            }
        }
    }

    #[test]
    fn lines_reach_the_edge_on_the_side_where_their_neighbour_begins() {
        let reach = |symbol| {
            let all = rectangles(symbol);
            let most = |edge: fn(&[f64; 4]) -> f64| all.iter().map(edge).fold(f64::MIN, f64::max);
            let least = |edge: fn(&[f64; 4]) -> f64| all.iter().map(edge).fold(f64::MAX, f64::min);
            [
                least(|r| r[1]) == 0.0,
                most(|r| r[0] + r[2]) == W,
                most(|r| r[1] + r[3]) == H,
                least(|r| r[0]) == 0.0,
            ]
        };
        assert_eq!(reach('┌'), [false, true, true, false]);
        assert_eq!(reach('┤'), [true, false, true, true]);
        assert_eq!(reach('╬'), [true; 4]);
        assert_eq!(reach('╚'), [true, true, false, false]);
    }

    #[test]
    fn five_eighths_are_five_eighths_of_the_height() {
        assert_eq!(rectangles('▅'), [[0.0, 7.5, 10.0, 12.5]]);
        assert_eq!(rectangles('▌'), [[0.0, 0.0, 5.0, 20.0]]);
        assert_eq!(rectangles('▟'), [[5.0, 0.0, 5.0, 10.0], [0.0, 10.0, 5.0, 10.0], [5.0, 10.0, 5.0, 10.0]]);
    }
}
