//! The same store without a screen: tables, JSON and CSV for scripts, what a log line says, invocations, pictures of the screen, the policy.

pub mod fleet;
pub mod line;
pub mod logs;
pub mod picture;
mod policy;
pub mod requests;
pub mod trace;
pub mod traces;

pub use policy::policy;
