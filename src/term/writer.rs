//! Writes frames on a thread of its own: a terminal that does not read delays frames, never the program.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use tracing::debug;

use super::{Exit, Guard, Heard, Listener, panic};

/// A frame that takes longer is worth a line in the debug log.
const SLOW: Duration = Duration::from_millis(500);

/// The slot for one frame, and the thread that empties it.
pub(super) struct Writer {
    frames: SyncSender<Vec<u8>>,
    idle: Arc<AtomicBool>,
    /// How long the last frame took, and when that was.
    took: Receiver<(Duration, Instant)>,
}

impl Writer {
    /// Starts the thread. A terminal that is gone ends the process.
    pub(super) fn start(guard: Arc<Guard>, listener: Listener) -> io::Result<Self> {
        let (frames, slot) = sync_channel::<Vec<u8>>(1);
        let (timed, took) = sync_channel(1);
        let idle = Arc::new(AtomicBool::new(true));
        let now_idle = Arc::clone(&idle);
        panic::vital_thread("writer", move || {
            for frame in slot {
                let begin = Instant::now();
                if guard.write(&frame).is_err() {
                    guard.end(Exit::HANG_UP, "");
                }
                let end = Instant::now();
                // Not waited for: it is looked at before the next frame.
                let _ = timed.try_send((end - begin, end));
                if end - begin > SLOW {
                    let (bytes, millis) = (frame.len(), (end - begin).as_millis());
                    debug!(bytes, millis, "the terminal took a frame slowly: others were skipped meanwhile");
                }
                now_idle.store(true, Ordering::Release);
                listener(Heard::Idle);
            }
        })?;
        Ok(Self { frames, idle, took })
    }

    /// Whether the last frame has been written, so that another one may be drawn.
    pub(super) fn idle(&self) -> bool {
        self.idle.load(Ordering::Acquire)
    }

    /// How long a frame took that has been written since the last call, and when that was.
    pub(super) fn took(&self) -> Option<(Duration, Instant)> {
        self.took.try_recv().ok()
    }

    /// Hands over a frame and never waits: the slot is empty whenever the writer is [`idle`](Self::idle).
    pub(super) fn send(&self, frame: Vec<u8>) {
        self.idle.store(false, Ordering::Release);
        let taken = self.frames.try_send(frame);
        debug_assert!(taken.is_ok(), "the slot is empty");
    }
}
