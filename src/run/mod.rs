//! Runs the program: the screen, and the commands without one.
//!
//! This is the only layer that sees all the others: it reads the surroundings and the settings, decides which
//! AWS is asked (a real account, or the simulated one in this process), and connects sources, app, ui and
//! terminal.

mod debug_log;
#[cfg(debug_assertions)]
mod defect;
mod given;
mod headless;
mod history;
pub mod keystrokes;
mod launch;
mod live;
mod logs;
mod parsing;
mod picture;
mod private_file;
mod process;
mod saving;
pub mod screen;
mod serve;
mod surroundings;
mod themes;
mod trace;
mod watch;

use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::cli::{Cli, Command, DemoArgs};
use crate::config::ConfigError;
use crate::model::{SafeText, Showing};
use crate::term::Exit;
use launch::Launch;

/// Carries out one command line.
#[must_use]
pub fn main(cli: Cli) -> ExitCode {
    process::keep_memory_private();
    match carry_out(cli) {
        Ok(exit) => exit.into(),
        Err(stop) => {
            say(&format!("lambtop: {stop}"));
            stop.exit().into()
        }
    }
}

fn carry_out(mut cli: Cli) -> Result<Exit, Stop> {
    // Needs no settings: it works where they are broken.
    if let Some(Command::Parse { file }) = &cli.command {
        return parsing::parse(file);
    }
    let given = cli.flags.clone();
    if let Some(Command::Logs(_) | Command::Requests(_) | Command::Trace(_)) = &cli.command {
        // There it says from when on lines are read, and not how far trends look back.
        cli.flags.since = None;
    }
    let opens_a_screen = matches!(&cli.command, None | Some(Command::Demo(DemoArgs { listen: None, .. })));
    if !opens_a_screen && !cli.log_groups.is_empty() {
        return Err(Stop::BadInput(
            "--log-group before a command opens the screen: leave the command out, or use lambtop logs --log-group NAME".to_owned(),
        ));
    }
    let mut launch = Launch::prepare(&cli.flags)?;
    launch.log_groups = cli.log_groups.iter().map(|name| name.as_str().into()).collect();
    let _log = launch.debug_log()?;
    match cli.command {
        None => live::account(&launch),
        Some(Command::Demo(demo)) => match demo.listen {
            Some(address) => serve::serve(&demo, address),
            None => live::demo(&launch, &demo),
        },
        Some(Command::Functions { format, json, demo }) => headless::functions(&launch, format, json, &demo),
        Some(Command::Logs(args)) => logs::logs(&launch, &args, &given),
        Some(Command::Requests(args)) => logs::requests(&launch, &args, &given),
        Some(Command::Config) => print(&launch.config.explained()),
        Some(Command::Parse { file }) => parsing::parse(&file),
        Some(Command::Trace(args)) => trace::trace(&launch, &args, &given),
        Some(Command::Policy) => print(&headless::policy()),
        Some(Command::Screenshot(wanted)) => picture::screenshot(&launch, &wanted),
    }
}

/// Why a command did not do what it was told; one message with the next step in it.
#[derive(Debug, thiserror::Error)]
enum Stop {
    /// A setting that cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A flag, a file or an address that cannot be used.
    #[error("{0}")]
    BadInput(String),
    /// There is no terminal to draw on.
    #[error(transparent)]
    NoScreen(#[from] screen::ScreenError),
    /// Something outside failed.
    #[error("{0}")]
    Failed(String),
}

impl Stop {
    const fn exit(&self) -> Exit {
        match self {
            Self::Config(_) | Self::BadInput(_) | Self::NoScreen(_) => Exit::BadInput,
            Self::Failed(_) => Exit::Incomplete,
        }
    }
}

/// Writes to standard output; a reader that has gone away (`lambtop functions | head`) is no failure.
fn print(text: &str) -> Result<Exit, Stop> {
    offer(text).map(|_| Exit::Success)
}

/// Writes to standard output, and says whether anyone still reads there.
fn offer(text: &str) -> Result<bool, Stop> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Stop::Failed(format!("standard output cannot be written: {error}"))),
    }
}

/// Whether standard output is a terminal.
fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether nobody reads standard output any more, found out without writing.
fn is_deserted() -> bool {
    let out = io::stdout();
    let mut ends = [PollFd::new(&out, PollFlags::empty())];
    let asked = poll(&mut ends, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
    asked.is_ok() && ends[0].revents().intersects(PollFlags::ERR | PollFlags::NVAL)
}

/// Writes a line to standard error; where that is gone too, nobody is left to tell.
///
/// Every line passes [`SafeText`]: arguments, files and what AWS says are written by strangers.
fn say(text: &str) {
    for line in text.lines() {
        let _ = writeln!(io::stderr(), "{}", SafeText::of_line(line, Showing::default()));
    }
}
