//! The screen: from the program's state to cells, and nothing else.

pub mod theme;
