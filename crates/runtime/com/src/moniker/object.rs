//! The object of the system's monikers: one class for all kinds, whose interface
//! checks its arguments and forwards to what its content says.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{PoisonError, RwLock};

use com_abi::codes::{
    E_INVALIDARG, E_OUTOFMEMORY, E_POINTER, E_UNEXPECTED, MK_S_REDUCED_TO_SELF, S_FALSE, S_OK,
};
use com_abi::moniker::{IBindCtx, IMoniker, IMoniker_Impl, IROTData, IROTData_Impl};
use com_abi::persist::{IPersist_Impl, IPersistStream_Impl};
use com_abi::stream::IStream;
use com_abi::{
    FILETIME, GUID, HRESULT, IUnknown, Interface, class, from_wide, interface, new_interface,
};
use partywall::task;

use super::{Answer, Binding, Content, compare, composite, enumerate, persist};

/// By which a moniker of ours is told from others; never described, so no proxy
/// has it.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00A0F1")]
unsafe trait IOwnMoniker: IUnknown {
    /// Says where the object's `IMoniker` is.
    unsafe fn Adopt(&self, own: *mut c_void) -> HRESULT;
    /// Copies the content.
    unsafe fn Copy(&self, content: *mut Option<Content>) -> HRESULT;
}

#[class(interfaces(IMoniker, IROTData, IOwnMoniker))]
struct Moniker {
    /// The object's own `IMoniker`, without a reference.
    own: AtomicPtr<c_void>,
    content: RwLock<Content>,
}

/// A moniker that says this.
///
/// # Errors
/// None in practice.
pub fn make(content: Content) -> Result<IMoniker, HRESULT> {
    let moniker = Moniker { own: AtomicPtr::default(), content: RwLock::new(content) };
    let made: IMoniker = new_interface(moniker)?;
    let own: IOwnMoniker = made.cast().map_err(|error| error.code())?;
    // SAFETY: the object's own interface, which lives as long as it.
    let _ = unsafe { own.Adopt(made.as_raw()) };
    Ok(made)
}

/// What a moniker says, if it is one of ours in this apartment.
pub fn content_of(moniker: &IMoniker) -> Option<Content> {
    let own: IOwnMoniker = moniker.cast().ok()?;
    let mut content = None;
    // SAFETY: a writable place.
    let _ = unsafe { own.Copy(&mut content) };
    content
}

impl IOwnMoniker_Impl for Moniker {
    unsafe fn Adopt(&self, own: *mut c_void) -> HRESULT {
        self.own.store(own, Ordering::Release);
        S_OK
    }

    unsafe fn Copy(&self, content: *mut Option<Content>) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { *content = Some(self.content()) };
        S_OK
    }
}

impl Moniker {
    fn content(&self) -> Content {
        self.content.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn own(&self) -> Result<IMoniker, HRESULT> {
        let own = self.own.load(Ordering::Acquire);
        // SAFETY: null, or the interface of this object, which is alive.
        unsafe { IMoniker::from_raw_borrowed(&own) }.cloned().ok_or(E_UNEXPECTED)
    }
}

/// A borrowed interface.
///
/// # Safety
/// `raw` is null or a live interface `I` that outlives the answer.
pub unsafe fn lent<I: Interface>(raw: &*mut c_void) -> Result<&I, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe { I::from_raw_borrowed(raw) }.ok_or(E_INVALIDARG)
}

/// What a moniker is bound with.
///
/// # Safety
/// As [`lent`], for both.
unsafe fn binding<'a>(
    context: &'a *mut c_void,
    left: &'a *mut c_void,
) -> Result<Binding<'a>, HRESULT> {
    // SAFETY: forwarded from the caller.
    unsafe {
        let left = IMoniker::from_raw_borrowed(left);
        Ok(Binding { context: lent::<IBindCtx>(context)?, left })
    }
}

fn coded(body: impl FnOnce() -> Result<HRESULT, HRESULT>) -> HRESULT {
    body().unwrap_or_else(|code| code)
}

/// Answers an interface: null first, then what `body` finds.
///
/// # Safety
/// `place` is null or writable.
pub unsafe fn answer(
    place: *mut *mut c_void,
    body: impl FnOnce() -> Result<(HRESULT, *mut c_void), HRESULT>,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    let Some(place) = (unsafe { place.as_mut() }) else { return E_POINTER };
    *place = null_mut();
    coded(|| {
        let (code, found) = body()?;
        *place = found;
        Ok(code)
    })
}

