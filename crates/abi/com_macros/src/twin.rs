//! `async_uuid("IID")`: the asynchronous twin of a described interface, and the
//! vtable of its call objects.
//!
//! Each method becomes two. What goes in is passed to `Begin_`, what comes out is
//! taken by `Finish_`, and what does both stands in both. Either fills its part of
//! the frame of the synchronous method (see `proxy`).

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, ItemTrait, LitStr, Path, parse_quote};

use crate::idl::{Attributes, MethodAttributes, TraitAttributes};
use crate::interface::{Method, declare, is_unknown};
use crate::proxy::{Direction, direction};

/// See the module.
pub struct Twin {
    /// The interface itself.
    pub declaration: TokenStream,
    /// The methods of its call objects, which stand beside the proxy's.
    pub calls: TokenStream,
    /// The address of their vtable.
    pub vtable: TokenStream,
}

/// A method in two halves.
struct Halves {
    begin: Method,
    finish: Method,
    /// Whether neither can be called.
    is_local: bool,
    /// The type of the frame.
    frame: Ident,
}

/// The twin of `item`, whose methods were read already.
pub fn expand(
    item: &ItemTrait,
    base: &Path,
    whole: &TraitAttributes,
    methods: &[Method],
    iid: &LitStr,
) -> syn::Result<Twin> {
    if whole.is_dual || base.segments.last().is_some_and(|last| last.ident == "IDispatch") {
        return Err(syn::Error::new(
            iid.span(),
            "an interface that derives from IDispatch has no asynchronous twin",
        ));
    }
    let name = format_ident!("Async{}", item.ident);
    let halves = methods.iter().map(split).collect::<syn::Result<Vec<_>>>()?;
    let own_base = if is_unknown(base) { base.clone() } else { asynchronous(base) };
    let both = halves.iter().flat_map(|halves| [halves.begin.clone(), halves.finish.clone()]);
    let both: Vec<Method> = both.collect();
    let twin = described(item, &name);
    let declaration = declare(&twin, &own_base, &crate::guid::constant(iid)?, &both);
    let calls = calls(&item.ident, &name, &own_base, &halves);
    let vtbl = format_ident!("{name}_Vtbl");
    let vtable = quote!({
        static CALLS: #vtbl = <#name as ::com_abi::asynchronous::Twin>::CALLS;
        (&raw const CALLS).cast()
    });
    Ok(Twin { declaration, calls, vtable })
}

/// `AsyncIFoo` for `IFoo`.
fn asynchronous(path: &Path) -> Path {
    let mut path = path.clone();
    if let Some(last) = path.segments.last_mut() {
        last.ident = format_ident!("Async{}", last.ident);
    }
    path
}

/// A trait of the same visibility with the twin's name, without its methods.
fn described(item: &ItemTrait, name: &Ident) -> ItemTrait {
    let text =
        format!("`{}` in two halves: `Begin_` calls, `Finish_` takes the answer.", item.ident);
    let vis = &item.vis;
    // Whoever never calls asynchronously does not use it.
    parse_quote!(#[doc = #text] #[allow(dead_code)] #vis trait #name {})
}

fn split(method: &Method) -> syn::Result<Halves> {
    let (mut ins, mut outs) = (Vec::new(), Vec::new());
    for (at, (name, ty)) in method.args.iter().enumerate() {
        let attributes = Attributes::read(&method.arg_idl[at])?;
        let Direction { is_in, is_out } = direction(ty, &attributes, at + 1 == method.args.len())?;
        if is_in {
            ins.push((name.clone(), ty.clone()));
        }
        if is_out {
            outs.push((name.clone(), ty.clone()));
        }
    }
    let half = |prefix: &str, what: &str, args| {
        let text = format!("{what} of `{}`.", method.name);
        Method {
            name: format_ident!("{prefix}_{}", method.name),
            docs: vec![parse_quote!(#[doc = #text])],
            args,
            arg_idl: Vec::new(),
            idl: Vec::new(),
            output: parse_quote!(::com_abi::HRESULT),
            default: None,
        }
    };
    Ok(Halves {
        begin: half("Begin", "The call", ins),
        finish: half("Finish", "The answer", outs),
        is_local: MethodAttributes::read(&method.idl)?.is_local,
        frame: format_ident!("{}Frame", method.name),
    })
}

/// The methods of the call objects, and the vtable.
fn calls(synchronous: &Ident, name: &Ident, base: &Path, halves: &[Halves]) -> TokenStream {
    let functions = halves.iter().enumerate().flat_map(|(index, halves)| {
        let half = |method, forward: &str| function(method, halves, index, forward);
        [half(&halves.begin, "begin"), half(&halves.finish, "finish")]
    });
    let names = halves.iter().flat_map(|halves| [&halves.begin.name, &halves.finish.name]);
    let path = quote!(::com_abi::asynchronous);
    let base_calls = if is_unknown(base) {
        quote!(#path::UNKNOWN_CALLS)
    } else {
        quote!(<#base as #path::Twin>::CALLS)
    };
    let vtbl = format_ident!("{name}_Vtbl");
    quote! {
        #(#functions)*

        impl #path::Twin for #name {
            type Synchronous = #synchronous;
            const CALLS: #vtbl = #vtbl { base__: #base_calls, #(#names: #names),* };
        }
    }
}

/// One half: it fills its part of the frame.
fn function(method: &Method, halves: &Halves, index: usize, forward: &str) -> TokenStream {
    let Method { name, args, .. } = method;
    let (names, types): (Vec<_>, Vec<_>) = args.iter().cloned().unzip();
    if halves.is_local {
        return quote! {
            #[allow(non_snake_case, clippy::too_many_arguments)]
            unsafe extern "system" fn #name(
                _: *mut ::core::ffi::c_void, #(_: #types),*
            ) -> ::com_abi::HRESULT {
                ::com_abi::codes::E_NOTIMPL
            }
        };
    }
    let (frame_type, forward) = (&halves.frame, format_ident!("{forward}"));
    // Names that no parameter of the method can collide with.
    let this = Ident::new("this", Span::mixed_site());
    let frame = Ident::new("frame", Span::mixed_site());
    let place = Ident::new("place", Span::mixed_site());
    quote! {
        #[allow(non_snake_case, clippy::too_many_arguments)]
        unsafe extern "system" fn #name(
            #this: *mut ::core::ffi::c_void, #(#names: #types),*
        ) -> ::com_abi::HRESULT {
            let mut #frame = ::core::mem::MaybeUninit::<#frame_type>::zeroed();
            #[allow(unused_variables)]
            let #place = #frame.as_mut_ptr();
            // SAFETY: the fields are the frame's own; `this` is a call object with this
            // vtable, whose synchronous method of this number takes this frame.
            unsafe {
                #((&raw mut (*#place).#names).write(#names);)*
                ::com_abi::asynchronous::#forward(
                    #this, (BASE.len() + #index) as u32, &mut #frame,
                )
            }
        }
    }
}
