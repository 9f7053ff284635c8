//! What log lines say: samples of every format, properties that hold for any text, and the command on real files.

mod command;
mod properties;
mod samples;
mod traces;
