//! The terminal: taken, listened to, drawn on, and given back as it was, whatever happens.
//!
//! ```text
//!                      process                                    threads of this module
//!            ┌───────────────────────────┐   Heard::Key Mouse Paste   ┌─────────┐
//!            │                           │◄───────────────────────────│  input  │◄── keyboard
//!            │   the loop (vital)        │   Heard::Idle              ├─────────┤
//!            │                           │◄───────────────────────────│ writer  │──► one write a frame
//!            │  Terminal::draw ──Frame───┼──── slot for one frame ───►│         │
//!            │                           │   Heard::Resized Suspend   ├─────────┤
//!            │                           │◄───────────────────────────│ signals │◄── WINCH TSTP CONT
//!            └───────────────────────────┘            Resumed         │         │◄── TERM HUP INT QUIT ─┐
//!              │ panic          │ drop                                ├─────────┤                       │
//!              │                │                                     │ hang-up │◄── POLLHUP ───────────┤
//!              │                │                                     └─────────┘    write fails ───────┤
//!              ▼                ▼                                                                       ▼
//!         ┌──────────────────────────┐                                                    Guard::end: leave, _exit
//!         │ Guard::leave (first one) │◄───────────────────────────────────────────────────────────────┘
//!         └──────────────────────────┘
//! ```
//!
//! * Nobody polls: what happens is told to one callback, the [`Listener`].
//! * A terminal that stops reading stops only the writer thread. Nothing is drawn while it is busy, keys still
//!   work, and leaving takes at most 250 ms.
//! * A terminal that is gone is noticed three ways (SIGHUP, a poll for POLLHUP, a failing write), each enough.
//! * A panic in the loop or in a thread of this module restores the terminal and then speaks; a panic in any other
//!   thread is told to the listener and leaves the screen alone.

mod clipboard;
mod encode;
mod exit;
mod frame;
mod guard;
mod hangup;
mod hyperlink;
mod input;
mod line;
mod panic;
mod scroll;
mod signals;
mod wire;
mod writer;

use std::env;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use rustix::process::{Signal, getpgrp, getsid, kill_current_process_group};
use rustix::stdio::{stdin, stdout};
use rustix::termios::{isatty, tcgetattr, tcgetwinsize};
use thiserror::Error;

use clipboard::Route;
pub use clipboard::{Condition, NoClipboard};
use encode::Traits;
pub use exit::Exit;
use frame::{Cut, Frame};
use guard::Guard;
use line::Line;
pub use wire::Wire;
use writer::Writer;

/// Sizes above this are cut: a hostile `stty cols 65535` shall not cost gigabytes.
const LARGEST: (u16, u16) = (1000, 500);
/// What a terminal has that does not know its size (a serial line says 0x0).
const UNKNOWN: (u16, u16) = (80, 24);

/// What the terminal tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A key was pressed, or repeats.
    Key(KeyEvent),
    /// A button or the wheel.
    Mouse(MouseEvent),
    /// Text that was pasted: hostile until it has passed the sanitiser.
    Paste(String),
    /// The size has changed; [`Terminal::resize`] looks it up. May come in storms.
    Resized,
    /// The last frame has been written: another one may be drawn.
    Idle,
    /// Somebody sent SIGTSTP: [`Terminal::suspend`] is to be called.
    Suspend,
    /// The process goes on after it was stopped: [`Terminal::resume`] is to be called.
    Resumed,
    /// A thread that the program can live without has panicked: place and message.
    TaskPanicked(String),
}

/// Is told everything, on whatever thread it happened. It may wait for room in a queue, except with
/// [`Heard::TaskPanicked`], which comes from a panic hook.
pub type Listener = Arc<dyn Fn(Heard) + Send + Sync>;

/// Why there is no screen.
#[derive(Debug, Error)]
pub enum NoScreen {
    /// Input or output is a file, a pipe or nothing.
    #[error("standard input and output are not a terminal")]
    NotATerminal,
    /// The terminal cannot place a cursor.
    #[error("the terminal cannot show a screen (TERM={0})")]
    Dumb(String),
    /// The operating system refused.
    #[error("the terminal cannot be used: {0}")]
    System(#[from] io::Error),
}

/// The terminal while it is ours. Dropping it gives it back.
pub struct Terminal {
    guard: Arc<Guard>,
    writer: Writer,
    frame: Frame,
    clipboard: Route,
    /// What goes out before the next frame, in the same write.
    pending: Vec<u8>,
    line: Line,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// The writer is busy: nothing was drawn.
    Nothing,
    /// The link is slow, and a part is on its way: another frame is wanted.
    Part,
    /// The screen is on its way, or on the terminal already.
    All,
}

impl Terminal {
    /// Takes the terminal and starts to listen. The calling thread is the one that runs the loop: its panics end
    /// the program. `mouse`: whether clicks and the wheel are wanted. `ssh`: each frame is a packet on somebody's link.
    /// `link_mark`: cells with this modifier spell a link, where the terminal is known to take links. Asks the terminal
    /// nothing: on a slow link its answer would arrive as text.
    ///
    /// Once in a process: signals and the panic hook belong to it from here on.
    pub fn open(
        mouse: bool,
        ssh: bool,
        link_mark: Option<Modifier>,
        listener: &Listener,
    ) -> Result<Self, NoScreen> {
        if !isatty(stdin()) || !isatty(stdout()) {
            return Err(NoScreen::NotATerminal);
        }
        let term = env::var("TERM").unwrap_or_default();
        if term.is_empty() || term == "dumb" {
            return Err(NoScreen::Dumb(term));
        }
        let guard = Arc::new(Guard::new(mouse));
        let frame = Frame::new(size(), guard.opening(), Traits::of(&term)).with_links(link_mark);
        let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let clipboard = Route::announced(&term, set("TMUX"), set("STY"));
        let line = Line::new(baud(), ssh, Instant::now());
        panic::install(Arc::clone(&guard), Arc::clone(listener));
        signals::listen(Arc::clone(&guard), Arc::clone(listener))?;
        hangup::watch(Arc::clone(&guard))?;
        let writer = Writer::start(Arc::clone(&guard), Arc::clone(listener))?;
        let terminal = Self { guard, writer, frame, clipboard, pending: Vec::new(), line };
        terminal.guard.enter().map_err(io::Error::from)?;
        input::listen(Arc::clone(&terminal.guard), Arc::clone(listener))?;
        Ok(terminal)
    }

