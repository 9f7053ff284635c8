//! The demo: an AWS account that lives in this process, for looking around and for tests.
//!
//! [`fleet`] is the simulation: a shop of about forty functions, where everything that happens is a pure function of
//! a seed and the time. [`cloud`] is an AWS endpoint in front of it: the real wire protocols, so that the program runs
//! against the demo exactly as it runs against AWS. [`faults`] is what goes wrong there when it is told to.
//!
//! Neither names a sibling of this module: the demo shares no parser and no formatter with the program, because it
//! would then agree with the program's mistakes.

pub mod cloud;
pub mod faults;
pub mod fleet;
