//! A service of somebody else's library as the engine sees it.

use core::ffi::c_void;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

// The task allocator is a function that the runtime exports.
use com as _;
use com_abi::Interface;
use inf_file::{Kind, Service};
use mapi_abi::build::Arguments;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IABLogon, IABProvider, IMSLogon, IMSProvider, IMsgStore};
use mapi_abi::spi::{
    Logon, MessageService, Opened, OpenedProvider, ProviderInfo, ResourceType, Section,
    ServiceContext, ServiceFlags, ServiceInfo, Sheet,
};
use mapi_abi::structs::{
    AB_NO_DIALOG, CURRENT_SPI_VERSION, MAPI_BEST_ACCESS, MAPI_UNICODE, MDB_NO_DIALOG, MDB_WRITE,
    PROVIDERINIT,
};
use mapi_abi::tags::PropTag;
use mapi_abi::tags::types::{PT_STRING8, PT_UNICODE};
use mapi_abi::value::Value;

use crate::book::{self, ForeignBook, OpenedBook};
use crate::configure;
use crate::ffi;
use crate::library::{self, Library};
use crate::objects::{Taken, failed, interface, sentence};
use crate::reading;
use crate::store::{Facts, ForeignStore, bound, log_off};
use crate::support::SupportState;
use crate::worker::Worker;

/// See the module.
#[derive(Debug)]
pub struct ForeignService {
    info: ServiceInfo,
    /// The folder of its description.
    folder: PathBuf,
    described: Service,
}

/// Properties of a description.
fn defaults(props: &[inf_file::Prop]) -> Section {
    let mut section = Section::new();
    for prop in props {
        let tag = PropTag(prop.tag);
        let tag = if tag.prop_type() == PT_STRING8 { tag.with_type(PT_UNICODE) } else { tag };
        let value = match &prop.value {
            inf_file::Value::Text(text) => Value::Unicode(text.clone()),
            inf_file::Value::Long(number) => Value::Long(*number as i32),
            inf_file::Value::Boolean(set) => Value::Boolean(*set),
            inf_file::Value::Bytes(bytes) => Value::Binary(bytes.clone()),
        };
        section.set(tag, value);
    }
    section
}

/// A section over the one that a description gives.
fn over(mut under: Section, section: &Section) -> Section {
    for prop in section.iter() {
        under.set(prop.tag, prop.value.clone());
    }
    under
}

/// Brings what changed between two states of a section to the profile's.
fn apply(before: &Section, after: &Section, section: &mut Section) {
    for prop in before.iter().filter(|prop| after.get(prop.tag).is_none()) {
        section.remove(prop.tag);
    }
    for prop in after.iter().filter(|prop| before.get(prop.tag) != Some(&prop.value)) {
        section.set(prop.tag, prop.value.clone());
    }
}

/// The task allocator as entry points take it; null when there is none.
pub fn task_allocator() -> *mut c_void {
    let mut allocator = core::ptr::null_mut();
    // SAFETY: a writable place; the object's references are not counted.
    let _ = unsafe {
        partywall::ffi::memory::CoGetMalloc(com_abi::malloc::MEMCTX_TASK, &mut allocator)
    };
    allocator
}

fn resource_type(kind: Kind) -> ResourceType {
    match kind {
        Kind::Store => ResourceType::Store,
        Kind::AddressBook => ResourceType::AddressBook,
        Kind::Transport => ResourceType::Transport,
    }
}

impl ForeignService {
    /// A service that the file describes. Nothing is loaded yet.
    pub fn new(file: &Path, described: Service) -> Self {
        let folder = file.parent().unwrap_or(Path::new("/")).to_owned();
        let named = described.library.clone().unwrap_or_default();
        let library = library::place(&folder, &named).map_or(named, |at| at.display().to_string());
        let provider = |provider: &inf_file::Provider| ProviderInfo {
            name: provider.name.clone(),
            display_name: provider.display_name.clone(),
            resource_type: resource_type(provider.kind),
            flags: provider.flags,
        };
        let info = ServiceInfo {
            name: described.name.clone(),
            display_name: described.display_name.clone(),
            library,
            is_single: described.flags & inf_file::SINGLE_COPY != 0,
            providers: described.providers.iter().map(provider).collect(),
        };
        Self { info, folder, described }
    }

