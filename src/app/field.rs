//! One line of text being typed.

/// Longest text that is taken, in bytes: a paste of a whole file is a mistake.
const LONGEST: usize = 256;

/// A line of text with a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    text: String,
    /// Byte offset, on a character's boundary.
    cursor: usize,
}

impl Field {
    /// A field that holds `text`, with the cursor at its end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), cursor: text.len() }
    }

    /// What stands in it; raw.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Byte offset of the cursor in the text, on a character's boundary.
    #[must_use]
    pub const fn cursor(&self) -> usize {
        self.cursor
    }

    /// Puts text in at the cursor. Controls, such as line ends in a paste, become blanks.
    pub(super) fn insert(&mut self, text: &str) {
        for c in text.chars() {
            let c = if c.is_control() { ' ' } else { c };
            if self.text.len() + c.len_utf8() > LONGEST {
                return;
            }
            self.text.insert(self.cursor, c);
            self.cursor += c.len_utf8();
        }
    }

    pub(super) fn erase_left(&mut self) {
        self.erase_to(self.left());
    }

    pub(super) fn erase_right(&mut self) {
        let right = self.right();
        self.text.replace_range(self.cursor..right, "");
    }

    pub(super) fn erase_word(&mut self) {
        let before = self.text[..self.cursor].trim_end();
        let start = before.rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
        // The blank may be longer than a byte.
        let start = (start..=before.len()).find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
        self.erase_to(start);
    }

    pub(super) fn erase_line(&mut self) {
        self.erase_to(0);
    }

    pub(super) fn move_left(&mut self) {
        self.cursor = self.left();
    }

    pub(super) fn move_right(&mut self) {
        self.cursor = self.right();
    }

    pub(super) const fn move_to_start(&mut self) {
        self.cursor = 0;
    }

    pub(super) fn move_to_end(&mut self) {
        self.cursor = self.text.len();
    }

    fn erase_to(&mut self, start: usize) {
        self.text.replace_range(start..self.cursor, "");
        self.cursor = start;
    }

    fn left(&self) -> usize {
        self.text[..self.cursor].chars().next_back().map_or(0, |c| self.cursor - c.len_utf8())
    }

    fn right(&self) -> usize {
        self.text[self.cursor..].chars().next().map_or(self.cursor, |c| self.cursor + c.len_utf8())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_lines_are_erased_up_to_the_cursor() {
        let mut field = Field::new("größe price-api\u{3000}x");
        field.erase_word();
        assert_eq!(field.text(), "größe price-api\u{3000}");
        field.erase_word();
        assert_eq!(field.text(), "größe ");
        field.insert("a\nb");
        assert_eq!(field.text(), "größe a b");
        field.move_left();
        field.erase_line();
        assert_eq!((field.text(), field.cursor()), ("b", 0));
    }

    #[test]
    fn the_cursor_steps_over_whole_characters() {
        let mut field = Field::new("aß価");
        field.move_left();
        field.erase_left();
        assert_eq!((field.text(), field.cursor()), ("a価", 1));
        field.erase_right();
        assert_eq!(field.text(), "a");
        field.erase_right();
        field.move_right();
        assert_eq!((field.text(), field.cursor()), ("a", 1));
    }

    #[test]
    fn a_paste_without_end_is_cut() {
        let mut field = Field::default();
        field.insert(&"価".repeat(1000));
        assert!(field.text().len() <= LONGEST);
    }
}
