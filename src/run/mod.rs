//! Runs the program: the screen, and the commands without one.

pub mod screen;
