//! Monikers and texts one after the other, over a list that does not change.

use core::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};

use com_abi::codes::{E_INVALIDARG, E_OUTOFMEMORY, S_FALSE, S_OK};
use com_abi::moniker::{IEnumMoniker, IEnumMoniker_Impl, IEnumString, IEnumString_Impl, IMoniker};
use com_abi::{HRESULT, Interface, class, new_interface};
use partywall::task;

use super::object::answer;

#[class(interfaces(IEnumMoniker))]
struct Monikers {
    list: Vec<IMoniker>,
    next: AtomicUsize,
}

#[class(interfaces(IEnumString))]
struct Texts {
    list: Vec<String>,
    next: AtomicUsize,
}

/// Monikers in this order.
///
/// # Errors
/// None in practice.
pub fn monikers(list: Vec<IMoniker>) -> Result<IEnumMoniker, HRESULT> {
    new_interface(Monikers { list, next: AtomicUsize::new(0) })
}

/// Texts in this order.
///
/// # Errors
/// None in practice.
pub fn texts(list: Vec<String>) -> Result<IEnumString, HRESULT> {
    new_interface(Texts { list, next: AtomicUsize::new(0) })
}

/// Takes up to `count` items from `place` on; `S_FALSE` when there are fewer.
fn advance<'a, T>(list: &'a [T], place: &AtomicUsize, count: u32) -> (&'a [T], HRESULT) {
    let from = place.load(Ordering::Relaxed).min(list.len());
    let to = from.saturating_add(count as usize).min(list.len());
    place.store(to, Ordering::Relaxed);
    let code = if to - from == count as usize { S_OK } else { S_FALSE };
    (list.get(from..to).unwrap_or_default(), code)
}

/// Writes the next items, each as `give` makes it.
///
/// # Safety
/// `items` is null or has `count` writable places, `fetched` is null or writable.
unsafe fn next<T, R>(
    (list, place): (&[T], &AtomicUsize),
    count: u32,
    items: *mut R,
    fetched: *mut u32,
    give: impl Fn(&T) -> Option<R>,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        if !fetched.is_null() {
            fetched.write(0);
        }
        // Only who takes one at a time can do without the number.
        if items.is_null() || (fetched.is_null() && count != 1) {
            return E_INVALIDARG;
        }
        let (taken, code) = advance(list, place, count);
        for (at, item) in taken.iter().enumerate() {
            let Some(given) = give(item) else { return E_OUTOFMEMORY };
            items.add(at).write(given);
        }
        if !fetched.is_null() {
            fetched.write(taken.len() as u32);
        }
        code
    }
}

impl IEnumMoniker_Impl for Monikers {
    unsafe fn Next(&self, count: u32, monikers: *mut *mut c_void, fetched: *mut u32) -> HRESULT {
        let give = |moniker: &IMoniker| Some(moniker.clone().into_raw());
        // SAFETY: forwarded from the caller.
        unsafe { next((&self.list, &self.next), count, monikers, fetched, give) }
    }

    unsafe fn Skip(&self, count: u32) -> HRESULT {
        advance(&self.list, &self.next, count).1
    }

    unsafe fn Reset(&self) -> HRESULT {
        self.next.store(0, Ordering::Relaxed);
        S_OK
    }

    unsafe fn Clone(&self, copy: *mut *mut c_void) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe {
            answer(copy, || {
                let next = AtomicUsize::new(self.next.load(Ordering::Relaxed));
                let copy: IEnumMoniker = new_interface(Self { list: self.list.clone(), next })?;
                Ok((S_OK, copy.into_raw()))
            })
        }
    }
}

impl IEnumString_Impl for Texts {
    unsafe fn Next(&self, count: u32, texts: *mut *mut u16, fetched: *mut u32) -> HRESULT {
        let give = |text: &String| Some(task::string(text)).filter(|text| !text.is_null());
        // SAFETY: forwarded from the caller.
        unsafe { next((&self.list, &self.next), count, texts, fetched, give) }
    }

    unsafe fn Skip(&self, count: u32) -> HRESULT {
        advance(&self.list, &self.next, count).1
    }

    unsafe fn Reset(&self) -> HRESULT {
        self.next.store(0, Ordering::Relaxed);
        S_OK
    }

    unsafe fn Clone(&self, copy: *mut *mut c_void) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe {
            answer(copy, || {
                let next = AtomicUsize::new(self.next.load(Ordering::Relaxed));
                let copy: IEnumString = new_interface(Self { list: self.list.clone(), next })?;
                Ok((S_OK, copy.into_raw()))
            })
        }
    }
}
