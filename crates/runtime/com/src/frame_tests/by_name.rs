//! Calls by name: through a dual interface in the same apartment, and through a
//! proxy of `IDispatch`.

use core::cell::Cell;
use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::atomic::Ordering;

use com_abi::automation::{
    Bstr, DISPATCH_METHOD, DISPATCH_PROPERTYGET, DISPATCH_PROPERTYPUT, DISPID_PROPERTYPUT,
    DISPID_UNKNOWN, Date, DispParams, ExcepInfo, FuncDesc, IDispatch, IDispatch_Impl,
    IDispatch_Vtbl, ITypeInfo, MEMBERID_NIL, PARAMFLAG_FIN, PARAMFLAG_FOPT, VT_BSTR, VT_BYREF,
    VT_DATE, VT_ERROR, VT_I2, VT_I4, VT_PTR, VT_UNKNOWN, VT_VARIANT, Variant, VariantBool,
};
use com_abi::codes::{
    DISP_E_BADINDEX, DISP_E_BADPARAMCOUNT, DISP_E_EXCEPTION, DISP_E_MEMBERNOTFOUND,
    DISP_E_PARAMNOTFOUND, DISP_E_PARAMNOTOPTIONAL, DISP_E_TYPEMISMATCH, DISP_E_UNKNOWNINTERFACE,
    DISP_E_UNKNOWNNAME, E_FAIL, E_NOTIMPL, S_OK, TYPE_E_ELEMENTNOTFOUND,
};
use com_abi::{GUID, HRESULT, IUnknown, Interface, WideString, class, interface, new_interface};
use partywall::automation::Value;

use super::constructs::ICount;
use super::implementation::count;
use super::{ALIVE, Home, Place, alive, allocated, counter};

