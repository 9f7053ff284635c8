//! The tests that need no terminal of their own.

mod app;
#[path = "../architecture.rs"]
mod architecture;
mod clients;
mod commands;
mod documents;
mod join;
mod listening;
mod logs;
mod ministack;
mod parse;
mod python;
mod screens;
mod secrets;
mod source;
mod tail;
mod trace;
