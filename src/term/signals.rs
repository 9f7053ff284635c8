//! Takes the signals that concern a terminal program, on a thread where anything may be called.

use std::io;
use std::sync::Arc;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;

use super::{Exit, Guard, Heard, Listener, panic};

const DEADLY: [i32; 4] = [SIGTERM, SIGHUP, SIGINT, SIGQUIT];

/// Starts the thread. Deadly signals end the process from here, so that they work while the loop is busy;
/// the others are told to the listener.
pub(super) fn listen(guard: Arc<Guard>, listener: Listener) -> io::Result<()> {
    let mut signals = Signals::new(DEADLY.into_iter().chain([SIGTSTP, SIGCONT, SIGWINCH]))?;
    panic::vital_thread("signals", move || {
        loop {
            let mut batch: Vec<i32> = signals.wait().collect();
            // `kill %1` of a stopped job arrives as TERM and CONT together: dying comes before waking up,
            // because waking up takes the terminal from the shell.
            batch.sort_by_key(|signal| !DEADLY.contains(signal));
            for signal in batch {
                match signal {
                    SIGTSTP => listener(Heard::Suspend),
                    SIGCONT => listener(Heard::Resumed),
                    SIGWINCH => listener(Heard::Resized),
                    deadly => guard.end(Exit::Signal(u8::try_from(deadly).unwrap_or(0)), ""),
                }
            }
        }
    })
}
