//! Loading and unloading of a component library in C, through the exported
//! functions. The numbers are those of the list of documented behaviours.

use core::ptr::null_mut;
use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use com_abi::codes::{CO_E_DLLNOTFOUND, CO_E_ERRORINDLL, REGDB_E_CLASSNOTREG, S_OK};
use com_abi::{GUID, HRESULT, IClassFactory, IUnknown, Interface, format_guid};
use partywall::com::Apartment;
use partywall::ffi::CLSCTX_INPROC_SERVER;
use partywall::ffi::INFINITE;
use partywall::ffi::activation::CLSCTX_INPROC_HANDLER;

use crate::ffi::activation::{CoCreateInstance, CoGetClassObject};
use crate::ffi::libraries::{CoFreeUnusedLibraries, CoFreeUnusedLibrariesEx};
use crate::library::{Answer, STANDARD_DELAY, Terms, Use, free_unused, give_up};
use crate::{apartment, class};

const CALCULATOR: GUID = GUID::from_u128(0x5F0B6A10_3C1E_4B7A_9E52_7A1D0C00CA01);

/// The library `tests/c/component.c`, registered with a model.
struct Component {
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Component {
    fn new(model: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("libcalculator.so");
        let mut compiler = Command::new("cc");
        compiler.args(["-std=c11", "-shared", "-fPIC", "-I"]).arg(root.join("include"));
        compiler.arg(root.join("tests/c/component.c")).arg("-o").arg(&file);
        assert!(compiler.status().unwrap().success());
        register(&file, model);
        Self { file, _folder: folder }
    }

    fn is_loaded(&self) -> bool {
        let path = CString::new(self.file.to_str().unwrap()).unwrap();
        // SAFETY: a zero-ended path; nothing is loaded, and the handle is given
        // back.
        unsafe {
            let handle = libc::dlopen(path.as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD);
            !handle.is_null() && libc::dlclose(handle) == 0
        }
    }
}

fn register(file: &Path, model: &str) {
    let key = format!("HKEY_CLASSES_ROOT\\CLSID\\{}\\InprocServer32", format_guid(&CALCULATOR));
    let write = |change: &registry::Change<'_>| {
        change.set(&key, "", file.to_str().unwrap())?;
        change.set(&key, "ThreadingModel", model)
    };
    class::change(write).unwrap();
}

fn create() -> Result<IUnknown, HRESULT> {
    create_in(CLSCTX_INPROC_SERVER)
}

fn create_in(context: u32) -> Result<IUnknown, HRESULT> {
    let mut raw = null_mut();
    let iid = &IUnknown::IID;
    // SAFETY: readable identifiers and a writable place; the answer is ours.
    unsafe {
        let code = CoCreateInstance(&CALCULATOR, null_mut(), context, iid, &mut raw);
        if code == S_OK { Ok(IUnknown::from_raw(raw)) } else { Err(code) }
    }
}

fn factory() -> IClassFactory {
    let mut raw = null_mut();
    let (iid, server) = (&IClassFactory::IID, std::ptr::null());
    // SAFETY: as above.
    unsafe {
        let code = CoGetClassObject(&CALCULATOR, CLSCTX_INPROC_SERVER, server, iid, &mut raw);
        assert_eq!(code, S_OK);
        IClassFactory::from_raw(raw)
    }
}

fn on_thread<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    security::spawner::spawn("test", 1 << 20, body).unwrap().join().unwrap()
}