    /// The library of the service or of one of its providers.
    fn library(&self, own: Option<&String>) -> Result<String, Failure> {
        own.or(self.described.library.as_ref()).cloned().ok_or_else(|| {
            let says = format!(
                "the description of {} names no library: add PR_SERVICE_SO_NAME",
                self.info.name
            );
            Failure::new(Code::NOT_FOUND, says)
        })
    }
}

impl MessageService for ForeignService {
    fn info(&self) -> &ServiceInfo {
        &self.info
    }

    fn configure(
        &self,
        context: ServiceContext,
        flags: ServiceFlags,
        section: &mut Section,
        sheet: &dyn Sheet,
    ) -> Result<(), Failure> {
        let Some(entry) = self.described.entry.clone() else {
            // Without one there is nothing to configure, and nothing to say no.
            return Ok(());
        };
        let before = over(defaults(&self.described.props), section);
        let call = configure::Call {
            info: self.info.clone(),
            folder: self.folder.clone(),
            library: self.library(None)?,
            entry,
            context: context as u32,
            flags: flags.0,
            section: before.clone(),
        };
        let after = configure::call(call, bound(), sheet)?;
        apply(&before, &after, section);
        Ok(())
    }

    fn logon(&self, provider: &str, logon: &Logon<'_>) -> Result<OpenedProvider, Failure> {
        let described = self.described.providers.iter().find(|one| one.name == provider);
        let described = described.ok_or_else(|| {
            let says = format!("the service {} has no provider {provider}", self.info.name);
            Failure::new(Code::NOT_FOUND, says)
        })?;
        let library = self.library(described.library.as_ref())?;
        let own = over(defaults(&self.described.props), &defaults(&described.props));
        let section = Arc::new(Mutex::new(over(own, logon.section)));
        let support = SupportState::new(&section, &library, None);
        let (folder, write) = (self.folder.clone(), logon.access.write);
        match described.kind {
            Kind::Store => {
                let given = Arc::clone(&support);
                let begin = move || {
                    let library = Library::load(&folder, &library)?;
                    let (opened, warning) = open_store(&library, &given, write)?;
                    let facts = Facts::of(&opened)?;
                    Ok((opened, (facts, warning)))
                };
                let (worker, (facts, warning)) = Worker::start(bound(), begin, log_off)?;
                let store = ForeignStore::new(worker, facts, support);
                Ok(OpenedProvider { opened: Opened::Store(Arc::new(store)), warning })
            }
            Kind::AddressBook => {
                let begin = move || {
                    let library = Library::load(&folder, &library)?;
                    open_book(&library, &support)
                };
                let (worker, warning) = Worker::start(bound(), begin, book::log_off)?;
                let book = ForeignBook::new(worker);
                Ok(OpenedProvider { opened: Opened::AddressBook(Arc::new(book)), warning })
            }
            Kind::Transport => {
                let says = "transports of libraries are not used here";
                Err(Failure::new(Code::FAILONEPROVIDER, says))
            }
        }
    }

    fn is_foreign(&self) -> bool {
        true
    }
}

/// The object that a library's `…ProviderInit` makes.
///
/// # Errors
/// `NOT_FOUND` it is not exported; `VERSION`; the library's.
///
/// # Safety
/// `I` is the interface of the entry point.
unsafe fn provider<I: Interface>(library: &Library, init: &str) -> Result<I, Failure> {
    let symbol = library.symbol(init)?;
    // SAFETY: that is the documented type of these entry points.
    let entry: PROVIDERINIT = unsafe { core::mem::transmute(symbol) };
    let (mut version, mut raw) = (0, core::ptr::null_mut());
    // SAFETY: the documented arguments, with writable places.
    let code = unsafe {
        entry(
            library.instance(),
            task_allocator(),
            Some(ffi::allocate_buffer),
            Some(ffi::allocate_more),
            Some(ffi::free_buffer),
            0,
            CURRENT_SPI_VERSION,
            &mut version,
            &mut raw,
        )
    };
    if code.is_err() {
        return Err(failed(init, code, None));
    }
    // SAFETY: the answer is the entry point's interface, or null.
    let provider = unsafe { interface::<I>(init, raw) }?;
    if version >> 16 != CURRENT_SPI_VERSION >> 16 || version > CURRENT_SPI_VERSION {
        let says = format!(
            "{} has version {version:#x} of the provider interfaces, and {CURRENT_SPI_VERSION:#x} \
             is spoken here: get another version of it",
            library.path.display()
        );
        return Err(Failure::new(Code::VERSION, says));
    }
    Ok(provider)
}

