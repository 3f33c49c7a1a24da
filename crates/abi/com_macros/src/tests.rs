//! Mistakes in `#[idl(…)]` are told where they stand, in a sentence. The macros
//! run on tokens that were parsed from a text, whose lines and columns the errors
//! carry.

use proc_macro2::TokenStream;

/// The sentence of the error, and the source text that it stands at.
fn mistake(source: &str, result: syn::Result<TokenStream>) -> (String, String) {
    let error = result.expect_err("a mistake");
    let (start, end) = (error.span().start(), error.span().end());
    assert_eq!(start.line, end.line, "one line: {error}");
    let line = source.lines().nth(start.line - 1).expect("a line of the source");
    let text = line.chars().skip(start.column).take(end.column - start.column).collect();
    (error.to_string(), text)
}

fn interface(parameters: &str) -> (String, syn::Result<TokenStream>) {
    let source = format!(
        "unsafe trait ITest: IUnknown {{\n unsafe fn Call(&self, {parameters}) -> HRESULT;\n}}"
    );
    let args = r#""5F0B6A10-3C1E-4B7A-9E52-7A1D0C00C001", proxy"#.parse().unwrap();
    let result = crate::interface::expand(args, source.parse().unwrap());
    (source, result)
}

/// What is wrong with a method's parameters, and where.
fn parameters(parameters: &str) -> (String, String) {
    let (source, result) = interface(parameters);
    mistake(&source, result)
}

fn derived(source: &str) -> (String, String) {
    mistake(source, crate::idl::derive(source.parse().unwrap()))
}

#[test]
fn a_wrong_attribute_is_told_at_its_parameter() {
    let cases = [
        ("count: u32, #[idl(in, size_is(cout))] v: *const i32", "cout", "there is no parameter"),
        ("#[idl(in, sized(3))] v: *const i32", "sized", "expected in, out"),
        ("#[idl(in, in)] v: i32", "in", "said already"),
        ("#[idl(out)] v: i32", "out", "data come back through a pointer"),
        ("#[idl(out)] v: *const i32", "out", "data come back through a pointer"),
        ("#[idl(out, retval)] v: *mut i32, w: i32", "retval", "the last parameter"),
        ("#[idl(unique)] v: i32", "unique", "said of pointers"),
        ("#[idl(string)] v: *const i32", "string", "a string is a pointer"),
        ("#[idl(out, string)] v: *mut u16", "string", "in a buffer"),
        ("#[idl(bstr)] v: *mut u32", "bstr", "a BSTR is written"),
        ("#[idl(size_is(3))] v: i32", "3", "only what a pointer points to"),
        ("#[idl(size_is(_, 3))] v: *const i32", "3", "fewer levels"),
        ("n: u32, #[idl(length_is(n))] v: *const i32", "n", "needs `size_is`"),
        ("n: *const u32, #[idl(size_is(n))] v: *const i32", "n", "write `*n`"),
        ("n: u32, #[idl(size_is(*n))] v: *const i32", "*", "write `n`"),
        ("n: f32, #[idl(size_is(n))] v: *const i32", "n", "no integer"),
        ("v: *mut c_void", "*mut c_void", "say which one"),
        ("#[idl(interface(IFoo))] v: i32", "IFoo", "is written `*mut c_void`"),
        ("n: u32, #[idl(iid_is(n))] v: *mut c_void", "n", "names a `*const GUID`"),
        ("#[idl(case(1))] v: i32, #[idl(default)] w: i32", "default", "said of fields"),
    ];
    for (source, place, says) in cases {
        let (sentence, text) = parameters(source);
        assert!(sentence.contains(says), "{source}: {sentence}");
        assert_eq!(text, place, "{source}: {sentence}");
    }
}

