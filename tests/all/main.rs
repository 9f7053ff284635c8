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
mod moto;
mod parse;
mod python;
mod restore;
mod screens;
mod secrets;
mod source;
mod stand_in;
mod tail;
mod timeline;
mod told;
mod trace;