/// As [`answer`], of a moniker.
///
/// # Safety
/// As there.
pub unsafe fn answer_moniker(place: *mut *mut c_void, body: impl FnOnce() -> Answer) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        answer(place, || {
            let (code, moniker) = body()?;
            Ok((code, moniker.map_or(null_mut(), Interface::into_raw)))
        })
    }
}

impl IPersist_Impl for Moniker {
    unsafe fn GetClassID(&self, clsid: *mut GUID) -> HRESULT {
        // SAFETY: the caller passes null or a writable place.
        let Some(clsid) = (unsafe { clsid.as_mut() }) else { return E_POINTER };
        *clsid = self.content().clsid();
        S_OK
    }
}

impl IPersistStream_Impl for Moniker {
    unsafe fn Load(&self, stream: *mut c_void) -> HRESULT {
        coded(|| {
            // SAFETY: the caller passes null or a live stream.
            let loaded = persist::load(&self.content(), unsafe { lent::<IStream>(&stream)? })?;
            let mut content = self.content.write().unwrap_or_else(PoisonError::into_inner);
            let before = std::mem::replace(&mut *content, loaded);
            drop(content);
            drop(before);
            Ok(S_OK)
        })
    }

    unsafe fn Save(&self, stream: *mut c_void, _: i32) -> HRESULT {
        coded(|| {
            // SAFETY: the caller passes null or a live stream.
            persist::save(&self.content(), unsafe { lent::<IStream>(&stream)? })?;
            Ok(S_OK)
        })
    }

    unsafe fn GetSizeMax(&self, size: *mut u64) -> HRESULT {
        // SAFETY: the caller passes null or a writable place.
        let Some(size) = (unsafe { size.as_mut() }) else { return E_POINTER };
        coded(|| {
            *size = persist::size(&self.content())?;
            Ok(S_OK)
        })
    }
}

// SAFETY of every unsafe block below: the caller passes what the interface's
// documentation asks for, null included, which is looked at before use.
impl IMoniker_Impl for Moniker {
    unsafe fn BindToObject(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: see above.
        unsafe {
            answer(object, || {
                let (at, iid) = (binding(&context, &left)?, iid.as_ref().ok_or(E_INVALIDARG)?);
                Ok((S_OK, self.content().bind(&self.own()?, &at, iid)?))
            })
        }
    }

    unsafe fn BindToStorage(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: see above.
        unsafe {
            answer(object, || {
                let (at, iid) = (binding(&context, &left)?, iid.as_ref().ok_or(E_INVALIDARG)?);
                Ok((S_OK, self.content().bind_storage(&at, iid)?))
            })
        }
    }

    unsafe fn Reduce(
        &self,
        context: *mut c_void,
        how_far: u32,
        _left: *mut *mut c_void,
        reduced: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: see above.
        unsafe {
            answer_moniker(reduced, || {
                let context = lent::<IBindCtx>(&context)?;
                match self.content() {
                    Content::Composite(parts) => {
                        composite::reduce(&self.own()?, &parts, context, how_far)
                    }
                    _ => Ok((MK_S_REDUCED_TO_SELF, Some(self.own()?))),
                }
            })
        }
    }

    unsafe fn ComposeWith(
        &self,
        right: *mut c_void,
        only_if_not_generic: i32,
        place: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: see above.
        unsafe {
            answer_moniker(place, || {
                let right = lent::<IMoniker>(&right)?;
                let not_generic = only_if_not_generic != 0;
                Ok((S_OK, self.content().compose(&self.own()?, right, not_generic)?))
            })
        }
    }

    unsafe fn Enum(&self, forward: i32, components: *mut *mut c_void) -> HRESULT {
        // SAFETY: see above.
        unsafe {
            answer(components, || {
                let Content::Composite(mut parts) = self.content() else {
                    return Ok((S_OK, null_mut()));
                };
                if forward == 0 {
                    parts.reverse();
                }
                Ok((S_OK, enumerate::monikers(parts)?.into_raw()))
            })
        }
    }

    unsafe fn IsEqual(&self, other: *mut c_void) -> HRESULT {
        coded(|| {
            // SAFETY: see above.
            let other = unsafe { lent::<IMoniker>(&other)? };
            Ok(if self.content().is_equal(other) { S_OK } else { S_FALSE })
        })
    }

