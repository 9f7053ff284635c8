//! Listens to the keyboard on a thread of its own, so that nobody ever has to ask.

use std::io;
use std::sync::Arc;

use crossterm::event::{Event, KeyEventKind, read};

use super::{Exit, Guard, Heard, Listener, panic};

/// Starts the thread. It ends with the process; when the terminal can no longer be read, the process ends with it.
pub(super) fn listen(guard: Arc<Guard>, listener: Listener) -> io::Result<()> {
    panic::vital_thread("input", move || {
        loop {
            match read() {
                Ok(event) => {
                    if let Some(heard) = heard(event) {
                        listener(heard);
                    }
                }
                Err(_) => guard.end(Exit::HANG_UP, ""),
            }
        }
    })
}

/// What matters of an event. Sizes come by SIGWINCH, focus was not asked for, a key that is let go means nothing.
fn heard(event: Event) -> Option<Heard> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Heard::Key(key)),
        Event::Mouse(mouse) => Some(Heard::Mouse(mouse)),
        Event::Paste(text) => Some(Heard::Paste(text)),
        Event::Key(_) | Event::Resize(..) | Event::FocusGained | Event::FocusLost => None,
    }
}
