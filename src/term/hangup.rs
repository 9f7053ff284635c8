//! Notices that the terminal is gone even where SIGHUP is ignored or never sent.

use std::io;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::process::getpgrp;
use rustix::stdio::{stdin, stdout};
use rustix::termios::{tcgetattr, tcgetpgrp};

use super::{Exit, Guard, panic};

/// How often an orphan looks whether its terminal is still its own.
const LOOK: Duration = Duration::from_millis(100);

/// Starts the thread: it sleeps until the kernel reports a hang-up, or the end of the parent that took the terminal
/// with it, then ends the process.
pub(super) fn watch(guard: Arc<Guard>) -> io::Result<()> {
    let controlled = tcgetpgrp(stdin()).is_ok();
    panic::vital_thread("hang-up watch", move || {
        let orphaned = wait(parent().filter(|_| controlled).as_ref());
        // Some systems cannot poll a terminal and answer at once. Then the other detectors must do: the
        // signal, and the writer's error. Staying here would be a busy loop.
        end_if_gone(&guard);
        if orphaned {
            // Without a shell there is nobody who would give the terminal back to us: once lost, it is gone.
            while tcgetpgrp(stdin()) == Ok(getpgrp()) {
                sleep(LOOK);
            }
            guard.end(Exit::HANG_UP, "");
        }
    })
}

/// Ends the process if the terminal is gone.
pub(super) fn end_if_gone(guard: &Guard) {
    if tcgetattr(stdin()).is_err() || tcgetattr(stdout()).is_err() {
        guard.end(Exit::HANG_UP, "");
    }
}

/// Returns when one of the descriptors reports what is reported unasked: POLLHUP, POLLERR or POLLNVAL; or, with
/// true, when the parent has ended.
fn wait(parent: Option<&OwnedFd>) -> bool {
    let watched = |fd| PollFd::from_borrowed_fd(fd, PollFlags::empty());
    let mut fds = vec![watched(stdin()), watched(stdout())];
    fds.extend(parent.map(|parent| PollFd::new(parent, PollFlags::IN)));
    while poll(&mut fds, None) == Err(Errno::INTR) {}
    let gone = |fd: &PollFd<'_>| !fd.revents().is_empty();
    fds.get(2).is_some_and(gone) && !fds[..2].iter().any(gone)
}

/// The process that started this one, as something to wait for.
#[cfg(target_os = "linux")]
fn parent() -> Option<OwnedFd> {
    use rustix::process::{PidfdFlags, getppid, pidfd_open};
    pidfd_open(getppid()?, PidfdFlags::empty()).ok()
}

/// Elsewhere a parent's end is noticed by the signal, or by what becomes of the terminal.
#[cfg(not(target_os = "linux"))]
const fn parent() -> Option<OwnedFd> {
    None
}
