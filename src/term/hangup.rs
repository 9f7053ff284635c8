//! Notices that the terminal is gone even where SIGHUP is ignored or never sent.

use std::io;
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::stdio::{stdin, stdout};
use rustix::termios::tcgetattr;

use super::{Exit, Guard, panic};

/// Starts the thread: it sleeps until the kernel reports a hang-up, then ends the process.
pub(super) fn watch(guard: Arc<Guard>) -> io::Result<()> {
    panic::vital_thread("hang-up watch", move || {
        wait();
        // Some systems cannot poll a terminal and answer at once. Then the other detectors must do: the
        // signal, and the writer's error. Staying here would be a busy loop.
        end_if_gone(&guard);
    })
}

/// Ends the process if the terminal is gone.
pub(super) fn end_if_gone(guard: &Guard) {
    if tcgetattr(stdin()).is_err() || tcgetattr(stdout()).is_err() {
        guard.end(Exit::HANG_UP, "");
    }
}

/// Returns when one of the descriptors reports what is reported unasked: POLLHUP, POLLERR or POLLNVAL.
fn wait() {
    let watched = |fd| PollFd::from_borrowed_fd(fd, PollFlags::empty());
    while poll(&mut [watched(stdin()), watched(stdout())], None) == Err(Errno::INTR) {}
}
