//! Conversions between the types, as tables of what is documented.
#![allow(missing_docs)]

use automation::live_strings;
use com_abi::automation::{
    Currency, Date, Decimal, DispParams, ExcepInfo, IDispatch, IDispatch_Impl, SystemTime,
    VARIANT_ALPHABOOL, VARIANT_LOCALBOOL, VARIANT_NOVALUEPROP, VT_ARRAY, VT_BOOL, VT_BSTR,
    VT_BYREF, VT_CY, VT_DATE, VT_DECIMAL, VT_DISPATCH, VT_EMPTY, VT_ERROR, VT_I1, VT_I2, VT_I4,
    VT_I8, VT_INT, VT_NULL, VT_R4, VT_R8, VT_RECORD, VT_UI1, VT_UI2, VT_UI4, VT_UI8, VT_UINT,
    VT_UNKNOWN, VT_VARIANT, VT_VECTOR, Variant,
};
use com_abi::codes::{
    DISP_E_BADVARTYPE as BAD, DISP_E_OVERFLOW as OVERFLOW, DISP_E_TYPEMISMATCH as MISMATCH,
    E_NOTIMPL, S_OK,
};
use com_abi::{GUID, HRESULT, class, new_interface};
use core::ffi::c_void;
use partywall::automation::{Array, Value};
use partywall::ffi::automation::{SystemTimeToVariantTime, VariantTimeToSystemTime};

fn text(text: &str) -> Value {
    Value::text(text)
}

fn cy(value: i64) -> Value {
    Value::Currency(Currency(value))
}

fn date(days: f64) -> Value {
    Value::Date(Date(days))
}

fn dec(mantissa: i128, scale: u8) -> Value {
    Value::Decimal(Decimal::new(mantissa, scale).unwrap())
}

fn check(rows: &[(Value, u16, Result<Value, HRESULT>)]) {
    for (from, vt, expected) in rows {
        assert_eq!(&from.converted(0, *vt), expected, "{from:?} as {vt}");
    }
}

#[test]
fn floats_round_half_to_even_into_every_integer() {
    for (from, to) in [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2), (-2.5, -2), (2.51, 3)] {
        check(&[
            (Value::R8(from), VT_I1, Ok(Value::I1(to as i8))),
            (Value::R8(from), VT_I2, Ok(Value::I2(to as i16))),
            (Value::R8(from), VT_I4, Ok(Value::I4(to))),
            (Value::R4(from as f32), VT_I4, Ok(Value::I4(to))),
            (Value::R8(from), VT_I8, Ok(Value::I8(to.into()))),
            (date(from), VT_INT, Ok(Value::I4(to))),
            (cy((from * 10_000.0_f64).round() as i64), VT_I4, Ok(Value::I4(to))),
            (dec((from * 100.0_f64).round() as i128, 2), VT_I4, Ok(Value::I4(to))),
            (text(&from.to_string()), VT_I4, Ok(Value::I4(to))),
        ]);
    }
}

#[test]
fn what_does_not_fit_an_integer_overflows_at_its_limits() {
    check(&[
        (Value::I4(127), VT_I1, Ok(Value::I1(127))),
        (Value::I4(128), VT_I1, Err(OVERFLOW)),
        (Value::R8(127.49), VT_I1, Ok(Value::I1(127))),
        (Value::R8(127.5), VT_I1, Err(OVERFLOW)),
        (Value::R8(-128.5), VT_I1, Ok(Value::I1(-128))),
        (Value::I4(255), VT_UI1, Ok(Value::UI1(255))),
        (Value::I4(256), VT_UI1, Err(OVERFLOW)),
        (Value::I4(-1), VT_UI1, Err(OVERFLOW)),
        (Value::R8(-0.5), VT_UI1, Ok(Value::UI1(0))),
        (Value::R8(255.5), VT_UI1, Err(OVERFLOW)),
        (Value::I4(32_768), VT_I2, Err(OVERFLOW)),
        (Value::I4(65_535), VT_UI2, Ok(Value::UI2(65_535))),
        (Value::I4(65_536), VT_UI2, Err(OVERFLOW)),
        (Value::R8(2_147_483_647.4), VT_I4, Ok(Value::I4(i32::MAX))),
        (Value::R8(2_147_483_647.5), VT_I4, Err(OVERFLOW)),
        (Value::UI8(u64::from(u32::MAX)), VT_UINT, Ok(Value::UI4(u32::MAX))),
        (Value::UI8(u64::from(u32::MAX) + 1), VT_UI4, Err(OVERFLOW)),
        (Value::UI8(i64::MAX as u64 + 1), VT_I8, Err(OVERFLOW)),
        (Value::R8(9.3e18), VT_I8, Err(OVERFLOW)),
        (Value::I8(-1), VT_UI8, Err(OVERFLOW)),
        (text("18446744073709551615"), VT_UI8, Ok(Value::UI8(u64::MAX))),
        (text("9223372036854775808"), VT_I8, Err(OVERFLOW)),
        (Value::R8(f64::NAN), VT_I4, Err(OVERFLOW)),
        (Value::R8(f64::INFINITY), VT_DECIMAL, Err(OVERFLOW)),
        (Value::R8(1e39), VT_R4, Err(OVERFLOW)),
        (Value::R8(f64::from(f32::MAX)), VT_R4, Ok(Value::R4(f32::MAX))),
    ]);
}

