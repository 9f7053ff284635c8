//! All lines of some pieces in order: for who writes them down, on another thread.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use crate::model::LogLine;

use super::Piece;
use super::block::Scratch;
use super::key::LineKey;

/// Hands the lines of `pieces` to `visit`, in the order of their keys, until it breaks off.
///
/// A piece is unpacked when the turn of its first line comes, and forgotten behind its last: of a gigabyte there are
/// only as many in plain text as overlap in time.
pub fn in_order<B>(
    pieces: &[Piece],
    mut visit: impl FnMut(LineKey, &LogLine<'_>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let mut heads: BinaryHeap<_> =
        pieces.iter().enumerate().map(|(index, piece)| Reverse((piece.span().0, index, 0))).collect();
    let mut open: Vec<Option<Scratch>> = pieces.iter().map(|_| None).collect();
    let mut spare = Vec::new();
    while let Some(Reverse((mut key, index, mut row))) = heads.pop() {
        let piece = &pieces[index];
        let scratch = open[index].get_or_insert_with(|| {
            let mut scratch = spare.pop().unwrap_or_default();
            piece.block.read(&mut scratch);
            scratch
        });
        let opened = piece.block.with(&piece.group, scratch);
        loop {
            visit(key, &opened.line(row))?;
            row += 1;
            if row == piece.len() {
                spare.extend(open[index].take());
                break;
            }
            key = piece.block.place(row).of(piece.id);
            // As long as no other piece has the next line, this one goes on.
            if heads.peek().is_some_and(|Reverse((other, ..))| *other < key) {
                heads.push(Reverse((key, index, row)));
                break;
            }
        }
    }
    ControlFlow::Continue(())
}
