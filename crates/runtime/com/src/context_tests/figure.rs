//! The lecture's figure: environments X, Y, Z and W, the objects A, B and C, their
//! proxies in the other environments, and an interceptor at each crossing.
//!
//! As it is built here: X and Y are contexts of one single-threaded apartment, with A
//! in X and B in Y; Z is a context of the multithreaded apartment, with C; W is one
//! of the neutral apartment, where the client is, which has proxies only. Each
//! object holds what the figure draws into its environment: A a proxy of B and one
//! of C, B one of A and one of C, C one of A and one of B.

use core::ffi::c_void;
use core::ptr::null_mut;
use std::sync::Mutex;

use com_abi::codes::S_OK;
use com_abi::interceptor::{IPwInterceptor, IPwInterceptor_Impl, PW_CROSSING_IN, PwCrossing};
use com_abi::marshal::{IAgileObject, IAgileObject_Impl};
use com_abi::{HRESULT, IUnknown, Interface, class, from_wide, interface, new_interface};
use observe::thread::tid;
use partywall::Context;
use partywall::com::Apartment;
use partywall::context::Where;

use crate::proxy::{self, Marshaled};
use crate::stage_tests::{Stage, export, import, until};

/// Passes a call on: the first of `path` is whom it calls next, and so on.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F010", proxy)]
unsafe trait IPart: IUnknown {
    /// Walks a path of parts, three bits for each, the next one lowest: 1 for A, 2
    /// for B, 3 for C, 0 for the end.
    unsafe fn Walk(&self, path: u32) -> HRESULT;
}

/// For use within the part's own context.
#[interface("5F0B6A10-3C1E-4B7A-9E52-7A1D0C00F011")]
unsafe trait IKnow: IUnknown {
    /// What the part shall call another one through; null to forget all.
    unsafe fn Know(&self, number: u32, part: *mut c_void) -> HRESULT;
}

/// Who was called on which thread, and what the interceptors were told.
static STEPS: Mutex<Vec<(String, i32)>> = Mutex::new(Vec::new());

fn note(what: String) {
    STEPS.lock().unwrap().push((what, tid()));
}

#[class(interfaces(IPart, IKnow))]
struct Part {
    name: &'static str,
    known: Mutex<Vec<(u32, super::Smuggled<IPart>)>>,
}

fn part(name: &'static str) -> IPart {
    new_interface(Part { name, known: Mutex::default() }).unwrap()
}

impl IPart_Impl for Part {
    unsafe fn Walk(&self, path: u32) -> HRESULT {
        note(self.name.to_owned());
        let next = path & 7;
        if next == 0 {
            return S_OK;
        }
        let known = self.known.lock().unwrap();
        let found =
            known.iter().find(|(number, _)| *number == next).map(|(_, part)| part.0.clone());
        drop(known);
        // SAFETY: a live interface of this context.
        unsafe { found.unwrap().Walk(path >> 3) }
    }
}

impl IKnow_Impl for Part {
    unsafe fn Know(&self, number: u32, part: *mut c_void) -> HRESULT {
        // SAFETY: null or a live interface.
        let part = unsafe { IPart::from_raw_borrowed(&part) }.cloned();
        let forgotten = match part {
            Some(part) => {
                assert!(proxy::is_proxy(&part.cast().unwrap()), "never a raw pointer");
                self.known.lock().unwrap().push((number, super::Smuggled(part)));
                Vec::new()
            }
            None => std::mem::take(&mut *self.known.lock().unwrap()),
        };
        drop(forgotten);
        S_OK
    }
}

/// The symbol of the figure.
#[class(interfaces(IPwInterceptor, IAgileObject))]
struct Interceptor;

impl IAgileObject_Impl for Interceptor {}

impl Interceptor {
    fn note(call: *const PwCrossing, way: &str) {
        // SAFETY: the runtime passes a description with a zero-ended name.
        let (direction, name) = unsafe { ((*call).direction, from_wide((*call).context)) };
        let side = if direction == PW_CROSSING_IN { "in" } else { "out" };
        note(format!("{way} {side} {name}"));
    }
}

impl IPwInterceptor_Impl for Interceptor {
    unsafe fn Enter(&self, call: *const PwCrossing) -> HRESULT {
        Self::note(call, "+");
        S_OK
    }

    unsafe fn Leave(&self, call: *const PwCrossing, _result: HRESULT) {
        Self::note(call, "-");
    }
}

fn context(name: &str, place: Where) -> Context {
    let interceptor = new_interface(Interceptor).unwrap();
    Context::new().name(name).place(place).interceptor(interceptor).create().unwrap()
}

