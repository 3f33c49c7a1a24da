//! Apartments and objects.

use com_abi::codes::{REGDB_E_CLASSNOTREG, S_OK, system_error};
use com_abi::{CreatableClass, GUID, HRESULT, WideString, from_wide};

use crate::ffi;

pub use com_abi::Described;

/// Tells the runtime of the interface, so that it can make proxies of it.
///
/// # Errors
/// `E_INVALIDARG` when the runtime does not know this version of descriptions.
pub fn describe<I: Described>() -> Result<(), HRESULT> {
    // SAFETY: the description lives as long as this library.
    ok(unsafe { ffi::PwRegisterInterface(I::description()) })
}

/// A thread's stay in an apartment; leaving it is dropping this.
pub struct Apartment {
    // Belongs to the thread that entered.
    _not_send: core::marker::PhantomData<*mut ()>,
}

impl Apartment {
    /// Joins the multithreaded apartment.
    ///
    /// # Errors
    /// `RPC_E_CHANGED_MODE` when the thread is a single-threaded apartment.
    pub fn multithreaded() -> Result<Self, HRESULT> {
        Self::enter(ffi::COINIT_MULTITHREADED)
    }

    /// Makes the thread a single-threaded apartment.
    ///
    /// # Errors
    /// `RPC_E_CHANGED_MODE` when the thread is in the multithreaded one.
    pub fn single_threaded() -> Result<Self, HRESULT> {
        Self::enter(ffi::COINIT_APARTMENTTHREADED)
    }

    fn enter(flags: u32) -> Result<Self, HRESULT> {
        // SAFETY: null is the only value the first argument may have.
        ok(unsafe { ffi::CoInitializeEx(core::ptr::null_mut(), flags) })?;
        Ok(Self { _not_send: core::marker::PhantomData })
    }
}

impl Drop for Apartment {
    fn drop(&mut self) {
        // SAFETY: undoes the one `CoInitializeEx` of this value on its thread.
        unsafe { ffi::CoUninitialize() };
    }
}

/// Makes an object of a registered class and returns its interface: its own
/// pointer where it may be called directly, else a proxy.
///
/// # Errors
/// `REGDB_E_CLASSNOTREG`, `CO_E_DLLNOTFOUND`, `CO_E_ERRORINDLL`,
/// `CO_E_NOTINITIALIZED` on a thread without an apartment, `E_NOINTERFACE`, or
/// the class's own code.
pub fn create_instance<I: Described>(clsid: &GUID) -> Result<I, HRESULT> {
    describe::<I>()?;
    let mut raw = core::ptr::null_mut();
    // SAFETY: readable identifiers and a writable place.
    ok(unsafe {
        ffi::CoCreateInstance(
            clsid,
            core::ptr::null_mut(),
            ffi::CLSCTX_INPROC_SERVER,
            &I::IID,
            &mut raw,
        )
    })?;
    if raw.is_null() {
        return Err(REGDB_E_CLASSNOTREG);
    }
    // SAFETY: the call succeeded, so this is `I` with a reference of ours.
    Ok(unsafe { I::from_raw(raw) })
}

/// The class that a ProgID names.
///
/// # Errors
/// `CO_E_CLASSSTRING` when no class has that name.
pub fn class_from_progid(progid: &str) -> Result<GUID, HRESULT> {
    let text = WideString::new(progid);
    let mut clsid = GUID::default();
    // SAFETY: a zero-ended string and a writable place.
    ok(unsafe { ffi::CLSIDFromProgID(text.as_ptr(), &mut clsid) })?;
    Ok(clsid)
}

/// What kind of apartment this thread is in: 0 an STA, 1 the MTA, 2 the NTA, 3 the
/// main STA.
///
/// # Errors
/// `CO_E_NOTINITIALIZED`.
pub fn apartment_type() -> Result<u32, HRESULT> {
    let (mut kind, mut qualifier) = (0, 0);
    // SAFETY: writable places.
    ok(unsafe { ffi::CoGetApartmentType(&mut kind, &mut qualifier) })?;
    Ok(kind as u32)
}

/// The kernel's number of this thread.
pub fn thread_number() -> u32 {
    // SAFETY: no arguments.
    unsafe { ffi::GetCurrentThreadId() }
}

/// Most units of an account's name, its final zero included (`UNLEN + 1`).
const MAX_NAME: usize = 257;

/// The account that this thread works for: the impersonated one, else the
/// process's.
///
/// # Errors
/// A system error as a result code.
pub fn user_name() -> Result<String, HRESULT> {
    let mut name = [0; MAX_NAME];
    let mut size = MAX_NAME as u32;
    // SAFETY: a buffer of that size.
    if unsafe { ffi::identity::GetUserNameW(name.as_mut_ptr(), &mut size) } == 0 {
        // SAFETY: no arguments.
        return Err(system_error(unsafe { ffi::GetLastError() } as u16));
    }
    // SAFETY: the name ends with a zero.
    Ok(unsafe { from_wide(name.as_ptr()) })
}

