//! The filter languages of `/`, parsed once and matched often: of functions ([`Filter`]) and of lines ([`Query`]).

mod filter;
mod line;
mod lines;
mod matcher;

pub use filter::{Filter, FilterError};
pub use line::LineMatcher;
pub use lines::{Facts, Needle, Pushdown, Query, SavedSearch, TraceQuery};
pub use matcher::{Candidate, Matched, Matcher};
