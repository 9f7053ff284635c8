//! lambtop: `top` for AWS Lambda.
//!
//! Background tasks ask AWS and turn its answers into events; one loop takes events and keys in, one app holds
//! what they amount to, and a pure function draws it. There is one way in and one way out:
//!
//! ```text
//!  AWS ──► source (tasks) ──Event──►  run::screen  ──Input──►  app ──owns──► store
//!               ▲                     (the loop)               │  │
//!               └──────Interest (a watch channel)──────────────┘  ├──Effect──► run (save, suspend, quit)
//!                                                                 └──&App──► ui ──cells──► term
//! ```
//!
//! # The layers
//!
//! Each names only those to its left; `tests/architecture.rs` reads the sources and holds them to it.
//!
//! `model ← parse ← source` · `model ← query ← store ← app ← ui` · `report` beside `ui` · `run` sees all ·
//! `term` and `demo` name nobody.
//!
//! | module | is responsible for |
//! |---|---|
//! | [`model`] | the nouns, what a task may tell ([`model::Event`]), what the screen needs ([`model::Interest`]), and the only text that may be drawn ([`model::SafeText`]) |
//! | [`parse`] | text of AWS to values, without panics and without I/O |
//! | [`source`] | the tasks that call AWS, each with its own pace and its own fate; what they spend; the one [`source::clock::Clock`] |
//! | [`query`] | the filter languages, of functions and of lines: parsing, matching, and what CloudWatch can filter itself |
//! | [`store`] | what has been seen, bounded; figures, totals and the judgement called trouble; log lines in blocks, the invocations joined from them, traces put together |
//! | [`app`] | what the user is doing; [`app::App::input`] is the only thing that changes it |
//! | [`ui`] | the app to cells, one file for each thing on screen |
//! | [`report`] | the same without a screen: tables, JSON, CSV, pictures, the policy |
//! | [`term`] | the terminal: taken, listened to, written to without waiting, given back however the program ends |
//! | [`demo`] | an AWS endpoint in this process over a simulated shop; it shares no parser with the program, else it would agree with its mistakes |
//! | [`cli`], [`config`] | the command line and the settings |
//! | [`run`] | connects all of the above |
//!
//! # Four walks
//!
//! **From an answer to a cell.** `source::aws::metrics` plans which series to ask for, asks, and sends
//! [`model::Event::Series`]. [`app::App::input`] hands it to [`store::Store::ingest`], which replaces what CloudWatch
//! has revised, and judges the function's row anew. `ui::functions` draws the row.
//!
//! **From a log event to a row.** `source::aws::logs` plans which slice of which group is due, reads it page by page, has
//! [`parse::log`] read each event, and sends a whole page as one [`model::Event::Logs`]. [`store::lines`] links it into
//! the group's blocks, each line once and in its order. `app::logs` finds the rows around the place where one reads,
//! workers search the rest, and `ui::logs` draws them.
//!
//! **From a request to where its time went.** [`store::invocations`] joins the same pages into one invocation for each
//! attempt at a request. Opened, its trace is named in the [`model::Interest`]; `source::aws::traces` fetches it, and
//! [`store::timeline`] puts segments, waits and log lines on one axis, or the lines alone where X-Ray took no trace.
//! `app::timeline` keeps row, tick and line one selection, and `ui::timeline` draws them.
//!
//! **From a key to a state.** `term` hears the key and `run::screen` makes it an [`app::Input`]. The table in
//! `app::keymap` says which [`app::Action`] it is on this screen, and `app::update` carries it out. If the revision
//! of the app has changed, the loop draws; if the [`model::Interest`] has, the tasks see it.
//!
//! # How to add
//!
//! * **a key**: a variant of [`app::Action`], a row in the table of `app::keymap`, an arm in `app::update`. Help,
//!   footer, palette and the README's table follow from the row.
//! * **a log format**: a file in `parse::log` and a line where the recognisers are tried.
//! * **a metric**: a line in the table of `model::metric`. It is asked for where a function has it, and gets a chart.
//! * **a theme**: a file in `themes/` and its name in `ui::theme`; or, without touching the program, a file in the
//!   user's configuration directory.
//! * **a pane**: a rectangle in `app::layout`, a file in `ui`, a line in [`ui::draw`].
//! * **a setting**: a row in the table of [`config`], a flag in [`cli`].
//! * **a call to AWS**: a line in the operations of `source::aws`; the policy that `lambtop policy` prints follows.

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
