//! `libpartywall.so`: the runtime for programs that are not `partywall`.
//!
//! A C or C++ program links it (`-lpartywall`) or loads it. Either way the
//! libraries that are loaded later must find the runtime's symbols in the global
//! scope, so the library puts itself there when it was loaded for somebody's
//! eyes only. In the program `partywall` a library that names this one still
//! gets the program's runtime, since the program comes first in the scope.

mod ffi;

use std::sync::Arc;

use store_sqlite::SqliteProvider;

/// Called by the loader.
fn start() {
    ffi::make_global();
    mapi_session::register_store_provider(Arc::new(SqliteProvider));
}

// The exported functions live in the runtime's crates; naming one of each keeps
// those crates in the library.
#[used]
static KEEP: [fn() -> i64; 4] = [
    automation::live_strings,
    com::memory::blocks,
    kernel_objects::open_handles,
    mapi_session::live_buffers,
];
