//! `#[interface]`: a trait becomes a pointer type, a vtable and an `_Impl` trait.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::{
    FnArg, Ident, ItemTrait, LitStr, Pat, Path, ReturnType, Token, TraitItem, Type, TypeParamBound,
};

use crate::idl::TraitAttributes;

#[derive(Clone)]
pub struct Method {
    pub name: Ident,
    pub docs: Vec<syn::Attribute>,
    pub args: Vec<(Ident, Type)>,
    /// The attributes of each argument that `idl` reads.
    pub arg_idl: Vec<Vec<syn::Attribute>>,
    /// The method's own.
    pub idl: Vec<syn::Attribute>,
    pub output: Type,
    /// What a class that does not write the method answers.
    pub default: Option<syn::Block>,
}

/// `"IID"` and, after a comma, the word `proxy`.
struct Args {
    iid: LitStr,
    proxy: bool,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let iid = input.parse()?;
        let proxy = !input.is_empty();
        if proxy {
            input.parse::<Token![,]>()?;
            let word: Ident = input.parse()?;
            if word != "proxy" {
                return Err(syn::Error::new(word.span(), "expected `proxy`"));
            }
        }
        Ok(Self { iid, proxy })
    }
}

pub fn expand(args: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let args: Args = syn::parse2(args)?;
    let iid = crate::guid::constant(&args.iid)?;
    let item: ItemTrait = syn::parse2(item)?;
    let base = base_of(&item)?;
    let methods = item.items.iter().map(method_of).collect::<syn::Result<Vec<_>>>()?;

    let declared = declare(&item, &base, &iid, &methods);
    let proxy = match args.proxy {
        true => {
            let whole = TraitAttributes::read(&item.attrs)?;
            crate::proxy::expand(&item, &base, &whole, &methods)?
        }
        false => {
            refuse_idl(&item, &methods)?;
            TokenStream::new()
        }
    };
    Ok(quote!(#declared #proxy))
}

/// The pointer type, the vtable and the `_Impl` trait.
pub fn declare(
    item: &ItemTrait,
    base: &Path,
    iid: &TokenStream,
    methods: &[Method],
) -> TokenStream {
    let pointer = pointer_type(item, base, iid);
    let callers = callers(&item.ident, methods);
    let vtable = vtable(item, base, methods);
    let implementation = impl_trait(item, base, methods);
    quote!(#pointer #callers #vtable #implementation)
}

/// Without a proxy nobody reads what `#[idl(…)]` says.
fn refuse_idl(item: &ItemTrait, methods: &[Method]) -> syn::Result<()> {
    let of_methods = methods.iter().flat_map(|m| m.idl.iter().chain(m.arg_idl.iter().flatten()));
    match item.attrs.iter().filter(|a| a.path().is_ident("idl")).chain(of_methods).next() {
        Some(attribute) => Err(syn::Error::new_spanned(
            attribute,
            "`#[idl(…)]` describes a proxy: write `#[interface(\"…\", proxy)]`",
        )),
        None => Ok(()),
    }
}

/// Those of a list of attributes that `idl` reads.
fn idl_of(attributes: &[syn::Attribute]) -> Vec<syn::Attribute> {
    attributes.iter().filter(|a| a.path().is_ident("idl")).cloned().collect()
}

fn base_of(item: &ItemTrait) -> syn::Result<Path> {
    let mut bounds = item.supertraits.iter();
    match (bounds.next(), bounds.next()) {
        (Some(TypeParamBound::Trait(bound)), None) => Ok(bound.path.clone()),
        _ => Err(syn::Error::new(
            item.ident.span(),
            "an interface has one base: write `: IUnknown` or another interface",
        )),
    }
}

pub fn is_unknown(base: &Path) -> bool {
    base.segments.last().is_some_and(|last| last.ident == "IUnknown")
}

/// `IFoo` with `_Vtbl` or `_Impl` appended to its last segment.
fn companion(path: &Path, suffix: &str) -> Path {
    let mut path = path.clone();
    if let Some(last) = path.segments.last_mut() {
        last.ident = format_ident!("{}{}", last.ident, suffix);
    }
    path
}

fn method_of(item: &TraitItem) -> syn::Result<Method> {
    let TraitItem::Fn(function) = item else {
        return Err(syn::Error::new_spanned(item, "an interface has methods only"));
    };
    let signature = &function.sig;
    if signature.unsafety.is_none() {
        return Err(syn::Error::new_spanned(
            &signature.ident,
            "an interface method takes raw arguments: write `unsafe fn`",
        ));
    }
    let mut inputs = signature.inputs.iter();
    if !matches!(inputs.next(), Some(FnArg::Receiver(r)) if r.reference.is_some() && r.mutability.is_none())
    {
        return Err(syn::Error::new_spanned(&signature.ident, "the first parameter is `&self`"));
    }
    let mut args = Vec::new();
    let mut arg_idl = Vec::new();
    for input in inputs {
        match input {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(name) => {
                    args.push((name.ident.clone(), (*typed.ty).clone()));
                    arg_idl.push(idl_of(&typed.attrs));
                }
                other => {
                    return Err(syn::Error::new_spanned(other, "a parameter is a plain name"));
                }
            },
            FnArg::Receiver(r) => return Err(syn::Error::new_spanned(r, "`&self` comes first")),
        }
    }
    let output = match &signature.output {
        ReturnType::Type(_, ty) => (**ty).clone(),
        ReturnType::Default => syn::parse_quote!(()),
    };
    let docs = function.attrs.iter().filter(|a| a.path().is_ident("doc")).cloned().collect();
    Ok(Method {
        name: signature.ident.clone(),
        docs,
        args,
        arg_idl,
        idl: idl_of(&function.attrs),
        output,
        default: function.default.clone(),
    })
}

fn pointer_type(item: &ItemTrait, base: &Path, iid: &TokenStream) -> TokenStream {
    let (name, vis) = (&item.ident, &item.vis);
    let vtbl = format_ident!("{name}_Vtbl");
    let kept = |a: &&syn::Attribute| a.path().is_ident("doc") || a.path().is_ident("allow");
    let docs = item.attrs.iter().filter(kept);
    quote! {
        #(#docs)*
        #[repr(transparent)]
        #[derive(Clone, Debug, PartialEq, Eq)]
        #vis struct #name(#base);

        // SAFETY: a transparent wrapper of the base's owned pointer; the vtable
        // begins with the base's, and cloning the base adds a reference.
        unsafe impl ::com_abi::Interface for #name {
            type Vtable = #vtbl;
            const IID: ::com_abi::GUID = #iid;
        }

        impl ::core::ops::Deref for #name {
            type Target = #base;
            fn deref(&self) -> &#base {
                &self.0
            }
        }
    }
}

