//! The harness that drives the real program from outside.
