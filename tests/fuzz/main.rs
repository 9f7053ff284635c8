//! Fuzz targets: everything that reads what strangers write, fed with what nobody would write.
//!
//! Each target is a test. With `cargo test` it gets its corpus (`__fuzz__/NAME/corpus`, small files of our own), some
//! thousand inputs that are made of the corpus by a seeded generator, and random bytes: a bounded run, the same on every
//! machine but for the random bytes, whose seed is told when they find something.
//!
//! For longer:
//!
//! ```sh
//! LAMBTOP_FUZZ_ROUNDS=1000000 cargo test --release --test fuzz -- filter    # on stable, one target by its name
//! cargo install cargo-bolero && cargo +nightly bolero test --test fuzz targets::filter    # libFuzzer, guided by coverage
//! ```
//!
//! What libFuzzer finds lands in `__fuzz__/NAME/crashes`; a file in there or in the corpus is tried by every later run.
//!
//! A new target is a line in the table of `targets` and a file in its corpus.

mod bodies;
mod endpoint;
mod mutation;
mod targets;
