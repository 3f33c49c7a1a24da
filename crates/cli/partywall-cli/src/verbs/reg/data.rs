//! Values as the command line writes them.

use registry::Value;

use crate::args::ValueType;

/// The value that the words of a command line are.
///
/// # Errors
/// A sentence: the words are not of the type.
pub fn value(kind: ValueType, words: &[String]) -> Result<Value, String> {
    if let ValueType::MultiSz = kind {
        return Ok(Value::MultiSz(words.to_vec()));
    }
    if let ValueType::Binary = kind {
        return bytes(&words.concat()).map(Value::Binary);
    }
    let [word] = words else {
        return Err(format!("this type takes one word of data, there are {}", words.len()));
    };
    match kind {
        ValueType::Binary | ValueType::MultiSz | ValueType::Sz => Ok(Value::Sz(word.clone())),
        ValueType::ExpandSz => Ok(Value::ExpandSz(word.clone())),
        ValueType::Dword => number(word)
            .and_then(|number| u32::try_from(number).ok())
            .map(Value::Dword)
            .ok_or_else(|| format!("{word:?} is no number of 32 bits: write 10 or 0xa")),
        ValueType::Qword => number(word)
            .map(Value::Qword)
            .ok_or_else(|| format!("{word:?} is no number of 64 bits: write 10 or 0xa")),
    }
}

fn number(word: &str) -> Option<u64> {
    let (digits, radix) = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (word, 10),
    };
    let well_formed = digits.chars().all(|digit| digit.is_digit(radix));
    u64::from_str_radix(digits, radix).ok().filter(|_| well_formed)
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let says = || format!("{text:?} is no list of bytes: write them like 00ff10 or 00,ff,10");
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|c| *c != ',')
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.ok_or_else(says)?;
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(says());
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: ValueType, words: &[&str]) -> Result<Value, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        value(kind, &words)
    }

    #[test]
    fn words_are_read_by_their_type() {
        assert_eq!(read(ValueType::Sz, &["10"]), Ok(Value::Sz("10".into())));
        assert_eq!(read(ValueType::ExpandSz, &["%A%"]), Ok(Value::ExpandSz("%A%".into())));
        assert_eq!(read(ValueType::Dword, &["0xFFFFFFFF"]), Ok(Value::Dword(u32::MAX)));
        assert_eq!(read(ValueType::Qword, &["4294967296"]), Ok(Value::Qword(1 << 32)));
        assert_eq!(read(ValueType::Binary, &["00,fF", "10"]), Ok(Value::Binary(vec![0, 255, 16])));
        assert_eq!(read(ValueType::Binary, &[]), Ok(Value::Binary(vec![])));
        let list = Value::MultiSz(vec!["a".into(), "b".into()]);
        assert_eq!(read(ValueType::MultiSz, &["a", "b"]), Ok(list));
        assert_eq!(read(ValueType::MultiSz, &[]), Ok(Value::MultiSz(vec![])));
        for (kind, words) in [
            (ValueType::Sz, &[] as &[&str]),
            (ValueType::Sz, &["a", "b"]),
            (ValueType::Dword, &["4294967296"]),
            (ValueType::Dword, &["-1"]),
            (ValueType::Dword, &["0x"]),
            (ValueType::Dword, &["+1"]),
            (ValueType::Qword, &["18446744073709551616"]),
            (ValueType::Binary, &["0"]),
            (ValueType::Binary, &["0g"]),
        ] {
            assert!(read(kind, words).is_err(), "{words:?}");
        }
    }
}
