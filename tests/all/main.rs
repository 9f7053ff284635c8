//! The tests that need no terminal of their own.

#[path = "../architecture.rs"]
mod architecture;

mod clients;
mod python;
