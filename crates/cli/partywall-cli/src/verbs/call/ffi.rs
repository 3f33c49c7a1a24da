//! An object that is called by name.

use com_abi::automation::{
    Bstr, DISPATCH_METHOD, DISPATCH_PROPERTYGET, DispParams, ExcepInfo, IDispatch, ITypeInfo,
    MEMBERID_NIL, Variant,
};
use com_abi::codes::DISP_E_EXCEPTION;
use com_abi::{GUID, HRESULT, Interface, WideString};
use partywall::automation::Value;
use partywall::ffi::automation::VariantClear;

/// No language.
const LOCALE: u32 = 0;

/// A call that failed.
pub struct Refusal {
    /// The code.
    pub code: HRESULT,
    /// Which argument was wrong, from 0.
    pub argument: Option<usize>,
    /// What the object says of its failure, and its code.
    pub exception: Option<(String, HRESULT)>,
}

/// See the module.
pub struct Object(IDispatch);

impl Object {
    /// A new object of a class.
    ///
    /// # Errors
    /// As `create_instance`.
    pub fn create(clsid: &GUID) -> Result<Self, HRESULT> {
        partywall::create_instance(clsid).map(Self)
    }

    /// The identifier of a member.
    ///
    /// # Errors
    /// `DISP_E_UNKNOWNNAME`, those of the call.
    pub fn member(&self, name: &str) -> Result<i32, HRESULT> {
        let name = WideString::new(name);
        let mut member = 0;
        // SAFETY: one name and one place.
        let code = unsafe {
            self.0.GetIDsOfNames(&GUID::default(), &name.as_ptr(), 1, LOCALE, &mut member)
        };
        if code.is_ok() { Ok(member) } else { Err(code) }
    }

    /// Calls a member, or reads a property.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn call(&self, member: i32, arguments: Vec<Value>) -> Result<Value, Refusal> {
        let count = arguments.len();
        // The last one first.
        let mut list: Vec<Variant> = arguments.into_iter().rev().map(Value::into_variant).collect();
        let mut given = DispParams {
            rgvarg: list.as_mut_ptr(),
            rgdispidNamedArgs: core::ptr::null_mut(),
            cArgs: count as u32,
            cNamedArgs: 0,
        };
        let (mut result, mut exception) = (Variant::EMPTY, ExcepInfo::default());
        let mut wrong = u32::MAX;
        let flags = DISPATCH_METHOD | DISPATCH_PROPERTYGET;
        // SAFETY: a list of initialised variants, and writable places.
        let code = unsafe {
            let null = GUID::default();
            let (result, exception) = (&raw mut result, &raw mut exception);
            self.0.Invoke(member, &null, LOCALE, flags, &mut given, result, exception, &mut wrong)
        };
        for argument in &mut list {
            // SAFETY: our own variants, which the callee only read.
            let _ = unsafe { VariantClear(argument) };
        }
        if code.is_err() {
            let argument = (count as u32).checked_sub(1).and_then(|last| last.checked_sub(wrong));
            let exception = (code == DISP_E_EXCEPTION)
                .then(|| (exception.bstrDescription.to_string(), HRESULT(exception.scode)));
            return Err(Refusal { code, argument: argument.map(|at| at as usize), exception });
        }
        // SAFETY: the result is ours.
        unsafe { Value::take(&mut result) }.map_err(|code| Refusal {
            code,
            argument: None,
            exception: None,
        })
    }
}

/// The name of the interface by which an object is called.
pub fn type_name(object: &IDispatch) -> Option<String> {
    let mut raw = core::ptr::null_mut();
    let mut name = core::ptr::null_mut();
    let null = core::ptr::null_mut();
    // SAFETY: writable places, or null where that is allowed; the answers are ours.
    unsafe {
        object.GetTypeInfo(0, LOCALE, &mut raw).ok().ok()?;
        if raw.is_null() {
            return None;
        }
        let info = ITypeInfo::from_raw(raw);
        let code = info.GetDocumentation(MEMBERID_NIL, &mut name, null, null.cast(), null);
        let name = Bstr::from_raw(name);
        code.is_ok().then(|| name.to_string())
    }
}