/// Members of every kind.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00B005", proxy)]
#[idl(dual)]
unsafe trait ITally: IDispatch {
    /// `b` is left out by its `VT_ERROR`.
    unsafe fn Join(
        &self,
        #[idl(in, bstr)] a: *mut u16,
        #[idl(in, optional)] b: Variant,
        #[idl(out, retval, bstr)] joined: *mut *mut u16,
    ) -> HRESULT;
    unsafe fn Halve(
        &self,
        value: i32,
        half: *mut i32,
        #[idl(in, out)] sum: *mut i32,
        #[idl(out, retval)] rest: *mut i16,
    ) -> HRESULT;
    #[idl(id(7), propget)]
    unsafe fn Total(&self, #[idl(out, retval)] total: *mut i32) -> HRESULT;
    #[idl(id(7), propput)]
    unsafe fn PutTotal(&self, total: i32) -> HRESULT;
    unsafe fn Fail(&self) -> HRESULT;
    /// Not the truth, and a date a day later.
    unsafe fn Turn(
        &self,
        truth: VariantBool,
        #[idl(in, out)] date: *mut Date,
        #[idl(out, retval)] other: *mut VariantBool,
    ) -> HRESULT;
    #[idl(id(8))]
    unsafe fn Tell(&self, #[idl(in, interface(ICount))] object: *mut c_void) -> HRESULT;
}

#[class(interfaces(ITally), dual(ITally))]
struct Tally(Cell<i32>);

impl Tally {
    fn object() -> ITally {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        new_interface(Self(Cell::new(0))).unwrap()
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

// The places are what `Invoke` passes.
impl ITally_Impl for Tally {
    unsafe fn Join(&self, a: *mut u16, b: Variant, joined: *mut *mut u16) -> HRESULT {
        // SAFETY: live values and a writable place.
        unsafe {
            let a = core::mem::ManuallyDrop::new(Bstr::from_raw(a));
            let b = match b.vt {
                VT_ERROR => "nothing".to_owned(),
                _ => match Value::read(&b).unwrap().converted(0, VT_BSTR).unwrap() {
                    Value::String(text) => text.to_string(),
                    _ => return E_FAIL,
                },
            };
            joined.write(Bstr::from(format!("{}+{b}", *a).as_str()).into_raw());
        }
        S_OK
    }

    unsafe fn Halve(&self, value: i32, half: *mut i32, sum: *mut i32, rest: *mut i16) -> HRESULT {
        // SAFETY: writable places.
        unsafe {
            half.write(value / 2);
            *sum += value;
            rest.write((value % 2) as i16);
        }
        S_OK
    }

    unsafe fn Total(&self, total: *mut i32) -> HRESULT {
        // SAFETY: a writable place.
        unsafe { total.write(self.0.get()) };
        S_OK
    }

    unsafe fn PutTotal(&self, total: i32) -> HRESULT {
        self.0.set(total);
        S_OK
    }

    unsafe fn Fail(&self) -> HRESULT {
        E_FAIL
    }

    unsafe fn Turn(&self, truth: VariantBool, date: *mut Date, other: *mut VariantBool) -> HRESULT {
        // SAFETY: writable places.
        unsafe {
            (*date).0 += 1.0;
            other.write((!bool::from(truth)).into());
        }
        S_OK
    }

    unsafe fn Tell(&self, object: *mut c_void) -> HRESULT {
        // SAFETY: a live object.
        count(unsafe { ICount::from_raw_borrowed(&object) }.unwrap(), 4);
        S_OK
    }
}

/// Fails, and says more only when it is asked.
#[class(interfaces(IDispatch))]
struct Shy;

impl Shy {
    fn object() -> IUnknown {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        new_interface(Self).unwrap()
    }

    /// Fills in the number of the apartment that it is called in.
    unsafe extern "system" fn fill_in(info: *mut ExcepInfo) -> HRESULT {
        // SAFETY: a live structure.
        unsafe { (*info).dwHelpContext = crate::apartment::current().unwrap().id() as u32 };
        S_OK
    }
}

impl Drop for Shy {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl IDispatch_Impl for Shy {
    unsafe fn GetTypeInfoCount(&self, _: *mut u32) -> HRESULT {
        E_NOTIMPL
    }

    unsafe fn GetTypeInfo(&self, _: u32, _: u32, _: *mut *mut c_void) -> HRESULT {
        E_NOTIMPL
    }

    unsafe fn GetIDsOfNames(
        &self,
        _: *const GUID,
        _: *const *const u16,
        _: u32,
        _: u32,
        _: *mut i32,
    ) -> HRESULT {
        E_NOTIMPL
    }

    unsafe fn Invoke(
        &self,
        _: i32,
        _: *const GUID,
        _: u32,
        _: u16,
        _: *mut DispParams,
        _: *mut Variant,
        exception: *mut ExcepInfo,
        _: *mut u32,
    ) -> HRESULT {
        // SAFETY: a writable place.
        unsafe { (*exception).pfnDeferredFillIn = Some(Self::fill_in) };
        DISP_E_EXCEPTION
    }
}

/// What a call answers.
#[derive(Debug, PartialEq)]
struct Answer {
    code: HRESULT,
    value: Value,
    /// The index of the wrong argument.
    wrong: u32,
    /// What was raised: its code and source.
    raised: (i32, String),
}

impl Answer {
    fn of(value: Value) -> Self {
        Self { code: S_OK, value, wrong: 99, raised: (0, String::new()) }
    }
}

/// Calls a member with a list whose last argument comes first.
fn invoke(
    object: &IDispatch,
    member: i32,
    flags: u16,
    list: &mut [Variant],
    named: &mut [i32],
) -> Answer {
    let mut given = DispParams {
        rgvarg: list.as_mut_ptr(),
        rgdispidNamedArgs: named.as_mut_ptr(),
        cArgs: list.len() as u32,
        cNamedArgs: named.len() as u32,
    };
    let (mut result, mut exception, mut wrong) = (Variant::EMPTY, ExcepInfo::default(), 99);
    // SAFETY: initialised variants and writable places; what comes back is ours.
    unsafe {
        let (place, raised) = (&raw mut result, &raw mut exception);
        let null = GUID::default();
        let code = object.Invoke(member, &null, 0, flags, &mut given, place, raised, &mut wrong);
        let value = Value::take(&mut result).unwrap();
        let raised = (exception.scode, exception.bstrSource.to_string());
        // A proxy empties the places of a call that is not made; an index says
        // nothing then.
        let wrong = if code.is_ok() { 99 } else { wrong };
        Answer { code, value, wrong, raised }
    }
}

fn number(value: i32) -> Variant {
    Variant::with(VT_I4, |data| data.lVal = value)
}

fn by_ref<T>(vt: u16, place: &mut T) -> Variant {
    Variant::with(VT_BYREF | vt, |data| data.byref = core::ptr::from_mut(place).cast())
}

/// Identifiers of names.
fn identifiers(object: &IDispatch, names: &[&str]) -> (HRESULT, Vec<i32>) {
    let texts: Vec<_> = names.iter().map(|name| WideString::new(name)).collect();
    let texts: Vec<_> = texts.iter().map(WideString::as_ptr).collect();
    let mut found = vec![55; names.len()];
    // SAFETY: as many places as names.
    let code = unsafe {
        let null = GUID::default();
        object.GetIDsOfNames(&null, texts.as_ptr(), texts.len() as u32, 0, found.as_mut_ptr())
    };
    (code, found)
}

fn names(object: &IDispatch) {
    assert_eq!(identifiers(object, &["Join", "B", "a"]), (S_OK, vec![1, 1, 0]));
    assert_eq!(identifiers(object, &["total"]), (S_OK, vec![7]));
    let unknown = DISPID_UNKNOWN;
    assert_eq!(identifiers(object, &["Sing", "a"]), (DISP_E_UNKNOWNNAME, vec![unknown; 2]));
    assert_eq!(identifiers(object, &["Join", "c"]), (DISP_E_UNKNOWNNAME, vec![1, unknown]));
    let name = WideString::new("Join");
    let mut found = 0;
    // SAFETY: one name, one place.
    let code = unsafe { object.GetIDsOfNames(&IUnknown::IID, &name.as_ptr(), 1, 0, &mut found) };
    assert_eq!(code, DISP_E_UNKNOWNINTERFACE);
}

fn arguments(object: &IDispatch) {
    let text = Bstr::from("text");
    let string = Variant::with(VT_BSTR, |data| data.bstrVal = text.as_raw());
    let join =
        |list: &mut [Variant], named: &mut [i32]| invoke(object, 1, DISPATCH_METHOD, list, named);
    assert_eq!(join(&mut [number(5), string], &mut []), Answer::of(Value::text("text+5")));
    assert_eq!(join(&mut [string], &mut []), Answer::of(Value::text("text+nothing")));
    assert_eq!(join(&mut [number(1)], &mut []), Answer::of(Value::text("1+nothing")), "coerced");
    let named = join(&mut [string, number(6)], &mut [0, 1]);
    assert_eq!(named, Answer::of(Value::text("text+6")), "by the names of both");
    let mixed = join(&mut [number(7), string], &mut [1]);
    assert_eq!(mixed, Answer::of(Value::text("text+7")));
    let missing = Variant::with(VT_ERROR, |data| data.scode = DISP_E_PARAMNOTFOUND.0);
    assert_eq!(join(&mut [missing, string], &mut []), Answer::of(Value::text("text+nothing")));

    let refused = |answer: Answer| (answer.code, answer.wrong);
    assert_eq!(refused(join(&mut [string, missing], &mut [])), (DISP_E_PARAMNOTOPTIONAL, 1));
    assert_eq!(join(&mut [], &mut []).code, DISP_E_BADPARAMCOUNT);
    assert_eq!(join(&mut [string; 3], &mut []).code, DISP_E_BADPARAMCOUNT);
    assert_eq!(refused(join(&mut [string, string], &mut [0, 9])), (DISP_E_PARAMNOTFOUND, 1));
    let put = invoke(object, 1, DISPATCH_PROPERTYPUT, &mut [string], &mut []);
    assert_eq!(put.code, DISP_E_MEMBERNOTFOUND, "it is no property");
    assert_eq!(invoke(object, 77, 1, &mut [], &mut []).code, DISP_E_MEMBERNOTFOUND);
}

fn references(object: &IDispatch) {
    let halve = |list: &mut [Variant]| invoke(object, 2, DISPATCH_METHOD, list, &mut []);
    let (mut half, mut sum) = (0, 100);
    let list = &mut [by_ref(VT_I4, &mut sum), by_ref(VT_I4, &mut half), number(7)];
    assert_eq!(halve(list), Answer::of(Value::I2(1)));
    assert_eq!((half, sum), (3, 107));
    // A variant takes the answer whatever it was.
    let mut any = Variant::with(VT_I2, |data| data.iVal = 10);
    let list = &mut [by_ref(VT_VARIANT, &mut any), by_ref(VT_I4, &mut half), number(4)];
    assert_eq!(halve(list).code, S_OK);
    // SAFETY: the type says which member holds.
    assert_eq!((any.vt, unsafe { any.data.lVal }, half), (VT_I4, 14, 2));
    let mut wrong = 0_i16;
    let list = &mut [by_ref(VT_I4, &mut sum), by_ref(VT_I2, &mut wrong), number(7)];
    let answer = halve(list);
    assert_eq!((answer.code, answer.wrong), (DISP_E_TYPEMISMATCH, 1));
}

fn truth_and_dates(object: &IDispatch) {
    let text = Bstr::from("True");
    let truth = Variant::with(VT_BSTR, |data| data.bstrVal = text.as_raw());
    let mut date = 5.5;
    let turned =
        invoke(object, 6, DISPATCH_METHOD, &mut [by_ref(VT_DATE, &mut date), truth], &mut []);
    assert_eq!(turned, Answer::of(Value::Bool(false)));
    assert_eq!(date, 6.5);
}

fn properties_and_failures(object: &IDispatch) {
    let value = &mut [number(12)];
    let put = invoke(object, 7, DISPATCH_PROPERTYPUT, value, &mut [DISPID_PROPERTYPUT]);
    assert_eq!(put.code, S_OK);
    let got = invoke(object, 7, DISPATCH_PROPERTYGET, &mut [], &mut []);
    assert_eq!(got, Answer::of(Value::I4(12)));
    let failed = invoke(object, 5, DISPATCH_METHOD, &mut [], &mut []);
    assert_eq!(failed.code, DISP_E_EXCEPTION);
    assert_eq!(failed.raised, (E_FAIL.0, "ITally".to_owned()));

    let mine = counter();
    let told = Variant::with(VT_UNKNOWN, |data| data.punkVal = mine.as_raw());
    assert_eq!(invoke(object, 8, DISPATCH_METHOD, &mut [told], &mut []).code, S_OK);
    assert_eq!(count(&mine, 0), 4, "an object as an argument");
    let wrong = invoke(object, 8, DISPATCH_METHOD, &mut [number(1)], &mut []);
    assert_eq!((wrong.code, wrong.wrong), (DISP_E_TYPEMISMATCH, 0));
}

fn type_info(object: &IDispatch) -> ITypeInfo {
    let (mut known, mut raw) = (9, null_mut());
    // SAFETY: writable places; the answer is that interface with a reference.
    unsafe {
        assert_eq!(object.GetTypeInfoCount(&mut known), S_OK);
        assert_eq!(known, 1);
        assert_eq!(object.GetTypeInfo(1, 0, &mut raw), DISP_E_BADINDEX);
        assert!(raw.is_null());
        assert_eq!(object.GetTypeInfo(0, 0, &mut raw), S_OK);
        ITypeInfo::from_raw(raw)
    }
}

fn documentation(info: &ITypeInfo, member: i32) -> Result<String, HRESULT> {
    let mut name = null_mut();
    // SAFETY: a writable place; null for the others is allowed.
    unsafe {
        let null = null_mut();
        let code = info.GetDocumentation(member, &mut name, null, null.cast(), null);
        let name = Bstr::from_raw(name).to_string();
        if code == S_OK { Ok(name) } else { Err(code) }
    }
}

/// What a type says of itself that crosses the wall.
fn types(object: &IDispatch) {
    let info = type_info(object);
    assert_eq!(documentation(&info, MEMBERID_NIL).as_deref(), Ok("ITally"));
    assert_eq!(documentation(&info, 1).as_deref(), Ok("Join"));
    assert_eq!(documentation(&info, 78), Err(TYPE_E_ELEMENTNOTFOUND));
    let (mut names, mut known) = ([null_mut(); 4], 0);
    // SAFETY: writable places; the names are ours.
    unsafe {
        assert_eq!(info.GetNames(1, names.as_mut_ptr(), 4, &mut known), S_OK);
        let names = names.map(|name| Bstr::from_raw(name).to_string());
        assert_eq!((known, names), (3, ["Join", "a", "b", ""].map(str::to_owned)));
    }
}

/// What only callers of the same apartment get.
fn functions(object: &IDispatch) {
    let info = type_info(object);
    let mut function: *mut FuncDesc = null_mut();
    // SAFETY: a writable place; the description is given back.
    unsafe {
        assert_eq!(info.GetFuncDesc(7, &mut function), TYPE_E_ELEMENTNOTFOUND);
        assert_eq!(info.GetFuncDesc(0, &mut function), S_OK);
        let known = &*function;
        assert_eq!((known.memid, known.cParams, known.cParamsOpt), (1, 2, 1));
        assert_eq!(known.oVft, 7 * 8, "after IUnknown's and IDispatch's methods");
        assert_eq!(known.elemdescFunc.tdesc.vt, VT_BSTR);
        let parameters = core::slice::from_raw_parts(known.lprgelemdescParam, 2);
        assert_eq!(parameters[0].tdesc.vt, VT_BSTR);
        assert_eq!(parameters[1].paramdesc.wParamFlags, PARAMFLAG_FIN | PARAMFLAG_FOPT);
        info.ReleaseFuncDesc(function);
        assert_eq!(info.GetFuncDesc(1, &mut function), S_OK);
        let place = &*(*function).lprgelemdescParam.add(1);
        assert_eq!((place.tdesc.vt, (*place.tdesc.lptdesc).vt), (VT_PTR, VT_I4));
        info.ReleaseFuncDesc(function);
    }
}

/// The members by name, without and with a wall between.
fn both_ways(body: fn(&IDispatch)) {
    let before = allocated();
    let run = move || {
        let _apartment = Place::Sta.enter();
        let direct = Tally::object();
        body(&direct);
        drop(direct);
        assert_eq!(alive(), 0);
        for home in [Place::Sta, Place::Mta] {
            let mut server = Home::with(home, || Tally::object().cast().unwrap());
            let object: IDispatch = server.object();
            body(&object);
            assert_eq!(alive(), 1, "only the object is left");
            drop(object);
            server.end();
            assert_eq!(alive(), 0);
        }
    };
    security::spawner::spawn("client", 1 << 20, run).unwrap().join().unwrap();
    assert_eq!(allocated(), before);
}

alone! {
    fn members_have_identifiers() { both_ways(names); }
    fn arguments_are_converted_and_named() { both_ways(arguments); }
    fn references_are_written_through() { both_ways(references); }
    fn truth_and_dates_have_types_of_their_own() { both_ways(truth_and_dates); }
    fn properties_are_set_and_failures_raised() { both_ways(properties_and_failures); }
    fn a_type_says_what_it_is() { both_ways(types); }

    fn an_exception_is_filled_in_where_its_object_lives() {
        let run = || {
            let _apartment = Place::Mta.enter();
            let mut server = Home::with(Place::Sta, Shy::object);
            let object: IDispatch = server.object();
            let mut given = DispParams {
                rgvarg: null_mut(),
                rgdispidNamedArgs: null_mut(),
                cArgs: 0,
                cNamedArgs: 0,
            };
            let mut exception = ExcepInfo::default();
            // SAFETY: no arguments and a writable place; null for the others.
            let code = unsafe {
                let null = GUID::default();
                let place = &raw mut exception;
                object.Invoke(1, &null, 0, 1, &mut given, null_mut(), place, null_mut())
            };
            assert_eq!(code, DISP_E_EXCEPTION);
            assert!(exception.pfnDeferredFillIn.is_none(), "there is nothing left to do");
            assert_eq!(u64::from(exception.dwHelpContext), server.apartment.id());
            drop(object);
            server.end();
            assert_eq!(alive(), 0);
        };
        security::spawner::spawn("client", 1 << 20, run).unwrap().join().unwrap();
    }

    fn a_type_describes_its_functions_at_home() {
        let run = || {
            let _apartment = Place::Sta.enter();
            let direct = Tally::object();
            functions(&direct);
            let mut server = Home::with(Place::Sta, || Tally::object().cast().unwrap());
            let object: IDispatch = server.object();
            let info = type_info(&object);
            let mut function = null_mut();
            // SAFETY: a writable place.
            assert_eq!(unsafe { info.GetFuncDesc(0, &mut function) }, E_NOTIMPL);
            drop((info, object));
            server.end();
        };
        security::spawner::spawn("client", 1 << 20, run).unwrap().join().unwrap();
    }
}