#[test]
fn truth_is_minus_one_and_reads_as_a_number_or_a_word() {
    let yes = || Value::Bool(true);
    check(&[
        (yes(), VT_I2, Ok(Value::I2(-1))),
        (yes(), VT_UI1, Ok(Value::UI1(255))),
        (yes(), VT_UI2, Ok(Value::UI2(65_535))),
        (yes(), VT_UINT, Ok(Value::UI4(u32::MAX))),
        (yes(), VT_UI8, Ok(Value::UI8(u64::MAX))),
        (Value::Bool(false), VT_UI4, Ok(Value::UI4(0))),
        (yes(), VT_R8, Ok(Value::R8(-1.0))),
        (yes(), VT_CY, Ok(cy(-10_000))),
        (yes(), VT_BSTR, Ok(text("-1"))),
        (Value::Bool(false), VT_BSTR, Ok(text("0"))),
        (Value::I4(7), VT_BOOL, Ok(yes())),
        (Value::R8(0.1), VT_BOOL, Ok(yes())),
        (cy(0), VT_BOOL, Ok(Value::Bool(false))),
        (text("tRuE"), VT_BOOL, Ok(yes())),
        (text("#FALSE#"), VT_BOOL, Ok(Value::Bool(false))),
        (text(" -2 "), VT_BOOL, Ok(yes())),
        (text("yes"), VT_BOOL, Err(MISMATCH)),
    ]);
    for flag in [VARIANT_ALPHABOOL, VARIANT_LOCALBOOL] {
        assert_eq!(yes().converted(flag, VT_BSTR), Ok(text("True")));
        assert_eq!(Value::Bool(false).converted(flag, VT_BSTR), Ok(text("False")));
        assert_eq!(Value::I4(1).converted(flag, VT_BSTR), Ok(text("1")), "no truth, no word");
    }
}

#[test]
fn numbers_become_the_text_of_the_invariant_locale() {
    check(&[
        (Value::I8(i64::MIN), VT_BSTR, Ok(text("-9223372036854775808"))),
        (Value::UI1(200), VT_BSTR, Ok(text("200"))),
        (Value::R8(0.1), VT_BSTR, Ok(text("0.1"))),
        (Value::R8(-1.5), VT_BSTR, Ok(text("-1.5"))),
        (Value::R8(-0.0), VT_BSTR, Ok(text("0"))),
        (Value::R8(100.0), VT_BSTR, Ok(text("100"))),
        (Value::R8(123_456_789_012_345.0), VT_BSTR, Ok(text("123456789012345"))),
        (Value::R8(1_234_567_890_123_456.0), VT_BSTR, Ok(text("1.23456789012346E+15"))),
        (Value::R8(1e100), VT_BSTR, Ok(text("1E+100"))),
        (Value::R8(0.0001), VT_BSTR, Ok(text("0.0001"))),
        (Value::R8(0.00001), VT_BSTR, Ok(text("1E-05"))),
        (Value::R8(999_999_999_999_999.9), VT_BSTR, Ok(text("1E+15"))),
        (Value::R4(0.1), VT_BSTR, Ok(text("0.1"))),
        (Value::R4(16_777_216.0), VT_BSTR, Ok(text("1.677722E+07"))),
        (cy(-123_456), VT_BSTR, Ok(text("-12.3456"))),
        (cy(10_500), VT_BSTR, Ok(text("1.05"))),
        (cy(5), VT_BSTR, Ok(text("0.0005"))),
        (dec(1, 28), VT_BSTR, Ok(text("0.0000000000000000000000000001"))),
        (dec(150, 2), VT_BSTR, Ok(text("1.5"))),
        (Value::R8(f64::NAN), VT_BSTR, Err(OVERFLOW)),
        (Value::Empty, VT_BSTR, Ok(text(""))),
    ]);
}

