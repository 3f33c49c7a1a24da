//! The words of `#[idl(…)]`, each with the place where it was written.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitInt, LitStr, Path, Token, parenthesized};

/// How a pointer behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Ref,
    Unique,
    Full,
}

impl Kind {
    fn parse(word: &Ident) -> syn::Result<Self> {
        match word.to_string().as_str() {
            "ref" => Ok(Self::Ref),
            "unique" => Ok(Self::Unique),
            "ptr" => Ok(Self::Full),
            _ => Err(syn::Error::new(word.span(), "expected `ref`, `unique` or `ptr`")),
        }
    }
}

/// A number that depends on other values: `count`, `*count`, `count + 1`, `8`.
#[derive(Clone)]
pub struct Amount {
    pub span: Span,
    /// What it begins with; `None` for a constant.
    pub name: Option<Ident>,
    pub is_pointee: bool,
    pub add: i64,
}

impl Parse for Amount {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let span = input.span();
        if input.peek(LitInt) {
            let add = input.parse::<LitInt>()?.base10_parse()?;
            return Ok(Self { span, name: None, is_pointee: false, add });
        }
        let is_pointee = input.parse::<Option<Token![*]>>()?.is_some();
        let name = input.call(Ident::parse_any)?;
        let add = if input.parse::<Option<Token![+]>>()?.is_some() {
            input.parse::<LitInt>()?.base10_parse()?
        } else if input.parse::<Option<Token![-]>>()?.is_some() {
            -input.parse::<LitInt>()?.base10_parse::<i64>()?
        } else {
            0
        };
        Ok(Self { span, name: Some(name), is_pointee, add })
    }
}

/// An amount for each level of pointers from the outside; `_` is none.
struct Level(Option<Amount>);

impl Parse for Level {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.parse::<Option<Token![_]>>()?.is_some() {
            return Ok(Self(None));
        }
        input.parse().map(|amount| Self(Some(amount)))
    }
}

fn levels(input: ParseStream<'_>, add: i64) -> syn::Result<Vec<Option<Amount>>> {
    let list;
    parenthesized!(list in input);
    let levels = Punctuated::<Level, Token![,]>::parse_terminated(&list)?;
    let more = |amount: Amount| Amount { add: amount.add + add, ..amount };
    Ok(levels.into_iter().map(|level| level.0.map(more)).collect())
}

fn one<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    let content;
    parenthesized!(content in input);
    let value = content.parse()?;
    if content.is_empty() { Ok(value) } else { Err(content.error("expected one value")) }
}

/// What stands at a parameter, a field or an arm.
#[derive(Default)]
pub struct Attributes {
    pub is_in: Option<Span>,
    pub is_out: Option<Span>,
    pub retval: Option<Span>,
    pub optional: Option<Span>,
    pub pointer: Option<(Kind, Span)>,
    pub string: Option<Span>,
    pub bstr: Option<Span>,
    pub wchar: Option<Span>,
    /// A field that does not travel.
    pub ignore: Option<Span>,
    pub size: Vec<Option<Amount>>,
    pub length: Vec<Option<Amount>>,
    pub interface: Option<Path>,
    pub iid_is: Option<Ident>,
    pub switch: Option<Amount>,
    pub safe_array: Option<(Path, Span)>,
    pub cases: Vec<i64>,
    pub default: Option<Span>,
}

const WORDS: &str = "expected in, out, retval, optional, ref, unique, ptr, string, bstr, wchar, \
                     size_is(…), max_is(…), length_is(…), interface(…), iid_is(…), switch_is(…), \
                     safearray(VT), ignore, case(…) or default";

