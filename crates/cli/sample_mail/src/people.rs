//! Who writes and who is written to. A letter names people by a short name.
//!
//! All addresses are in domains reserved for examples (RFC 2606 2); none exists.

/// A name and an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) address: &'static str,
}

impl Person {
    pub(crate) fn domain(self) -> &'static str {
        self.address.split_once('@').map_or("partywall.example", |(_, domain)| domain)
    }
}

const PEOPLE: &[(&str, &str, &str)] = &[
    ("alice", "Alice Adler", "alice@partywall.example"),
    ("aunt", "Aunt Hildegard", "hildegard@adler.example"),
    ("basses", "The basses", "basses@choir.example"),
    ("bob", "Bob Brandt", "bob@partywall.example"),
    ("bob_work", "Brandt, Bob (Instruments)", "bbrandt@office.example"),
    ("carla", "Carla Brandt", "carla@brandt.example"),
    ("choir", "Jürgen Weiß", "juergen@choir.example"),
    ("dentist", "Dr. Pearl's practice", "hello@pearl.example"),
    ("eleni", "Ελένη Παπαδοπούλου", "eleni@thessaloniki.example"),
    ("garden", "Garden post", "post@garden.example"),
    ("glass", "Clear & Daughter, glaziers", "bills@glass.example"),
    ("gunnar", "Gunnar Åkesson", "gunnar@smithy.example"),
    ("hanako", "田中 花子", "hanako@kyoto.example"),
    ("hardware", "Screws & Sons", "news@hardware.example"),
    ("library", "City Library", "lending@library.example"),
    ("lucja", "Łucja Żółkiewska", "lucja@garden.example"),
    ("mum", "Mum", "ruth@adler.example"),
    ("noa", "Noa נועה", "noa@letters.example"),
    ("office", "Front desk", "desk@office.example"),
    ("olu", "Olu Adeyemi", "olu@builders.example"),
    ("power", "North Lights Power", "service@power.example"),
    ("quill", "Prof. A. Quill", "quill@museum.example"),
    ("rust-house", "rust-house", "rust-house@lists.example"),
    ("salim", "Salim سليم", "salim@printers.example"),
    ("teacher", "João Almeida", "almeida@cello.example"),
    ("tibor", "Tibor Kiss", "tibor@goose.example"),
    ("tuner", "M. Rosin", "rosin@strings.example"),
    ("vera", "Vera Thornbury", "vera@house.example"),
    ("water", "Lakeside Waterworks", "bills@water.example"),
];

/// The person of a short name.
pub(crate) fn person(short: &str) -> Option<Person> {
    PEOPLE
        .iter()
        .find(|(known, ..)| *known == short)
        .map(|&(_, name, address)| Person { name, address })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_in_a_domain_reserved_for_examples() {
        for (short, ..) in PEOPLE {
            let domain = person(short).expect("a person").domain();
            assert!(domain.ends_with(".example"), "{short}: {domain}");
        }
    }
}
