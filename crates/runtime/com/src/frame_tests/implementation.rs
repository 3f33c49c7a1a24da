//! A class that implements every construct, and one that counts.

use core::cell::{Cell, RefCell};
use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::atomic::Ordering;

use automation::{array, strings};
use com_abi::automation::{SafeArray, VT_BYREF, VT_I4, VT_UNKNOWN, Variant};
use com_abi::codes::{E_FAIL, E_INVALIDARG, S_OK};
use com_abi::{GUID, HRESULT, IUnknown, Interface, WideString, class, from_wide, new_interface};
use partywall::task;

use super::ALIVE;
use super::constructs::{
    Choice, Chosen, Colour, Holder, IConstructs_Impl, ICount, ICount_Impl, IDerived, IDerived_Impl,
    IUndescribed, IUndescribed_Impl, Node, Pair, Point, Tail,
};
use crate::{apartment, memory};

/// Counts, in its own apartment only.
#[class(interfaces(ICount))]
pub struct Counter {
    home: u64,
    total: Cell<i32>,
}

impl Counter {
    pub fn new() -> Self {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Self { home: here(), total: Cell::new(0) }
    }
}

fn here() -> u64 {
    apartment::current().unwrap().id()
}

impl Drop for Counter {
    fn drop(&mut self) {
        assert_eq!(here(), self.home, "released in its own apartment");
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl ICount_Impl for Counter {
    unsafe fn Count(&self, add: i32, total: *mut i32) -> HRESULT {
        assert_eq!(here(), self.home, "called in its own apartment");
        self.total.set(self.total.get() + add);
        // SAFETY: the caller passes a writable place.
        unsafe { total.write(self.total.get()) };
        S_OK
    }
}

/// Adds to what an object of any apartment has counted.
pub fn count(object: &ICount, add: i32) -> i32 {
    let mut total = 0;
    // SAFETY: a writable place.
    assert_eq!(unsafe { object.Count(add, &mut total) }, S_OK);
    total
}

/// The interface that a raw pointer is, borrowed.
fn borrowed(raw: &*mut c_void) -> Option<&ICount> {
    // SAFETY: the tests pass null or a live `ICount` of this apartment.
    unsafe { ICount::from_raw_borrowed(raw) }
}

fn made() -> *mut c_void {
    let object: ICount = new_interface(Counter::new()).unwrap();
    object.into_raw()
}

/// Every construct.
#[class(interfaces(IDerived))]
pub struct Constructs {
    home: u64,
    kept: RefCell<Vec<ICount>>,
}

impl Default for Constructs {
    fn default() -> Self {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Self { home: here(), kept: RefCell::default() }
    }
}

impl Drop for Constructs {
    fn drop(&mut self) {
        assert_eq!(here(), self.home);
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl IDerived_Impl for Constructs {
    unsafe fn Double(&self, value: i32, doubled: *mut i32) -> HRESULT {
        // SAFETY: the caller passes a writable place.
        unsafe { doubled.write(2 * value) };
        S_OK
    }
}

// Arguments are what the tests pass, checked by the engine that is under test.
impl IConstructs_Impl for Constructs {
    unsafe fn Sum(&self, count: u32, values: *const i32, total: *mut i64) -> HRESULT {
        // SAFETY: that many values, a writable place.
        unsafe {
            let values = core::slice::from_raw_parts(values, count as usize);
            total.write(values.iter().map(|value| i64::from(*value)).sum());
        }
        S_OK
    }

    unsafe fn Text(&self, text: *const u16, reply: *mut *mut u16) -> HRESULT {
        // SAFETY: null or text that ends with a zero, a writable place.
        unsafe {
            assert!((*reply).is_null(), "the place was emptied");
            reply.write(if text.is_null() {
                null_mut()
            } else {
                task::string(&format!("{}!", from_wide(text)))
            });
        }
        S_OK
    }

    unsafe fn Buffer(&self, size: u32, text: *mut u16) -> HRESULT {
        let units = WideString::new("abc");
        let count = units.units().len().min(size as usize);
        // SAFETY: a buffer of that size.
        unsafe { core::ptr::copy_nonoverlapping(units.as_ptr(), text, count) };
        S_OK
    }

    unsafe fn Varying(&self, size: u32, values: *mut i32, length: *mut u32) -> HRESULT {
        // SAFETY: a buffer of that size.
        unsafe {
            for at in 0..size / 2 {
                values.add(at as usize).write(at as i32);
            }
            length.write(size / 2);
        }
        S_OK
    }

    unsafe fn Make(&self, wanted: u32, count: *mut u32, values: *mut *mut Point) -> HRESULT {
        let points: Vec<_> = (0..wanted as i32).map(|x| Point { x, y: i64::from(x) }).collect();
        // SAFETY: writable places.
        unsafe {
            count.write(wanted);
            values.write(task::array(&points));
        }
        S_OK
    }

    unsafe fn Both(&self, last: u32, values: *mut i32, text: *mut *mut u16) -> HRESULT {
        // SAFETY: that many values; text of the task allocator, which is replaced.
        unsafe {
            core::slice::from_raw_parts_mut(values, last as usize + 1).reverse();
            let new = task::string(&from_wide(*text).repeat(2));
            memory::free((*text).cast());
            text.write(new);
        }
        S_OK
    }

    unsafe fn List(&self, list: *const Node, total: *mut i32) -> HRESULT {
        let (mut node, mut sum) = (list, 0);
        // SAFETY: a list that ends.
        unsafe {
            while let Some(here) = node.as_ref() {
                sum += here.value;
                node = here.next;
            }
            total.write(sum);
        }
        S_OK
    }

    unsafe fn Grow(&self, list: *mut Node) -> HRESULT {
        // SAFETY: a list of the task allocator; one node is put between.
        unsafe {
            let more = task::zeroed_array::<[usize; 2]>(1).cast::<Node>();
            more.write(Node { value: 100, next: (*list).next });
            (*list).next = more;
            (*list).value += 1;
        }
        S_OK
    }

    unsafe fn Bump(&self, list: *mut Node) -> HRESULT {
        let mut node = list;
        // SAFETY: a list that ends.
        unsafe {
            while let Some(here) = node.as_mut() {
                here.value += 1;
                node = here.next;
            }
        }
        S_OK
    }

    unsafe fn Same(&self, pair: *const Pair, same: *mut i32) -> HRESULT {
        // SAFETY: a pair of live pointers.
        unsafe { same.write(i32::from((*pair).first == (*pair).second)) };
        S_OK
    }

    unsafe fn Last(&self, tail: *const Tail, last: *mut i32) -> HRESULT {
        // SAFETY: as many values as it says.
        unsafe {
            let values = (&raw const (*tail).values).cast::<i32>();
            last.write(values.add((*tail).count as usize - 1).read());
        }
        S_OK
    }

    unsafe fn Choose(
        &self,
        chosen: *const Chosen,
        tag: u32,
        choice: *const Choice,
        answer: *mut Chosen,
    ) -> HRESULT {
        // SAFETY: the tags say which arms are alive.
        unsafe {
            assert!((*chosen).tag == 2 && tag == 3, "as the test passes them");
            let object = (*chosen).choice.object;
            let total = count(borrowed(&object).unwrap(), 5);
            let text = from_wide((*choice).text);
            assert_eq!((total, text.as_str()), (8, "text"));
            answer.write(Chosen { tag: 2, choice: Choice { object: made() } });
        }
        S_OK
    }

    unsafe fn CallBack(&self, sink: *mut c_void, times: u32) -> HRESULT {
        let Some(sink) = borrowed(&sink) else { return E_INVALIDARG };
        for _ in 0..times {
            count(sink, 1);
        }
        S_OK
    }

    unsafe fn Give(&self, object: *mut *mut c_void) -> HRESULT {
        // SAFETY: a writable place.
        unsafe { object.write(made()) };
        S_OK
    }

    unsafe fn GiveIs(&self, iid: *const GUID, object: *mut *mut c_void) -> HRESULT {
        let made: ICount = new_interface(Counter::new()).unwrap();
        // SAFETY: a readable identifier and a writable place.
        unsafe { made.query(iid, object) }
    }

    unsafe fn Keep(&self, count: u32, objects: *const *mut c_void) -> HRESULT {
        // SAFETY: that many pointers.
        let objects = unsafe { core::slice::from_raw_parts(objects, count as usize) };
        self.kept.borrow_mut().extend(objects.iter().filter_map(borrowed).cloned());
        S_OK
    }

    unsafe fn Kept(&self, size: u32, objects: *mut *mut c_void, count: *mut u32) -> HRESULT {
        let mut kept = self.kept.borrow_mut();
        let given = kept.len().min(size as usize);
        // SAFETY: a buffer of that size.
        unsafe {
            for (at, object) in kept.drain(..given).enumerate() {
                objects.add(at).write(object.into_raw());
            }
            count.write(given as u32);
        }
        kept.clear();
        S_OK
    }

    unsafe fn Swap(&self, object: *mut *mut c_void) -> HRESULT {
        // SAFETY: a place with a reference, which is replaced.
        unsafe {
            let old = ICount::from_raw(object.read());
            count(&old, 7);
            object.write(made());
        }
        S_OK
    }

    unsafe fn Hold(&self, holder: *const Holder, answer: *mut Holder) -> HRESULT {
        // SAFETY: a live structure and a writable place.
        unsafe {
            let holder = &*holder;
            count(borrowed(&holder.object).unwrap(), 3);
            answer.write(Holder {
                object: made(),
                name: task::string(&from_wide(holder.name)),
                points: holder.points,
                colour: Colour::Green,
            });
        }
        S_OK
    }

    unsafe fn Value(&self, value: Variant, answer: *mut Variant) -> HRESULT {
        // SAFETY: an initialised variant and a writable place.
        unsafe {
            if value.vt == VT_UNKNOWN {
                let object = IUnknown::from_raw_borrowed(&value.data.punkVal).unwrap();
                count(&object.cast::<ICount>().unwrap(), 2);
            }
            answer.write(automation::variant::copied(&value).unwrap());
        }
        S_OK
    }

    unsafe fn Refer(&self, value: *mut Variant) -> HRESULT {
        // SAFETY: a variant by reference.
        unsafe {
            match (*value).vt {
                vt if vt == VT_BYREF | VT_I4 => *(*value).data.byref.cast::<i32>() += 1,
                vt if vt == VT_BYREF | VT_UNKNOWN => {
                    let place = (*value).data.byref.cast::<*mut c_void>();
                    drop(IUnknown::from_raw(place.read()));
                    place.write(made());
                }
                _ => return E_INVALIDARG,
            }
        }
        S_OK
    }

    unsafe fn ReferBoth(&self, value: *mut Variant) -> HRESULT {
        // SAFETY: forwarded from the caller.
        unsafe { IConstructs_Impl::Refer(self, value) }
    }

    unsafe fn Raise(&self, count: *mut u32, _objects: *mut *mut c_void) -> HRESULT {
        // SAFETY: a place that holds a count.
        unsafe { *count += 1 };
        S_OK
    }

    unsafe fn Array(&self, objects: *mut SafeArray, answer: *mut *mut SafeArray) -> HRESULT {
        // SAFETY: a live array of objects, a writable place.
        unsafe {
            let first = (*objects).pvData.cast::<*mut c_void>();
            for at in 0..automation::element::count(objects) {
                let object = IUnknown::from_raw_borrowed(&*first.add(at)).unwrap();
                count(&object.cast::<ICount>().unwrap(), at as i32 + 1);
            }
            answer.write(array::copy(objects).unwrap());
        }
        S_OK
    }

    unsafe fn Bstring(&self, text: *mut u16, answer: *mut *mut u16) -> HRESULT {
        // SAFETY: a string or null, a writable place.
        unsafe { answer.write(strings::alloc(text.cast(), strings::byte_length(text))) };
        S_OK
    }

    unsafe fn Fail(
        &self,
        how: u32,
        sink: *mut c_void,
        object: *mut *mut c_void,
        text: *mut *mut u16,
        value: *mut Variant,
        size: u32,
        objects: *mut *mut c_void,
        counted: *mut u32,
    ) -> HRESULT {
        if let Some(sink) = borrowed(&sink) {
            count(sink, 1);
        }
        // SAFETY: writable places.
        unsafe {
            match how {
                1 => {
                    object.write(made());
                    text.write(task::string("left"));
                    let unknown = made();
                    value.write(Variant::with(VT_UNKNOWN, |data| data.punkVal = unknown));
                    objects.write(made());
                    counted.write(1);
                }
                2 => {
                    object.write(made());
                    objects.write(made());
                    counted.write(size + 1);
                    return S_OK;
                }
                3 => {
                    let stranger: IUnknown = new_interface(Stranger::new()).unwrap();
                    object.write(stranger.into_raw());
                    text.write(task::string("left"));
                    return S_OK;
                }
                4 => panic!("planted"),
                _ => {}
            }
        }
        E_FAIL
    }
}

/// An object that nobody can make a proxy of.
#[class(interfaces(IUndescribed))]
struct Stranger;

impl Stranger {
    fn new() -> Self {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl IUndescribed_Impl for Stranger {
    unsafe fn Nothing(&self) -> HRESULT {
        S_OK
    }
}
