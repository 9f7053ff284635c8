//! An AWS endpoint in this process, in front of the simulated fleet.
