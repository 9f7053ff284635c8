//! What is drawn with more than letters: charts, sparklines and their axes.

pub mod chart;
pub mod scale;
pub mod spark;
pub mod strokes;
pub mod timeline;

mod braille;
