//! The screen: from the program's state to cells, and nothing else.

pub mod glyph;
pub mod number;
pub mod paint;
pub mod theme;
pub mod widgets;
