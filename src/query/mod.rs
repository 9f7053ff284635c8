//! The filter language of `/`: parse once, match often.

mod filter;

pub use filter::{Filter, FilterError, Matched, Matcher, Subject};
