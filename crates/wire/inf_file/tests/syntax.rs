//! What files say, and what is wrong with them.
#![allow(missing_docs)]

use inf_file::{Kind, Prop, Value, merge, parse, read};

const FILE: &str = "; a service\r\n\
    [services]\r\nMINE = \"Mine; and yours\" ; a comment\r\n\
    [Default Services]\r\nMINE=\r\n\
    [MINE]\r\nPR_SERVICE_DLL_NAME=old\r\nPR_SERVICE_SO_NAME=libmine.so\r\n\
    PR_SERVICE_ENTRY_NAME=ServiceEntry\r\nPR_RESOURCE_FLAGS=SERVICE_SINGLE_COPY|0x20\r\n\
    Providers=MS, AB\r\nSections=More\r\n6600001e=a \"\"b\"\" c\r\n66010003=03000000\r\n\
    [More]\r\nUID=00112233\r\n34140102=0aFF\r\n\
    [MS]\r\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\r\nPR_DISPLAY_NAME=Mail\r\n\
    PR_PROVIDER_DLL_NAME=store\r\nPR_RESOURCE_FLAGS=STATUS_NO_DEFAULT_STORE\r\n6602000b=0x1\r\n\
    [AB]\r\nPR_RESOURCE_TYPE=23000000\r\nPR_PROVIDER_DISPLAY=Us\r\n";

#[test]
fn a_file_describes_services_and_their_providers() {
    let services = read(&parse(FILE.as_bytes()).unwrap()).unwrap().services;
    let [mine] = &services[..] else { panic!("{services:?}") };
    assert_eq!((&*mine.name, &*mine.display_name), ("MINE", "Mine; and yours"));
    assert_eq!(mine.library.as_deref(), Some("libmine.so"), "the name of this platform counts");
    assert_eq!(mine.entry.as_deref(), Some("ServiceEntry"));
    assert_eq!(mine.flags, inf_file::SINGLE_COPY | 0x20);
    assert!(mine.is_default);
    let text = Prop { tag: 0x6600_001E, value: Value::Text("a \"\"b\"\" c".into()) };
    assert_eq!(mine.props, [text, Prop { tag: 0x6601_0003, value: Value::Long(3) }]);
    assert_eq!(mine.sections[0].uid.as_deref(), Some("00112233"));
    assert_eq!(mine.sections[0].props[0].value, Value::Bytes(vec![0x0A, 0xFF]));
    let kinds: Vec<Kind> = mine.providers.iter().map(|provider| provider.kind).collect();
    assert_eq!(kinds, [Kind::Store, Kind::AddressBook]);
    assert_eq!((&*mine.providers[0].display_name, mine.providers[0].flags), ("Mail", 0x40));
    assert_eq!(mine.providers[0].props[0].value, Value::Boolean(true));
    assert_eq!(mine.providers[1].maker.as_deref(), Some("Us"));
}

#[test]
fn a_quoted_value_keeps_its_blanks_and_marks() {
    let file = parse(b"[a]\nk= \" x \"\"y\"\" ; \" ; z\n").unwrap();
    assert_eq!(file.section("A").unwrap().entry("K").unwrap().value, " x \"y\" ; ");
}

#[test]
fn a_later_fragment_wins_by_name() {
    let fragment = |name: &str| read(&parse(FILE.replace("MINE", name).as_bytes()).unwrap());
    let one = fragment("ONE").unwrap();
    let other = fragment("one").unwrap();
    let merged = merge([("first", one), ("second", fragment("TWO").unwrap()), ("third", other)]);
    let named: Vec<_> = merged.iter().map(|(origin, service)| (*origin, &*service.name)).collect();
    assert_eq!(named, [("third", "one"), ("second", "TWO")]);
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    for (text, line, says) in [
        ("k=v\n", 1, "[section]"),
        ("[a\n", 1, "[name]"),
        ("[a] b\n", 1, "[name]"),
        ("[a]\nk=\"x\n", 2, "closed"),
        ("[a]\nk=\"x\" y\n", 2, "comment"),
        ("[a]\n=v\n", 2, "name before"),
        ("[a]\nk\u{1}=v\n", 2, "control"),
        ("[Services]\nS=S\n", 2, "add [S]"),
        ("[Services]\nS=S\n[S]\n", 3, "no provider"),
        ("[Services]\nS=S\n[S]\nProviders=P\n", 4, "add [P]"),
        ("[Services]\nS=S\n[S]\nProviders=P\n[P]\n", 5, "PR_RESOURCE_TYPE"),
        ("[Services]\nS=S\n[S]\nProviders=P\n[P]\nPR_RESOURCE_TYPE=X\n", 6, "no type"),
        (
            "[Services]\nS=S\n[S]\nProviders=P\nPR_RESOURCE_FLAGS=NO\n[P]\nPR_RESOURCE_TYPE=0x21\n",
            5,
            "no flag",
        ),
        (
            "[Services]\nS=S\n[S]\nProviders=P\n66000003=6\n[P]\nPR_RESOURCE_TYPE=0x21\n",
            5,
            "06000000",
        ),
        (
            "[Services]\nS=S\n[S]\nProviders=P\n66000102=123\n[P]\nPR_RESOURCE_TYPE=0x21\n",
            5,
            "pairs",
        ),
        ("[Services]\nS=S\n[S]\nProviders=P\n66000040=1\n[P]\nPR_RESOURCE_TYPE=0x21\n", 5, "type"),
    ] {
        let error = parse(text.as_bytes()).and_then(|file| read(&file)).unwrap_err();
        assert_eq!(error.line, line, "{text:?}: {error}");
        assert!(error.says.contains(says), "{text:?}: {error}");
    }
}

#[test]
fn a_file_that_is_not_utf_8_is_read_byte_by_byte() {
    let file = parse(b"\xEF\xBB\xBF[a]\nk=\xE4\n").unwrap();
    assert_eq!(file.section("a").unwrap().entry("k").unwrap().value, "\u{E4}");
}
