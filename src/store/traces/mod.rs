//! Traces: what X-Ray told of them, bounded, and each put together into a tree that can be walked and drawn, whatever
//! arrived.

mod held;
mod throttled;
mod tree;
mod words;

pub use held::{HeldTrace, TraceState, Traces};
pub use throttled::Throttled;
pub use tree::{Node, Oddity, Tree};
pub(in crate::store) use words::short;
pub use words::{service_of, title};
