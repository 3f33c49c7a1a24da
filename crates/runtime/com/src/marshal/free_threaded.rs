//! The free-threaded marshaler: within the process, an object that aggregates it
//! is passed as it is.
//!
//! # Format
//! | bytes | what |
//! |---|---|
//! | 4 | `MSHLFLAGS_…` |
//! | 8 | the interface's address |
//! | 16 | a secret of this process, so that bytes from elsewhere are not taken for an address |
//!
//! # Protocol
//! A packet for one use and a strong table packet hold a reference, which is in
//! the list of those that are out; whoever takes one from the list gives it back
//! or passes it on. So a packet that is used or given up twice is refused instead
//! of releasing what is somebody else's. A weak packet holds nothing: whoever
//! writes one keeps the object.
//!
//! Going to another process, it is the standard marshaler.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Mutex, OnceLock, PoisonError};

use com_abi::codes::{CO_E_OBJNOTCONNECTED, E_INVALIDARG, E_POINTER, RPC_E_INVALID_OBJREF, S_OK};
use com_abi::marshal::{
    CLSID_INPROC_FREE_MARSHALER, CLSID_STD_MARSHAL, IMarshal, IMarshal_Impl, MSHCTX_CROSSCTX,
    MSHCTX_INPROC, MSHLFLAGS_NOPING, MSHLFLAGS_NORMAL, MSHLFLAGS_TABLESTRONG, MSHLFLAGS_TABLEWEAK,
};
use com_abi::object::make;
use com_abi::stream::IStream;
use com_abi::{GUID, HRESULT, IUnknown, Interface, class, new_interface};

use super::{query, standard};
use crate::ffi::{guarded, guarded_pointer};
use crate::stream::{read_exact, write_all};

const SECRET_BYTES: usize = 16;

/// Bytes of a packet.
pub const PACKET_BYTES: usize = 4 // flags
    + 8 // address
    + SECRET_BYTES;

#[class(interfaces(IMarshal))]
struct FreeThreadedMarshaler {
    /// The object that aggregates this one, without a reference, or null.
    outer: *mut c_void,
}

/// The marshaler of the object that aggregates it, or of none: its own
/// `IUnknown`.
///
/// # Errors
/// None in practice.
///
/// # Safety
/// `outer` is null or outlives the marshaler.
pub unsafe fn within(outer: *mut c_void) -> Result<IUnknown, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe { make(outer, |_| Ok(FreeThreadedMarshaler { outer })) }
}

/// One that only reads.
///
/// # Errors
/// None in practice.
pub fn reader() -> Result<IMarshal, HRESULT> {
    new_interface(FreeThreadedMarshaler { outer: null_mut() })
}

fn secret() -> &'static [u8; SECRET_BYTES] {
    static SECRET: OnceLock<[u8; SECRET_BYTES]> = OnceLock::new();
    SECRET.get_or_init(|| {
        let half = || RandomState::new().build_hasher().finish();
        (u128::from(half()) << 64 | u128::from(half())).to_le_bytes()
    })
}

/// References that packets hold: how many for an address and a kind of packet.
static OUT: Mutex<Option<HashMap<(u64, u32), usize>>> = Mutex::new(None);

/// What a packet says.
#[derive(Clone, Copy)]
struct Content {
    kind: u32,
    address: u64,
}

impl Content {
    fn encode(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(PACKET_BYTES);
        bytes.extend(self.kind.to_le_bytes());
        bytes.extend(self.address.to_le_bytes());
        bytes.extend(secret());
        bytes
    }

    fn read(stream: &IStream) -> Result<Self, HRESULT> {
        let kind = u32::from_le_bytes(read_exact(stream)?);
        let address = u64::from_le_bytes(read_exact(stream)?);
        if read_exact::<SECRET_BYTES>(stream)? != *secret() {
            return Err(RPC_E_INVALID_OBJREF);
        }
        Ok(Self { kind: kind & !MSHLFLAGS_NOPING, address })
    }

    fn change<R>(self, by: impl FnOnce(&mut usize) -> R) -> R {
        let mut out = OUT.lock().unwrap_or_else(PoisonError::into_inner);
        let out = out.get_or_insert_default();
        let count = out.entry((self.address, self.kind)).or_default();
        let answer = by(count);
        if *count == 0 {
            out.remove(&(self.address, self.kind));
        }
        answer
    }

    /// Puts a reference into the list.
    fn put(self, object: IUnknown) {
        let _ = object.into_raw();
        self.change(|count| *count += 1);
    }

    /// Takes a reference from the list.
    fn take(self) -> Result<IUnknown, HRESULT> {
        let taken = self.change(|count| {
            let left = count.checked_sub(1);
            *count = left.unwrap_or(0);
            left.is_some()
        });
        if !taken {
            return Err(CO_E_OBJNOTCONNECTED);
        }
        // SAFETY: a reference of that interface was put into the list.
        Ok(unsafe { IUnknown::from_raw(self.address as *mut c_void) })
    }

    /// Whether a table packet still holds its reference.
    fn is_out(self) -> bool {
        self.change(|count| *count > 0)
    }
}

const fn is_here(destination: u32) -> bool {
    matches!(destination, MSHCTX_INPROC | MSHCTX_CROSSCTX)
}

