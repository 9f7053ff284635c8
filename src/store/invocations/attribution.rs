//! The request of a line, and the lines of a request.

use crate::model::{Invocation, InvocationKey, LogLine, RequestId, RequestPlace};
use crate::store::lines::{HeldLine, LineKey, Lines, Reader, Row};

use super::Invocations;
use super::record::{Slot, flag};

/// Lines that are looked at in one go.
const STRETCH: usize = 20_000;
/// Places that are told at most: who types the beginning of an id wants few.
const MOST_PLACES: usize = 64;

impl Invocations {
    /// The invocation that a line belongs to: by its request id; without one, by its stream and its time, where the
    /// environment serves one request at a time.
    #[must_use]
    pub fn of_line(&self, line: &LogLine<'_>) -> Option<InvocationKey> {
        let environment = self.environment(line.group, &line.stream.name)?;
        let at = line.timestamp.millis();
        let named = line.request.and_then(|request| {
            let own = self
                .chain(request)
                .filter(|slot| self.record(*slot).environment == environment && self.is_shown(*slot));
            let mut own: Vec<Slot> = own.collect();
            own.sort_unstable_by_key(|slot| self.record(*slot).first());
            let behind = own.partition_point(|slot| self.record(*slot).first() <= at);
            own.get(behind.saturating_sub(1)).copied()
        });
        let slot = named.or_else(|| {
            let attempts = &self.environments[environment as usize].attempts;
            let behind = attempts.partition_point(|slot| self.record(*slot).begin() <= at);
            let shown = |slot: &&Slot| !self.record(**slot).is(flag::HIDDEN);
            let before = attempts[..behind].iter().rev().find(shown);
            let after = attempts[behind..].iter().find(shown);
            let claims = |slot: &&Slot| {
                let record = self.record(**slot);
                let from = record.first().min(record.begin());
                record.claim().is_some_and(|to| from <= at && at < to)
            };
            before.into_iter().chain(after).find(claims).copied()
        });
        slot.map(|slot| Self::key_of(self.record(slot)))
    }

    /// The lines of an invocation that are held, in order, with those of its init and what came after its REPORT; the
    /// first `most` of them.
    #[must_use]
    pub fn lines_of(
        &self,
        invocation: &Invocation,
        lines: &Lines,
        reader: &mut Reader,
        most: usize,
    ) -> Vec<HeldLine> {
        let Some(group) = lines.group(&invocation.group) else { return Vec::new() };
        let (from, to) = invocation.stretch();
        let own = |line: &LogLine<'_>| invocation.owns(line);
        let mut held: Vec<HeldLine> = Vec::new();
        let mut bound = LineKey::at(from);
        while held.len() < most {
            let found = reader.after(lines, &[group], bound, most - held.len(), Some((&own, STRETCH)));
            held.extend(found.rows.into_iter().filter_map(|row| match row {
                Row::Line(line) => Some(line),
                Row::Gap { .. } => None,
            }));
            match found.next {
                Some(next) if next.timestamp <= to => bound = next,
                _ => break,
            }
        }
        // CloudWatch keeps no order within a millisecond; Lambda writes START first and REPORT last.
        held.sort_by_key(|line| (line.key.timestamp, line.kind.turn()));
        held
    }

    /// Where the lines of the requests stand whose ids begin with `prefix`: for a filter that is to find lines that name
    /// no request. None if it is no beginning of an id.
    #[must_use]
    pub fn places(&self, prefix: &str) -> Vec<RequestPlace> {
        let place = |slot: Slot| self.view(slot).place();
        if let Some(request) = RequestId::parse(prefix) {
            return self.chain(request).filter(|slot| self.is_shown(*slot)).filter_map(place).collect();
        }
        let digits: String = prefix.chars().filter(|c| *c != '-').collect();
        let Ok(wanted) = u128::from_str_radix(&digits, 16) else { return Vec::new() };
        let Some(beyond) = 32_usize.checked_sub(digits.len()) else { return Vec::new() };
        let begins = |slot: &Slot| {
            let [high, low] = self.record(*slot).request().halves();
            (u128::from(high) << 64 | u128::from(low)) >> (4 * beyond) == wanted
        };
        self.order.all().rev().filter(begins).take(MOST_PLACES).filter_map(place).collect()
    }
}