/// Logs on to a library's message store, on the provider's thread; answers what
/// went wrong although it works, too.
fn open_store(
    library: &Library,
    support: &Arc<SupportState>,
    write: bool,
) -> Result<(reading::Opened, Option<String>), Failure> {
    // SAFETY: that is what `MSProviderInit` makes.
    let provider: IMSProvider = unsafe { provider(library, "MSProviderInit") }?;
    let support = support.object()?;
    let mut arguments = Arguments::new();
    let profile = arguments.text("");
    let access = if write { MDB_WRITE | MAPI_BEST_ACCESS } else { 0 };
    let null = core::ptr::null();
    let (mut size, mut security, mut error) = (0, core::ptr::null_mut(), core::ptr::null_mut());
    let (mut logon, mut store) = (core::ptr::null_mut(), core::ptr::null_mut());
    // SAFETY: the documented arguments: no identifier and no interface in particular,
    // and writable places. What is answered is ours.
    unsafe {
        let code = provider.Logon(
            support.as_raw(),
            0,
            profile,
            0,
            null,
            MDB_NO_DIALOG | MAPI_UNICODE | access,
            null.cast(),
            &mut size,
            &mut security,
            &mut error,
            &mut logon,
            &mut store,
        );
        drop(Taken(security));
        let explained = sentence(error);
        if code.is_err() {
            return Err(failed("the logon", code, explained));
        }
        let warned = code == Code::ERRORS_RETURNED.hresult();
        let warning = warned.then(|| explained.unwrap_or_else(|| "something is missing".into()));
        // Both are taken over before one that is missing is a failure.
        let logon = interface::<IMSLogon>("the logon", logon);
        let store = interface::<IMsgStore>("the logon", store);
        Ok((reading::Opened { store: store?, logon: logon?, provider }, warning))
    }
}

/// As [`open_store`], for an address book.
fn open_book(
    library: &Library,
    support: &Arc<SupportState>,
) -> Result<(OpenedBook, Option<String>), Failure> {
    // SAFETY: that is what `ABProviderInit` makes.
    let provider: IABProvider = unsafe { provider(library, "ABProviderInit") }?;
    let support = support.object()?;
    let mut arguments = Arguments::new();
    let profile = arguments.text("");
    let (mut size, mut security, mut error) = (0, core::ptr::null_mut(), core::ptr::null_mut());
    let mut logon = core::ptr::null_mut();
    // SAFETY: the documented arguments and writable places. What is answered is ours.
    unsafe {
        let flags = AB_NO_DIALOG | MAPI_UNICODE;
        let code = provider.Logon(
            support.as_raw(),
            0,
            profile,
            flags,
            &mut size,
            &mut security,
            &mut error,
            &mut logon,
        );
        drop(Taken(security));
        let explained = sentence(error);
        if code.is_err() {
            return Err(failed("the logon", code, explained));
        }
        let warned = code == Code::ERRORS_RETURNED.hresult();
        let warning = warned.then(|| explained.unwrap_or_else(|| "something is missing".into()));
        let logon = interface::<IABLogon>("the logon", logon)?;
        Ok((OpenedBook { logon, provider }, warning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: PropTag = PropTag(0x6600_001F);
    const B: PropTag = PropTag(0x6601_0003);

    #[test]
    fn what_an_entry_point_changes_goes_into_the_profile_and_nothing_else() {
        let described = [inf_file::Prop { tag: 0x6601_0003, value: inf_file::Value::Long(7) }];
        let mut section = Section::new();
        section.set(A, Value::Unicode("mine".into()));
        let before = over(defaults(&described), &section);
        assert_eq!(before.get(B), Some(&Value::Long(7)));
        let mut after = before.clone();
        after.remove(A);
        let new = PropTag(0x6602_0003);
        after.set(new, Value::Long(1));
        apply(&before, &after, &mut section);
        assert_eq!(section.iter().map(|prop| prop.tag).collect::<Vec<_>>(), [new]);
    }
}