impl Attributes {
    /// Reads all `#[idl(…)]` of a list of attributes.
    pub fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut read = Self::default();
        each_word(attributes, |word, input| read.word(word, input))?;
        Ok(read)
    }

    fn word(&mut self, word: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let span = word.span();
        let twice = |is_there: bool| {
            if is_there { Err(syn::Error::new(span, "this was said already")) } else { Ok(()) }
        };
        match word.to_string().as_str() {
            "in" => twice(self.is_in.replace(span).is_some())?,
            "out" => twice(self.is_out.replace(span).is_some())?,
            "retval" => twice(self.retval.replace(span).is_some())?,
            "optional" => twice(self.optional.replace(span).is_some())?,
            "string" => twice(self.string.replace(span).is_some())?,
            "bstr" => twice(self.bstr.replace(span).is_some())?,
            "wchar" => twice(self.wchar.replace(span).is_some())?,
            "ignore" => twice(self.ignore.replace(span).is_some())?,
            "default" => twice(self.default.replace(span).is_some())?,
            "ref" | "unique" | "ptr" => {
                twice(self.pointer.replace((Kind::parse(word)?, span)).is_some())?;
            }
            "size_is" | "max_is" => {
                twice(!self.size.is_empty())?;
                self.size = levels(input, i64::from(word == "max_is"))?;
            }
            "length_is" => {
                twice(!self.length.is_empty())?;
                self.length = levels(input, 0)?;
            }
            "interface" => twice(self.interface.replace(one(input)?).is_some())?,
            "iid_is" => twice(self.iid_is.replace(one(input)?).is_some())?,
            "switch_is" => twice(self.switch.replace(one(input)?).is_some())?,
            "safearray" => twice(self.safe_array.replace((one(input)?, span)).is_some())?,
            "case" => {
                let list;
                parenthesized!(list in input);
                for value in Punctuated::<Number, Token![,]>::parse_terminated(&list)? {
                    self.cases.push(value.0);
                }
            }
            _ => return Err(syn::Error::new(span, WORDS)),
        }
        Ok(())
    }
}

/// An integer with or without a sign.
struct Number(i64);

impl Parse for Number {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let is_negative = input.parse::<Option<Token![-]>>()?.is_some();
        let value: i64 = input.parse::<LitInt>()?.base10_parse()?;
        Ok(Self(if is_negative { -value } else { value }))
    }
}

/// Calls `read` for each word of each `#[idl(…)]`.
pub fn each_word(
    attributes: &[Attribute],
    mut read: impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    for attribute in attributes.iter().filter(|a| a.path().is_ident("idl")) {
        attribute.parse_args_with(|input: ParseStream<'_>| {
            while !input.is_empty() {
                let word = input.call(Ident::parse_any)?;
                read(&word, input)?;
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// What stands at a method.
#[derive(Default)]
pub struct MethodAttributes {
    pub id: Option<i64>,
    /// `DISPATCH_…`; 1 is a method.
    pub kind: u32,
    pub is_local: bool,
    pub is_input_synchronous: bool,
    pub is_asynchronous: bool,
    /// A function that is called after the method, at home: with its code and its
    /// arguments; it answers the code.
    pub finish: Option<Path>,
}

impl MethodAttributes {
    /// Reads all `#[idl(…)]` of a list of attributes.
    pub fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut read = Self { kind: 1, ..Self::default() };
        each_word(attributes, |word, input| {
            match word.to_string().as_str() {
                "id" => read.id = Some(one::<Number>(input)?.0),
                "propget" => read.kind = 2,
                "propput" => read.kind = 4,
                "propputref" => read.kind = 8,
                "local" => read.is_local = true,
                "input_sync" => read.is_input_synchronous = true,
                "asynchronous" => read.is_asynchronous = true,
                "finish" => read.finish = Some(one(input)?),
                _ => {
                    return Err(syn::Error::new(
                        word.span(),
                        "expected id(…), propget, propput, propputref, local, input_sync, \
                         asynchronous or finish(…)",
                    ));
                }
            }
            Ok(())
        })?;
        Ok(read)
    }
}

/// What stands at an interface, a structure, a union or an enumeration.
#[derive(Default)]
pub struct TraitAttributes {
    /// How pointers behave that are not a parameter themselves.
    pub pointer_default: Option<Kind>,
    pub async_uuid: Option<LitStr>,
    pub is_dual: bool,
    pub is_encapsulated: bool,
    pub is_v1_enum: bool,
    pub switch_type: Option<syn::Type>,
}

impl TraitAttributes {
    /// Reads all `#[idl(…)]` of a list of attributes.
    pub fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut read = Self::default();
        each_word(attributes, |word, input| {
            match word.to_string().as_str() {
                "pointer_default" => {
                    let content;
                    parenthesized!(content in input);
                    let kind = content.call(Ident::parse_any)?;
                    read.pointer_default = Some(Kind::parse(&kind)?);
                }
                "async_uuid" => read.async_uuid = Some(one(input)?),
                "dual" => read.is_dual = true,
                "encapsulated" => read.is_encapsulated = true,
                "v1_enum" => read.is_v1_enum = true,
                "switch_type" => read.switch_type = Some(one(input)?),
                _ => {
                    return Err(syn::Error::new(
                        word.span(),
                        "expected pointer_default(…), async_uuid(…), dual, encapsulated, v1_enum \
                         or switch_type(…)",
                    ));
                }
            }
            Ok(())
        })?;
        Ok(read)
    }
}
