//! What can go wrong, with the documented code of the thread's last error.

use std::fmt;

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Nothing has that name.
    FileNotFound,
    /// The handle names nothing, or an object of another kind.
    InvalidHandle,
    /// An argument is outside what is documented.
    InvalidParameter,
    /// The name is longer than `MAX_PATH`.
    NameTooLong,
    /// All thread storage slots are taken.
    NoMoreItems,
    /// No handle is free.
    NoSystemResources,
    /// The system gives no thread or no memory.
    NotEnoughMemory,
    /// The mutex belongs to another thread, or to none.
    NotOwner,
    /// The name has a backslash that ends no known prefix.
    PathNotFound,
    /// The semaphore would pass its limit.
    TooManyPosts,
}

impl Error {
    /// The code for `GetLastError`.
    pub fn code(self) -> u32 {
        match self {
            Self::FileNotFound => 2,
            Self::InvalidHandle => 6,
            Self::InvalidParameter => 87,
            Self::NameTooLong => 206,
            Self::NoMoreItems => 259,
            Self::NoSystemResources => 1450,
            Self::NotEnoughMemory => 8,
            Self::NotOwner => 288,
            Self::PathNotFound => 3,
            Self::TooManyPosts => 298,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FileNotFound => "no object has this name: create it first",
            Self::InvalidHandle => "the handle is closed or names another kind of object",
            Self::InvalidParameter => "an argument is out of range",
            Self::NameTooLong => "the name is too long: use at most 260 characters",
            Self::NoMoreItems => "all thread storage slots are taken: free one",
            Self::NoSystemResources => "no handle is free: close some",
            Self::NotEnoughMemory => "the system gives no further thread or memory",
            Self::NotOwner => "the mutex belongs to another thread",
            Self::PathNotFound => "a name may have a backslash only after Local or Global",
            Self::TooManyPosts => "the semaphore would pass its limit",
        })
    }
}

impl std::error::Error for Error {}
