//! The filter language of `/`: parse once, match often.

mod filter;
mod matcher;

pub use filter::{Filter, FilterError};
pub use matcher::{Candidate, Matched, Matcher};
