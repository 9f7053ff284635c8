//! The tests that need no terminal of their own.

mod app;
#[path = "../architecture.rs"]
mod architecture;
mod clients;
mod commands;
mod documents;
mod listening;
mod ministack;
mod python;
mod screens;
mod secrets;
mod source;
mod trace;