#[test]
fn text_is_read_with_the_invariant_locale() {
    check(&[
        (text("  12 "), VT_I4, Ok(Value::I4(12))),
        (text("-12"), VT_I4, Ok(Value::I4(-12))),
        (text("12-"), VT_I4, Ok(Value::I4(-12))),
        (text("(12)"), VT_I4, Ok(Value::I4(-12))),
        (text("+1,234,567.5"), VT_R8, Ok(Value::R8(1_234_567.5))),
        (text(".5"), VT_R8, Ok(Value::R8(0.5))),
        (text("1e-3"), VT_R8, Ok(Value::R8(0.001))),
        (text("1E400"), VT_R8, Err(OVERFLOW)),
        (text("1E99999999999"), VT_R8, Err(OVERFLOW)),
        (text("1E-99999999999"), VT_R8, Ok(Value::R8(0.0))),
        (text("&HFF"), VT_I4, Ok(Value::I4(255))),
        (text("&o17"), VT_I4, Ok(Value::I4(15))),
        (text("&HFFFFFFFFFFFFFFFFF"), VT_I8, Err(OVERFLOW)),
        (text("922337203685477.5807"), VT_CY, Ok(cy(i64::MAX))),
        (text("922337203685477.58075"), VT_CY, Err(OVERFLOW)),
        (text("0.00005"), VT_CY, Ok(cy(0))),
        (text("0.00015"), VT_CY, Ok(cy(2))),
        (text("0.1"), VT_DECIMAL, Ok(dec(1, 1))),
        (text("79228162514264337593543950335"), VT_DECIMAL, Ok(dec((1 << 96) - 1, 0))),
        (text("79228162514264337593543950336"), VT_DECIMAL, Err(OVERFLOW)),
        (text("1 2"), VT_I4, Err(MISMATCH)),
        (text(""), VT_I4, Err(MISMATCH)),
        (text("."), VT_R8, Err(MISMATCH)),
        (text("1e"), VT_R8, Err(MISMATCH)),
        (text("(1"), VT_R8, Err(MISMATCH)),
        (text("--1"), VT_R8, Err(MISMATCH)),
        (text("inf"), VT_R8, Err(MISMATCH)),
        (text("&"), VT_R8, Err(MISMATCH)),
        (text("&Hß"), VT_R8, Err(MISMATCH)),
        (text("1.2.3"), VT_R8, Err(MISMATCH)),
    ]);
}

#[test]
fn money_and_decimals_are_exact() {
    check(&[
        (Value::R8(1.23455), VT_CY, Ok(cy(12_346))),
        (Value::R8(922_337_203_685_478.0), VT_CY, Err(OVERFLOW)),
        (Value::I8(922_337_203_685_478), VT_CY, Err(OVERFLOW)),
        (Value::I8(-922_337_203_685_477), VT_CY, Ok(cy(-9_223_372_036_854_770_000))),
        (cy(12_345), VT_R8, Ok(Value::R8(1.2345))),
        (cy(12_345), VT_DECIMAL, Ok(dec(12_345, 4))),
        (dec(123_450, 5), VT_CY, Ok(cy(12_345))),
        (Value::R8(0.1), VT_DECIMAL, Ok(dec(1, 1))),
        (Value::R4(0.1), VT_DECIMAL, Ok(dec(1, 1))),
        (Value::R8(1e28), VT_DECIMAL, Ok(dec(10_i128.pow(28), 0))),
        (Value::R8(1e29), VT_DECIMAL, Err(OVERFLOW)),
        (Value::R8(1e-40), VT_DECIMAL, Ok(dec(0, 28))),
        (dec(1, 1), VT_R8, Ok(Value::R8(0.1))),
        (dec((1 << 96) - 1, 28), VT_R8, Ok(Value::R8(7.922_816_251_426_433_5))),
        (Value::UI8(u64::MAX), VT_DECIMAL, Ok(dec(u64::MAX.into(), 0))),
    ]);
}

