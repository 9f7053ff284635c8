//! Lines of the screen on their way into a file: in order, as people read them, with the gaps that the screen shows.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::ControlFlow;

use super::{Form, Style, time};
use crate::app::LineExport;
use crate::model::{Ansi, LogGap, SafeText, Secrets, Showing};
use crate::store::lines::{LineKey, in_order};

/// Bytes that are put together before they are written.
const CHUNK: usize = 64 * 1024;

/// Writes the lines of `export` to `out` and returns how many they are.
///
/// Before each chunk `goes_on` is asked; when it says no, the rest is given up as an interruption.
pub fn export(export: &LineExport, out: &mut impl Write, goes_on: impl Fn() -> bool) -> io::Result<u64> {
    let ansi = if export.raw { Ansi::Show } else { Ansi::Strip };
    let mut gaps: VecDeque<&(LineKey, LogGap)> = export.gaps.iter().collect();
    let mut text = String::with_capacity(2 * CHUNK);
    let mut count = 0;
    let walked = in_order(&export.pieces, |key, line| {
        if !export.takes(key, line) {
            return ControlFlow::Continue(());
        }
        while let Some((_, gap)) = gaps.pop_front_if(|(at, _)| *at < key) {
            self::gap(gap, export.zone, &mut text);
        }
        let revealed = export.revealed.contains(&key);
        let secrets = if revealed { Secrets::Reveal } else { Secrets::Mask };
        let showing = Showing { ansi, secrets, ascii: false };
        Form::People(Style { zone: export.zone, colour: false, showing }).write(line, false, &mut text);
        count += 1;
        if text.len() < CHUNK {
            return ControlFlow::Continue(());
        }
        let sent = if goes_on() {
            out.write_all(text.as_bytes())
        } else {
            Err(io::Error::new(io::ErrorKind::Interrupted, "the program was left meanwhile"))
        };
        text.clear();
        match sent {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    });
    if let ControlFlow::Break(error) = walked {
        return Err(error);
    }
    if count > 0 {
        for (_, gap) in gaps {
            self::gap(gap, export.zone, &mut text);
        }
    }
    out.write_all(text.as_bytes())?;
    Ok(count)
}

/// A line of its own where others may be lacking.
fn gap(gap: &LogGap, zone: Option<i32>, out: &mut String) {
    let name = SafeText::new(&gap.group.name);
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{} ----- {name}  may be incomplete from here to {}: {}",
        time(gap.range.start, zone),
        time(gap.range.end, zone),
        gap.why.words()
    );
}
