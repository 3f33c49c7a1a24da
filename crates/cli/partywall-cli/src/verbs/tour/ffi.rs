//! The classes of the stations: a wall with a door in it, for aggregation, and an
//! object that tells which thread serves it.

#![allow(non_snake_case)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use com_abi::codes::S_OK;
use com_abi::{Controlling, GUID, HRESULT, IUnknown, Interface, class, interface, new_interface};
use partywall::ffi::{
    CLSCTX_INPROC_SERVER, CloseHandle, CoCreateInstance, CreateEventW, CreateMutexW, HANDLE,
    SetEvent, WAIT_ABANDONED, WaitForSingleObject,
};

/// What a door can do.
#[interface("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000040")]
unsafe trait IDoor: IUnknown {
    /// How often it was opened, this time included.
    unsafe fn Open(&self) -> u32;
}

/// What a wall can do.
#[interface("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000041")]
unsafe trait IWall: IUnknown {
    /// Its bricks.
    unsafe fn Bricks(&self) -> u32;
}

const CLSID_DOOR: GUID = GUID::from_u128(0x7B0A4D2E_51C6_4E0B_8F3A_2C9D1E000042);
const CLSID_WALL: GUID = GUID::from_u128(0x7B0A4D2E_51C6_4E0B_8F3A_2C9D1E000043);

#[class(
    clsid = "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000042",
    progid = "Partywall.Door",
    name = "Door",
    threading = "Both",
    interfaces(IDoor)
)]
#[derive(Default)]
struct Door {
    opened: AtomicU32,
}

impl IDoor_Impl for Door {
    unsafe fn Open(&self) -> u32 {
        self.opened.fetch_add(1, Ordering::Relaxed) + 1
    }
}

#[class(
    clsid = "7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000043",
    progid = "Partywall.Wall",
    name = "Wall",
    threading = "Both",
    create = Wall::build,
    interfaces(IWall),
    aggregates(door)
)]
struct Wall {
    door: IUnknown,
}

impl Wall {
    fn build(controlling: Controlling) -> Result<Self, HRESULT> {
        // SAFETY: the wall outlives the door in it.
        let door = unsafe { create(&CLSID_DOOR, controlling.as_raw()) }?;
        Ok(Self { door })
    }
}

impl IWall_Impl for Wall {
    unsafe fn Bricks(&self) -> u32 {
        1908
    }
}

/// # Safety
/// `outer` is null or outlives the object.
unsafe fn create(clsid: &GUID, outer: *mut std::ffi::c_void) -> Result<IUnknown, HRESULT> {
    let mut raw = std::ptr::null_mut();
    // SAFETY: readable identifiers and a writable place; forwarded from the
    // caller; an answer carries a reference.
    unsafe {
        let code = CoCreateInstance(clsid, outer, CLSCTX_INPROC_SERVER, &IUnknown::IID, &mut raw);
        if code == S_OK { Ok(IUnknown::from_raw(raw)) } else { Err(code) }
    }
}

/// Contains a door instead: an ordinary pointer, and its own method that uses it.
#[class(interfaces(IDoor))]
struct Cupboard {
    door: IDoor,
}

impl IDoor_Impl for Cupboard {
    unsafe fn Open(&self) -> u32 {
        // SAFETY: a live interface. Both doors are opened.
        unsafe { self.door.Open() + 1 }
    }
}

/// What a cupboard with a door in it answers, and whether its client can tell the
/// two apart.
fn contained() -> Result<(u32, bool), HRESULT> {
    // SAFETY: no outer object.
    let inner = unsafe { create(&CLSID_DOOR, std::ptr::null_mut()) }?;
    let door: IDoor = inner.cast().map_err(|error| error.code())?;
    let cupboard: IDoor = new_interface(Cupboard { door })?;
    let own: IUnknown = cupboard.cast().map_err(|error| error.code())?;
    // SAFETY: a live interface.
    Ok((unsafe { cupboard.Open() }, own.as_raw() != inner.as_raw()))
}

/// What the station shows.
pub struct Aggregated {
    /// What a door in a cupboard answers, and whether the two have identities of
    /// their own.
    pub contained: (u32, bool),
    /// Whether all interfaces lead to one identity.
    pub one_identity: bool,
    /// References that are counted on the wall when only its door is held.
    pub references: u32,
    /// What both interfaces answered.
    pub answers: (u32, u32),
    /// Whether the door alone has no wall.
    pub door_alone: bool,
}

