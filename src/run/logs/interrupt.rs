//! INT and TERM end the reading, with its summary; whoever sends them twice, or waits in vain, gets the end at once.

use std::io;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tokio::sync::watch;

use crate::term::Exit;

/// How long the summary may take: a reader that has stopped reading would hold it for ever.
const GRACE: Duration = Duration::from_secs(1);

/// Hears the signals from now on, on a thread of its own.
pub(super) struct Interrupt(watch::Receiver<Option<Exit>>);

impl Interrupt {
    pub(super) fn listen() -> io::Result<Self> {
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let (told, heard) = watch::channel(None);
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in signals.forever() {
                let exit = Exit::Signal(u8::try_from(signal).unwrap_or_default());
                if told.send_replace(Some(exit)).is_some() {
                    signal_hook::low_level::exit(i32::from(exit.code()));
                }
                let _ = thread::Builder::new().name("grace".to_owned()).spawn(move || {
                    thread::sleep(GRACE);
                    signal_hook::low_level::exit(i32::from(exit.code()));
                });
            }
        })?;
        Ok(Self(heard))
    }

    /// Hears what a test sends.
    #[cfg(test)]
    pub(super) const fn of(heard: watch::Receiver<Option<Exit>>) -> Self {
        Self(heard)
    }

    /// Waits for the first signal; the exit that it asks for.
    pub(super) async fn heard(&mut self) -> Exit {
        match self.0.wait_for(Option::is_some).await {
            Ok(exit) => (*exit).unwrap_or(Exit::Success),
            // The thread never ends before the process.
            Err(_) => std::future::pending().await,
        }
    }
}
