//! Writes frames on a thread of its own: a terminal that does not read delays frames, never the program.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use super::{Exit, Guard, Heard, Listener, panic};

/// The slot for one frame, and the thread that empties it.
pub(super) struct Writer {
    frames: SyncSender<Vec<u8>>,
    idle: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread. A terminal that is gone ends the process.
    pub(super) fn start(guard: Arc<Guard>, listener: Listener) -> io::Result<Self> {
        let (frames, slot) = sync_channel::<Vec<u8>>(1);
        let idle = Arc::new(AtomicBool::new(true));
        let now_idle = Arc::clone(&idle);
        panic::vital_thread("writer", move || {
            for frame in slot {
                if guard.write(&frame).is_err() {
                    guard.end(Exit::HANG_UP, "");
                }
                now_idle.store(true, Ordering::Release);
                listener(Heard::Idle);
            }
        })?;
        Ok(Self { frames, idle })
    }

    /// Whether the last frame has been written, so that another one may be drawn.
    pub(super) fn idle(&self) -> bool {
        self.idle.load(Ordering::Acquire)
    }

    /// Hands over a frame and never waits: the slot is empty whenever the writer is [`idle`](Self::idle).
    /// Returns whether the frame was taken.
    pub(super) fn send(&self, frame: Vec<u8>) -> bool {
        self.idle.store(false, Ordering::Release);
        self.frames.try_send(frame).is_ok()
    }
}
