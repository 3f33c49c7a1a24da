//! File monikers: a path. Unlike items, paths are compared with case, as this
//! system does.

use core::ffi::c_void;

use com_abi::codes::{
    E_NOINTERFACE, MK_E_INTERMEDIATEINTERFACENOTSUPPORTED, MK_E_NOOBJECT, MK_E_NOPREFIX,
    MK_E_SYNTAX, MK_E_UNAVAILABLE, MK_S_HIM, MK_S_ME, MK_S_US, S_OK,
};
use com_abi::moniker::{BindOptions, IClassActivator, IMoniker, IParseDisplayName};
use com_abi::persist::IPersistFile;
use com_abi::{FILETIME, GUID, HRESULT, IClassFactory, IUnknown, Interface, WideString};

use super::{Answer, Binding, Content, anti, calls, object};
use crate::ffi::identifiers::file_time;
use crate::{activation, class_factory, class_file, running_objects};

/// What a file moniker says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    path: String,
}

/// The steps of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Steps<'a> {
    is_absolute: bool,
    names: Vec<&'a str>,
}

impl<'a> Steps<'a> {
    fn of(path: &'a str) -> Self {
        let names = path.split('/').filter(|name| !matches!(*name, "" | "."));
        Self { is_absolute: path.starts_with('/'), names: names.collect() }
    }

    /// Number of steps at the beginning that are the same.
    fn common(&self, other: &Self) -> usize {
        if self.is_absolute != other.is_absolute {
            return 0;
        }
        self.names.iter().zip(&other.names).take_while(|(one, other)| one == other).count()
    }

    fn path(&self) -> String {
        let root = if self.is_absolute { "/" } else { "" };
        format!("{root}{}", self.names.join("/"))
    }
}

impl File {
    /// Of a path.
    ///
    /// # Errors
    /// `MK_E_SYNTAX` when it is empty.
    pub fn new(path: &str) -> Result<Self, HRESULT> {
        if path.is_empty() { Err(MK_E_SYNTAX) } else { Ok(Self { path: path.to_owned() }) }
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.path
    }

    fn moniker(path: &str) -> Result<IMoniker, HRESULT> {
        object::make(Content::File(Self::new(path)?))
    }

    /// With an anti moniker nothing, with another path the path to that; `None`
    /// with anything else.
    pub fn compose(&self, right: &IMoniker) -> Option<Result<Option<IMoniker>, HRESULT>> {
        if let Some(rest) = anti::after_one(right) {
            return Some(rest);
        }
        let Some(Content::File(right)) = object::content_of(right) else { return None };
        Some(self.with(&right))
    }

    /// A path's first steps back take steps of this one away.
    fn with(&self, right: &Self) -> Result<Option<IMoniker>, HRESULT> {
        let (mut steps, more) = (Steps::of(&self.path), Steps::of(&right.path));
        if more.is_absolute {
            return Err(MK_E_SYNTAX);
        }
        for name in more.names {
            match (name, steps.names.last().copied()) {
                ("..", None) if steps.is_absolute => {}
                ("..", Some(last)) if last != ".." => drop(steps.names.pop()),
                _ => steps.names.push(name),
            }
        }
        match steps.path() {
            path if path.is_empty() => Ok(None),
            path => Self::moniker(&path).map(Some),
        }
    }

    /// What both paths begin with; the root alone does not count.
    ///
    /// # Errors
    /// `MK_E_NOPREFIX`.
    pub fn prefix(&self, own: &IMoniker, other: &IMoniker, other_file: &Self) -> Answer {
        let (mine, its) = (Steps::of(&self.path), Steps::of(&other_file.path));
        let common = mine.common(&its);
        match common {
            _ if mine == its => Ok((MK_S_US, Some(own.clone()))),
            0 => Err(MK_E_NOPREFIX),
            all if all == mine.names.len() => Ok((MK_S_ME, Some(own.clone()))),
            all if all == its.names.len() => Ok((MK_S_HIM, Some(other.clone()))),
            some => {
                let names = mine.names.iter().take(some).copied().collect();
                let steps = Steps { is_absolute: mine.is_absolute, names };
                Ok((S_OK, Some(Self::moniker(&steps.path())?)))
            }
        }
    }

