//! Whatever is written is read again as what it was.

use reg_file::{Entry, RegFile, Setting, Value, parse, write, write_bytes};

/// Numbers that are the same in every run (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }

    /// Text of the characters that the format treats specially, and others.
    fn text(&mut self, longest: usize, may_have: &str) -> String {
        let characters: Vec<char> = may_have.chars().collect();
        let length = self.below(longest + 1);
        (0..length).map(|_| characters[self.below(characters.len())]).collect()
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.below(90);
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    fn value(&mut self) -> Value {
        const TEXT: &str = "ab \\\"%;=[]@-\u{7f}\r\n\tü€\u{1F600}";
        match self.below(7) {
            0 => Value::Sz(self.text(20, TEXT)),
            1 => Value::ExpandSz(self.text(60, TEXT)),
            2 => {
                let texts = (0..self.below(4)).map(|_| format!("x{}", self.text(9, TEXT)));
                Value::MultiSz(texts.collect())
            }
            3 => Value::Dword(self.below(usize::MAX) as u32),
            4 => Value::Qword(self.below(usize::MAX) as u64),
            5 => Value::Binary(self.bytes()),
            _ => {
                let kind = self.below(16) as u32;
                let bytes = self.bytes();
                Value::from_bytes(kind, bytes)
            }
        }
    }

    fn path(&mut self) -> String {
        let roots = ["HKEY_CLASSES_ROOT", "HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE", "HKEY_USERS"];
        let mut path = roots[self.below(4)].to_owned();
        for _ in 0..self.below(4) {
            path.push('\\');
            path.push('k');
            path.push_str(&self.text(9, "a []-;=\"@ü{}"));
        }
        path
    }

    fn entry(&mut self) -> Entry {
        if self.below(5) == 0 {
            return Entry::Delete(self.path());
        }
        let settings = (0..self.below(5)).map(|_| Setting {
            name: self.text(9, "ab \\\"[];=@ü"),
            value: (self.below(6) != 0).then(|| self.value()),
        });
        let settings = settings.collect();
        Entry::Key { path: self.path(), settings }
    }
}

#[test]
fn what_was_written_is_read_again() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let mut values = 0;
    for _ in 0..2000 {
        let entries: Vec<Entry> = (0..numbers.below(6)).map(|_| numbers.entry()).collect();
        values += entries.iter().filter(|entry| matches!(entry, Entry::Key { .. })).count();
        let file = RegFile { entries };
        let text = write(&file).expect("it can be written");
        assert_eq!(parse(text.as_bytes()), Ok(file.clone()), "{text}");
        assert_eq!(parse(&write_bytes(&file).expect("also as bytes")), Ok(file));
    }
    assert!(values > 1000, "{values}");
}
