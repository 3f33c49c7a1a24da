//! A client that calls by name, as a script does.

use com_abi::automation::{
    DISPATCH_METHOD, DISPATCH_PROPERTYGET, DISPATCH_PROPERTYPUT, DISPID_PROPERTYPUT, DispParams,
    ExcepInfo, IDispatch, Variant,
};
use com_abi::codes::{DISP_E_EXCEPTION, S_OK};
use com_abi::{GUID, HRESULT, WideString};
use partywall::automation::Value;
use partywall::com::{class_from_progid, create_instance};
use partywall::ffi::automation::VariantClear;

pub struct Late(pub IDispatch);

impl Late {
    /// A new session of CDO.
    pub fn session() -> Self {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(cdo::register);
        let clsid = class_from_progid("MAPI.Session").unwrap();
        Self(create_instance(&clsid).unwrap())
    }

    /// The identifiers of a member and its parameters.
    pub fn ids(&self, names: &[&str]) -> Result<Vec<i32>, HRESULT> {
        let texts: Vec<WideString> = names.iter().map(|name| WideString::new(name)).collect();
        let raw: Vec<*const u16> = texts.iter().map(WideString::as_ptr).collect();
        let mut ids = vec![0; raw.len()];
        let count = raw.len() as u32;
        // SAFETY: that many texts and places.
        let code = unsafe {
            let null = GUID::default();
            self.0.GetIDsOfNames(&null, raw.as_ptr(), count, 0, ids.as_mut_ptr())
        };
        if code == S_OK { Ok(ids) } else { Err(code) }
    }

    fn invoke(
        &self,
        id: i32,
        flags: u16,
        given: Vec<Value>,
        mut names: Vec<i32>,
    ) -> Result<Value, HRESULT> {
        let mut list: Vec<Variant> = given.into_iter().rev().map(Value::into_variant).collect();
        names.reverse();
        let mut arguments = DispParams {
            rgvarg: list.as_mut_ptr(),
            rgdispidNamedArgs: names.as_mut_ptr(),
            cArgs: list.len() as u32,
            cNamedArgs: names.len() as u32,
        };
        let (mut result, mut exception) = (Variant::EMPTY, ExcepInfo::default());
        // SAFETY: initialised variants and writable places; all are ours.
        unsafe {
            let (null, nobody) = (GUID::default(), core::ptr::null_mut());
            let code = self.0.Invoke(
                id,
                &null,
                0,
                flags,
                &mut arguments,
                &mut result,
                &mut exception,
                nobody,
            );
            for one in &mut list {
                let _ = VariantClear(one);
            }
            match code {
                S_OK => Ok(Value::take(&mut result).unwrap()),
                DISP_E_EXCEPTION => Err(HRESULT(exception.scode)),
                code => Err(code),
            }
        }
    }

    pub fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, HRESULT> {
        let id = self.ids(&[name])?[0];
        self.invoke(id, DISPATCH_METHOD | DISPATCH_PROPERTYGET, arguments.to_vec(), Vec::new())
    }

    /// With names for all arguments.
    pub fn call_named(&self, name: &str, arguments: &[(&str, Value)]) -> Result<Value, HRESULT> {
        let mut names = vec![name];
        names.extend(arguments.iter().map(|(name, _)| *name));
        let ids = self.ids(&names)?;
        let values = arguments.iter().map(|(_, value)| value.clone()).collect();
        self.invoke(ids[0], DISPATCH_METHOD, values, ids[1..].to_vec())
    }

    pub fn put(&self, name: &str, new: Value) -> Result<(), HRESULT> {
        let id = self.ids(&[name])?[0];
        self.invoke(id, DISPATCH_PROPERTYPUT, vec![new], vec![DISPID_PROPERTYPUT]).map(drop)
    }

    /// An object that a member answers.
    pub fn object(&self, name: &str, arguments: &[Value]) -> Self {
        match self.call(name, arguments) {
            Ok(Value::Dispatch(Some(object))) => Self(object),
            other => panic!("{name}: {other:?}"),
        }
    }

    pub fn text(&self, name: &str) -> String {
        match self.call(name, &[]) {
            Ok(Value::String(text)) => text.to_string(),
            other => panic!("{name}: {other:?}"),
        }
    }
}
