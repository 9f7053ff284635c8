//! The filter language of `/`: parse once, match often.

mod filter;
mod line;
mod matcher;

pub use filter::{Filter, FilterError};
pub use line::LineMatcher;
pub use matcher::{Candidate, Matched, Matcher};
