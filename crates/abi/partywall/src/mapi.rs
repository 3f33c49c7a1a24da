//! Mail sessions.