#[test]
fn dates_are_days_and_texts_of_them() {
    check(&[
        (date(2.5), VT_R8, Ok(Value::R8(2.5))),
        (Value::I4(2), VT_DATE, Ok(date(2.0))),
        (Value::I4(2_958_465), VT_DATE, Ok(date(2_958_465.0))),
        (Value::I4(2_958_466), VT_DATE, Err(OVERFLOW)),
        (Value::I4(-657_434), VT_DATE, Ok(date(-657_434.0))),
        (Value::I4(-657_435), VT_DATE, Err(OVERFLOW)),
        (date(2.0), VT_BSTR, Ok(text("01/01/1900"))),
        (date(2.5), VT_BSTR, Ok(text("01/01/1900 12:00:00"))),
        (date(0.25), VT_BSTR, Ok(text("06:00:00"))),
        (date(-1.25), VT_BSTR, Ok(text("12/29/1899 06:00:00"))),
        (text("01/01/1900 12:00:00"), VT_DATE, Ok(date(2.5))),
        (text("1900-01-01T12:00"), VT_DATE, Ok(date(2.5))),
        (text("1/1/29"), VT_DATE, Ok(date(47_119.0))),
        (text("1/1/30"), VT_DATE, Ok(date(10_959.0))),
        (text("12:00 AM"), VT_DATE, Ok(date(0.0))),
        (text("6:00:00 pm"), VT_DATE, Ok(date(0.75))),
        (text("2/29/2000"), VT_DATE, Ok(date(36_585.0))),
        (text("2/29/2001"), VT_DATE, Err(MISMATCH)),
        (text("13/1/2001"), VT_DATE, Err(MISMATCH)),
        (text("1/1/99 25:00"), VT_DATE, Err(MISMATCH)),
        (text("0:30 pm"), VT_DATE, Err(MISMATCH)),
        (text("soon"), VT_DATE, Err(MISMATCH)),
        (text("12/31/9999 23:59:59"), VT_DATE, Ok(date(2_958_465.0 + 86_399.0 / 86_400.0))),
    ]);
}

#[test]
fn every_day_of_the_calendar_survives_variant_time() {
    let mut time = SystemTime::default();
    for day in (-657_434_i32..=2_958_465).step_by(13) {
        let value = f64::from(day) + if day < 0 { -0.5 } else { 0.5 };
        let mut back = 0.0;
        // SAFETY: readable and writable places.
        unsafe {
            assert_eq!(VariantTimeToSystemTime(value, &mut time), 1, "{value}");
            assert_eq!(SystemTimeToVariantTime(&time, &mut back), 1, "{time:?}");
        }
        assert_eq!((back, time.wHour), (value, 12));
        assert_eq!(i32::from(time.wDayOfWeek), (day + 6).rem_euclid(7));
    }
}

#[test]
fn system_time_mends_days_and_refuses_months() {
    let time = |year, month, day| SystemTime {
        wYear: year,
        wMonth: month,
        wDay: day,
        ..SystemTime::default()
    };
    let mut days = 0.0;
    let mut back = SystemTime::default();
    // SAFETY: readable and writable places, or null.
    unsafe {
        for (given, day) in [
            (time(2001, 2, 29), (2001, 3, 1)),
            (time(2001, 2, 0), (2001, 1, 31)),
            (time(1, 1, 1), (2001, 1, 1)),
            (time(99, 1, 1), (1999, 1, 1)),
            (time(100, 1, 1), (100, 1, 1)),
            (time(9999, 12, 31), (9999, 12, 31)),
        ] {
            assert_eq!(SystemTimeToVariantTime(&given, &mut days), 1, "{given:?}");
            assert_eq!(VariantTimeToSystemTime(days, &mut back), 1);
            assert_eq!((back.wYear, back.wMonth, back.wDay), day);
        }
        let late = SystemTime { wHour: 24, ..time(2000, 1, 1) };
        for bad in
            [time(2001, 0, 1), time(2001, 13, 1), time(2001, 1, 32), time(10_000, 1, 1), late]
        {
            assert_eq!(SystemTimeToVariantTime(&bad, &mut days), 0, "{bad:?}");
        }
        for bad in [f64::NAN, 2_958_466.0, 2_958_465.999_999_9, -657_435.0] {
            assert_eq!(VariantTimeToSystemTime(bad, &mut back), 0, "{bad}");
        }
        assert_eq!(VariantTimeToSystemTime(2.0, core::ptr::null_mut()), 0);
        assert_eq!(SystemTimeToVariantTime(core::ptr::null(), &mut days), 0);
    }
}