alone! {
    fn n039_a_library_without_objects_is_dropped_by_its_own_thread_only() {
        let component = Component::new("Apartment");
        on_thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            let object = create().unwrap();
            CoFreeUnusedLibraries();
            assert!(component.is_loaded(), "there is an object");
            drop(object);
            std::thread::scope(|scope| {
                scope.spawn(|| CoFreeUnusedLibraries());
            });
            assert!(component.is_loaded(), "a thread without an apartment does nothing");
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let _other = Apartment::single_threaded().unwrap();
                    CoFreeUnusedLibraries();
                });
            });
            assert!(component.is_loaded(), "another apartment cannot know");
            CoFreeUnusedLibraries();
            assert!(!component.is_loaded());
            drop(create().unwrap());
            assert!(component.is_loaded(), "and it comes back");
        });
    }

    fn a_library_of_many_threads_waits_for_the_delay() {
        let component = Component::new("Both");
        on_thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            drop(create().unwrap());
            let begin = Instant::now();
            let at = |seconds| begin + Duration::from_secs(seconds);
            free_unused(STANDARD_DELAY, at(0));
            free_unused(STANDARD_DELAY, at(599));
            assert!(component.is_loaded());
            drop(create().unwrap());
            free_unused(STANDARD_DELAY, at(601));
            assert!(component.is_loaded(), "a use cancels the delay");
            free_unused(STANDARD_DELAY, at(1200));
            assert!(component.is_loaded(), "which begins anew");
            free_unused(STANDARD_DELAY, at(1202));
            assert!(!component.is_loaded());

            drop(create().unwrap());
            CoFreeUnusedLibraries();
            CoFreeUnusedLibrariesEx(INFINITE, 0);
            assert!(component.is_loaded());
            CoFreeUnusedLibrariesEx(0, 0);
            assert!(!component.is_loaded(), "no delay");
            drop(create().unwrap());
            CoFreeUnusedLibrariesEx(30, 0);
            assert!(component.is_loaded());
            std::thread::sleep(Duration::from_millis(40));
            CoFreeUnusedLibrariesEx(30, 0);
            assert!(!component.is_loaded(), "a delay of one's own");
        });
    }

    fn a_locked_library_and_one_with_a_proxied_factory_stay() {
        let component = Component::new("Apartment");
        on_thread(move || {
            let _mta = Apartment::multithreaded().unwrap();
            let factory = factory();
            CoFreeUnusedLibrariesEx(0, 0);
            assert!(component.is_loaded(), "the stub in the host STA has locked the factory");
            drop(factory);
            CoFreeUnusedLibrariesEx(0, 0);
            assert!(!component.is_loaded(), "the host STA was asked too");
        });
    }

    fn a_library_that_a_thread_is_inside_of_stays() {
        let component = Component::new("Apartment");
        on_thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            let inside = Use::begin(&component.file).unwrap();
            CoFreeUnusedLibrariesEx(0, 0);
            assert!(component.is_loaded());
            drop(inside);
            CoFreeUnusedLibrariesEx(0, 0);
            assert!(!component.is_loaded());
        });
    }

    fn a_library_that_was_used_while_it_was_asked_stays() {
        let component = Component::new("Apartment");
        on_thread(move || {
            let sta = Apartment::single_threaded().unwrap();
            drop(create().unwrap());
            let file = &component.file;
            let ours = [apartment::current().unwrap().id()];
            let terms = Terms { ours: &ours, delay: Duration::ZERO, now: Instant::now() };

            let begun_before = Use::begin(file).unwrap();
            let answer = Answer::of(file).unwrap();
            drop(begun_before);
            assert!(give_up(file, &answer, &terms).is_none());

            let answer = Answer::of(file).unwrap();
            drop(Use::begin(file).unwrap());
            assert!(give_up(file, &answer, &terms).is_none());

            let answer = Answer::of(file).unwrap();
            crate::ffi::close_library(give_up(file, &answer, &terms).unwrap());
            assert!(!component.is_loaded());
            drop(sta);
        });
    }

    fn a_library_of_the_mta_is_dropped_by_whoever_asks() {
        let component = Component::new("Free");
        on_thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            drop(create().unwrap());
            CoFreeUnusedLibraries();
            assert!(component.is_loaded(), "after a delay");
            CoFreeUnusedLibrariesEx(0, 0);
            assert!(!component.is_loaded(), "the MTA has no thread of its own to ask");
        });
    }

    fn what_an_ended_apartment_has_left_is_dropped_by_another() {
        let component = Component::new("Apartment");
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            drop(create().unwrap());
        });
        assert!(component.is_loaded());
        on_thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            CoFreeUnusedLibraries();
            assert!(!component.is_loaded());
        });
    }

    /// The delay is there for threads that still return from the last `Release`;
    /// without one, only making objects is safe.
    fn objects_are_made_while_libraries_are_dropped() {
        static RELEASING: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let component = Component::new("Free");
        let work = |worker: usize| move || {
            let _mta = Apartment::multithreaded().unwrap();
            for _ in 0..300 {
                if worker == 0 {
                    let _nobody_releases = RELEASING.lock().unwrap();
                    CoFreeUnusedLibrariesEx(0, 0);
                } else {
                    let object = create().unwrap();
                    let _alone = RELEASING.lock().unwrap();
                    drop(object);
                }
            }
        };
        let spawn = |worker| security::spawner::spawn("test", 1 << 20, work(worker)).unwrap();
        let workers: Vec<_> = (0..4).map(spawn).collect();
        for worker in workers {
            worker.join().unwrap();
        }
        assert!(apartment::existing().is_empty());
        drop(component);
    }

    fn a_library_that_handles_a_class_is_another_than_the_one_that_serves_it() {
        let component = Component::new("Both");
        let class = format!("HKEY_CLASSES_ROOT\\CLSID\\{}", format_guid(&CALCULATOR));
        let server = format!("{class}\\InprocServer32");
        let handler = format!("{class}\\InprocHandler32");
        class::change(|change| {
            change.delete(&server)?;
            change.set(&handler, "", &format!("\"{}\"", component.file.display()))?;
            change.set(&handler, "ThreadingModel", "Both")
        })
        .unwrap();
        on_thread(move || {
            let _sta = Apartment::single_threaded().unwrap();
            assert_eq!(create().err(), Some(REGDB_E_CLASSNOTREG));
            create_in(CLSCTX_INPROC_HANDLER).unwrap();
            create_in(CLSCTX_INPROC_HANDLER | CLSCTX_INPROC_SERVER).unwrap();
        });
    }

    fn a_library_that_is_not_there_or_no_component_is_told_apart() {
        on_thread(|| {
            let _sta = Apartment::single_threaded().unwrap();
            register(Path::new("/nowhere/libx.so"), "Both");
            assert_eq!(create().err(), Some(CO_E_DLLNOTFOUND));
            register(Path::new("libc.so.6"), "Both");
            assert_eq!(create().err(), Some(CO_E_ERRORINDLL));
            CoFreeUnusedLibrariesEx(0, 0);
        });
    }
}
