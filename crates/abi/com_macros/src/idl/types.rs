//! From a Rust type and its attributes to the tokens of a
//! `com_abi::description::Type`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use super::{Amount, Attributes, Kind};

/// Where names in `size_is(…)` and its kin are looked up.
pub struct Scope<'a> {
    /// The structure or frame whose fields they are.
    pub container: TokenStream,
    pub members: &'a [(Ident, Type)],
    /// `parameter` or `field`, for sentences.
    pub word: &'static str,
}

impl Scope<'_> {
    fn find(&self, name: &Ident) -> syn::Result<&Type> {
        let found = self.members.iter().find(|(known, _)| known == name);
        found.map(|(_, ty)| ty).ok_or_else(|| {
            let word = self.word;
            syn::Error::new(name.span(), format!("there is no {word} `{name}` beside this one"))
        })
    }

    /// The tokens of an `Expression`.
    fn expression(&self, amount: Option<&Amount>) -> syn::Result<TokenStream> {
        let path = quote!(::com_abi::description::Expression);
        let Some(amount) = amount else { return Ok(quote!(#path::NONE)) };
        let add = amount.add;
        let Some(name) = &amount.name else { return Ok(quote!(#path::constant(#add))) };
        let container = &self.container;
        let offset = quote!(::core::mem::offset_of!(#container, #name));
        match (self.find(name)?, amount.is_pointee) {
            (Type::Ptr(pointer), true) => {
                let ty = integer(&pointer.elem, name)?;
                Ok(quote!(#path::pointee(#offset, #ty, #add)))
            }
            (Type::Ptr(_), false) => Err(syn::Error::new(
                amount.span,
                format!("`{name}` is a pointer: write `*{name}` for what it points to"),
            )),
            (_, true) => {
                Err(syn::Error::new(amount.span, format!("`{name}` is no pointer: write `{name}`")))
            }
            (ty, false) => {
                let ty = integer(ty, name)?;
                Ok(quote!(#path::value(#offset, #ty, #add)))
            }
        }
    }

    fn identifier(&self, name: &Ident) -> syn::Result<TokenStream> {
        let ty = self.find(name)?;
        let is_it = matches!(ty, Type::Ptr(pointer) if last(&pointer.elem).is_some_and(|last| last == "GUID"));
        if !is_it {
            return Err(syn::Error::new(
                name.span(),
                format!("`iid_is` names a `*const GUID`, which `{name}` is not"),
            ));
        }
        let container = &self.container;
        Ok(quote!(::com_abi::description::Expression::identifier(
            ::core::mem::offset_of!(#container, #name)
        )))
    }
}

/// The description of a type that counts.
fn integer(ty: &Type, name: &Ident) -> syn::Result<TokenStream> {
    let is_wrong = match last(ty) {
        Some(last) => matches!(last.to_string().as_str(), "f32" | "f64" | "GUID" | "bool"),
        None => true,
    };
    if is_wrong {
        return Err(syn::Error::new(name.span(), format!("`{name}` is no integer")));
    }
    Ok(quote_spanned!(ty.span()=> <#ty as ::com_abi::description::Idl>::TYPE))
}

/// The last part of a path.
fn last(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| &last.ident),
        _ => None,
    }
}

fn is(ty: &Type, name: &str) -> bool {
    last(ty).is_some_and(|last| last == name)
}

/// What a type is described with.
pub struct Context<'a> {
    pub scope: &'a Scope<'a>,
    pub attributes: &'a Attributes,
    /// How the outermost pointer behaves when nothing is said.
    pub top: Kind,
    /// How pointers further in behave.
    pub inner: Kind,
    /// Whether a fixed array may be a conformant one: the last field.
    pub may_conform: bool,
    /// The structure that is being described, whose static is `DESCRIBED`.
    pub own: Option<&'a Ident>,
}

impl Context<'_> {
    /// The tokens of a `&'static Type`.
    pub fn describe(&self, ty: &Type) -> syn::Result<TokenStream> {
        self.check(ty)?;
        self.level(ty, 0)
    }

    /// Refuses words that do not fit the type.
    fn check(&self, ty: &Type) -> syn::Result<()> {
        let attributes = self.attributes;
        let depth = pointers(ty);
        let fail = |span: Span, says: &str| Err(syn::Error::new(span, says));
        let sizes = attributes.size.iter().chain(&attributes.length).flatten().next();
        if let Some(amount) = sizes
            && depth == 0
            && !self.may_conform
        {
            return fail(amount.span, "only what a pointer points to has a size");
        }
        if let Some((_, span)) = attributes.pointer
            && depth == 0
        {
            return fail(span, "`ref`, `unique` and `ptr` are said of pointers");
        }
        for levels in [&attributes.size, &attributes.length] {
            if let Some(Some(amount)) = levels.get(depth.max(1)) {
                return fail(amount.span, "there are fewer levels of pointers than sizes");
            }
        }
        for (at, length) in attributes.length.iter().enumerate() {
            if let Some(length) = length
                && attributes.size.get(at).is_none_or(Option::is_none)
            {
                return fail(length.span, "`length_is` needs `size_is` of the same level");
            }
        }
        if let Some(span) = attributes.string
            && !(depth > 0 && is_text(innermost(ty)))
        {
            return fail(span, "a string is a pointer to `u16`, `u8` or `i8`");
        }
        if let Some(span) = attributes.bstr
            && !(depth > 0 && is(innermost(ty), "u16"))
        {
            return fail(span, "a BSTR is written `*mut u16`");
        }
        if let Some(span) = attributes.wchar
            && !is(innermost(ty), "u16")
        {
            return fail(span, "a 16-bit unit of text is a `u16`");
        }
        self.check_objects(ty)
    }

    fn check_objects(&self, ty: &Type) -> syn::Result<()> {
        let attributes = self.attributes;
        let is_object = is(innermost(ty), "c_void") && pointers(ty) > 0;
        let named = attributes.interface.as_ref().map(Spanned::span);
        let named = named.or(attributes.iid_is.as_ref().map(Ident::span));
        match named {
            None if is_object => Err(syn::Error::new_spanned(
                ty,
                "a `*mut c_void` is an interface pointer: say which one by `interface(IFoo)` or \
                 `iid_is(iid)`",
            )),
            Some(span) if !is_object => {
                Err(syn::Error::new(span, "an interface pointer is written `*mut c_void`"))
            }
            _ => match &attributes.safe_array {
                Some((_, span)) if !is(innermost(ty), "SafeArray") => {
                    Err(syn::Error::new(*span, "a safe array is written `*mut SafeArray`"))
                }
                _ => Ok(()),
            },
        }
    }

    fn level(&self, ty: &Type, level: usize) -> syn::Result<TokenStream> {
        let path = quote!(::com_abi::description::Type);
        match ty {
            Type::Ptr(pointer) => self.pointer(&pointer.elem, level),
            Type::Array(array) => {
                let element = self.level(&array.elem, level)?;
                if self.may_conform && !self.attributes.size.is_empty() {
                    return self.array(&element, level);
                }
                let count = &array.len;
                Ok(constant(&quote!(#path::fixed(#element, #count))))
            }
            _ if self.attributes.wchar.is_some() => {
                Ok(constant(&quote!(#path::base(::com_abi::description::Base::WideChar))))
            }
            _ if self.own.is_some() && last(ty) == self.own => Ok(quote!(&DESCRIBED)),
            _ => {
                let own = quote_spanned!(ty.span()=> <#ty as ::com_abi::description::Idl>::TYPE);
                let Some(switch) = &self.attributes.switch else { return Ok(own) };
                let switch = self.scope.expression(Some(switch))?;
                Ok(constant(&quote!(#own.switched(#switch))))
            }
        }
    }

    fn pointer(&self, target: &Type, level: usize) -> syn::Result<TokenStream> {
        let path = quote!(::com_abi::description::Type);
        if is(target, "c_void") {
            return self.interface();
        }
        if is(target, "SafeArray") {
            let vt = self.attributes.safe_array.as_ref().map(|(vt, _)| quote!(#vt));
            let vt = vt.unwrap_or_else(|| quote!(0));
            return Ok(constant(&quote!(#path::safe_array(#vt))));
        }
        if is(target, "u16") && self.attributes.bstr.is_some() {
            return Ok(constant(&quote!(#path::BSTR)));
        }
        let kind = if level == 0 {
            self.attributes.pointer.map_or(self.top, |(kind, _)| kind)
        } else {
            self.inner
        };
        let kind = match kind {
            Kind::Ref => quote!(Ref),
            Kind::Unique => quote!(Unique),
            Kind::Full => quote!(Full),
        };
        let target = self.target(target, level)?;
        Ok(constant(&quote!(
            #path::pointer(::com_abi::description::PointerKind::#kind, #target)
        )))
    }

    /// What stands behind a pointer.
    fn target(&self, target: &Type, level: usize) -> syn::Result<TokenStream> {
        let path = quote!(::com_abi::description::Type);
        let is_sized = self.attributes.size.get(level).is_some_and(Option::is_some);
        if self.attributes.string.is_some() && is_text(target) {
            let wide = is(target, "u16");
            if !is_sized {
                let unit = if wide { quote!(Wide) } else { quote!(Narrow) };
                let unit = quote!(::com_abi::description::Unit::#unit);
                return Ok(constant(&quote!(#path::string(#unit))));
            }
            let base = if wide { quote!(WideChar) } else { quote!(U8) };
            let size = self.scope.expression(self.attributes.size[level].as_ref())?;
            let unit = constant(&quote!(#path::base(::com_abi::description::Base::#base)));
            return Ok(constant(&quote!(#path::buffer(#unit, #size))));
        }
        let element = self.level(target, level + 1)?;
        if is_sized { self.array(&element, level) } else { Ok(element) }
    }

    fn array(&self, element: &TokenStream, level: usize) -> syn::Result<TokenStream> {
        let at = |levels: &'_ [Option<Amount>]| levels.get(level).cloned().flatten();
        let size = self.scope.expression(at(&self.attributes.size).as_ref())?;
        let length = self.scope.expression(at(&self.attributes.length).as_ref())?;
        Ok(constant(&quote!(::com_abi::description::Type::array(#element, #size, #length))))
    }

    fn interface(&self) -> syn::Result<TokenStream> {
        let path = quote!(::com_abi::description::Type);
        if let Some(name) = &self.attributes.iid_is {
            let expression = self.scope.identifier(name)?;
            return Ok(constant(&quote!(#path::interface_is(#expression))));
        }
        let Some(interface) = &self.attributes.interface else {
            return Err(syn::Error::new(Span::call_site(), "which interface?"));
        };
        Ok(constant(&quote_spanned!(interface.span()=> #path::interface(
            <#interface as ::com_abi::Interface>::IID,
            Some(::com_abi::description::description_of::<#interface>),
        ))))
    }
}

/// The address of a constant type. A static, not a constant, so that a type may
/// refer to itself.
fn constant(ty: &TokenStream) -> TokenStream {
    quote!({
        static OF: ::com_abi::description::Type = #ty;
        &OF
    })
}

/// Levels of pointers.
pub fn pointers(ty: &Type) -> usize {
    match ty {
        Type::Ptr(pointer) => 1 + pointers(&pointer.elem),
        Type::Array(array) => pointers(&array.elem),
        _ => 0,
    }
}

fn innermost(ty: &Type) -> &Type {
    match ty {
        Type::Ptr(pointer) => innermost(&pointer.elem),
        Type::Array(array) => innermost(&array.elem),
        _ => ty,
    }
}

fn is_text(ty: &Type) -> bool {
    ["u16", "u8", "i8", "c_char"].iter().any(|name| is(ty, name))
}

/// The direction that a type suggests: data come back where one can write.
pub fn suggests_out(ty: &Type, attributes: &Attributes) -> bool {
    let Type::Ptr(pointer) = ty else { return false };
    let is_value = is(&pointer.elem, "c_void")
        || is(&pointer.elem, "SafeArray")
        || attributes.bstr.is_some() && is(&pointer.elem, "u16");
    pointer.mutability.is_some() && !is_value
}
