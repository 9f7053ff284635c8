//! One line of text being typed.

/// A line of text with a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    text: String,
    cursor: usize,
}

impl Field {
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
}
