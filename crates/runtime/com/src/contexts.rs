//! Contexts: what surrounds an object, and what happens when a call crosses from one
//! into another.
//!
//! Every object is in one context and every context in one apartment. An apartment's
//! *default* context has no properties and is the apartment itself: the same number,
//! the same table of stubs, nothing to hold. *Further* contexts are made with
//! properties, which do not change. A thread is in its apartment's default context
//! unless it is within another one (`membership`); the innermost counts.
//!
//! Inside a context objects use each other's own pointers. Between two contexts
//! stand a stub and a proxy, whatever their apartments are; a proxy belongs to the
//! context that it was made for, as it belongs to an apartment. When the apartment
//! is the same the proxy is a light one: the call stays on its thread and only
//! changes the context. Each call that crosses runs the interceptors of the
//! contexts that it leaves and enters (`crossing`). Creating, `QueryInterface`,
//! counting and releasing are not such calls: they happen within the object's
//! context, but no interceptor is asked.
//!
//! - `activity`: the lock of synchronised contexts;
//! - [`request`]: what a new context is asked to be;
//! - `class`: what a class asks for in the registry, and where its objects go.
//!
//! # Who holds whom
//! A further context is the COM object that `CoGetObjectContext` answers
//! (`object_context`); whoever holds a [`Context`] holds a reference to it: threads
//! that are within, and the stubs of its objects. A stub lets go of its context when
//! it ends, at the latest with its apartment, so the circle of a context and its
//! stubs is broken.
//!
//! Transactions are left out, as the requirements say.

pub(crate) mod activity;
pub(crate) mod class;
pub(crate) mod crossing;
pub mod request;

use core::ptr::NonNull;
use std::ops::Deref;
use std::sync::Arc;

use com_abi::codes::E_UNEXPECTED;
use com_abi::object::{interface_of, make, value_of};
use com_abi::{HRESULT, IUnknown, Interface};

use crate::apartment::{Apartment, new_id};
use crate::membership;
use crate::object_context::ObjectContext;
use crate::stub::StubTable;
use request::Properties;

/// What a further context has of its own.
pub(crate) struct State {
    id: u64,
    properties: Properties,
    stubs: StubTable,
}

/// A reference to a context that is not a default one.
pub(crate) struct Further {
    /// Keeps what the other field points to.
    object: IUnknown,
    state: NonNull<State>,
}

// SAFETY: the object may be used by every thread, and the state lives as long as it.
unsafe impl Send for Further {}
// SAFETY: as above; what changes in the state is behind locks.
unsafe impl Sync for Further {}

impl Clone for Further {
    fn clone(&self) -> Self {
        Self { object: self.object.clone(), state: self.state }
    }
}

impl Deref for Further {
    type Target = State;

    fn deref(&self) -> &State {
        // SAFETY: a part of the object, to which this holds a reference.
        unsafe { self.state.as_ref() }
    }
}

impl State {
    /// Its properties.
    pub fn properties(&self) -> &Properties {
        &self.properties
    }
}

impl Further {
    fn new(apartment: &Arc<Apartment>, properties: Properties) -> Result<Self, HRESULT> {
        apartment.note_context();
        let state = State { id: new_id(), properties, stubs: StubTable::default() };
        // SAFETY: no outer object.
        let object = unsafe {
            let outer = core::ptr::null_mut();
            make(outer, |_| Ok(ObjectContext::new(apartment, Some(state))))?
        };
        // SAFETY: that is its class.
        let value = unsafe { value_of::<ObjectContext>(&object) };
        let state = value.and_then(ObjectContext::state).map(NonNull::from);
        Ok(Self { state: state.ok_or(E_UNEXPECTED)?, object })
    }

    /// A reference to the context that is `object`, which somebody else holds
    /// meanwhile.
    pub fn of(object: &ObjectContext, state: &State) -> Result<Self, HRESULT> {
        // SAFETY: made by `make` in `new` or for a default context; a class with
        // interfaces has the first.
        let raw = unsafe { interface_of(object, 0) };
        // SAFETY: an interface of a live object.
        let object = unsafe { IUnknown::from_raw_borrowed(&raw) }.ok_or(E_UNEXPECTED)?.clone();
        Ok(Self { object, state: NonNull::from(state) })
    }
}

/// A context, held.
#[derive(Clone)]
pub struct Context {
    apartment: Arc<Apartment>,
    further: Option<Further>,
}

impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Context {
    /// An apartment's default context.
    pub fn default_of(apartment: Arc<Apartment>) -> Self {
        Self { apartment, further: None }
    }

    /// A new context in an apartment.
    ///
    /// # Errors
    /// None in practice.
    fn new(apartment: &Arc<Apartment>, properties: Properties) -> Result<Self, HRESULT> {
        let further = Further::new(apartment, properties)?;
        Ok(Self::of(Arc::clone(apartment), Some(further)))
    }

    /// A context whose parts are known.
    pub(crate) fn of(apartment: Arc<Apartment>, further: Option<Further>) -> Self {
        Self { apartment, further }
    }

    /// Its apartment.
    pub fn apartment(&self) -> &Arc<Apartment> {
        &self.apartment
    }

    /// What it is besides a default context.
    pub(crate) fn further(&self) -> Option<&Further> {
        self.further.as_ref()
    }

    /// Number that no other context of the process ever has; a default context's is
    /// its apartment's.
    pub fn id(&self) -> u64 {
        Place::from(self).id()
    }

    /// The stubs of its objects.
    pub(crate) fn stubs(&self) -> &StubTable {
        match &self.further {
            Some(further) => &further.stubs,
            None => self.apartment.stubs(),
        }
    }

    /// Its object (`IObjContext`), with a reference.
    ///
    /// # Errors
    /// None in practice.
    pub fn object(&self) -> Result<IUnknown, HRESULT> {
        match &self.further {
            Some(further) => Ok(further.object.clone()),
            None => self.apartment.context(),
        }
    }
}

/// A context, borrowed; from an apartment it is the default one.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    apartment: &'a Arc<Apartment>,
    further: Option<&'a Further>,
}

impl<'a> From<&'a Arc<Apartment>> for Place<'a> {
    fn from(apartment: &'a Arc<Apartment>) -> Self {
        Self { apartment, further: None }
    }
}

impl<'a> From<&'a Context> for Place<'a> {
    fn from(context: &'a Context) -> Self {
        Self { apartment: &context.apartment, further: context.further.as_ref() }
    }
}

impl<'a> Place<'a> {
    /// Its apartment.
    pub(crate) fn apartment(self) -> &'a Arc<Apartment> {
        self.apartment
    }

    /// As [`Context::id`].
    pub(crate) fn id(self) -> u64 {
        self.further.map_or_else(|| self.apartment.id(), |further| further.id)
    }

    /// The context, held.
    pub(crate) fn to_context(self) -> Context {
        Context::of(Arc::clone(self.apartment), self.further.cloned())
    }

    /// How its calls are run by a thread that takes them from the queue, which is
    /// in the default context.
    pub(crate) fn inside(self) -> Inside {
        Inside(self.further.map(|_| self.to_context()))
    }
}

/// See [`Place::inside`].
pub(crate) struct Inside(Option<Context>);

impl Inside {
    pub(crate) fn run<R>(self, body: impl FnOnce() -> R) -> R {
        match &self.0 {
            Some(context) => membership::within(context, body),
            None => body(),
        }
    }
}