/// What was noted since the last time, with the thread by its role.
fn steps(roles: &[(i32, &'static str)]) -> Vec<(String, &'static str)> {
    let role = |tid| roles.iter().find(|(known, _)| *known == tid).map_or("mta", |(_, role)| role);
    let steps = std::mem::take(&mut *STEPS.lock().unwrap());
    steps.into_iter().map(|(what, tid)| (what, role(tid))).collect()
}

fn named(steps: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    steps.iter().map(|(what, role)| ((*what).to_owned(), *role)).collect()
}

/// Introduces the parts to each other, each in its own context.
fn introduce(contexts: &[Context; 3], parts: &[Marshaled; 3]) {
    for (own, (context, part)) in contexts.iter().zip(parts).enumerate() {
        let others = parts.iter().enumerate().filter(|(other, _)| *other != own);
        let others: Vec<_> = others.map(|(other, part)| (other as u32 + 1, part)).collect();
        let teach = || {
            let me: IPart = import(part);
            assert!(!proxy::is_proxy(&me.cast().unwrap()), "its own pointer");
            let me: IKnow = me.cast().unwrap();
            for (number, other) in others {
                let other: IPart = import(other);
                // SAFETY: live interfaces.
                assert_eq!(unsafe { me.Know(number, other.as_raw()) }, S_OK);
            }
        };
        context.run(teach).unwrap();
    }
}

fn walk(part: &IPart, path: u32) {
    // SAFETY: a live interface.
    assert_eq!(unsafe { part.Walk(path) }, S_OK);
}

/// The client, in W: the interceptors' steps of each call.
fn calls(parts: &[Marshaled; 3], sta: i32) {
    let roles = [(sta, "sta"), (tid(), "client")];
    let proxies: Vec<IPart> = parts.iter().map(import).collect();
    steps(&roles);
    // Into the STA: a thread switch.
    walk(&proxies[0], 0);
    let a = [
        ("+ out W", "client"),
        ("+ in X", "sta"),
        ("A", "sta"),
        ("- in X", "sta"),
        ("- out W", "client"),
    ];
    assert_eq!(steps(&roles), named(&a));
    // Into the MTA, of which the client's thread is one: a light proxy.
    walk(&proxies[2], 0);
    let c = [
        ("+ out W", "client"),
        ("+ in Z", "client"),
        ("C", "client"),
        ("- in Z", "client"),
        ("- out W", "client"),
    ];
    assert_eq!(steps(&roles), named(&c));
    // On to B by A: X and Y are in one apartment, so no thread switch between them.
    walk(&proxies[0], 2);
    let a_b = [
        ("+ out W", "client"),
        ("+ in X", "sta"),
        ("A", "sta"),
        ("+ out X", "sta"),
        ("+ in Y", "sta"),
        ("B", "sta"),
        ("- in Y", "sta"),
        ("- out X", "sta"),
        ("- in X", "sta"),
        ("- out W", "client"),
    ];
    assert_eq!(steps(&roles), named(&a_b));
    // B, C, A: from the STA to a thread of the MTA, and back to the STA, which waits
    // for that call and serves this one.
    walk(&proxies[1], 0o13);
    let seen = steps(&roles);
    let b_c_a = [
        ("+ out W", "client"),
        ("+ in Y", "sta"),
        ("B", "sta"),
        ("+ out Y", "sta"),
        ("+ in Z", "mta"),
        ("C", "mta"),
        ("+ out Z", "mta"),
        ("+ in X", "sta"),
        ("A", "sta"),
        ("- in X", "sta"),
        ("- out Z", "mta"),
        ("- in Z", "mta"),
        ("- out Y", "sta"),
        ("- in Y", "sta"),
        ("- out W", "client"),
    ];
    assert_eq!(seen, named(&b_c_a));
}

alone! {
    fn the_figure_with_four_contexts() {
        let stage = Stage::sta();
        let sta = stage.tid;
        let _mta = Apartment::multithreaded().unwrap();
        let (x, y) = stage.on(|| (context("X", Where::Here), context("Y", Where::Here)));
        let (z, w) = (context("Z", Where::Mta), context("W", Where::Neutral));
        let names = ["A", "B", "C"];
        let contexts = [x, y, z];
        let parts = [0, 1, 2].map(|at| contexts[at].run(|| export(&part(names[at]))).unwrap());
        introduce(&contexts, &parts);
        w.run(|| calls(&parts, sta)).unwrap();
        // Nobody forgets anybody by itself: the objects hold each other in a circle.
        for (context, part) in contexts.iter().zip(&parts) {
            let forget = || {
                let me: IKnow = import::<IPart>(part).cast().unwrap();
                // SAFETY: a live interface.
                assert_eq!(unsafe { me.Know(0, null_mut()) }, S_OK);
            };
            context.run(forget).unwrap();
        }
        drop(parts);
        drop(contexts);
        // A thread of the MTA may still be on its way out of a call.
        until(|| crate::stub::known() == 0);
        drop(w);
        stage.end();
    }
}
