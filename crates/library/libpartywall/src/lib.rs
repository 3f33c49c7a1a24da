//! `libpartywall.so`: the runtime for programs that are not `partywall`.
//!
//! A C or C++ program links it (`-lpartywall`) or loads it. Either way the
//! libraries that are loaded later must find the runtime's symbols in the global
//! scope, so the library puts itself there when it was loaded for somebody's
//! eyes only. In the program `partywall` a library that names this one still
//! gets the program's runtime, since the program comes first in the scope.

mod ffi;

/// Called by the loader.
fn start() {
    ffi::make_global();
    cdo::register();
    mapi_session::catalog::register(
        built_in_services::default_services(),
        built_in_services::other_services(),
    );
    foreign_services::register(Vec::new());
}

// The exported functions live in the runtime's crates; naming one of each keeps
// those crates in the library.
#[used]
static KEEP: [fn() -> i64; 4] = [
    automation::live_strings,
    com::memory::blocks,
    kernel_objects::open_handles,
    extended_mapi::live_buffers,
];
#[used]
static KEEP_LOGOFF: extern "system" fn(usize, usize, u32, u32) -> u32 = simple_mapi::MAPILogoff;
#[used]
static KEEP_FREE: unsafe extern "system" fn(*mut core::ffi::c_void) -> u32 = cmc::cmc_free;
