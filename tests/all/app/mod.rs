//! The whole app, driven by strings of keys and by facts made by hand.

mod around;
mod copying;
mod filter;
mod further;
mod interest;
mod keys;
mod large;
mod lines;
mod live;
pub mod logs;
mod numbers;
mod order;
mod reading;
pub mod requests;
mod requests_seen;
mod robust;
pub mod stage;
pub mod throttles;
pub mod timeline;
pub mod traces;
mod writing;
