//! The workspace's own tasks: `cargo xtask demo`, `ci`, `tidy`.
fn main() {}
