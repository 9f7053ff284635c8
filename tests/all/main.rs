//! The tests that need no terminal of their own.