impl FreeThreadedMarshaler {
    /// What the caller passes, or the object that aggregates this one.
    ///
    /// # Safety
    /// `passed` is null or a live interface that outlives the answer.
    unsafe fn object<'a>(&'a self, passed: &'a *mut c_void) -> Result<&'a IUnknown, HRESULT> {
        // SAFETY: forwarded from the caller; the outer object is alive as long as
        // this one.
        let (passed, outer) = unsafe {
            (IUnknown::from_raw_borrowed(passed), IUnknown::from_raw_borrowed(&self.outer))
        };
        passed.or(outer).ok_or(E_INVALIDARG)
    }
}

/// Writes a packet of this process.
fn marshal_here(
    stream: &IStream,
    iid: &GUID,
    object: &IUnknown,
    flags: u32,
) -> Result<(), HRESULT> {
    let kind = flags & !MSHLFLAGS_NOPING;
    if !matches!(kind, MSHLFLAGS_NORMAL | MSHLFLAGS_TABLESTRONG | MSHLFLAGS_TABLEWEAK) {
        return Err(E_INVALIDARG);
    }
    let raw = query(object, iid)?;
    let content = Content { kind, address: raw as u64 };
    // SAFETY: the object answered with an interface and a reference.
    let interface = unsafe { IUnknown::from_raw(raw) };
    write_all(stream, &content.encode())?;
    if kind != MSHLFLAGS_TABLEWEAK {
        content.put(interface);
    }
    Ok(())
}

fn unmarshal_here(stream: &IStream, iid: &GUID) -> Result<*mut c_void, HRESULT> {
    let content = Content::read(stream)?;
    if content.kind == MSHLFLAGS_NORMAL {
        return query(&content.take()?, iid);
    }
    if content.kind == MSHLFLAGS_TABLESTRONG && !content.is_out() {
        return Err(CO_E_OBJNOTCONNECTED);
    }
    let address = content.address as *mut c_void;
    // SAFETY: a strong packet holds the object; of a weak one its writer does.
    query(unsafe { IUnknown::from_raw_borrowed(&address) }.ok_or(RPC_E_INVALID_OBJREF)?, iid)
}

impl IMarshal_Impl for FreeThreadedMarshaler {
    unsafe fn GetUnmarshalClass(
        &self,
        _iid: *const GUID,
        _object: *mut c_void,
        destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
        clsid: *mut GUID,
    ) -> HRESULT {
        if clsid.is_null() {
            return E_POINTER;
        }
        let here = is_here(destination);
        let class = if here { CLSID_INPROC_FREE_MARSHALER } else { CLSID_STD_MARSHAL };
        // SAFETY: checked for null; the caller passes a writable place.
        unsafe { clsid.write(class) };
        S_OK
    }

    unsafe fn GetMarshalSizeMax(
        &self,
        _iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        _reserved: *mut c_void,
        _flags: u32,
        size: *mut u32,
    ) -> HRESULT {
        guarded(|| {
            if size.is_null() {
                return Err(E_POINTER);
            }
            let bytes = match is_here(destination) {
                true => PACKET_BYTES,
                // SAFETY: null or a live interface.
                false => standard::size_max(unsafe { self.object(&object)? }),
            };
            // SAFETY: checked for null; the caller passes a writable place.
            unsafe { size.write(bytes as u32) };
            Ok(S_OK)
        })
    }

    unsafe fn MarshalInterface(
        &self,
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut c_void,
        destination: u32,
        _reserved: *mut c_void,
        flags: u32,
    ) -> HRESULT {
        guarded(|| {
            // SAFETY: null or what the interface says, borrowed for this call.
            let (stream, iid, object) = unsafe {
                let stream = IStream::from_raw_borrowed(&stream).ok_or(E_INVALIDARG)?;
                (stream, iid.as_ref().ok_or(E_INVALIDARG)?, self.object(&object)?)
            };
            if is_here(destination) {
                marshal_here(stream, iid, object, flags)?;
            } else {
                standard::marshal(stream, iid, object, destination, flags)?;
            }
            Ok(S_OK)
        })
    }

    unsafe fn UnmarshalInterface(
        &self,
        stream: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: null or what the interface says, borrowed for this call.
        unsafe {
            guarded_pointer(object, || {
                let stream = IStream::from_raw_borrowed(&stream).ok_or(E_INVALIDARG)?;
                unmarshal_here(stream, iid.as_ref().ok_or(E_INVALIDARG)?)
            })
        }
    }

    unsafe fn ReleaseMarshalData(&self, stream: *mut c_void) -> HRESULT {
        guarded(|| {
            // SAFETY: null or a live stream, borrowed for this call.
            let stream = unsafe { IStream::from_raw_borrowed(&stream) }.ok_or(E_INVALIDARG)?;
            let content = Content::read(stream)?;
            if content.kind != MSHLFLAGS_TABLEWEAK {
                drop(content.take()?);
            }
            Ok(S_OK)
        })
    }

    /// Those who hold the object hold it directly: there is nothing to cut.
    unsafe fn DisconnectObject(&self, _reserved: u32) -> HRESULT {
        S_OK
    }
}