    /// The path that leads from this one to the other: back by steps, and forth.
    ///
    /// # Errors
    /// None in practice.
    pub fn relative(&self, other: &IMoniker, other_file: &Self) -> Answer {
        let (mine, its) = (Steps::of(&self.path), Steps::of(&other_file.path));
        let common = mine.common(&its);
        if common == 0 {
            return Ok((MK_S_HIM, Some(other.clone())));
        }
        let back = std::iter::repeat_n("..", mine.names.len() - common);
        let names: Vec<&str> = back.chain(its.names.iter().skip(common).copied()).collect();
        match names.join("/") {
            path if path.is_empty() => Ok((S_OK, None)),
            path => Ok((S_OK, Some(Self::moniker(&path)?))),
        }
    }

    /// The running object of that path, else one of the file's class, or of the
    /// class that stands before it, that loads the file.
    ///
    /// # Errors
    /// `MK_E_CANTOPENFILE`, `MK_E_INVALIDEXTENSION`;
    /// `MK_E_INTERMEDIATEINTERFACENOTSUPPORTED`; those of activation and of the
    /// object.
    pub fn bind(
        &self,
        own: &IMoniker,
        at: &Binding<'_>,
        iid: &GUID,
    ) -> Result<*mut c_void, HRESULT> {
        if at.left.is_none() {
            match running_objects::object(own, iid) {
                Err(MK_E_UNAVAILABLE) => {}
                known => return known,
            }
        }
        let options = calls::options(at.context)?;
        let made = match at.left {
            None => {
                let clsid = class_file::of_file(&self.path)?;
                let (null, context) = (core::ptr::null_mut(), options.class_context);
                activation::create_instance(&clsid, null, context, &IPersistFile::IID)?
            }
            Some(left) => {
                let factory = self.factory(at, left, &options)?;
                let made =
                    class_factory::create(&factory, core::ptr::null_mut(), &IPersistFile::IID)?;
                made.into_raw()
            }
        };
        // SAFETY: that interface with a reference, which is ours.
        let file = unsafe { IPersistFile::from_raw(made) };
        let path = WideString::new(&self.path);
        // SAFETY: a live interface and zero-ended text.
        calls::ok(unsafe { file.Load(path.as_ptr(), options.mode) })?;
        let unknown: &IUnknown = &file;
        calls::keep(at.context, unknown)?;
        activation::ask(unknown, iid)
    }

    /// The factory that stands before it, or that an activator there gives.
    fn factory(
        &self,
        at: &Binding<'_>,
        left: &IMoniker,
        options: &BindOptions,
    ) -> Result<IClassFactory, HRESULT> {
        let alone = Binding { context: at.context, left: None };
        match calls::bind_to(left, &alone) {
            Err(E_NOINTERFACE) => {}
            known => return known,
        }
        let activator: IClassActivator =
            calls::bind_to(left, &alone).map_err(|_| MK_E_INTERMEDIATEINTERFACENOTSUPPORTED)?;
        let clsid = class_file::of_file(&self.path)?;
        let (context, locale, iid) = (options.class_context, options.locale, &IClassFactory::IID);
        // SAFETY: a live interface, readable identifiers, a writable place.
        let raw = calls::pointer(|place| unsafe {
            activator.GetClassObject(&clsid, context, locale, iid, place)
        })?;
        // SAFETY: the answer is that interface with a reference.
        Ok(unsafe { IClassFactory::from_raw(raw) })
    }

    /// When the object was changed, else the file.
    ///
    /// # Errors
    /// `MK_E_NOOBJECT` when there is neither.
    pub fn time_of_last_change(
        &self,
        own: &IMoniker,
        at: &Binding<'_>,
    ) -> Result<FILETIME, HRESULT> {
        if at.left.is_none() {
            match running_objects::time_of_last_change(own) {
                Err(MK_E_UNAVAILABLE) => {}
                known => return known,
            }
        }
        let changed = std::fs::metadata(&self.path).and_then(|file| file.modified());
        changed.map(file_time).map_err(|_| MK_E_NOOBJECT)
    }

    /// Lets the file's class, else its object, read what follows.
    ///
    /// # Errors
    /// As [`File::bind`]; the parser's.
    pub fn parse_after(&self, own: &IMoniker, at: &Binding<'_>, name: &str) -> calls::Parsed {
        let context = calls::options(at.context)?.class_context;
        let by_class = class_file::of_file(&self.path)
            .and_then(|clsid| activation::class_object(&clsid, context, &IParseDisplayName::IID));
        let raw = by_class.or_else(|_| self.bind(own, at, &IParseDisplayName::IID))?;
        // SAFETY: the answer is that interface with a reference.
        let parser = unsafe { IParseDisplayName::from_raw(raw) };
        calls::parse_by(&parser, at.context, &WideString::new(name))
    }
}
