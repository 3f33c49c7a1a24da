//! CDO 1.x.
