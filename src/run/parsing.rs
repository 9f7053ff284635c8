//! `lambtop parse`: log events from a file or standard input, and what each one says, one JSON object a line.
//!
//! It needs no account, no settings and no network. A file of any size takes the memory of its longest event.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::given::{BATCH, Begun, Given};
use super::{Stop, offer, say};
use crate::model::Timestamp;
use crate::parse::events::{self, Form, Splitter};
use crate::parse::log;
use crate::report::line;
use crate::term::Exit;

/// Wrong lines that are told one by one.
const TOLD: usize = 10;

/// Carries out `lambtop parse FILE`; `-` is standard input.
pub(super) fn parse(file: &Path) -> Result<Exit, Stop> {
    let Given { name, zipped, bytes } = Given::open(file)?;
    let mut printer = Printer { out: String::new(), events: 0, wrong: 0 };
    let ended = events(bytes, &mut printer);
    let ended = ended.and_then(|()| printer.flush());
    let Printer { events, wrong, .. } = printer;
    let why = match ended {
        Err(Ended::Unread) => return Ok(Exit::Success),
        Err(Ended::Print(stop)) => return Err(stop),
        Err(Ended::Read(error)) if events == 0 && !zipped => format!("cannot be read: {error}"),
        Err(Ended::Read(error)) => {
            let what = if zipped { "the gzip data is broken or cut off" } else { "cannot be read further" };
            format!("{what} after {events} events: {error}")
        }
        Err(Ended::Cut) => format!("ends in the middle of its JSON after {events} events"),
        Ok(()) if wrong == 0 => return Ok(Exit::Success),
        Ok(()) => format!("{wrong} of {events} events are not what the others are; they are read as text"),
    };
    Err(Stop::BadInput(format!("{name}: {why}")))
}

/// Why reading ended before the end.
enum Ended {
    /// Nobody reads what is printed any more.
    Unread,
    /// It cannot be printed.
    Print(Stop),
    /// The input cannot be read.
    Read(io::Error),
    /// The input ends inside its JSON.
    Cut,
}

/// Reads the events of `source`, whatever it is made of, and prints what was read also when it breaks off.
fn events(source: impl Read, printer: &mut Printer) -> Result<(), Ended> {
    let begun = Begun::read(source, events::is_telling);
    let form = events::form(begun.start());
    let source = BufReader::with_capacity(BATCH, begun);
    let ended = match form {
        Form::Document => document(source, printer),
        form => lines(source, form, printer),
    };
    if matches!(ended, Err(Ended::Read(_) | Ended::Cut)) {
        printer.flush()?;
    }
    ended
}

/// One event a line.
fn lines<R: Read>(mut source: BufReader<R>, form: Form, printer: &mut Printer) -> Result<(), Ended> {
    let (mut bytes, mut number) = (Vec::new(), 0_u64);
    loop {
        bytes.clear();
        let read = source.read_until(b'\n', &mut bytes);
        number += 1;
        let line = String::from_utf8_lossy(&bytes);
        let line =
            line.strip_suffix('\n').map_or(line.as_ref(), |line| line.strip_suffix('\r').unwrap_or(line));
        if !line.trim_ascii().is_empty() {
            match (form, events::event(line)) {
                (Form::Objects, Some(event)) => printer.event(&event.message, event.timestamp)?,
                (Form::Objects, None) => {
                    printer
                        .wrong(&format!("line {number} is not an object with an event in its \"message\""));
                    printer.event(line, None)?;
                }
                _ => printer.event(line, None)?,
            }
        }
        if read.map_err(Ended::Read)? == 0 {
            return Ok(());
        }
        // Whoever writes slowly is answered line by line.
        if source.buffer().is_empty() {
            printer.flush()?;
        }
    }
}

/// The events of a document.
fn document(mut source: impl BufRead, printer: &mut Printer) -> Result<(), Ended> {
    let mut splitter = Splitter::default();
    loop {
        let bytes = source.fill_buf().map_err(Ended::Read)?;
        if bytes.is_empty() {
            return if splitter.is_whole() { Ok(()) } else { Err(Ended::Cut) };
        }
        let mut ended = Ok(());
        splitter.push(bytes, |object| {
            if ended.is_ok() {
                let object = String::from_utf8_lossy(object);
                ended = if let Some(event) = events::event(&object) {
                    printer.event(&event.message, event.timestamp)
                } else {
                    let number = printer.events + 1;
                    printer.wrong(&format!("event {number} has no \"message\""));
                    printer.event(&object, None)
                };
            }
        });
        let length = bytes.len();
        source.consume(length);
        ended?;
    }
}

/// Prints in batches, and counts.
struct Printer {
    out: String,
    events: u64,
    wrong: usize,
}

impl Printer {
    fn event(&mut self, message: &str, at: Option<Timestamp>) -> Result<(), Ended> {
        line::write(&log::read(message), at, &mut self.out);
        self.events += 1;
        if self.out.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn wrong(&mut self, what: &str) {
        self.wrong += 1;
        if self.wrong <= TOLD {
            say(&format!("lambtop: {what}"));
        }
    }

    fn flush(&mut self) -> Result<(), Ended> {
        let read = offer(&self.out).map_err(Ended::Print)?;
        self.out.clear();
        if read { Ok(()) } else { Err(Ended::Unread) }
    }
}
