//! Blocks, in a program of their own: buffers are counted for the whole process.
#![allow(missing_docs)]

use extended_mapi::{Block, free, live_buffers};

#[test]
fn a_block_is_freed_as_a_whole_and_an_unfinished_one_by_itself() {
    let before = live_buffers();
    let block = Block::new::<u32>(2).unwrap();
    let text = block.text("a\0ü").unwrap();
    // SAFETY: live memory with a zero at its end.
    let read = unsafe { std::ffi::CStr::from_ptr(text.cast()) };
    assert_eq!(read.to_str(), Ok("aü"));
    assert!(block.list::<u64>(&[]).unwrap().is_null());
    let base = block.finish(&[7_u32, 8]);
    // SAFETY: live memory of two numbers, freed once.
    unsafe {
        assert_eq!((*base, *base.add(1)), (7, 8));
        assert!(free(base.cast()));
    }
    let unfinished = Block::new::<u64>(1).unwrap();
    unfinished.text("lost").unwrap();
    drop(unfinished);
    assert_eq!(live_buffers(), before);
}
