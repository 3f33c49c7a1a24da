//! Interface pointers: in and out, in arrays, structures, unions, variants and
//! safe arrays.

use core::cell::RefCell;
use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::atomic::Ordering;

use automation::{array, variant};
use com_abi::automation::{
    SafeArrayBound, VT_ARRAY, VT_BYREF, VT_DISPATCH, VT_I4, VT_UNKNOWN, VT_VARIANT, Variant,
};
use com_abi::codes::{E_NOINTERFACE, S_OK};
use com_abi::{HRESULT, IUnknown, Interface, WideString, class};

use super::constructs::{
    Choice, Chosen, Colour, Holder, IConstructs, ICount, ICount_Impl, IUndescribed, Point,
};
use super::implementation::count;
use super::{ALIVE, alive, counter, everywhere, ok};

/// Takes a reference that was given away.
fn taken(raw: *mut c_void) -> ICount {
    assert!(!raw.is_null());
    // SAFETY: the callee gave an `ICount` away.
    unsafe { ICount::from_raw(raw) }
}

fn in_and_out(object: &IConstructs) {
    // SAFETY: live objects and writable places.
    unsafe {
        let sink = counter();
        ok(object.CallBack(sink.as_raw(), 3));
        assert_eq!(count(&sink, 0), 3, "called back in the caller's own apartment");
        drop(sink);
        assert_eq!(alive(), 1, "the callee keeps no reference");
        assert_eq!(object.CallBack(null_mut(), 1), com_abi::codes::E_INVALIDARG, "null stays null");

        let mut raw = core::ptr::dangling_mut();
        ok(object.Give(&mut raw));
        let given = taken(raw);
        assert_eq!((count(&given, 4), alive()), (4, 2));
        // It goes back as what it is at home.
        ok(object.CallBack(given.as_raw(), 1));
        assert_eq!(count(&given, 0), 5);
        drop(given);

        ok(object.GiveIs(&ICount::IID, &mut raw));
        assert_eq!(count(&taken(raw), 1), 1);
        ok(object.GiveIs(&IUnknown::IID, &mut raw));
        let unknown = IUnknown::from_raw(raw);
        assert_eq!(count(&unknown.cast().unwrap(), 1), 1);
        drop(unknown);
        assert_eq!(object.GiveIs(&IUndescribed::IID, &mut raw), E_NOINTERFACE);
        assert!(raw.is_null());

        let mine = counter();
        let mut place = mine.clone().into_raw();
        ok(object.Swap(&mut place));
        assert_eq!(count(&mine, 0), 7);
        assert_ne!(place, mine.as_raw());
        drop(mine);
        assert_eq!(alive(), 2, "the caller's reference was taken");
        assert_eq!(count(&taken(place), 1), 1);
    }
}

fn in_arrays(object: &IConstructs) {
    // SAFETY: live objects and writable places.
    unsafe {
        let mine = [counter(), counter()];
        let raws = [mine[0].as_raw(), null_mut(), mine[1].as_raw()];
        ok(object.Keep(3, raws.as_ptr()));
        let mut back = [core::ptr::dangling_mut(); 4];
        let mut given = 0;
        ok(object.Kept(4, back.as_mut_ptr(), &mut given));
        assert_eq!(given, 2);
        assert_eq!(back, [raws[0], raws[2], null_mut(), null_mut()], "home again, the same");
        for raw in &back[..2] {
            drop(taken(*raw));
        }
        drop(mine);

        ok(object.Keep(1, [counter().as_raw()].as_ptr()));
        assert_eq!(alive(), 2, "the callee holds what it kept");
        ok(object.Kept(0, back.as_mut_ptr(), &mut given));
        assert_eq!((given, alive()), (0, 1));
    }
}

fn in_structures(object: &IConstructs) {
    // SAFETY: live structures and writable places.
    unsafe {
        let mine = counter();
        let name = WideString::new("a name");
        let points = [Point { x: 1, y: 2 }, Point { x: 3, y: 4 }];
        let holder = Holder {
            object: mine.as_raw(),
            name: name.as_ptr().cast_mut(),
            points,
            colour: Colour::Red,
        };
        let mut answer = core::mem::MaybeUninit::<Holder>::zeroed();
        ok(object.Hold(&holder, answer.as_mut_ptr()));
        let answer = answer.assume_init();
        assert_eq!(count(&mine, 0), 3);
        assert_eq!((answer.points, answer.colour), (points, Colour::Green));
        assert_eq!(com_abi::from_wide(answer.name), "a name");
        crate::memory::free(answer.name.cast());
        assert_eq!(count(&taken(answer.object), 1), 1);

        let chosen = Chosen { tag: 2, choice: Choice { object: mine.as_raw() } };
        let text = WideString::new("text");
        let choice = Choice { text: text.as_ptr().cast_mut() };
        let mut answer = Chosen { tag: 9, choice: Choice { number: -1 } };
        ok(object.Choose(&chosen, 3, &choice, &mut answer));
        assert_eq!((answer.tag, count(&mine, 0)), (2, 8));
        assert_eq!(count(&taken(answer.choice.object), 1), 1);
    }
}

