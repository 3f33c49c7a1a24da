//! Passes the list of exports to the linker, and where libraries that the
//! program loads find each other.

fn main() {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let list = format!("{folder}/../../../exports.list");
    println!("cargo:rerun-if-changed={list}");
    println!("cargo:rustc-link-arg-bins=-Wl,--dynamic-list={list}");
    // DT_RPATH, not DT_RUNPATH: only the former also holds for what a loaded
    // library needs, such as libpartywall.so.
    println!("cargo:rustc-link-arg-bins=-Wl,--disable-new-dtags");
    println!("cargo:rustc-link-arg-bins=-Wl,-rpath,$ORIGIN:$ORIGIN/../lib/partywall");
}