fn callers(name: &Ident, methods: &[Method]) -> TokenStream {
    let calls = methods.iter().map(|method| {
        let Method { name, docs, args, output, .. } = method;
        let (names, types): (Vec<_>, Vec<_>) = args.iter().cloned().unzip();
        quote! {
            #(#docs)*
            ///
            /// # Safety
            /// The arguments are what the method's documentation asks for.
            #[allow(non_snake_case, clippy::too_many_arguments, clippy::missing_safety_doc, missing_docs)]
            #[inline(always)]
            pub unsafe fn #name(&self, #(#names: #types),*) -> #output {
                // SAFETY: the pointer is a live interface of this type; the
                // caller vouches for the arguments.
                unsafe {
                    (::com_abi::Interface::vtable(self).#name)(
                        ::com_abi::Interface::as_raw(self), #(#names),*
                    )
                }
            }
        }
    });
    quote! {
        impl #name { #(#calls)* }
    }
}

fn vtable(item: &ItemTrait, base: &Path, methods: &[Method]) -> TokenStream {
    let (name, vis) = (&item.ident, &item.vis);
    let vtbl = format_ident!("{name}_Vtbl");
    let implementation = format_ident!("{name}_Impl");
    let base_vtbl = companion(base, "_Vtbl");
    let slots = methods.iter().map(|m| slot(m, vis));
    let thunks = methods.iter().map(|m| thunk(m, &implementation));
    let entries = methods.iter().map(|m| {
        let name = &m.name;
        quote!(#name: #name::<T, SLOT>)
    });
    let (base_type, base_new, base_matches) = if is_unknown(base) {
        (
            quote!(::com_abi::IUnknown_Vtbl),
            quote!(::com_abi::object::unknown_vtable::<T, SLOT>()),
            quote!(*iid == <::com_abi::IUnknown as ::com_abi::Interface>::IID),
        )
    } else {
        (quote!(#base_vtbl), quote!(#base_vtbl::new::<T, SLOT>()), quote!(#base_vtbl::matches(iid)))
    };
    quote! {
        /// The interface's vtable, in the order of its declaration.
        #[repr(C)]
        #[allow(non_snake_case, non_camel_case_types, missing_docs)]
        #vis struct #vtbl {
            pub base__: #base_type,
            #(#slots)*
        }

        impl #vtbl {
            /// The vtable of the class `T` for its interface number `SLOT`.
            #[allow(non_snake_case)]
            pub const fn new<T: ::com_abi::Class + #implementation, const SLOT: usize>() -> Self {
                #(#thunks)*
                Self { base__: #base_new, #(#entries),* }
            }

            /// Whether an object with this interface answers `iid` with it.
            pub fn matches(iid: &::com_abi::GUID) -> bool {
                *iid == <#name as ::com_abi::Interface>::IID || #base_matches
            }
        }
    }
}

fn slot(method: &Method, vis: &syn::Visibility) -> TokenStream {
    let Method { name, args, output, .. } = method;
    let types = args.iter().map(|(_, ty)| ty);
    quote! {
        #vis #name: unsafe extern "system" fn(
            this: *mut ::core::ffi::c_void, #(#types),*
        ) -> #output,
    }
}

