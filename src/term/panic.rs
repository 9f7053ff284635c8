//! What a panic does: in a vital thread it ends the program with the terminal restored; in a background task it
//! is reported and nothing else, because the screen lives on.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::Cell;
use std::io;
use std::panic::{PanicHookInfo, set_hook};
use std::sync::Arc;
use std::thread::Builder;

use super::{Exit, Guard, Heard, Listener};

thread_local! {
    /// Whether the program cannot go on without this thread.
    static VITAL: Cell<bool> = const { Cell::new(false) };
}

/// Replaces the process's panic hook, and marks the calling thread, which is going to run the loop, as vital.
///
/// The hook never unwinds a vital thread: a destructor that panics on the way would abort and leave a core.
pub(super) fn install(guard: Arc<Guard>, listener: Listener) {
    VITAL.set(true);
    set_hook(Box::new(move |info| {
        if VITAL.get() || is_fatal(info) {
            guard.end(Exit::Panic, &report(info));
        }
        listener(Heard::TaskPanicked(one_line(info)));
    }));
}

/// Whether Rust is going to abort the process, whichever thread it is: a destructor has panicked during a panic, or
/// something panicked that must not. Nothing but the message tells.
fn is_fatal(info: &PanicHookInfo<'_>) -> bool {
    let message = message(info.payload());
    ["panic in a destructor during cleanup", "panic in a function that cannot unwind"].contains(&message)
}

/// Starts a thread whose panic ends the program.
pub(super) fn vital_thread(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    Builder::new().name(name.to_owned()).spawn(move || {
        VITAL.set(true);
        body();
    })?;
    Ok(())
}

/// What is left on stderr for the person who files the defect; the message last, where it is seen.
fn report(info: &PanicHookInfo<'_>) -> String {
    let backtrace = Backtrace::capture();
    let how = if backtrace.status() == BacktraceStatus::Captured {
        backtrace.to_string()
    } else {
        "RUST_BACKTRACE=1 in the environment shows how it came to this:".to_owned()
    };
    format!("{how}\nlambtop: a defect, {}\n", one_line(info))
}

/// Place and message in one line.
fn one_line(info: &PanicHookInfo<'_>) -> String {
    let message = message(info.payload());
    match info.location() {
        Some(place) => format!("at {place}: {message}"),
        None => message.to_owned(),
    }
}

fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
