//! The system calls behind identities.
//!
//! `setresuid` and its kin are made as raw calls: glibc's functions change
//! every thread of the process, the kernel's calls only the one that makes
//! them.

use std::ffi::{CStr, CString};
use std::io;

use crate::token::KernelIdentity;

/// Most groups that are read of an account.
const MAX_GROUPS: usize = 1024;
/// Largest entry of the user database, in bytes.
const MAX_ENTRY_BYTES: usize = 64 << 10;

const UNCHANGED: libc::c_long = -1;

/// Real user of the process; threads do not change it.
pub fn process_uid() -> u32 {
    // SAFETY: takes no arguments and cannot fail.
    unsafe { libc::getuid() }
}

/// Effective user of this thread.
pub fn thread_euid() -> u32 {
    // SAFETY: takes no arguments and cannot fail.
    unsafe { libc::geteuid() }
}

/// Effective identity of this thread.
pub fn thread_identity() -> io::Result<KernelIdentity> {
    let mut groups = vec![0; MAX_GROUPS];
    // SAFETY: the buffer has room for that many groups.
    let count = unsafe { libc::getgroups(MAX_GROUPS as libc::c_int, groups.as_mut_ptr()) };
    let count = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
    groups.truncate(count);
    // SAFETY: takes no arguments and cannot fail.
    let gid = unsafe { libc::getegid() };
    Ok(KernelIdentity { uid: thread_euid(), gid, groups })
}

fn checked(result: libc::c_long) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Sets this thread's effective user; real and saved user stay.
pub fn set_thread_euid(uid: u32) -> io::Result<()> {
    // SAFETY: plain numbers; changes the calling thread only.
    checked(unsafe {
        libc::syscall(libc::SYS_setresuid, UNCHANGED, libc::c_long::from(uid), UNCHANGED)
    })
}

/// Sets this thread's effective group; real and saved group stay.
pub fn set_thread_egid(gid: u32) -> io::Result<()> {
    // SAFETY: plain numbers; changes the calling thread only.
    checked(unsafe {
        libc::syscall(libc::SYS_setresgid, UNCHANGED, libc::c_long::from(gid), UNCHANGED)
    })
}

/// Sets this thread's further groups.
pub fn set_thread_groups(groups: &[u32]) -> io::Result<()> {
    // SAFETY: the list is readable; changes the calling thread only.
    checked(unsafe { libc::syscall(libc::SYS_setgroups, groups.len(), groups.as_ptr()) })
}

/// Calls one of the reentrant user database functions with a growing buffer.
fn user_entry<T>(
    mut query: impl FnMut(*mut libc::passwd, &mut [libc::c_char], *mut *mut libc::passwd) -> i32,
    read: impl FnOnce(&libc::passwd) -> T,
) -> Option<T> {
    let mut buffer = vec![0; 1024];
    loop {
        // SAFETY: all bytes zero is a valid entry without strings.
        let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
        let mut found = std::ptr::null_mut();
        let code = query(&mut entry, &mut buffer, &mut found);
        if code == libc::ERANGE && buffer.len() < MAX_ENTRY_BYTES {
            buffer.resize(buffer.len() * 4, 0);
            continue;
        }
        return (code == 0 && !found.is_null()).then(|| read(&entry));
    }
}

/// Name of a user of the system.
pub fn user_name(uid: u32) -> Option<String> {
    user_entry(
        // SAFETY: the buffer's length is passed with it.
        |entry, buffer, found| unsafe {
            libc::getpwuid_r(uid, entry, buffer.as_mut_ptr(), buffer.len(), found)
        },
        // SAFETY: a found entry has a zero-ended name in the buffer.
        |entry| unsafe { CStr::from_ptr(entry.pw_name) }.to_string_lossy().into_owned(),
    )
}

/// Kernel identity of a user of the system.
pub fn user_identity(name: &str) -> Option<KernelIdentity> {
    let name = CString::new(name).ok()?;
    let (uid, gid) = user_entry(
        // SAFETY: the name ends with a zero; the buffer's length is passed.
        |entry, buffer, found| unsafe {
            libc::getpwnam_r(name.as_ptr(), entry, buffer.as_mut_ptr(), buffer.len(), found)
        },
        |entry| (entry.pw_uid, entry.pw_gid),
    )?;
    let mut groups = vec![0; MAX_GROUPS];
    let mut count = MAX_GROUPS as libc::c_int;
    // SAFETY: the list has room for `count` groups.
    let code = unsafe { libc::getgrouplist(name.as_ptr(), gid, groups.as_mut_ptr(), &mut count) };
    if code < 0 {
        return None;
    }
    groups.truncate(usize::try_from(count).ok()?);
    Some(KernelIdentity { uid, gid, groups })
}
