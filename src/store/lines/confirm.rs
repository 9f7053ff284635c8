//! Lines of Live Tail have no event id: each stands until `FilterLogEvents` brings the line that it stood for, and is
//! then taken out. Which line that is, the tail knows ([`LogPage::confirmed`](crate::model::LogPage::confirmed)).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::block::{Block, Scratch};
use super::draft::{Draft, Spread};
use super::group::Group;

impl Group {
    /// Takes the provisional lines of these ids out: their blocks are made anew without them.
    pub(super) fn confirm(&mut self, ids: &[u64]) {
        if ids.is_empty() || self.counts.provisional == 0 {
            return;
        }
        let ids: HashSet<u64, Spread> = ids.iter().copied().collect();
        let provisional = self.slots.iter().map(|slot| &slot.block).filter(|block| block.is_provisional());
        let touched: Vec<Arc<Block>> =
            provisional.filter(|block| block.ids().iter().any(|id| ids.contains(id))).cloned().collect();
        self.remove(|block| touched.iter().any(|out| Arc::ptr_eq(out, block)));
        let mut scratch = Scratch::default();
        for block in touched {
            let mut rest = Draft::default();
            let mut streams = HashMap::default();
            let opened = block.open(&self.key, &mut scratch);
            for at in (0..block.len()).filter(|at| !ids.contains(&block.ids()[*at])) {
                rest.push(&opened, at, &mut streams);
            }
            let out = (block.len() - rest.rows.len()) as u64;
            self.counts.held -= out;
            self.counts.provisional -= out;
            self.counts.late -= (block.late() - rest.rows.iter().filter(|row| row.late).count()) as u64;
            for block in rest.into_blocks() {
                self.insert(Arc::new(block));
            }
        }
    }
}
