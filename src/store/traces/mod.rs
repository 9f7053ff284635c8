//! Traces: segments put together into a tree that can be walked and drawn, whatever arrived.

mod tree;

pub use tree::{Node, Oddity, Tree};
