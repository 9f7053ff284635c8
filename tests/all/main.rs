//! The tests that need no terminal of their own.

mod app;
#[path = "../architecture.rs"]
mod architecture;

mod clients;
mod python;
mod screens;
