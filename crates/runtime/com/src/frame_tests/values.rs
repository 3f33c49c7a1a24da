//! Values without objects: numbers, text, arrays, structures.

use core::ptr::null_mut;

use com_abi::{HRESULT, WideString, from_wide};
use partywall::task;

use super::constructs::{IConstructs, Node, Pair, Point, Tail};
use super::{everywhere, ok};
use crate::frame::limits::{RPC_S_INVALID_BOUND, RPC_X_NULL_REF_POINTER};
use crate::memory;

/// Text of the task allocator, freed.
fn taken(text: *mut u16) -> String {
    // SAFETY: the callee gave it away.
    unsafe {
        let owned = from_wide(text);
        memory::free(text.cast());
        owned
    }
}

fn numbers_and_text(object: &IConstructs) {
    let mut total = 0;
    let mut reply = core::ptr::dangling_mut();
    // SAFETY: writable places, readable texts and arrays.
    unsafe {
        ok(object.Sum(3, [1, 2, 39].as_ptr(), &mut total));
        assert_eq!(total, 42);
        ok(object.Sum(0, [0].as_ptr(), &mut total));
        assert_eq!(total, 0);
        ok(object.Text(WideString::new("Grüße").as_ptr(), &mut reply));
        assert_eq!(taken(reply), "Grüße!");
        reply = core::ptr::dangling_mut();
        ok(object.Text(core::ptr::null(), &mut reply));
        assert!(reply.is_null(), "a unique pointer may be null");
        let mut buffer = [7_u16; 6];
        ok(object.Buffer(5, buffer.as_mut_ptr()));
        assert_eq!(from_wide(buffer.as_ptr()), "abc");
        assert_eq!(buffer[5], 7, "nothing is written beyond the size");
    }
}

fn arrays(object: &IConstructs) {
    // SAFETY: writable places of the sizes that are said.
    unsafe {
        let (mut values, mut length) = ([9; 6], 0);
        ok(object.Varying(6, values.as_mut_ptr(), &mut length));
        assert_eq!((&values[..3], length), (&[0, 1, 2][..], 3));
        let (mut count, mut points) = (0, null_mut());
        ok(object.Make(3, &mut count, &mut points));
        assert_eq!(count, 3);
        assert_eq!(*points.add(2), Point { x: 2, y: 2 });
        memory::free(points.cast());
        let mut values = [1, 2, 3];
        let mut text = task::string("ab");
        ok(object.Both(2, values.as_mut_ptr(), &mut text));
        assert_eq!(values, [3, 2, 1], "max_is counts from 0");
        assert_eq!(taken(text), "abab");
        let tail = [3_i32, 10, 20, 30];
        let mut last = 0;
        ok(object.Last(tail.as_ptr().cast::<Tail>(), &mut last));
        assert_eq!(last, 30, "the array at the end is as long as it says");
    }
}

/// Lists of the task allocator.
fn list(values: &[i32]) -> *mut Node {
    values.iter().rev().fold(null_mut(), |next, value| {
        let node = task::zeroed_array::<[usize; 2]>(1).cast::<Node>();
        // SAFETY: a fresh node.
        unsafe { node.write(Node { value: *value, next }) };
        node
    })
}

fn free_list(mut node: *mut Node) -> Vec<i32> {
    let mut values = Vec::new();
    // SAFETY: a list of the task allocator.
    unsafe {
        while !node.is_null() {
            let next = (*node).next;
            values.push((*node).value);
            memory::free(node.cast());
            node = next;
        }
    }
    values
}

fn pointers(object: &IConstructs) {
    let mut answer = 0;
    // SAFETY: live lists and pairs, writable places.
    unsafe {
        let three = list(&[1, 2, 3]);
        ok(object.List(three, &mut answer));
        assert_eq!(answer, 6);
        ok(object.List(core::ptr::null(), &mut answer));
        assert_eq!(answer, 0);
        ok(object.Grow(three));
        assert_eq!(free_list(three), [2, 100, 2, 3], "what the callee made is the caller's");
        // What the callee leaves where it is may be anybody's memory.
        let mut last = Node { value: 7, next: null_mut() };
        let mut first = Node { value: 5, next: &mut last };
        ok(object.Bump(&mut first));
        assert_eq!((first.value, first.next), (6, &raw mut last), "in its place");
        assert_eq!(last.value, 8);
        let (mut one, mut two) = (1, 1);
        ok(object.Same(&Pair { first: &mut one, second: &mut one }, &mut answer));
        assert_eq!(answer, 1, "full pointers to one place stay so");
        ok(object.Same(&Pair { first: &mut one, second: &mut two }, &mut answer));
        assert_eq!(answer, 0);
    }
}

fn limits(object: &IConstructs) {
    let mut total = 5;
    // SAFETY: what is refused is not read.
    unsafe {
        let refused = object.Sum(3, core::ptr::null(), &mut total);
        assert_eq!(refused, RPC_X_NULL_REF_POINTER);
        assert_eq!(refused, HRESULT(0x8007_06F4_u32 as i32));
        assert_eq!(object.Sum(3, [1, 2, 3].as_ptr(), null_mut()), RPC_X_NULL_REF_POINTER);
        if crate::frame::captures_all() {
            let refused = object.Sum(u32::MAX, [1].as_ptr(), &mut total);
            assert_eq!(refused, RPC_S_INVALID_BOUND, "refused before anything is read");
            assert_eq!(total, 0, "a place is zero after a call that was not made");
            let long: Vec<i32> = (0..200).collect();
            let long = list(&long);
            let mut answer = 0;
            let refused = object.List(long, &mut answer);
            assert!(refused.is_err(), "nested too deep");
            free_list(long);
        }
    }
}

alone! {
    fn numbers_and_text_cross_the_wall() { everywhere(numbers_and_text); }
    fn arrays_cross_the_wall() { everywhere(arrays); }
    fn pointers_cross_the_wall() { everywhere(pointers); }
    fn what_does_not_fit_is_refused() { everywhere(limits); }
}
