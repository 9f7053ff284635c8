//! The tests of the real binary in a real pseudo-terminal, one at a time.
