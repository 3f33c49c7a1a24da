//! What goes in and comes out: objects, texts, arrays; and what is left of it.

use core::ptr::null_mut;
use std::sync::atomic::Ordering;

use com_abi::codes::{E_OUTOFMEMORY, S_OK};
use com_abi::{HRESULT, Interface, WideString, from_wide};
use observe::thread::tid;

use super::{AsyncISlow, ISlow, call, server, wait};
use crate::ffi::{CoTaskMemAlloc, CoTaskMemFree};
use crate::frame::limits::RPC_X_NULL_REF_POINTER;
use crate::stage_tests::{ALIVE, IWork, Stage, Work, export, import, thread_of};

/// Text in memory of the task allocator; null when there is none.
fn allocated(text: &str) -> *mut u16 {
    let units: Vec<u16> = text.encode_utf16().chain([0]).collect();
    let block = CoTaskMemAlloc(2 * units.len()).cast::<u16>();
    if !block.is_null() {
        // SAFETY: a fresh block of that size.
        unsafe { core::ptr::copy_nonoverlapping(units.as_ptr(), block, units.len()) };
    }
    block
}

/// Takes such a text.
fn taken(text: *mut u16) -> String {
    assert!(!text.is_null());
    // SAFETY: the callee gave the text away.
    unsafe {
        let says = from_wide(text);
        CoTaskMemFree(text.cast());
        says
    }
}

/// What `Values` answers.
///
/// # Safety
/// A zero-ended text and writable places.
pub unsafe fn answer(
    text: *const u16,
    count: u32,
    numbers: *mut i32,
    twice: *mut *mut u16,
) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        for at in 0..count {
            numbers.add(at as usize).write(at.cast_signed() + 1);
        }
        let answer = allocated(&from_wide(text).repeat(2));
        if !twice.is_null() {
            twice.write(answer);
        }
        if answer.is_null() { E_OUTOFMEMORY } else { S_OK }
    }
}

/// What `Turn` does.
///
/// # Safety
/// A place with a text of the task allocator.
pub unsafe fn turn(text: *mut *mut u16) -> HRESULT {
    // SAFETY: forwarded from the caller.
    unsafe {
        let turned: String = from_wide(*text).chars().rev().collect();
        CoTaskMemFree((*text).cast());
        text.write(allocated(&turned));
    }
    S_OK
}

alone! {
    fn objects_go_in_and_come_out_and_finish_serves_the_apartment() {
        let (server, object) = server();
        let client = Stage::sta();
        let third = Stage::sta();
        let other = third.on(|| export(&Work::object()));
        client.on(|| {
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            let mine = Work::object();
            let (mut called, mut before) = (0, core::ptr::dangling_mut());
            // SAFETY: live interfaces and writable places.
            unsafe {
                assert_eq!(one.Begin_Swap(mine.as_raw()), S_OK);
                assert_eq!(one.Finish_Swap(&mut called, &mut before), S_OK);
                assert_eq!(called, tid(), "called back, here, while this thread waits");
                assert!(before.is_null());
                let elsewhere: IWork = import(&other);
                assert_eq!(one.Begin_Swap(elsewhere.as_raw()), S_OK);
                drop(elsewhere);
                assert_eq!(wait(&one, 20_000), S_OK);
                assert_eq!(one.Finish_Swap(&mut called, &mut before), S_OK);
                assert_eq!(called, third.tid);
                assert_eq!(before, mine.as_raw(), "home again, the same");
                drop(IWork::from_raw(before));
                assert_eq!(one.Begin_Swap(null_mut()), S_OK);
                assert_eq!(one.Finish_Swap(&mut called, &mut before), S_OK);
                let given = IWork::from_raw(before);
                assert_eq!((called, thread_of(&given)), (0, Ok(third.tid)));
            }
        });
        drop((object, other));
        server.end();
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0, "nothing is left in the others");
        client.end();
        third.end();
    }

    fn texts_and_arrays_come_out_where_finish_says() {
        let (server, object) = server();
        let client = Stage::sta();
        client.on(|| {
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            let mut numbers = [7; 4];
            let mut twice = null_mut();
            let text = WideString::new("ab");
            // SAFETY: live interfaces, zero-ended texts, writable places.
            unsafe {
                assert_eq!(one.Begin_Values(text.as_ptr(), 3), S_OK);
                drop(text);
                assert_eq!(wait(&one, 20_000), S_OK);
                let missing = one.Finish_Values(null_mut(), &mut twice);
                assert_eq!(missing, RPC_X_NULL_REF_POINTER, "and the call is still there");
                assert_eq!(one.Finish_Values(numbers.as_mut_ptr(), &mut twice), S_OK);
                assert_eq!((numbers, &*taken(twice)), ([1, 2, 3, 7], "abab"));
                let text = WideString::new("c");
                assert_eq!(one.Begin_Values(text.as_ptr(), 1), S_OK);
                let unwanted = one.Finish_Values(numbers.as_mut_ptr(), null_mut());
                assert_eq!(unwanted, S_OK, "a unique pointer may be null");
                assert_eq!(one.Begin_Values(core::ptr::null(), 1), RPC_X_NULL_REF_POINTER);
            }
        });
        drop(object);
        client.end();
        server.end();
    }

    fn data_in_both_directions_stay_the_callers_and_come_out_elsewhere() {
        let (server, object) = server();
        let client = Stage::sta();
        client.on(|| {
            let slow: ISlow = import(&object);
            let one: AsyncISlow = call(&slow);
            let mut text = allocated("abc");
            let mut turned = core::ptr::dangling_mut();
            // SAFETY: live interfaces and places with texts.
            unsafe {
                assert_eq!(one.Begin_Turn(&mut text), S_OK);
                assert_eq!(one.Finish_Turn(&mut turned), S_OK);
            }
            assert_eq!((&*taken(turned), &*taken(text)), ("cba", "abc"));
        });
        drop(object);
        client.end();
        server.end();
    }
}
