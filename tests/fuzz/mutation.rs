//! Inputs made of a corpus: pieces of its files, cut, doubled, joined, and spoiled byte by byte.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// No input is longer.
const LONGEST: usize = 16 * 1024;

/// What breaks parsers most often.
const SPICE: &[&[u8]] = &[
    b"\x1b[31m",
    b"\x1b]8;;",
    b"\0",
    b"\n",
    b"\r\n",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b"\xff",
    b"\xc3",
    "\u{202e}".as_bytes(),
    "e\u{301}\u{301}".as_bytes(),
    "価".as_bytes(),
    "👩\u{200d}💻".as_bytes(),
    b"-1",
    b"0",
    b"1e999",
    b"18446744073709551616",
    b"NaN",
    b"%",
    b"%2",
    b"*",
    b"?",
    b":",
    b"..",
    b"<",
    b">",
    b"<>",
];

/// A seeded generator (xorshift64*): the same inputs on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(value).expect("31 bits") % limit.max(1)
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let (a, b) = (self.below(length + 1), self.below(length + 1));
        a.min(b)..a.max(b)
    }
}

/// Feeds `body` with what is made of the corpus of `name`: so many inputs, or `LAMBTOP_FUZZ_ROUNDS`.
pub fn run(name: &str, rounds: usize, body: fn(&[u8])) {
    let corpus = corpus(name);
    assert!(!corpus.is_empty(), "{name} has a corpus");
    let asked = std::env::var("LAMBTOP_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let own = name.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ own);
    for round in 0..asked.unwrap_or(rounds) {
        let mut input = corpus[dice.below(corpus.len())].clone();
        for _ in 0..=dice.below(4) {
            spoil(&mut input, &corpus, &mut dice);
        }
        input.truncate(LONGEST);
        let survived = catch_unwind(AssertUnwindSafe(|| body(&input))).is_ok();
        assert!(survived, "{name}, round {round}: {}", input.escape_ascii());
    }
}

fn spoil(input: &mut Vec<u8>, corpus: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.below(input.len() + 1);
    match dice.below(7) {
        0 => input.truncate(at),
        1 => drop(input.drain(dice.range(input.len()))),
        2 => {
            let piece = input[dice.range(input.len())].repeat(1 + dice.below(4));
            input.splice(at..at, piece);
        }
        3 => {
            let other = &corpus[dice.below(corpus.len())];
            let piece = other[dice.range(other.len())].to_vec();
            input.splice(at..at, piece);
        }
        4 => {
            let spice = SPICE[dice.below(SPICE.len())].repeat(1 + dice.below(3));
            input.splice(at..at, spice);
        }
        5 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = u8::try_from(dice.below(256)).expect("a byte");
            }
        }
        _ => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/__fuzz__").join(name).join("corpus");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a corpus")
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("it can be read")).collect()
}

#[test]
fn what_breaks_a_target_is_found_and_told() {
    let deep =
        |input: &[u8]| assert!(!input.windows(2).any(|pair| pair == b"\x1b]"), "two bytes of an escape");
    let found = catch_unwind(|| run("safe_text", 2_000, deep)).expect_err("the corpus leads there");
    let told = found.downcast_ref::<String>().expect("it says what");
    assert!(told.starts_with("safe_text, round ") && told.contains("\\x1b]"), "{told}");
}