    /// Whether a frame may be drawn; [`Heard::Idle`] says when that becomes true again.
    #[must_use]
    pub fn idle(&self) -> bool {
        self.writer.idle()
    }

    /// The area that [`draw`](Self::draw) hands out.
    #[must_use]
    pub const fn area(&self) -> Rect {
        self.frame.area()
    }

    /// When the next frame may be drawn, so that it does not pile up on its way; sooner where it is `urgent`, the
    /// answer to a key.
    pub fn next_frame(&mut self, urgent: bool) -> Instant {
        if let Some((took, at)) = self.writer.took() {
            self.line.taken(took, at);
        }
        self.line.next(urgent)
    }

    /// Draws, if the writer is idle. `paint` fills an empty buffer and says where the cursor is to be seen. A screen
    /// that equals the last one is not sent. On a slow link the frame is cut: what changed last goes first, and of that
    /// what is near the row `focus`.
    pub fn draw(&mut self, focus: Option<u16>, paint: impl FnOnce(&mut Buffer) -> Option<Position>) -> Drawn {
        if !self.idle() {
            return Drawn::Nothing;
        }
        let frame = self.frame.draw(Cut { limit: self.line.limit(), focus }, paint);
        let mut bytes = std::mem::take(&mut self.pending);
        bytes.extend(frame.bytes);
        if !bytes.is_empty() {
            self.line.sent(bytes.len(), Instant::now());
            self.writer.send(bytes);
        }
        if frame.complete { Drawn::All } else { Drawn::Part }
    }

    /// Hands `text` to the terminal's clipboard, together with the next frame: the newest text if that takes a while.
    /// Whether it arrives is never known; the condition names what has to be set for it.
    pub fn copy(&mut self, text: &str) -> Result<Condition, NoClipboard> {
        self.pending = self.clipboard.sequence(text)?.into_bytes();
        Ok(self.clipboard.condition())
    }

    /// Looks the size up again; the next frame is drawn in full.
    pub fn resize(&mut self) {
        self.frame.resize(size());
    }

    /// Gives the terminal back and stops the process group, as Ctrl-Z does. Returns before or after the stop;
    /// [`Heard::Resumed`] tells when it is over. Does nothing, and returns false, where no shell would wake us.
    pub fn suspend(&mut self) -> bool {
        // In the group of the session's leader there is no job control: nobody would notice the stop.
        if getsid(None).is_ok_and(|session| session == getpgrp()) {
            return false;
        }
        self.guard.leave("");
        // The whole group, or `cargo run` would stay in the foreground and the shell would never come back.
        kill_current_process_group(Signal::STOP).is_ok()
    }

    /// Takes the terminal again after a stop; the next frame is drawn in full.
    pub fn resume(&mut self) -> Result<(), NoScreen> {
        self.guard.enter().map_err(|error| {
            // With SIGHUP the kernel sends SIGCONT: where the one is ignored, the other leads here.
            hangup::end_if_gone(&self.guard);
            io::Error::from(error)
        })?;
        self.frame.reopen(size(), self.guard.opening());
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.guard.leave("");
    }
}

/// Whether the terminal says that it is on a slow line, such as a serial console: then each colour is time.
#[must_use]
pub fn is_slow() -> bool {
    line::is_slow(baud())
}

/// How many columns the terminal has that standard output is; `None` where it is none or does not know.
#[must_use]
pub fn columns() -> Option<u16> {
    tcgetwinsize(stdout()).map(|size| size.ws_col).ok().filter(|columns| *columns > 0)
}

/// The terminal's speed in bits a second; 0 where it has none.
fn baud() -> u32 {
    tcgetattr(stdout()).map_or(0, |settings| settings.output_speed())
}

/// The terminal's size in cells, within bounds.
fn size() -> Rect {
    let (columns, rows) = tcgetwinsize(stdout()).map_or((0, 0), |size| (size.ws_col, size.ws_row));
    let (columns, rows) = if columns == 0 || rows == 0 { UNKNOWN } else { (columns, rows) };
    Rect::new(0, 0, columns.min(LARGEST.0), rows.min(LARGEST.1))
}