fn in_variants(object: &IConstructs) {
    // SAFETY: variants that own what they hold.
    unsafe {
        let mine = counter();
        let raw: IUnknown = mine.cast().unwrap();
        let mut value = Variant::with(VT_UNKNOWN, |data| data.punkVal = raw.as_raw());
        let mut answer = Variant::EMPTY;
        ok(object.Value(value, &mut answer));
        assert_eq!(count(&mine, 0), 2);
        assert_eq!((answer.vt, answer.data.punkVal), (VT_UNKNOWN, raw.as_raw()), "home again");
        variant::clear(&mut answer).unwrap();

        let mut number = 41;
        value = Variant::with(VT_BYREF | VT_I4, |data| data.byref = (&raw mut number).cast());
        ok(object.Refer(&mut value));
        assert_eq!(number, 42, "a reference is written through");
        ok(object.ReferBoth(&mut value));
        assert_eq!(number, 43);
        assert_eq!(value.data.byref, (&raw mut number).cast(), "and still refers to its place");
        let mut place = mine.clone().into_raw();
        value = Variant::with(VT_BYREF | VT_UNKNOWN, |data| data.byref = (&raw mut place).cast());
        ok(object.Refer(&mut value));
        assert_eq!(value.data.byref, (&raw mut place).cast());
        let there = IUnknown::from_raw(place);
        assert_eq!(count(&there.cast().unwrap(), 1), 1);
        drop((mine, raw));
        assert_eq!(alive(), 2, "the caller's reference was replaced");
    }
}

fn in_safe_arrays(object: &IConstructs) {
    // SAFETY: arrays that own their elements.
    unsafe {
        let mine = [counter(), counter()];
        let bounds = [SafeArrayBound { cElements: 2, lLbound: 0 }];
        let given = array::create(VT_UNKNOWN, &bounds).unwrap();
        for (at, object) in mine.iter().enumerate() {
            let element = (*given).pvData.cast::<*mut c_void>().add(at);
            element.write(object.cast::<IUnknown>().unwrap().into_raw());
        }
        let mut answer = null_mut();
        ok(object.Array(given, &mut answer));
        assert_eq!((count(&mine[0], 0), count(&mine[1], 0)), (1, 2));
        assert_eq!(element(answer, 1), element(given, 1), "home again");
        array::destroy(answer).unwrap();

        // The same in a variant, in an array of variants.
        let outer = array::create(VT_VARIANT, &bounds).unwrap();
        let first = (*outer).pvData.cast::<Variant>();
        *first = Variant::with(VT_ARRAY | VT_UNKNOWN, |data| data.parray = given);
        let mut value = Variant::with(VT_ARRAY | VT_VARIANT, |data| data.parray = outer);
        let mut back = Variant::EMPTY;
        ok(object.Value(value, &mut back));
        let inner = (*back.data.parray).pvData.cast::<Variant>();
        assert_eq!(element((*inner).data.parray, 0), element(given, 0));
        variant::clear(&mut back).unwrap();
        variant::clear(&mut value).unwrap();
    }
}

unsafe fn element(array: *mut com_abi::automation::SafeArray, at: usize) -> *mut c_void {
    // SAFETY: the callers pass an array of so many objects.
    unsafe { (*array).pvData.cast::<*mut c_void>().add(at).read() }
}

/// An object of VT_DISPATCH whose class has no such interface.
fn what_an_object_does_not_have(object: &IConstructs) {
    // SAFETY: the variant borrows.
    unsafe {
        let mine = counter();
        let value = Variant::with(VT_DISPATCH, |data| data.pdispVal = mine.as_raw());
        let mut answer = Variant::with(VT_I4, |data| data.lVal = 7);
        assert_eq!(object.Value(value, &mut answer), E_NOINTERFACE);
        assert_eq!(answer.vt, 0, "emptied");
        drop(mine);
        assert_eq!(alive(), 1);
    }
}

/// Lets go of the proxy that it holds when it is called.
#[class(interfaces(ICount))]
pub struct Dropper(RefCell<Option<IConstructs>>);

impl Dropper {
    pub fn new(proxy: IConstructs) -> Self {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Self(RefCell::new(Some(proxy)))
    }
}

impl Drop for Dropper {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl ICount_Impl for Dropper {
    unsafe fn Count(&self, _add: i32, total: *mut i32) -> HRESULT {
        drop(self.0.take());
        // SAFETY: the caller passes a writable place.
        unsafe { total.write(0) };
        S_OK
    }
}

alone! {
    fn objects_go_in_and_out() { everywhere(in_and_out); }
    fn objects_go_in_arrays() { everywhere(in_arrays); }
    fn objects_go_in_structures_and_unions() { everywhere(in_structures); }
    fn objects_go_in_variants() { everywhere(in_variants); }
    fn objects_go_in_safe_arrays() { everywhere(in_safe_arrays); }
    fn an_object_without_the_interface_is_refused() { everywhere(what_an_object_does_not_have); }
}
