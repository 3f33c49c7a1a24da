//! The wait-for graph of a process: who waits for whom, and whether in a circle.
//!
//! A thread waits for one thing at a time, its innermost wait, so every thread
//! has at most one arrow, to the thread that holds what it waits for. The arrow
//! of a call that has not begun is left out when its callee serves calls while it
//! waits: it will come to this one. That two apartments call each other is
//! therefore no circle; that one of them waits without serving is.

use std::collections::HashMap;

/// What the graph needs to know of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// The waiting thread.
    pub tid: i32,
    /// The thread that holds what it waits for.
    pub holder: Option<i32>,
    /// Whether the holder has it in hand already, rather than in its queue.
    pub has_begun: bool,
    /// Whether the waiting thread serves calls meanwhile.
    pub serves: bool,
}

/// The circles among waits that are given oldest first: each a list of indices,
/// each waiting for the next one and the last for the first.
pub fn circles(waits: &[Arrow]) -> Vec<Vec<usize>> {
    // Of several waits of a thread the newest is the innermost.
    let innermost: HashMap<i32, usize> =
        waits.iter().enumerate().map(|(at, wait)| (wait.tid, at)).collect();
    let next = |at: usize| {
        let wait = waits.get(at)?;
        let there = *innermost.get(&wait.holder?)?;
        let is_served = !wait.has_begun && waits.get(there)?.serves;
        (!is_served).then_some(there)
    };
    let mut seen = vec![false; waits.len()];
    let mut found = Vec::new();
    for start in innermost.values().copied() {
        let mut path = Vec::new();
        let mut at = Some(start);
        while let Some(here) = at
            && seen.get(here) == Some(&false)
        {
            if let Some(place) = seen.get_mut(here) {
                *place = true;
            }
            path.push(here);
            at = next(here);
        }
        // A path that ends in itself has a circle from there on.
        let begins = at.and_then(|end| path.iter().position(|here| *here == end));
        found.extend(begins.and_then(|begins| path.get(begins..)).map(<[usize]>::to_vec));
    }
    // In a stable order, whatever that of the table was.
    for circle in &mut found {
        let oldest = circle.iter().enumerate().min_by_key(|(_, at)| **at).map_or(0, |(at, _)| at);
        circle.rotate_left(oldest);
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A call: its caller serves meanwhile if it is an STA.
    fn call(tid: i32, holder: i32, has_begun: bool) -> Arrow {
        Arrow { tid, holder: Some(holder), has_begun, serves: true }
    }

    fn lock(tid: i32, holder: i32) -> Arrow {
        Arrow { tid, holder: Some(holder), has_begun: true, serves: false }
    }

    #[test]
    fn a_lock_across_a_call_is_a_circle() {
        // 1 holds the lock and calls 2, which waits for the lock.
        let waits = [call(1, 2, true), lock(2, 1)];
        assert_eq!(circles(&waits), [[0, 1]]);
        // Also when the call still is in the queue: 2 does not serve.
        let waits = [lock(2, 1), call(1, 2, false)];
        assert_eq!(circles(&waits), [[0, 1]]);
    }

    #[test]
    fn two_apartments_that_call_each_other_are_none() {
        let waits = [call(1, 2, false), call(2, 1, false)];
        assert!(circles(&waits).is_empty());
        // But each in a method that the other waits for is one.
        let waits = [call(1, 2, true), call(2, 1, true)];
        assert_eq!(circles(&waits), [[0, 1]]);
    }

    #[test]
    fn only_the_innermost_wait_of_a_thread_counts() {
        // 1 waits for a call that 2 runs, and serves 3 meanwhile, whose method
        // waits for a lock of 4, which runs.
        let waits = [call(1, 2, true), call(3, 1, true), lock(1, 4), lock(2, 3)];
        assert!(circles(&waits).is_empty());
        let waits = [call(1, 2, true), call(3, 1, true), lock(1, 3)];
        assert_eq!(circles(&waits), [[1, 2]]);
    }

    #[test]
    fn a_thread_before_a_circle_does_not_belong_to_it() {
        let waits = [lock(9, 1), lock(1, 2), lock(2, 3), lock(3, 1), lock(5, 5)];
        assert_eq!(circles(&waits), vec![vec![1, 2, 3], vec![4]]);
        assert!(circles(&[lock(1, 2)]).is_empty());
        assert!(circles(&[Arrow { holder: None, ..lock(1, 2) }]).is_empty());
    }
}
