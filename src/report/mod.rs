//! The same store without a screen: tables, JSON and CSV for scripts, pictures of the screen, the policy.

pub mod fleet;
pub mod picture;
mod policy;

pub use policy::policy;
