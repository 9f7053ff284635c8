//! What a screen of wrapped text costs, from a line of 1 KB and from the middle of one of 1 MB: about the same. And
//! what it costs to look for secrets in a line of an ordinary length in which there are none.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use lambtop::model::{Pages, SafeText, Showing, Wrap, secret};

const WIDTH: u16 = 120;
const ROWS: usize = 50;
/// 195 bytes, as log events are on average.
const LINE: &str = "2026-11-21T14:31:16.042Z\t8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9\tINFO\t{\"message\":\"payment captured\",\"orderId\":\"o-20261121-004417\",\"amount\":4810,\"currency\":\"EUR\",\"ms\":178,\"attempt\":1,\"ok\":true}";

fn wrap(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("50 rows of 120 cells");
    for (name, piece) in [
        ("words", "lorem ipsum dolor "),
        ("no blanks", "x"),
        ("wide", "価"),
        ("marks", "e\u{301}"),
        ("conjoining", "\u{1100}"),
        ("controls", "a\u{7}"),
        ("colours", "\u{1b}[31ma"),
    ] {
        for (size, bytes) in [("1 KB", 1_000), ("1 MB", 1_000_000)] {
            let pages = Pages::new(piece.repeat(bytes / piece.len()), Showing::default());
            group.bench_function(format!("{name}, {size}"), |bencher| {
                bencher.iter(|| {
                    let wrap = Wrap::new(&pages, WIDTH);
                    let (place, _) = wrap.find(black_box(bytes / 2));
                    wrap.rows(place).take(ROWS).map(|row| row.text.width()).sum::<usize>()
                });
            });
        }
    }
    group.finish();
    let mut group = criterion.benchmark_group("once, when a line of 1 MB is opened");
    let piece = format!("{LINE} ");
    for (name, piece) in [("of log lines", &*piece), ("of x", "x"), ("of marks", "e\u{301}")] {
        let line: Arc<str> = piece.repeat(1_000_000 / piece.len()).into();
        group.bench_function(name, |bencher| {
            bencher.iter(|| Pages::new(Arc::clone(&line), Showing::default()).count());
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("a line of 195 bytes");
    group.bench_function("secrets", |bencher| bencher.iter(|| secret::find(black_box(LINE))));
    group.bench_function("made safe", |bencher| {
        bencher.iter(|| SafeText::of_line(black_box(LINE), Showing::default()));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(1));
    targets = wrap
}
criterion_main!(benches);
