//! What a call's arguments may be at most, and the codes for what they may not
//! be. A peer's counts are not trusted before they were compared with these.

use com_abi::HRESULT;
use com_abi::codes::system_error;

/// Structures, arrays, pointers and variants in one another.
pub const MAX_DEPTH: u32 = 100;
/// Elements of an array.
pub const MAX_ELEMENTS: usize = 1 << 28;
/// Bytes of an array or structure.
pub const MAX_BYTES: usize = 1 << 30;
/// Units of a string, its final zero included.
pub const MAX_STRING_UNITS: usize = 16 << 20;
/// Bytes of a method's arguments themselves.
pub const MAX_FRAME_BYTES: usize = 4096;

/// A value selects no arm of a union.
pub const RPC_S_INVALID_TAG: HRESULT = system_error(1733);
/// A count is negative or too large.
pub const RPC_S_INVALID_BOUND: HRESULT = system_error(1734);
/// A string is too long, or does not end.
pub const RPC_S_STRING_TOO_LONG: HRESULT = system_error(1743);
/// A pointer is null that may not be.
pub const RPC_X_NULL_REF_POINTER: HRESULT = system_error(1780);
/// What came back does not fit together.
pub const RPC_X_BAD_STUB_DATA: HRESULT = system_error(1783);
