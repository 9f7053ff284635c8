//! lambtop: `top` for AWS Lambda.

pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod model;
pub mod parse;
pub mod query;
pub mod report;
pub mod run;
pub mod source;
pub mod store;
pub mod term;
pub mod ui;
