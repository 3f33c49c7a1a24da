//! Identifiers as text, read in the way that is documented for callers who look
//! at what came out of a text that is cut short.

use com_abi::GUID;

/// Units of an identifier's text with its braces, without the final zero.
pub const TEXT_UNITS: usize = 38;

/// Reads `{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}` and answers whether the text is
/// exactly that. Otherwise what was read before the fault stands in `guid`, and
/// the fields behind it are as they were; a text that does not begin with a brace
/// makes it null.
pub fn read(text: &[u16], guid: &mut GUID) -> bool {
    let mut reader = Reader(text.iter().copied());
    if !reader.skip(b'{') {
        *guid = GUID::default();
        return false;
    }
    let head = reader.digits(8, |value| guid.data1 = value)
        && reader.skip(b'-')
        && reader.digits(4, |value| guid.data2 = value as u16)
        && reader.skip(b'-')
        && reader.digits(4, |value| guid.data3 = value as u16)
        && reader.skip(b'-');
    if !head {
        return false;
    }
    for (at, byte) in guid.data4.iter_mut().enumerate() {
        let dash = at != 2 || reader.skip(b'-');
        if !dash || !reader.digits(2, |value| *byte = value as u8) {
            return false;
        }
    }
    reader.skip(b'}') && reader.0.next().is_none()
}

struct Reader<I>(I);

impl<I: Iterator<Item = u16>> Reader<I> {
    fn skip(&mut self, character: u8) -> bool {
        self.0.next() == Some(u16::from(character))
    }

    /// Passes the number on after every digit.
    fn digits(&mut self, count: u32, mut read: impl FnMut(u32)) -> bool {
        let mut value = 0;
        read(value);
        for _ in 0..count {
            let next = self.0.next().and_then(|unit| char::from_u32(unit.into()));
            let Some(digit) = next.and_then(|character| character.to_digit(16)) else {
                return false;
            };
            value = value << 4 | digit;
            read(value);
        }
        true
    }
}
