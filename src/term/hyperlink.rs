//! Links that a terminal can open (OSC 8), made of what is on screen: the cells that carry the mark spell the URL.
//!
//! So a link leads where it says, and only cells that were drawn as a link can be one.

use ratatui::buffer::Buffer;
use ratatui::style::Modifier;

/// What a link may be at most; terminals cut at about 2,000 bytes.
const LONGEST: usize = 2000;

/// The URL that the marked cells spell in the order of reading, if it is one.
pub(super) fn target(cells: &Buffer, mark: Modifier) -> Option<String> {
    let mut url = String::new();
    for cell in cells.content.iter().filter(|cell| cell.modifier.contains(mark)) {
        url.push_str(cell.symbol());
        if url.len() > LONGEST {
            return None;
        }
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#=&$%".contains(&byte);
    (url.starts_with("https://") && url.bytes().all(allowed)).then_some(url)
}

/// Begins a link. The name makes pieces on several lines one link.
pub(super) fn open(url: &str) -> String {
    format!("\x1b]8;id=lambtop;{url}\x1b\\")
}

/// Ends a link.
pub(super) const CLOSE: &str = "\x1b]8;;\x1b\\";

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    const MARK: Modifier = Modifier::from_bits_retain(1 << 12);

    fn screen(lines: &[&str]) -> Buffer {
        let mut cells = Buffer::empty(Rect::new(0, 0, 20, 4));
        for (row, line) in (0..).zip(lines) {
            cells.set_string(0, row, line, Style::new().add_modifier(MARK));
        }
        cells
    }

    #[test]
    fn the_marked_cells_spell_the_link_over_several_lines() {
        let cells = screen(&["https://a.example/12", "34?b=c"]);
        assert_eq!(target(&cells, MARK).as_deref(), Some("https://a.example/1234?b=c"));
        assert_eq!(target(&Buffer::empty(cells.area), MARK), None);
    }

    #[test]
    fn what_is_no_url_is_no_link() {
        for line in
            ["http://a.example", "https://a b", "https://é", "https://a\"b", "javascript:x", "file:///"]
        {
            assert_eq!(target(&screen(&[line]), MARK), None, "{line}");
        }
    }
}
