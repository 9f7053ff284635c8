//! The tests of the real binary in a real pseudo-terminal, one at a time.
//!
//! Each starts the program as a person would, types, and looks at the screen that a terminal emulator makes of its
//! output. Deadlines are generous, because a debug build on a busy machine is slow; the times that were seen are
//! printed (`cargo test --test pty -- --nocapture`). What the deadlines do assert: leaving takes no longer than 2 s.

#![expect(clippy::print_stdout, reason = "the times that were seen are part of the result")]

mod clipboard;
mod files;
mod hanging_up;
mod leaving;
mod looking;
mod losing;
mod opening;
mod path;
mod resizing;
mod session;
mod slow;
mod stalling;
mod stopping;
mod terminal;
