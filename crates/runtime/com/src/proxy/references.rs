//! The reference count of a manager of proxies.
//!
//! # Protocol
//! The count begins at one. Whoever has a reference may [`References::add`] one;
//! whoever finds the manager in the table, which has none, must
//! [`References::raise`] it, under the table's lock. A count that has reached zero
//! is never raised again: who brought it there takes the manager out of the table,
//! under the lock, and frees it then. So what is found in the table is still
//! there to be asked, and answers no if it is dying.

use crate::sync::{AtomicU32, Freed, Ordering, fence};

/// See the module.
pub struct References {
    count: AtomicU32,
    /// What a model looks at, to find a use after the end.
    memory: Freed,
}

impl References {
    /// One, of the maker's.
    pub fn one() -> Self {
        Self { count: AtomicU32::new(1), memory: Freed::new() }
    }

    /// One more; whoever calls this has one. Answers how many there are.
    pub fn add(&self) -> u32 {
        self.memory.is_used();
        self.count.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// One more, unless the count has reached zero. Under the table's lock.
    pub fn raise(&self) -> bool {
        self.memory.is_used();
        let order = (Ordering::Relaxed, Ordering::Relaxed);
        let raised = self.count.fetch_update(order.0, order.1, |count| {
            if count == 0 { None } else { count.checked_add(1) }
        });
        raised.is_ok()
    }

    /// One less; answers how many are left. What all others did before they gave
    /// theirs back has happened when this answers zero.
    pub fn release(&self) -> u32 {
        self.memory.is_used();
        let left = self.count.fetch_sub(1, Ordering::Release) - 1;
        if left == 0 {
            fence(Ordering::Acquire);
        }
        left
    }

    /// The memory goes: the count is zero, and the table does not name it.
    pub fn end(&self) {
        self.memory.is_freed();
    }
}