fn thunk(method: &Method, implementation: &Ident) -> TokenStream {
    let Method { name, args, output, .. } = method;
    let (names, types): (Vec<_>, Vec<_>) = args.iter().cloned().unzip();
    let text = name.to_string();
    // Names that no parameter of the method can collide with.
    let this = Ident::new("this", Span::mixed_site());
    let object = Ident::new("object", Span::mixed_site());
    quote! {
        #[allow(clippy::too_many_arguments)]
        unsafe extern "system" fn #name<T: ::com_abi::Class + #implementation, const SLOT: usize>(
            #this: *mut ::core::ffi::c_void, #(#names: #types),*
        ) -> #output {
            // SAFETY: this function stands in slot `SLOT` of `T`'s vtables only,
            // so `this` points to that slot of an `Object<T>`; the caller vouches
            // for the arguments.
            unsafe {
                ::com_abi::object::enter::<T, SLOT, _>(#this, #text, |#object| {
                    #implementation::#name(#object, #(#names),*)
                })
            }
        }
    }
}

fn impl_trait(item: &ItemTrait, base: &Path, methods: &[Method]) -> TokenStream {
    let (name, vis) = (&item.ident, &item.vis);
    let implementation = format_ident!("{name}_Impl");
    let supertrait = if is_unknown(base) {
        TokenStream::new()
    } else {
        let base_impl = companion(base, "_Impl");
        quote!(: #base_impl)
    };
    let declarations = methods.iter().map(|method| {
        let Method { name, docs, args, output, default, .. } = method;
        let (names, types): (Vec<_>, Vec<_>) = args.iter().cloned().unzip();
        let body = match default {
            Some(block) => quote!({ #(let _ = #names;)* #block }),
            None => quote!(;),
        };
        quote! {
            #(#docs)*
            ///
            /// # Safety
            /// The caller passes what the method's documentation asks for.
            unsafe fn #name(&self, #(#names: #types),*) -> #output #body
        }
    });
    quote! {
        /// What a class implements to have this interface.
        #[allow(non_snake_case, non_camel_case_types, clippy::too_many_arguments, clippy::missing_safety_doc, missing_docs)]
        #vis trait #implementation #supertrait {
            #(#declarations)*
        }
    }
}
