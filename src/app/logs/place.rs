//! Where one reads.

use crate::store::lines::LineKey;

/// Where one reads: new lines move the rows only while following.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The newest line stands at the bottom, under the cursor.
    #[default]
    Following,
    /// The line under the cursor stays on its line of the screen, whatever comes.
    At {
        /// The line; it may have been evicted: then the next one stands for it.
        key: LineKey,
        /// How many rows stand above it.
        offset: usize,
    },
}

impl Place {
    /// Whether new lines move the rows.
    #[must_use]
    pub const fn is_following(self) -> bool {
        matches!(self, Self::Following)
    }
}