#[test]
fn what_has_no_meaning_is_a_mismatch_and_what_is_no_type_is_bad() {
    let array = || Value::array(Array::of_bytes(b"abc").unwrap()).unwrap();
    check(&[
        (Value::Empty, VT_I4, Ok(Value::I4(0))),
        (Value::Empty, VT_BOOL, Ok(Value::Bool(false))),
        (Value::Empty, VT_NULL, Ok(Value::Null)),
        (Value::Null, VT_NULL, Ok(Value::Null)),
        (Value::Null, VT_I4, Err(MISMATCH)),
        (Value::Null, VT_BSTR, Err(MISMATCH)),
        (Value::I4(0), VT_NULL, Err(MISMATCH)),
        (Value::I4(0), VT_EMPTY, Err(MISMATCH)),
        (Value::Error(OVERFLOW), VT_ERROR, Ok(Value::Error(OVERFLOW))),
        (Value::Error(OVERFLOW), VT_I4, Err(MISMATCH)),
        (Value::I4(1), VT_ERROR, Err(MISMATCH)),
        (Value::I4(1), VT_UNKNOWN, Err(MISMATCH)),
        (Value::Dispatch(None), VT_I4, Err(MISMATCH)),
        (Value::Dispatch(None), VT_UNKNOWN, Ok(Value::Unknown(None))),
        (array(), VT_ARRAY | VT_UI1, Ok(array())),
        (array(), VT_ARRAY | VT_I1, Err(MISMATCH)),
        (array(), VT_BSTR, Err(MISMATCH)),
        (Value::I4(1), VT_ARRAY | VT_I4, Err(MISMATCH)),
        (Value::I4(1), VT_BYREF | VT_I4, Err(MISMATCH)),
        (Value::I4(1), VT_VARIANT, Err(BAD)),
        (Value::I4(1), VT_RECORD, Err(BAD)),
        (Value::I4(1), VT_VECTOR | VT_I4, Err(BAD)),
        (Value::I4(1), 15, Err(BAD)),
    ]);
}

/// An object whose value is a number, or itself.
#[class(interfaces(IDispatch))]
struct Valued {
    value: Value,
}

impl IDispatch_Impl for Valued {
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
        member: i32,
        _: *const GUID,
        _: u32,
        flags: u16,
        _: *mut DispParams,
        result: *mut Variant,
        _: *mut ExcepInfo,
        _: *mut u32,
    ) -> HRESULT {
        assert_eq!((member, flags), (0, 2));
        // SAFETY: the caller passes a writable place.
        unsafe { result.write(self.value.clone().into_variant()) };
        S_OK
    }
}

#[test]
fn an_object_is_asked_for_its_value_unless_that_is_forbidden() {
    let make = |value| Value::Dispatch(Some(new_interface(Valued { value }).unwrap()));
    let object = make(text("12"));
    assert_eq!(object.converted(0, VT_I4), Ok(Value::I4(12)));
    assert_eq!(object.converted(VARIANT_NOVALUEPROP, VT_I4), Err(MISMATCH));
    let Ok(Value::Unknown(Some(unknown))) = object.converted(0, VT_UNKNOWN) else { panic!() };
    let back = Value::Unknown(Some(unknown)).converted(0, VT_DISPATCH);
    assert_eq!(back, Ok(object.clone()), "the same pointer");
    let mut nested = make(Value::I2(5));
    for depth in 1..=automation::convert::MAX_VALUE_DEPTH {
        assert_eq!(nested.converted(0, VT_I4), Ok(Value::I4(5)), "{depth} objects deep");
        nested = make(nested);
    }
    assert_eq!(nested.converted(0, VT_I4), Err(MISMATCH), "too deep");
    assert!(matches!(object.converted(0, VT_DISPATCH), Ok(Value::Dispatch(Some(_)))));
    assert!(live_strings() >= 1, "the object keeps its string");
}
