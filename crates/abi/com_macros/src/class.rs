//! `#[class]`: a struct becomes a class with its interfaces and registration.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, ItemStruct, LitStr, Path, Token, parenthesized};

#[derive(Default)]
struct Args {
    clsid: Option<LitStr>,
    progid: Option<LitStr>,
    name: Option<LitStr>,
    threading: Option<LitStr>,
    /// The application that the class belongs to.
    appid: Option<LitStr>,
    /// Whether that application may run in a surrogate process.
    surrogate: Option<Ident>,
    /// A function that makes the value instead of `Default`.
    create: Option<Path>,
    interfaces: Vec<Path>,
    /// The interface that callers by name see.
    dual: Option<Path>,
    /// Fields that hold aggregated objects.
    aggregates: Vec<Ident>,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut args = Self::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            match key.to_string().as_str() {
                "interfaces" => {
                    let list;
                    parenthesized!(list in input);
                    let paths = Punctuated::<Path, Token![,]>::parse_terminated(&list)?;
                    args.interfaces = paths.into_iter().collect();
                }
                "aggregates" => {
                    let list;
                    parenthesized!(list in input);
                    let fields = Punctuated::<Ident, Token![,]>::parse_terminated(&list)?;
                    args.aggregates = fields.into_iter().collect();
                }
                "dual" => {
                    let path;
                    parenthesized!(path in input);
                    args.dual = Some(path.parse()?);
                }
                "create" => {
                    input.parse::<Token![=]>()?;
                    args.create = Some(input.parse()?);
                }
                "clsid" => args.clsid = Some(value(input)?),
                "progid" => args.progid = Some(value(input)?),
                "name" => args.name = Some(value(input)?),
                "threading" => args.threading = Some(value(input)?),
                "appid" => args.appid = Some(value(input)?),
                "surrogate" => args.surrogate = Some(key),
                _ => {
                    return Err(syn::Error::new(
                        key.span(),
                        "expected clsid, progid, name, threading, appid, surrogate, create, \
                         interfaces(…), dual(…) or aggregates(…)",
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if args.interfaces.is_empty() {
            return Err(input.error("a class has at least one interface: interfaces(IFoo)"));
        }
        Ok(args)
    }
}

fn value(input: ParseStream<'_>) -> syn::Result<LitStr> {
    input.parse::<Token![=]>()?;
    input.parse()
}

pub fn expand(args: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let args: Args = syn::parse2(args)?;
    let item: ItemStruct = syn::parse2(item)?;
    if !item.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(&item.generics, "a class is not generic"));
    }
    let identity = identity(&item.ident, &args);
    let registration = registration(&item.ident, &args)?;
    let dispatch = args.dual.as_ref().map(|dual| dispatch(&item.ident, &args, dual)).transpose()?;
    Ok(quote!(#item #identity #registration #dispatch))
}

/// `IDispatch` from the description of a dual interface.
fn dispatch(class: &Ident, args: &Args, dual: &Path) -> syn::Result<TokenStream> {
    let slot = args.interfaces.iter().position(|interface| interface == dual).ok_or_else(|| {
        syn::Error::new_spanned(dual, "name it among the interfaces of the class as well")
    })?;
    let path = quote!(::com_abi::automation);
    Ok(quote! {
        impl #path::IDispatch_Impl for #class {
            unsafe fn GetTypeInfoCount(&self, count: *mut u32) -> ::com_abi::HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { #path::late::type_info_count(count) }
            }

            unsafe fn GetTypeInfo(
                &self,
                index: u32,
                _locale: u32,
                info: *mut *mut ::core::ffi::c_void,
            ) -> ::com_abi::HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { #path::late::type_info::<#dual>(index, info) }
            }

            unsafe fn GetIDsOfNames(
                &self,
                iid: *const ::com_abi::GUID,
                names: *const *const u16,
                count: u32,
                _locale: u32,
                identifiers: *mut i32,
            ) -> ::com_abi::HRESULT {
                // SAFETY: forwarded from the caller.
                unsafe { #path::late::names::<#dual>(iid, names, count, identifiers) }
            }

            unsafe fn Invoke(
                &self,
                member: i32,
                iid: *const ::com_abi::GUID,
                _locale: u32,
                flags: u16,
                arguments: *mut #path::DispParams,
                result: *mut #path::Variant,
                exception: *mut #path::ExcepInfo,
                wrong_argument: *mut u32,
            ) -> ::com_abi::HRESULT {
                // SAFETY: forwarded from the caller; methods get values of objects.
                unsafe {
                    #path::late::invoke::<Self, #dual>(
                        self, #slot, member, iid, flags, arguments, result, exception,
                        wrong_argument,
                    )
                }
            }
        }
    })
}

fn identity(class: &Ident, args: &Args) -> TokenStream {
    let count = args.interfaces.len();
    let vtables = args.interfaces.iter().enumerate().map(|(slot, interface)| {
        quote! {
            ::com_abi::object::VtablePointer::new(
                const { &<<#interface as ::com_abi::Interface>::Vtable>::new::<#class, #slot>() }
            )
        }
    });
    let matches = args
        .interfaces
        .iter()
        .map(|interface| quote!(<<#interface as ::com_abi::Interface>::Vtable>::matches));
    let fields = &args.aggregates;
    let aggregated = (!fields.is_empty()).then(|| {
        quote! {
            fn aggregated(&self) -> impl Iterator<Item = &::com_abi::IUnknown> {
                [#(&self.#fields),*].into_iter()
            }
        }
    });
    quote! {
        // SAFETY: entry n of both lists belongs to interface n, and its vtable
        // was made for this class and slot n.
        unsafe impl ::com_abi::Class for #class {
            type Vtables = [::com_abi::object::VtablePointer; #count];
            const VTABLES: Self::Vtables = [#(#vtables),*];
            const MATCHES: &'static [fn(&::com_abi::GUID) -> bool] = &[#(#matches),*];
            #aggregated
        }
    }
}

fn registration(class: &Ident, args: &Args) -> syn::Result<TokenStream> {
    let Some(clsid) = &args.clsid else {
        return match args.progid.as_ref().or(args.name.as_ref()).or(args.threading.as_ref()) {
            Some(extra) => Err(syn::Error::new(extra.span(), "needs clsid = \"…\" as well")),
            None => Ok(TokenStream::new()),
        };
    };
    let guid = crate::guid::constant(clsid)?;
    let missing = |key: &str| syn::Error::new(clsid.span(), format!("needs {key} = \"…\" as well"));
    let progid = args.progid.as_ref().ok_or_else(|| missing("progid"))?;
    let name = args.name.as_ref().ok_or_else(|| missing("name"))?;
    let threading = args.threading.as_ref().ok_or_else(|| missing("threading"))?;
    let model = match threading.value().as_str() {
        "None" => quote!(None),
        "Apartment" => quote!(Apartment),
        "Free" => quote!(Free),
        "Both" => quote!(Both),
        "Neutral" => quote!(Neutral),
        _ => {
            return Err(syn::Error::new(
                threading.span(),
                "expected \"None\", \"Apartment\", \"Free\", \"Both\" or \"Neutral\"",
            ));
        }
    };
    let create = match &args.create {
        Some(path) => quote!(#path(controlling)),
        None => quote!({
            let _ = controlling;
            Ok(<Self as ::core::default::Default>::default())
        }),
    };
    let appid = match &args.appid {
        Some(text) => crate::guid::constant(text).map(|id| quote!(Some(#id)))?,
        None => quote!(None),
    };
    if let (Some(word), None) = (&args.surrogate, &args.appid) {
        return Err(syn::Error::new(word.span(), "needs appid = \"…\" as well"));
    }
    let has_surrogate = args.surrogate.is_some();
    Ok(quote! {
        impl ::com_abi::CreatableClass for #class {
            const REGISTRATION: ::com_abi::Registration = ::com_abi::Registration {
                clsid: #guid,
                progid: #progid,
                name: #name,
                threading: ::com_abi::ThreadingModel::#model,
                app_id: #appid,
                has_surrogate: #has_surrogate,
            };
            fn create(
                controlling: ::com_abi::Controlling,
            ) -> ::core::result::Result<Self, ::com_abi::HRESULT> {
                #create
            }
        }
    })
}