#[test]
fn what_is_right_expands() {
    let cases = [
        "",
        "#[idl(in, unique, string)] text: *const u16, #[idl(out, string)] reply: *mut *mut u16",
        "n: u32, #[idl(in, size_is(n + 1), length_is(n))] v: *const i32",
        "#[idl(in, out)] n: *mut u32, #[idl(out, size_is(_, *n - 1))] v: *mut *mut i32",
        "iid: *const GUID, #[idl(out, iid_is(iid))] object: *mut *mut c_void",
        "n: u32, #[idl(in, size_is(n), interface(IFoo))] objects: *const *mut c_void",
        "#[idl(in, safearray(VT_I4))] a: *mut SafeArray, #[idl(out, bstr)] b: *mut *mut u16",
    ];
    for source in cases {
        let (source, result) = interface(source);
        assert!(result.is_ok(), "{source}: {:?}", result.err());
    }
}

/// An interface with a twin, whose base is `base`.
fn with_twin(base: &str) -> (String, syn::Result<TokenStream>) {
    let source = format!(
        "#[idl(async_uuid(\"5F0B6A10-3C1E-4B7A-9E52-7A1D0C00C002\"))]\n unsafe trait ITest: {base} {{\n \
         unsafe fn Call(&self, a: i32, #[idl(in, out)] b: *mut i32, c: *mut u8) -> HRESULT;\n}}"
    );
    let args = r#""5F0B6A10-3C1E-4B7A-9E52-7A1D0C00C001", proxy"#.parse().unwrap();
    let result = crate::interface::expand(args, source.parse().unwrap());
    (source, result)
}

#[test]
fn a_twin_has_each_method_in_two_halves() {
    let (_, result) = with_twin("IUnknown");
    let text = result.unwrap().to_string();
    let vtable = text.find("struct AsyncITest_Vtbl").map(|at| &text[at..]).unwrap();
    let end = vtable.find('}').unwrap();
    let slots: String = vtable[..end].split_whitespace().collect();
    let begin = slots.find("Begin_Call:").expect("the first half");
    let finish = slots.find("Finish_Call:").expect("the second half");
    assert!(begin < finish, "in the documented order: {slots}");
    assert!(slots[begin..finish].contains("c_void,i32,*muti32)"), "what goes in: {slots}");
    assert!(slots[finish..].contains("c_void,*muti32,*mutu8)"), "what comes out: {slots}");
    let (_, derived) = with_twin("IBase");
    assert!(derived.unwrap().to_string().contains("AsyncIBase_Vtbl"), "and derives likewise");
}

#[test]
fn an_interface_for_callers_by_name_has_no_twin() {
    let (source, result) = with_twin("IDispatch");
    let (says, at) = mistake(&source, result);
    assert!(says.contains("IDispatch") && at.contains("C002"), "{says} at {at}");
}

#[test]
fn attributes_without_a_proxy_would_be_lost() {
    let source =
        "unsafe trait ITest: IUnknown {\n unsafe fn Call(&self, #[idl(in)] a: i32) -> HRESULT;\n}";
    let args = r#""5F0B6A10-3C1E-4B7A-9E52-7A1D0C00C001""#.parse().unwrap();
    let result = crate::interface::expand(args, source.parse().unwrap());
    assert!(result.unwrap_err().to_string().contains("describes a proxy"));
}

#[test]
fn a_described_type_says_how_it_lies_in_memory() {
    let (says, at) = derived("struct Point { x: i32 }");
    assert!(says.contains("#[repr(C)]") && at == "Point", "{says} at {at}");
    let (says, at) = derived("#[repr(C)] struct List { #[idl(size_is(n))] items: *const i32 }");
    assert!(says.contains("there is no field `n`") && at == "n", "{says} at {at}");
    let (says, at) = derived("#[repr(C)] struct Point { #[idl(in)] x: i32 }");
    assert!(says.contains("only a parameter") && at == "in", "{says} at {at}");
    let (says, at) = derived("#[repr(C)] union Any { #[idl(case(1))] a: i32 }");
    assert!(says.contains("switch_type") && at == "Any", "{says} at {at}");
    let (says, at) = derived("#[repr(C)] #[idl(switch_type(u32))] union Any { a: i32 }");
    assert!(says.contains("case(1)") && at == "a", "{says} at {at}");
    let (says, at) = derived("#[repr(u8)] enum Colour { Red }");
    assert!(says.contains("#[repr(i32)]") && at == "Colour", "{says} at {at}");
}
