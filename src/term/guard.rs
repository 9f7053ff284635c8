//! The terminal's state before, during and after: whoever ends the program gives the terminal back first.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::BorrowedFd;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::{Errno, write};
use rustix::stdio::{stderr, stdin, stdout};
use rustix::termios::{
    Action, OptionalActions, QueueSelector, Termios, tcflow, tcflush, tcgetattr, tcsetattr,
};

use super::Exit;

/// Alternate screen, bracketed paste, cursor hidden, and no going on in the next line at the end of one (DECAWM): a
/// character that a terminal draws wider than we think is cut there.
const ENTER: &str = "\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[?7l";
/// Clicks and the wheel, in the encoding without a limit of 223 columns. No reports of mere motion.
const MOUSE: &str = "\x1b[?1000h\x1b[?1006h";
/// Ends a sequence that was cut off half-way, then everything that [`ENTER`], [`MOUSE`] and a frame switch on.
const RESTORE: &str = "\x1b\\\x1b[?2026l\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[m\x1b[?7h\x1b[?1049l\x1b[?25h";

/// How long a writer that is stuck in the kernel may take to notice that it must stop.
const WRITER_STOPS: Duration = Duration::from_millis(80);
/// How long the last bytes may take on a terminal that does not read.
const LAST_WRITE: Duration = Duration::from_millis(80);

/// The terminal is gone: nothing can be written to it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gone;

/// Owns the terminal's settings; shared by everything that may have to end the program.
///
/// Invariant: after [`leave`](Guard::leave) has returned, no byte of a frame reaches the terminal until
/// [`enter`](Guard::enter) is called again.
pub(super) struct Guard {
    mouse: bool,
    /// The settings to go back to; `Some` while the terminal is ours.
    saved: Mutex<Option<Termios>>,
    /// The terminal is not ours, or not for much longer: frames are dropped.
    away: AtomicBool,
    /// A frame is being written.
    writing: AtomicBool,
    /// Something was written since the terminal became ours, so there is something to take back.
    touched: AtomicBool,
}

impl Guard {
    /// Touches nothing yet. `mouse`: whether clicks and the wheel are wanted.
    pub(super) const fn new(mouse: bool) -> Self {
        Self {
            mouse,
            saved: Mutex::new(None),
            away: AtomicBool::new(true),
            writing: AtomicBool::new(false),
            touched: AtomicBool::new(false),
        }
    }

    /// Makes the terminal ours: raw input. Called a second time (after a stop from outside, during which the shell
    /// has changed the settings) it keeps the settings of the first time as those to go back to.
    pub(super) fn enter(&self) -> Result<(), Errno> {
        let mut saved = self.saved();
        let current = tcgetattr(stdin())?;
        let before = saved.clone().unwrap_or_else(|| current.clone());
        let mut raw = current;
        raw.make_raw();
        tcsetattr(stdin(), OptionalActions::Now, &raw)?;
        *saved = Some(before);
        self.away.store(false, SeqCst);
        Ok(())
    }

    /// What the first frame after [`enter`](Self::enter) begins with.
    pub(super) fn opening(&self) -> String {
        format!("{ENTER}{}", if self.mouse { MOUSE } else { "" })
    }

    /// Writes a frame whole; waits for a terminal that reads slowly. Drops it while the terminal is not ours.
    pub(super) fn write(&self, frame: &[u8]) -> Result<(), Gone> {
        self.writing.store(true, SeqCst);
        let written = self.write_unless_away(frame);
        self.writing.store(false, SeqCst);
        written
    }

    fn write_unless_away(&self, mut rest: &[u8]) -> Result<(), Gone> {
        while !rest.is_empty() && !self.away.load(SeqCst) {
            self.touched.store(true, SeqCst);
            match write(stdout(), rest) {
                Ok(0) => return Err(Gone),
                Ok(count) => rest = &rest[count..],
                Err(Errno::INTR) => {}
                // Another process that shares the description has made it non-blocking, or `leave` has.
                Err(Errno::AGAIN) => wait_for_room(),
                Err(_) => return Err(Gone),
            }
        }
        Ok(())
    }

    /// Gives the terminal back as it was, from any thread, within 250 ms even when it does not read.
    /// Whoever comes second waits until it is done, and does nothing. `last_words` go to stderr after it.
    pub(super) fn leave(&self, last_words: &str) {
        let mut saved = self.saved();
        let Some(settings) = saved.take() else {
            say(last_words);
            return;
        };
        self.away.store(true, SeqCst);
        let terminal = stdout();
        let flags = fcntl_getfl(terminal);
        if let Ok(flags) = flags {
            let _ = fcntl_setfl(terminal, flags | OFlags::NONBLOCK);
        }
        self.stop_writer();
        // Input too: mouse reports and keys still in the queue would become commands of the shell.
        let _ = tcflush(terminal, QueueSelector::IOFlush);
        if self.touched.swap(false, SeqCst) {
            write_soon(terminal, RESTORE.as_bytes());
        }
        let _ = tcsetattr(stdin(), OptionalActions::Now, &settings);
        say(last_words);
        if let Ok(flags) = flags {
            let _ = fcntl_setfl(terminal, flags);
        }
    }

    /// Gives the terminal back and ends the process at once: no destructors and no handlers at exit, which
    /// might wait for something.
    pub(super) fn end(&self, exit: Exit, last_words: &str) -> ! {
        self.leave(last_words);
        signal_hook::low_level::exit(i32::from(exit.code()))
    }

    /// A writer asleep in the kernel sees the non-blocking flag only when it wakes up; stopping and starting
    /// the terminal's output wakes it.
    fn stop_writer(&self) {
        let deadline = Instant::now() + WRITER_STOPS;
        while self.writing.load(SeqCst) && Instant::now() < deadline {
            let _ = tcflow(stdout(), Action::OOff);
            let _ = tcflow(stdout(), Action::OOn);
            sleep(Duration::from_millis(1));
        }
    }

    fn saved(&self) -> MutexGuard<'_, Option<Termios>> {
        self.saved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wait_for_room() {
    let moment = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
    let _ = poll(&mut [PollFd::from_borrowed_fd(stdout(), PollFlags::OUT)], Some(&moment));
}

fn say(last_words: &str) {
    write_soon(stderr(), last_words.as_bytes());
}

/// Writes what can be written before the deadline, to a descriptor that does not block; errors end it.
fn write_soon(to: BorrowedFd<'_>, mut rest: &[u8]) {
    let deadline = Instant::now() + LAST_WRITE;
    while !rest.is_empty() {
        match write(to, rest) {
            Ok(0) => return,
            Ok(count) => rest = &rest[count..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) if Instant::now() < deadline => {
                let _ = tcflush(to, QueueSelector::OFlush);
                sleep(Duration::from_millis(2));
            }
            Err(_) => return,
        }
    }
}
