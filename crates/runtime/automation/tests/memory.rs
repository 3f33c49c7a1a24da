//! Strings, variants and arrays keep count of their memory: round trips,
//! addressing against a plain model, and thousands of random operations after
//! which nothing is left. The counts are the process's, so the tests take turns.
#![allow(missing_docs)]

use core::ffi::c_void;
use core::ptr::{null, null_mut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use automation::{live_arrays, live_strings, strings::MAX_STRING_BYTES};
use com_abi::automation::{
    Bstr, Currency, Date, Decimal, FADF_CREATEVECTOR, FADF_FIXEDSIZE, SafeArrayBound, VT_ARRAY,
    VT_BSTR, VT_BYREF, VT_DECIMAL, VT_EMPTY, VT_I2, VT_I4, VT_NULL, VT_R8, VT_RECORD, VT_UI1,
    VT_UNKNOWN, VT_VARIANT, Variant,
};
use com_abi::codes::{
    DISP_E_ARRAYISLOCKED, DISP_E_BADINDEX, DISP_E_BADVARTYPE, DISP_E_TYPEMISMATCH, E_INVALIDARG,
    E_OUTOFMEMORY, E_UNEXPECTED, S_OK,
};
use com_abi::{HRESULT, IUnknown, WideString, class, interface, new_interface};
use partywall::automation::{Array, Value};
use partywall::ffi::automation::*;

fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn counts() -> (i64, i64) {
    (live_strings(), live_arrays())
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn value(&mut self, depth: u32) -> Value {
        let kinds = if depth == 0 { 18 } else { 20 };
        match self.below(kinds) {
            0 => Value::Empty,
            1 => Value::Null,
            2 => Value::I1(self.next() as i8),
            3 => Value::UI1(self.next() as u8),
            4 => Value::I2(self.next() as i16),
            5 => Value::UI2(self.next() as u16),
            6 => Value::I4(self.next() as i32),
            7 => Value::UI4(self.next() as u32),
            8 => Value::I8(self.next() as i64),
            9 => Value::UI8(self.next()),
            10 => Value::R4(self.next() as f32),
            11 => Value::R8(self.next() as f64 / 3.0),
            12 => Value::Bool(self.below(2) == 0),
            13 => Value::Date(Date(self.below(80_000) as f64)),
            14 => Value::Currency(Currency(self.next() as i64)),
            15 => {
                let mantissa = i128::from(self.next() as i64) << self.below(32);
                Value::Decimal(Decimal::new(mantissa, self.below(29) as u8).unwrap())
            }
            16 => Value::Error(HRESULT(self.next() as i32)),
            17 => Value::String(self.string()),
            18 => {
                let values: Vec<Value> =
                    (0..self.below(4)).map(|_| self.value(depth - 1)).collect();
                Value::array(Array::of_values(&values).unwrap()).unwrap()
            }
            _ => {
                let bytes: Vec<u8> = (0..self.below(9)).map(|_| self.next() as u8).collect();
                Value::array(Array::of_bytes(&bytes).unwrap()).unwrap()
            }
        }
    }

    fn string(&mut self) -> Bstr {
        let bytes: Vec<u8> = (0..self.below(40)).map(|_| self.next() as u8).collect();
        Bstr::from_bytes(&bytes).unwrap()
    }
}

#[test]
fn a_string_knows_its_length_and_null_is_empty() {
    let _turn = turn();
    let before = counts();
    assert_eq!(Bstr::default(), Bstr::from(""));
    assert!(Bstr::new().as_raw().is_null() && Bstr::from("").as_raw().is_null());
    let odd = Bstr::from_bytes(b"abc").unwrap();
    assert_eq!((odd.as_bytes(), odd.as_units().len()), (&b"abc"[..], 1));
    let text = Bstr::from("Grüße\0𝄞");
    assert_eq!(text.to_string(), "Grüße\0𝄞");
    assert_eq!(format!("{text:?}"), format!("{:?}", "Grüße\0𝄞"));
    assert_eq!(Bstr::from_units(&[0xD800, 65]).unwrap().to_string(), "\u{FFFD}A");
    assert_eq!(live_strings() - before.0, 2);
    let copy = text.clone();
    assert_ne!(copy.as_raw(), text.as_raw());
    assert_eq!(copy, text);
    // SAFETY: live strings of our own, each freed once.
    unsafe {
        assert_eq!((SysStringLen(text.as_raw()), SysStringByteLen(odd.as_raw())), (8, 3));
        assert_eq!(text.as_raw().add(8).read(), 0, "a zero follows");
        assert_eq!(Bstr::from_raw(copy.into_raw()), text);
        // An empty string that is not null equals null.
        let empty = Bstr::from_raw(SysAllocStringLen(null(), 0));
        assert!(!empty.as_raw().is_null() && empty == Bstr::new());
    }
    drop((odd, text));
    assert_eq!(counts(), before);
}

#[test]
fn the_c_functions_of_strings_do_what_they_say_at_their_limits() {
    let _turn = turn();
    let before = counts();
    let wide = WideString::new("hello");
    // SAFETY: live strings and places of our own.
    unsafe {
        assert!(SysAllocString(null()).is_null());
        assert_eq!((SysStringLen(null_mut()), SysStringByteLen(null_mut())), (0, 0));
        SysFreeString(null_mut());
        let mut text = SysAllocString(wide.as_ptr());
        assert_eq!(SysReAllocStringLen(&mut text, text.add(1), 3), 1, "a part of itself");
        assert_eq!(Bstr::from_raw(text).to_string(), "ell");
        let mut text = SysAllocString(wide.as_ptr());
        assert_eq!(SysReAllocStringLen(&mut text, null(), 7), 1);
        assert_eq!((SysStringLen(text), text.add(4).read(), text.add(7).read()), (7, 111, 0));
        assert_eq!(SysReAllocStringLen(&mut text, null(), u32::MAX), 0);
        assert_eq!(SysStringLen(text), 7, "the old string stays");
        assert_eq!(SysReAllocString(&mut text, wide.as_ptr()), 1);
        assert_eq!(SysStringLen(text), 5);
        assert_eq!(SysReAllocString(&mut text, null()), 1);
        assert!(text.is_null());
        assert_eq!(SysReAllocStringLen(&mut text, wide.as_ptr(), 2), 1);
        SysFreeString(text);
        assert_eq!(SysReAllocString(null_mut(), wide.as_ptr()), 0);
        assert_eq!(SysReAllocStringLen(null_mut(), wide.as_ptr(), 1), 0);

        let largest = SysAllocStringByteLen(null(), MAX_STRING_BYTES);
        assert_eq!(SysStringByteLen(largest), MAX_STRING_BYTES);
        SysFreeString(largest);
        assert!(SysAllocStringByteLen(null(), MAX_STRING_BYTES + 1).is_null());
        assert!(SysAllocStringLen(null(), MAX_STRING_BYTES / 2 + 1).is_null());
        assert!(SysAllocStringLen(null(), u32::MAX / 2 + 2).is_null(), "the size overflows");
    }
    assert_eq!(counts(), before);
}

#[test]
fn a_value_survives_a_variant_and_leaves_nothing_behind() {
    let _turn = turn();
    let before = counts();
    let mut random = Random(0x5EED);
    for _ in 0..5_000 {
        let value = random.value(2);
        let mut variant = value.clone().into_variant();
        let mut copy = Variant::EMPTY;
        // SAFETY: variants of our own; each is cleared or taken once.
        unsafe {
            assert_eq!(Value::read(&variant).as_ref(), Ok(&value));
            assert_eq!(VariantCopy(&mut copy, &variant), S_OK);
            assert_eq!(VariantClear(&mut variant), S_OK);
            assert_eq!(variant.vt, VT_EMPTY);
            let by_reference =
                Variant::with(VT_BYREF | VT_VARIANT, |data| data.byref = (&raw mut copy).cast());
            assert_eq!(Value::read(&by_reference).as_ref(), Ok(&value));
            assert_eq!(Value::take(&mut copy), Ok(value));
            assert_eq!(copy.vt, VT_EMPTY);
        }
    }
    assert_eq!(counts(), before);
}

#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F0A1")]
unsafe trait IThing: IUnknown {}

#[class(interfaces(IThing))]
struct Thing(#[allow(dead_code)] std::sync::Arc<()>);

impl IThing_Impl for Thing {}

#[test]
fn objects_are_counted_in_variants_and_arrays() {
    let _turn = turn();
    let alive = std::sync::Arc::new(());
    let object: IUnknown = new_interface(Thing(alive.clone())).unwrap();
    let value = Value::Unknown(Some(object));
    let bound = SafeArrayBound { cElements: 2, lLbound: 0 };
    let array = Array::new(VT_UNKNOWN, &[bound]).unwrap();
    array.put(&[0], &value).unwrap();
    array.put(&[1], &value).unwrap();
    array.put(&[1], &Value::Unknown(None)).unwrap();
    let copy = array.clone();
    assert_eq!(copy.get(&[0]), Ok(value.clone()));
    let nested = Array::of_values(&[value.clone(), Value::array(copy).unwrap()]).unwrap();
    drop((value, array));
    assert_eq!(std::sync::Arc::strong_count(&alive), 2, "the nested array keeps it");
    drop(nested);
    assert_eq!(std::sync::Arc::strong_count(&alive), 1);
}

#[test]
fn a_reference_is_followed_once_and_never_owned() {
    let _turn = turn();
    let before = counts();
    let mut text = Bstr::from("x");
    let mut number = 7_i16;
    let mut decimal = Decimal::new(5, 1).unwrap();
    let mut array = Array::of_bytes(b"ab").unwrap().into_raw();
    let reference = |vt: u16, to: *mut c_void| Variant::with(vt | VT_BYREF, |data| data.byref = to);
    let mut to_text = reference(VT_BSTR, (&raw mut text).cast());
    // SAFETY: what is referred to lives through the block.
    unsafe {
        assert_eq!(Value::read(&to_text), Ok(Value::text("x")));
        let to_number = reference(VT_I2, (&raw mut number).cast());
        assert_eq!(Value::read(&to_number), Ok(Value::I2(7)));
        let to_decimal = reference(VT_DECIMAL, (&raw mut decimal).cast());
        assert_eq!(Value::read(&to_decimal), Ok(Value::Decimal(decimal)));
        let to_array = reference(VT_UI1 | VT_ARRAY, (&raw mut array).cast());
        assert!(matches!(Value::read(&to_array), Ok(Value::Array(VT_UI1, Some(_)))));
        let mut inner = reference(VT_VARIANT, (&raw mut to_text).cast());
        assert_eq!(Value::read(&inner), Ok(Value::text("x")), "one step more");
        let outer = reference(VT_VARIANT, (&raw mut inner).cast());
        assert_eq!(Value::read(&outer), Err(E_INVALIDARG), "but not two variants");
        assert_eq!(Value::read(&reference(VT_I4, null_mut())), Err(E_INVALIDARG));
        for nothing in [VT_EMPTY, VT_NULL, VT_RECORD] {
            let odd = reference(nothing, (&raw mut number).cast());
            assert_eq!(Value::read(&odd), Err(DISP_E_BADVARTYPE));
        }

        let mut copy = Variant::EMPTY;
        assert_eq!(VariantCopy(&mut copy, &to_text), S_OK);
        assert_eq!(copy.vt, VT_BYREF | VT_BSTR, "a reference is copied as one");
        let place = &raw mut copy;
        assert_eq!(VariantCopyInd(place, place), S_OK, "in its own place");
        assert_eq!(Value::take(&mut copy), Ok(Value::text("x")));
        assert_eq!(VariantClear(&mut to_text), S_OK);
        assert_eq!(text.to_string(), "x", "what was referred to is not freed");
        assert_eq!(SafeArrayDestroy(array), S_OK);
    }
    drop(text);
    assert_eq!(counts(), before);
}

#[test]
fn null_and_bad_arguments_are_refused_and_failures_leave_the_place() {
    let _turn = turn();
    let before = counts();
    let mut place = Value::text("stays").into_variant();
    let mut bad = Variant { vt: 15, ..Variant::EMPTY };
    let one = Value::I4(1).into_variant();
    let (mut index, mut pointer) = (0, null_mut());
    // SAFETY: null, or variants and places of our own.
    unsafe {
        assert_eq!(VariantClear(null_mut()), E_INVALIDARG);
        assert_eq!(VariantClear(&mut bad), DISP_E_BADVARTYPE);
        VariantInit(&mut bad);
        assert_eq!(VariantClear(&mut bad), S_OK);
        bad.vt = 15;
        for code in [VariantCopy(&mut place, &bad), VariantCopyInd(&mut place, &bad)] {
            assert_eq!(code, DISP_E_BADVARTYPE);
        }
        assert_eq!(VariantCopy(null_mut(), &one), E_INVALIDARG);
        assert_eq!(VariantCopyInd(&mut place, null()), E_INVALIDARG);
        assert_eq!(VariantChangeType(&mut place, null(), 0, VT_I4), E_INVALIDARG);
        let raw = &raw mut place;
        assert_eq!(VariantChangeType(raw, raw, 0, VT_I4), DISP_E_TYPEMISMATCH);
        assert_eq!(Value::read(&place), Ok(Value::text("stays")));
        assert_eq!(VariantChangeTypeEx(&mut place, &one, 0x409, 0, VT_BSTR), S_OK);
        assert_eq!(Value::take(&mut place), Ok(Value::text("1")));

        let no = null_mut();
        for code in [
            SafeArrayDestroyData(no),
            SafeArrayLock(no),
            SafeArrayUnlock(no),
            SafeArrayAccessData(no, &mut pointer),
            SafeArrayUnaccessData(no),
            SafeArrayGetLBound(no, 1, &mut index),
            SafeArrayGetUBound(no, 1, &mut index),
            SafeArrayGetVartype(no, null_mut()),
            SafeArrayGetIID(no, null_mut()),
            SafeArrayGetElement(no, &index, (&raw mut pointer).cast()),
            SafeArrayPutElement(no, &index, (&raw mut pointer).cast()),
            SafeArrayPtrOfIndex(no, &index, &mut pointer),
            SafeArrayCopy(no, null_mut()),
            SafeArrayRedim(no, &SafeArrayBound::default()),
        ] {
            assert_eq!(code, E_INVALIDARG);
        }
        let mut copy = core::ptr::dangling_mut();
        assert_eq!(SafeArrayCopy(no, &mut copy), S_OK);
        assert!(copy.is_null());
        assert_eq!((SafeArrayDestroy(no), SafeArrayGetDim(no)), (S_OK, 0));
        assert!(SafeArrayCreate(VT_I4, 0, &SafeArrayBound::default()).is_null());
        assert!(SafeArrayCreate(VT_I4, 1, null()).is_null());
        assert!(SafeArrayCreateVector(VT_NULL, 0, 1).is_null());
    }
    assert_eq!(counts(), before);
}

/// All elements' indexes, the first index fastest.
fn every_index(bounds: &[SafeArrayBound]) -> Vec<Vec<i32>> {
    let mut all = vec![vec![]];
    for bound in bounds.iter().rev() {
        let range = 0..bound.cElements as i32;
        all = all
            .into_iter()
            .flat_map(|tail| range.clone().map(move |at| (at, tail.clone())))
            .map(|(at, tail)| [vec![bound.lLbound + at], tail].concat())
            .collect();
    }
    all
}

#[test]
fn elements_stand_where_a_plain_model_says() {
    let _turn = turn();
    let before = counts();
    let mut random = Random(0xA11A);
    for round in 0..200 {
        let dimensions = 1 + round % 3;
        let bounds: Vec<SafeArrayBound> = (0..dimensions)
            .map(|_| SafeArrayBound {
                cElements: 1 + random.below(5) as u32,
                lLbound: random.below(20) as i32 - 10,
            })
            .collect();
        let array = Array::new(VT_I4, &bounds).unwrap();
        assert_eq!(array.bounds(), bounds);
        let raw = array.as_raw();
        // SAFETY: a live array, places of our own, elements of four bytes.
        unsafe {
            assert_eq!((SafeArrayGetDim(raw), SafeArrayGetElemsize(raw)), (dimensions as u32, 4));
            let last = &(*raw).rgsabound[0];
            assert_eq!(Some(last), bounds.last(), "bounds are stored the other way round");
            for (at, bound) in bounds.iter().enumerate() {
                let (mut low, mut high) = (0, 0);
                assert_eq!(SafeArrayGetLBound(raw, at as u32 + 1, &mut low), S_OK);
                assert_eq!(SafeArrayGetUBound(raw, at as u32 + 1, &mut high), S_OK);
                assert_eq!(
                    (low, high),
                    (bound.lLbound, bound.lLbound + bound.cElements as i32 - 1)
                );
            }
            let mut data = null_mut();
            assert_eq!(SafeArrayAccessData(raw, &mut data), S_OK);
            for (offset, indexes) in every_index(&bounds).iter().enumerate() {
                array.put(indexes, &Value::I4(offset as i32)).unwrap();
                let mut address = null_mut();
                assert_eq!(SafeArrayPtrOfIndex(raw, indexes.as_ptr(), &mut address), S_OK);
                assert_eq!(address, data.cast::<i32>().add(offset).cast(), "{indexes:?}");
                assert_eq!(data.cast::<i32>().add(offset).read(), offset as i32);
                assert_eq!(array.get(indexes), Ok(Value::I4(offset as i32)));
            }
            assert_eq!(SafeArrayUnaccessData(raw), S_OK);
            for (at, bound) in bounds.iter().enumerate() {
                for beyond in [bound.lLbound - 1, bound.lLbound + bound.cElements as i32] {
                    let mut indexes: Vec<i32> = bounds.iter().map(|bound| bound.lLbound).collect();
                    indexes[at] = beyond;
                    assert_eq!(array.get(&indexes), Err(DISP_E_BADINDEX));
                }
            }
            for dimension in [0, dimensions as u32 + 1] {
                assert_eq!(SafeArrayGetLBound(raw, dimension, &mut 0), DISP_E_BADINDEX);
            }
        }
        assert_eq!(array.clone(), array);
    }
    assert_eq!(counts(), before);
}

#[test]
fn a_locked_array_is_neither_destroyed_nor_resized() {
    let _turn = turn();
    let before = counts();
    let array = Array::of_values(&[Value::text("a"), Value::text("b")]).unwrap();
    let raw = array.as_raw();
    let bound = SafeArrayBound { cElements: 1, lLbound: 0 };
    // SAFETY: a live array.
    unsafe {
        assert_eq!(SafeArrayUnlock(raw), E_UNEXPECTED);
        assert_eq!(SafeArrayLock(raw), S_OK);
        assert_eq!(SafeArrayLock(raw), S_OK);
        assert_eq!(SafeArrayDestroy(raw), DISP_E_ARRAYISLOCKED);
        assert_eq!(SafeArrayDestroyData(raw), DISP_E_ARRAYISLOCKED);
        assert_eq!(SafeArrayRedim(raw, &bound), DISP_E_ARRAYISLOCKED);
        let mut holder = Variant::with(VT_ARRAY | VT_VARIANT, |data| data.parray = raw);
        assert_eq!(VariantClear(&mut holder), DISP_E_ARRAYISLOCKED);
        assert_eq!(holder.vt, VT_ARRAY | VT_VARIANT);
        assert_eq!((*array.clone().as_raw()).cLocks, 0, "a copy has no locks");
        array.put(&[0], &Value::I4(5)).unwrap();
        (*raw).cLocks = automation::array::MAX_LOCKS - 1;
        assert_eq!(SafeArrayLock(raw), S_OK);
        assert_eq!(SafeArrayLock(raw), E_UNEXPECTED, "one lock past the limit");
        (*raw).cLocks = 0;
        assert_eq!(SafeArrayDestroyData(raw), S_OK);
        assert_eq!(array.get(&[0]), Ok(Value::Empty), "a vector keeps its memory");
    }
    drop(array);
    assert_eq!(counts(), before);
}

#[test]
fn resizing_keeps_what_both_have_and_frees_the_rest() {
    let _turn = turn();
    let before = counts();
    let bound = |count, lower| SafeArrayBound { cElements: count, lLbound: lower };
    let vector = Array::of_values(&[Value::text("a"), Value::text("b")]).unwrap();
    // SAFETY: live arrays.
    unsafe {
        assert_ne!((*vector.as_raw()).fFeatures & FADF_CREATEVECTOR, 0);
        assert_eq!(SafeArrayRedim(vector.as_raw(), &bound(3, 1)), S_OK);
        assert_eq!((*vector.as_raw()).fFeatures & FADF_CREATEVECTOR, 0);
    }
    assert_eq!(vector.get(&[2]), Ok(Value::text("b")));
    assert_eq!(vector.get(&[3]), Ok(Value::Empty));
    let grid = Array::new(VT_BSTR, &[bound(2, 0), bound(3, 0)]).unwrap();
    for indexes in every_index(&grid.bounds()) {
        grid.put(&indexes, &Value::text(&format!("{indexes:?}"))).unwrap();
    }
    let strings = live_strings();
    // SAFETY: a live array.
    unsafe {
        assert_eq!(SafeArrayRedim(grid.as_raw(), &bound(2, 0)), S_OK);
        assert_eq!(live_strings(), strings - 2);
        assert_eq!(grid.get(&[1, 1]), Ok(Value::text("[1, 1]")));
        assert_eq!(SafeArrayRedim(grid.as_raw(), &bound(0, 0)), S_OK);
        assert_eq!(SafeArrayRedim(grid.as_raw(), &bound(1, 0)), S_OK);
        assert_eq!(grid.get(&[0, 0]), Ok(Value::String(Bstr::new())));
        (*grid.as_raw()).fFeatures |= FADF_FIXEDSIZE;
        assert_eq!(SafeArrayRedim(grid.as_raw(), &bound(9, 0)), E_INVALIDARG);
        (*vector.as_raw()).fFeatures &= !FADF_FIXEDSIZE;
        assert_eq!(SafeArrayRedim(vector.as_raw(), &bound(u32::MAX, 0)), E_OUTOFMEMORY);
        assert_eq!(vector.get(&[2]), Ok(Value::text("b")), "a failure changes nothing");
        assert_eq!(SafeArrayRedim(vector.as_raw(), null()), E_INVALIDARG);
    }
    drop((vector, grid));
    assert_eq!(counts(), before);
}

#[test]
fn an_array_has_as_many_bytes_as_the_limit_and_no_more() {
    let _turn = turn();
    let before = counts();
    let most = automation::array::MAX_ARRAY_BYTES as u32;
    let bound = |count| SafeArrayBound { cElements: count, lLbound: 0 };
    assert!(Array::new(VT_UI1, &[bound(most)]).is_ok());
    assert_eq!(Array::new(VT_UI1, &[bound(most + 1)]).err(), Some(E_OUTOFMEMORY));
    let wide = [bound(u32::MAX), bound(u32::MAX), bound(u32::MAX)];
    assert_eq!(Array::new(VT_R8, &wide).err(), Some(E_OUTOFMEMORY), "the size overflows");
    assert!(Array::new(VT_R8, &[bound(0), bound(u32::MAX), bound(u32::MAX)]).is_ok());
    let dimensions = vec![bound(1); automation::array::MAX_DIMENSIONS as usize];
    assert!(Array::new(VT_UI1, &dimensions).is_ok());
    assert!(Array::new(VT_UI1, &[dimensions, vec![bound(1)]].concat()).is_err());
    assert_eq!(counts(), before);
}

#[test]
fn thousands_of_random_operations_leave_nothing_behind() {
    let _turn = turn();
    let before = counts();
    let mut random = Random(0xBEEF);
    let mut pool: Vec<Variant> = (0..16).map(|_| Variant::EMPTY).collect();
    let arrays: Vec<Array> = [VT_VARIANT, VT_BSTR, VT_I4]
        .into_iter()
        .map(|vt| Array::new(vt, &[SafeArrayBound { cElements: 8, lLbound: 0 }]).unwrap())
        .collect();
    for _ in 0..20_000 {
        let (from, to) = (random.below(16) as usize, random.below(16) as usize);
        let index = [random.below(10) as i32];
        let array = &arrays[random.below(3) as usize];
        let place = &raw mut pool[to];
        let source = &raw const pool[from];
        // SAFETY: initialised variants of the pool and live arrays.
        unsafe {
            match random.below(8) {
                0 => drop(VariantClear(place)),
                1 => drop(VariantCopy(place, source)),
                2 => drop(VariantChangeType(place, source, 0, random.below(24) as u16)),
                3 => drop(array.put(&index, &Value::read(&*source).unwrap())),
                4 => {
                    let value = array.get(&index).unwrap_or_default();
                    assert_eq!(VariantClear(place), S_OK);
                    place.write(value.into_variant());
                }
                5 => {
                    let bound = SafeArrayBound { cElements: random.below(12) as u32, lLbound: 0 };
                    assert_eq!(SafeArrayRedim(array.as_raw(), &bound), S_OK);
                }
                6 => {
                    assert_eq!(VariantClear(place), S_OK);
                    place.write(random.value(2).into_variant());
                }
                _ => {
                    assert_eq!(VariantClear(place), S_OK);
                    let copy = array.clone();
                    // What nests in itself grows without end.
                    let deep = (0..12)
                        .any(|at| matches!(copy.get(&[at]), Ok(Value::Array(VT_VARIANT, _))));
                    if !deep {
                        place.write(Value::array(copy).unwrap().into_variant());
                    }
                }
            }
        }
    }
    assert!(counts() > before, "something was alive");
    for variant in &mut pool {
        // SAFETY: an initialised variant.
        unsafe { assert_eq!(VariantClear(variant), S_OK) };
    }
    drop(arrays);
    assert_eq!(counts(), before);
}