/// Builds a wall with a door and looks at it from both sides.
pub fn look() -> Result<Aggregated, HRESULT> {
    com::register_builtin::<Door>();
    com::register_builtin::<Wall>();
    // SAFETY: no outer object.
    let wall = unsafe { create(&CLSID_WALL, std::ptr::null_mut()) }?;
    let bricks: IWall = wall.cast().map_err(|error| error.code())?;
    let door: IDoor = bricks.cast().map_err(|error| error.code())?;
    let back: IWall = door.cast().map_err(|error| error.code())?;
    let identity: IUnknown = door.cast().map_err(|error| error.code())?;
    let one_identity = identity.as_raw() == wall.as_raw() && back.as_raw() == bricks.as_raw();
    // SAFETY: live interfaces.
    let answers = unsafe { (bricks.Bricks(), door.Open()) };
    drop((wall, bricks, back, identity));
    // SAFETY: a live interface; the reference is given back at once.
    let references = unsafe {
        (door.vtable().base__.AddRef)(door.as_raw());
        (door.vtable().base__.Release)(door.as_raw())
    };
    drop(door);
    // SAFETY: no outer object.
    let alone = unsafe { create(&CLSID_DOOR, std::ptr::null_mut()) }?;
    let door_alone = alone.cast::<IDoor>().is_ok() && alone.cast::<IWall>().is_err();
    Ok(Aggregated { contained: contained()?, one_identity, references, answers, door_alone })
}

/// Tells which thread serves it.
#[interface("7B0A4D2E-51C6-4E0B-8F3A-2C9D1E000044", proxy)]
pub unsafe trait ITeller: IUnknown {
    /// The number of the thread that runs this.
    unsafe fn Thread(&self, tid: *mut i32) -> HRESULT;
}

#[class(interfaces(ITeller))]
struct Teller;

impl ITeller_Impl for Teller {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { out.write(observe::thread::tid()) };
        S_OK
    }
}

/// A mutex of the Windows kind, and an event that ends waiting for it.
pub struct Lock {
    mutex: usize,
    open: usize,
}

impl Lock {
    /// A free one.
    ///
    /// # Errors
    /// The system's, as a sentence.
    pub fn new() -> Result<Self, String> {
        // SAFETY: null is allowed everywhere.
        let (mutex, open) = unsafe {
            let mutex = CreateMutexW(std::ptr::null(), 0, std::ptr::null()) as usize;
            (mutex, CreateEventW(std::ptr::null(), 1, 0, std::ptr::null()) as usize)
        };
        if mutex == 0 || open == 0 {
            return Err("the runtime gives no lock".to_owned());
        }
        Ok(Self { mutex, open })
    }

    /// Takes it for this thread, which keeps it until it ends.
    ///
    /// # Errors
    /// Nobody gave it back in time, or it was opened for all.
    pub fn take(&self, bound: Duration) -> Result<(), String> {
        let bound = Instant::now() + bound;
        loop {
            // SAFETY: handles that live as long as this.
            let (taken, open) = unsafe {
                let taken = WaitForSingleObject(self.mutex as HANDLE, 500);
                (taken, WaitForSingleObject(self.open as HANDLE, 0))
            };
            if matches!(taken, 0 | WAIT_ABANDONED) {
                return Ok(());
            }
            if open == 0 || Instant::now() >= bound {
                return Err("nobody gave the lock back".to_owned());
            }
        }
    }

    /// Ends all waits for it.
    pub fn open(&self) {
        // SAFETY: a handle that lives as long as this.
        unsafe { SetEvent(self.open as HANDLE) };
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // SAFETY: nobody uses the handles any more.
        unsafe {
            CloseHandle(self.mutex as HANDLE);
            CloseHandle(self.open as HANDLE);
        }
    }
}

/// Tells, once it has a lock.
#[class(interfaces(ITeller))]
struct LockedTeller {
    lock: Arc<Lock>,
}

impl ITeller_Impl for LockedTeller {
    unsafe fn Thread(&self, out: *mut i32) -> HRESULT {
        let _ = self.lock.take(Duration::from_secs(20));
        // SAFETY: the caller passes a writable place.
        unsafe { out.write(observe::thread::tid()) };
        S_OK
    }
}

/// A new object that tells once it has the lock.
pub fn teller_with_lock(lock: Arc<Lock>) -> Result<ITeller, HRESULT> {
    new_interface(LockedTeller { lock })
}

/// A new object that tells.
pub fn teller() -> Result<ITeller, HRESULT> {
    new_interface(Teller)
}

/// Which thread serves it.
pub fn asked(teller: &ITeller) -> Result<i32, HRESULT> {
    let mut answer = 0;
    // SAFETY: a writable place.
    let code = unsafe { teller.Thread(&mut answer) };
    if code == S_OK { Ok(answer) } else { Err(code) }
}

/// What a thread of another apartment gets that uses the pointer as it is.
pub fn taken_elsewhere(teller: &ITeller) -> HRESULT {
    let address = teller.as_raw() as usize;
    let use_it = move || {
        com::apartment::enter(false)?;
        let raw = address as *mut std::ffi::c_void;
        // SAFETY: the caller holds the pointer until this thread has ended; a
        // proxy answers any thread, wrong ones with a code.
        let code = unsafe { ITeller::from_raw_borrowed(&raw) }.map(asked);
        com::apartment::leave();
        code.unwrap_or(Ok(0)).map(|_| S_OK)
    };
    let Ok(thread) = security::spawner::spawn("smuggler", 256 << 10, use_it) else {
        return S_OK;
    };
    match thread.join() {
        Ok(Ok(code) | Err(code)) => code,
        Err(_) => S_OK,
    }
}
