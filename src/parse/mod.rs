//! Text from outside into nouns: total functions, no I/O, one file per thing recognised.
//!
//! Each function takes raw text and answers `None` where it does not recognise it; none of them panics.

pub mod arn;
pub mod denial;
pub mod events;
pub mod glob;
pub mod instant;
pub mod log;
pub mod stream;
pub mod xray;
