//! Lines that meet, part and cross: one sign for each way in which light and heavy arms can come together.

/// Signs by their arms, read as a number of base 3: up, right, down, left, each none, light or heavy.
const SIGNS: [&str; 81] = [
    " ", "╴", "╸", "╷", "┐", "┑", "╻", "┒", "┓", "╶", "─", "╾", "┌", "┬", "┭", "┎", "┰", "┱", "╺", "╼", "━",
    "┍", "┮", "┯", "┏", "┲", "┳", "╵", "┘", "┙", "│", "┤", "┥", "╽", "┧", "┪", "└", "┴", "┵", "├", "┼", "┽",
    "┟", "╁", "╅", "┕", "┶", "┷", "┝", "┾", "┿", "┢", "╆", "╈", "╹", "┚", "┛", "╿", "┦", "┩", "┃", "┨", "┫",
    "┖", "┸", "┹", "┞", "╀", "╃", "┠", "╂", "╉", "┗", "┺", "┻", "┡", "╄", "╇", "┣", "╊", "╋",
];

/// The sign of a cell whose arms (up, right, down, left) are 0, 1 for light or 2 for heavy.
#[must_use]
pub fn sign(arms: [u8; 4], ascii: bool) -> &'static str {
    let arms = arms.map(|arm| arm.min(2));
    if ascii {
        return match arms {
            [0, 0, 0, 0] => " ",
            [0, right, 0, left] => {
                if right.max(left) == 2 {
                    "="
                } else {
                    "-"
                }
            }
            [_, 0, _, 0] => "|",
            _ => "+",
        };
    }
    SIGNS[arms.iter().fold(0, |index, arm| index * 3 + usize::from(*arm))]
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn arms_are_where_the_sign_has_them() {
        for (arms, wanted, ascii) in [
            ([0, 1, 0, 1], "─", "-"),
            ([0, 2, 0, 2], "━", "="),
            ([1, 0, 1, 0], "│", "|"),
            ([2, 0, 2, 0], "┃", "|"),
            ([0, 1, 1, 0], "┌", "+"),
            ([1, 0, 0, 1], "┘", "+"),
            ([2, 2, 0, 0], "┗", "+"),
            ([1, 1, 1, 1], "┼", "+"),
            ([1, 2, 1, 0], "┝", "+"),
            ([1, 2, 1, 1], "┾", "+"),
            ([2, 1, 2, 1], "╂", "+"),
            ([0, 2, 2, 1], "┲", "+"),
        ] {
            assert_eq!((sign(arms, false), sign(arms, true)), (wanted, ascii), "{arms:?}");
        }
        assert!(SIGNS.iter().all(|sign| sign.width() == 1));
    }
}