    unsafe fn Hash(&self, hash: *mut u32) -> HRESULT {
        // SAFETY: see above.
        let Some(hash) = (unsafe { hash.as_mut() }) else { return E_POINTER };
        coded(|| {
            *hash = compare::hash(&self.content())?;
            Ok(S_OK)
        })
    }

    unsafe fn IsRunning(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        newly_running: *mut c_void,
    ) -> HRESULT {
        coded(|| {
            // SAFETY: see above.
            let (at, newly) =
                unsafe { (binding(&context, &left)?, IMoniker::from_raw_borrowed(&newly_running)) };
            let running = self.content().is_running(&self.own()?, &at, newly)?;
            Ok(if running { S_OK } else { S_FALSE })
        })
    }

    unsafe fn GetTimeOfLastChange(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        time: *mut FILETIME,
    ) -> HRESULT {
        // SAFETY: see above.
        let Some(time) = (unsafe { time.as_mut() }) else { return E_POINTER };
        coded(|| {
            // SAFETY: see above.
            let at = unsafe { binding(&context, &left)? };
            *time = self.content().time_of_last_change(&self.own()?, &at)?;
            Ok(S_OK)
        })
    }

    unsafe fn Inverse(&self, inverse: *mut *mut c_void) -> HRESULT {
        // SAFETY: see above.
        unsafe { answer_moniker(inverse, || Ok((S_OK, self.content().inverse()?))) }
    }

    unsafe fn CommonPrefixWith(&self, other: *mut c_void, prefix: *mut *mut c_void) -> HRESULT {
        // SAFETY: see above.
        unsafe {
            answer_moniker(prefix, || {
                compare::prefix(&self.own()?, &self.content(), lent::<IMoniker>(&other)?)
            })
        }
    }

    unsafe fn RelativePathTo(&self, other: *mut c_void, path: *mut *mut c_void) -> HRESULT {
        // SAFETY: see above.
        unsafe {
            answer_moniker(path, || {
                compare::relative(&self.own()?, &self.content(), lent::<IMoniker>(&other)?)
            })
        }
    }

    unsafe fn GetDisplayName(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        name: *mut *mut u16,
    ) -> HRESULT {
        // SAFETY: see above.
        let Some(name) = (unsafe { name.as_mut() }) else { return E_POINTER };
        *name = null_mut();
        coded(|| {
            // SAFETY: see above.
            let at = unsafe { binding(&context, &left)? };
            *name = task::string(&self.content().display_name(&at)?);
            if name.is_null() { Err(E_OUTOFMEMORY) } else { Ok(S_OK) }
        })
    }

    unsafe fn ParseDisplayName(
        &self,
        context: *mut c_void,
        left: *mut c_void,
        name: *const u16,
        eaten: *mut u32,
        moniker: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: see above.
        unsafe {
            answer_moniker(moniker, || {
                let eaten = eaten.as_mut().ok_or(E_POINTER)?;
                *eaten = 0;
                let at = binding(&context, &left)?;
                if name.is_null() {
                    return Err(E_INVALIDARG);
                }
                let name = from_wide(name);
                let (used, parsed) = self.content().parse_after(&self.own()?, &at, &name)?;
                *eaten = used;
                Ok((S_OK, parsed))
            })
        }
    }

    unsafe fn IsSystemMoniker(&self, kind: *mut u32) -> HRESULT {
        // SAFETY: see above.
        let Some(kind) = (unsafe { kind.as_mut() }) else { return E_POINTER };
        *kind = self.content().system_kind();
        S_OK
    }
}

impl IROTData_Impl for Moniker {
    unsafe fn GetComparisonData(&self, data: *mut u8, size: u32, needed: *mut u32) -> HRESULT {
        // SAFETY: see above.
        let Some(needed) = (unsafe { needed.as_mut() }) else { return E_POINTER };
        coded(|| {
            let bytes = compare::content_data(&self.content())?;
            *needed = bytes.len() as u32;
            if data.is_null() {
                return Err(E_POINTER);
            }
            if (size as usize) < bytes.len() {
                return Err(E_OUTOFMEMORY);
            }
            // SAFETY: the caller passes that many writable bytes.
            unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len()) };
            Ok(S_OK)
        })
    }
}
