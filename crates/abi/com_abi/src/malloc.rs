//! `IMalloc` and `IMallocSpy`: the task allocator, and who watches it.

use core::ffi::c_void;

use windows_core::IUnknown;

use crate::object::Fault;

/// `CoGetMalloc`: the task allocator.
pub const MEMCTX_TASK: u32 = 1;

impl Fault for usize {
    fn fault() -> Self {
        0
    }
}

/// An allocator.
#[crate::interface("00000002-0000-0000-C000-000000000046")]
pub unsafe trait IMalloc: IUnknown {
    /// Memory of `size` bytes; null when there is none.
    unsafe fn Alloc(&self, size: usize) -> *mut c_void;
    /// Changes a block's size; null leaves it alone, unless `size` is 0, which
    /// frees it.
    unsafe fn Realloc(&self, block: *mut c_void, size: usize) -> *mut c_void;
    /// Frees a block; null is allowed.
    unsafe fn Free(&self, block: *mut c_void);
    /// A block's size; `usize::MAX` for null.
    unsafe fn GetSize(&self, block: *mut c_void) -> usize;
    /// 1 for a block of this allocator, 0 for another one, -1 for null.
    unsafe fn DidAlloc(&self, block: *mut c_void) -> i32;
    /// Gives memory that is free back to the system.
    unsafe fn HeapMinimize(&self);
}

/// Is called before and after each function of the allocator. `spied` says
/// whether the block was allocated under this spy.
#[crate::interface("0000001D-0000-0000-C000-000000000046")]
pub unsafe trait IMallocSpy: IUnknown {
    /// The size to allocate for a request; 0 refuses it.
    unsafe fn PreAlloc(&self, request: usize) -> usize;
    /// What the caller gets of an allocated block.
    unsafe fn PostAlloc(&self, actual: *mut c_void) -> *mut c_void;
    /// The block to free for what the caller gives back.
    unsafe fn PreFree(&self, request: *mut c_void, spied: i32) -> *mut c_void;
    /// The block was freed.
    unsafe fn PostFree(&self, spied: i32);
    /// The size, and in `actual` the block, to reallocate; 0 refuses it.
    unsafe fn PreRealloc(
        &self,
        request: *mut c_void,
        size: usize,
        actual: *mut *mut c_void,
        spied: i32,
    ) -> usize;
    /// What the caller gets of a reallocated block.
    unsafe fn PostRealloc(&self, actual: *mut c_void, spied: i32) -> *mut c_void;
    /// The block whose size is asked for.
    unsafe fn PreGetSize(&self, request: *mut c_void, spied: i32) -> *mut c_void;
    /// The size that is answered.
    unsafe fn PostGetSize(&self, actual: usize, spied: i32) -> usize;
    /// The block that is looked for.
    unsafe fn PreDidAlloc(&self, request: *mut c_void, spied: i32) -> *mut c_void;
    /// What is answered of it.
    unsafe fn PostDidAlloc(&self, request: *mut c_void, spied: i32, actual: i32) -> i32;
    /// Before memory is given back to the system.
    unsafe fn PreHeapMinimize(&self);
    /// After it was.
    unsafe fn PostHeapMinimize(&self);
}
