//! The debug log: what lambtop did, for whoever looks for a defect. It holds no credentials and no log line of anybody,
//! whatever `RUST_LOG` says.
//!
//! Only lambtop's own events are written in detail. Those of other crates are written from warnings up: the AWS SDK and
//! what it stands on trace requests, headers, signatures and credentials. What lambtop itself logs names operations,
//! counts and times, never the text of an answer: AWS repeats a session token in the error of a wrong signature.
//!
//! Nothing waits for the file: lines go to a thread, and where it falls behind they are dropped and counted.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, atomic};
use std::thread;
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use super::{Stop, private_file};
use crate::model::{SafeText, Showing};

/// What is written where `RUST_LOG` asks for nothing.
const USUAL: &str = "lambtop=debug,warn";
/// Lines that may wait for the file.
const WAITING: usize = 1024;
/// A run of days must not fill a disk.
const LARGEST: usize = 16 * 1024 * 1024;
/// How long the last lines may take at the end.
const LAST_LINES: Duration = Duration::from_millis(200);

/// The log while it is written; dropping it waits a moment for the last lines.
pub(super) struct DebugLog(SyncSender<Entry>);

enum Entry {
    Line(String),
    /// Everything before this is to be in the file when it is answered.
    Flush(SyncSender<()>),
}

/// Starts to log into the file at `path`, behind what is in it. `rust_log` is what `RUST_LOG` holds.
pub(super) fn start(path: &Path, rust_log: Option<&str>) -> Result<DebugLog, Stop> {
    let failed = |error: &io::Error| Stop::BadInput(format!("--debug-log {}: {error}", path.display()));
    let file = private_file::append(path).map_err(|error| failed(&error))?;
    let (entries, waiting) = sync_channel(WAITING);
    let dropped = Arc::new(atomic::AtomicU64::new(0));
    let lines = Lines { entries: entries.clone(), dropped: Arc::clone(&dropped) };
    thread::Builder::new()
        .name("debug log".to_owned())
        .spawn(move || write_all(file, &waiting, &dropped))
        .map_err(|error| failed(&error))?;
    let asked = rust_log.filter(|asked| !asked.is_empty());
    let wanted =
        asked.and_then(|asked| EnvFilter::try_new(asked).ok()).unwrap_or_else(|| EnvFilter::new(USUAL));
    let layer =
        fmt::layer().with_ansi(false).with_writer(lines).with_filter(wanted.and(filter_fn(is_harmless)));
    tracing_subscriber::registry()
        .with(layer)
        .try_init()
        .map_err(|error| Stop::Failed(format!("the debug log cannot start: {error}")))?;
    Ok(DebugLog(entries))
}

/// Whether an event may be written at all.
fn is_harmless(event: &Metadata<'_>) -> bool {
    let own = event.target().split("::").next() == Some("lambtop");
    own || *event.level() <= Level::WARN
}

impl Drop for DebugLog {
    fn drop(&mut self) {
        let (done, written) = sync_channel(1);
        if self.0.try_send(Entry::Flush(done)).is_ok() {
            // A disk that does not answer is not waited for.
            let _ = written.recv_timeout(LAST_LINES);
        }
    }
}

/// The thread that writes: until the file cannot be written any more, or is full.
fn write_all(mut file: File, entries: &Receiver<Entry>, dropped: &atomic::AtomicU64) {
    let mut size = 0;
    for entry in entries {
        let missed = match dropped.swap(0, atomic::Ordering::Relaxed) {
            0 => String::new(),
            count => format!("({count} lines could not be written in time)\n"),
        };
        let line = match entry {
            Entry::Line(line) => missed + &line,
            Entry::Flush(done) => {
                let _ = done.send(());
                continue;
            }
        };
        size += line.len();
        if size > LARGEST {
            let _ = writeln!(file, "(the log is full: it ends here)");
            return;
        }
        if file.write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}

/// Makes lines of what the formatter writes.
struct Lines {
    entries: SyncSender<Entry>,
    dropped: Arc<atomic::AtomicU64>,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { lines: self, bytes: Vec::new() }
    }
}

/// One event as it is written; it goes on its way when it is complete.
struct Line<'a> {
    lines: &'a Lines,
    bytes: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        // Warnings of others may hold what strangers wrote, and a log is read in a terminal and handed on.
        let text = String::from_utf8_lossy(&self.bytes);
        let line = format!("{}\n", SafeText::of_line(text.trim_end_matches('\n'), Showing::default()));
        if let Err(TrySendError::Full(_)) = self.lines.entries.try_send(Entry::Line(line)) {
            self.lines.dropped.fetch_add(1, atomic::Ordering::Relaxed);
        }
    }
}