/// The identity of the caller whose call this thread serves; dropping it gives
/// the thread its own identity back.
pub struct Impersonation {
    _not_send: core::marker::PhantomData<*mut ()>,
}

impl Impersonation {
    /// Takes the caller's identity.
    ///
    /// # Errors
    /// `RPC_E_CALL_COMPLETE` when no call is being served;
    /// `CO_E_FAILEDTOIMPERSONATE` when the system refuses.
    pub fn of_client() -> Result<Self, HRESULT> {
        // SAFETY: no arguments.
        ok(unsafe { ffi::CoImpersonateClient() })?;
        Ok(Self { _not_send: core::marker::PhantomData })
    }
}

impl Drop for Impersonation {
    fn drop(&mut self) {
        // SAFETY: undoes the impersonation of this value on its thread.
        let code = unsafe { ffi::CoRevertToSelf() };
        debug_assert_eq!(code, S_OK);
    }
}

pub(crate) fn ok(code: HRESULT) -> Result<(), HRESULT> {
    if code.is_ok() { Ok(()) } else { Err(code) }
}

/// Writes `T` into the registry as a class of the library that holds `library`.
///
/// # Errors
/// `REGDB_E_WRITEREGDB`.
#[doc(hidden)]
pub fn register<T: CreatableClass>(library: *const core::ffi::c_void) -> HRESULT {
    with_registration::<T>(library, |class| {
        // SAFETY: the registration lives during the call.
        unsafe { ffi::PwRegisterClass(class) }
    })
}

/// Takes `T` out of the registry.
#[doc(hidden)]
pub fn unregister<T: CreatableClass>(library: *const core::ffi::c_void) -> HRESULT {
    with_registration::<T>(library, |class| {
        // SAFETY: the registration lives during the call.
        unsafe { ffi::PwUnregisterClass(class) }
    })
}

fn with_registration<T: CreatableClass>(
    library: *const core::ffi::c_void,
    act: impl FnOnce(&ffi::ClassRegistration) -> HRESULT,
) -> HRESULT {
    let text = |text: &str| std::ffi::CString::new(text).unwrap_or_default();
    let registration = T::REGISTRATION;
    let (progid, name) = (text(registration.progid), text(registration.name));
    let threading = registration.threading.text().map(text);
    act(&ffi::ClassRegistration {
        clsid: registration.clsid,
        progid: progid.as_ptr(),
        name: name.as_ptr(),
        threading: threading.as_ref().map_or(core::ptr::null(), |text| text.as_ptr()),
        library,
        app_id: registration.app_id.unwrap_or_default(),
        has_surrogate: registration.has_surrogate.into(),
    })
}

/// Writes the entry points of a component library with the given classes. After a
/// semicolon the interfaces that they have, `interfaces: IFoo, IBar`: they are
/// described when the library is asked for a class, so that clients in other
/// apartments need not know how their proxies are made.
#[macro_export]
macro_rules! component_library {
    ($($class:ty),+ $(,)? $(; interfaces: $($interface:ty),+ $(,)?)?) => {
        /// Returns a class's factory with a reference.
        ///
        /// # Safety
        /// `clsid` and `iid` are null or readable, `object` null or writable.
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub unsafe extern "system" fn DllGetClassObject(
            clsid: *const $crate::com_abi::GUID,
            iid: *const $crate::com_abi::GUID,
            object: *mut *mut ::core::ffi::c_void,
        ) -> $crate::com_abi::HRESULT {
            if clsid.is_null() || object.is_null() {
                return $crate::com_abi::codes::E_POINTER;
            }
            $($(
                if let Err(code) = $crate::com::describe::<$interface>() {
                    return code;
                }
            )+)?
            // SAFETY: both were checked for null; the caller vouches for the rest.
            unsafe {
                object.write(::core::ptr::null_mut());
                $(
                    let class = <$class as $crate::com_abi::CreatableClass>::REGISTRATION.clsid;
                    if *clsid == class {
                        return $crate::com_abi::get_class_object::<$class>(iid, object);
                    }
                )+
            }
            $crate::com_abi::codes::CLASS_E_CLASSNOTAVAILABLE
        }

        /// Whether the library may leave the process.
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub extern "system" fn DllCanUnloadNow() -> $crate::com_abi::HRESULT {
            $crate::com_abi::can_unload_now()
        }

        /// Writes the library's classes into the registry.
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub extern "system" fn DllRegisterServer() -> $crate::com_abi::HRESULT {
            let library = DllRegisterServer as *const ::core::ffi::c_void;
            $(
                let code = $crate::com::register::<$class>(library);
                if code.is_err() {
                    return code;
                }
            )+
            $crate::com_abi::codes::S_OK
        }

        /// Takes the library's classes out of the registry.
        #[unsafe(no_mangle)]
        #[allow(non_snake_case)]
        pub extern "system" fn DllUnregisterServer() -> $crate::com_abi::HRESULT {
            let library = DllUnregisterServer as *const ::core::ffi::c_void;
            $(
                let code = $crate::com::unregister::<$class>(library);
                if code.is_err() {
                    return code;
                }
            )+
            $crate::com_abi::codes::S_OK
        }
    };
}
