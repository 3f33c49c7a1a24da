//! Test programs export the runtime like the program does, so that components
//! which they load find it.

fn main() {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo:rerun-if-changed={folder}/../exports.list");
    println!("cargo:rustc-link-arg-tests=-Wl,--dynamic-list={folder}/../exports.list");
}
