//! `#[interface("IID", proxy)]`: the frame proxy and the interface's
//! description.
//!
//! A frame holds the arguments as they were passed. It borrows what they point
//! to, which is sound because `PwProxyInvoke` returns only when the call has
//! ended or was never begun. Interface pointers would need translation between
//! apartments, so a parameter that may hold one is refused here.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, LitCStr, Type};

use crate::interface::Method;

pub fn expand(name: &Ident, methods: &[Method]) -> syn::Result<TokenStream> {
    for method in methods {
        check(method)?;
    }
    let vtbl = format_ident!("{name}_Vtbl");
    let proxies = methods.iter().enumerate().map(|(index, method)| proxy(name, method, index));
    let entries = methods.iter().map(|method| {
        let name = &method.name;
        quote!(#name: #name)
    });
    let count = methods.len() + 3;
    let text = |s: &str| LitCStr::new(&std::ffi::CString::new(s).unwrap_or_default(), name.span());
    let interface_name = text(&name.to_string());
    let names = methods.iter().map(|method| text(&method.name.to_string()));
    Ok(quote! {
        impl ::partywall::Described for #name {
            fn description() -> &'static ::com_abi::description::InterfaceDescription {
                #(#proxies)*
                static VTABLE: #vtbl = #vtbl {
                    base__: ::com_abi::IUnknown_Vtbl {
                        QueryInterface: ::partywall::ffi::PwProxyQueryInterface,
                        AddRef: ::partywall::ffi::PwProxyAddRef,
                        Release: ::partywall::ffi::PwProxyRelease,
                    },
                    #(#entries),*
                };
                struct Names([*const ::core::ffi::c_char; #count]);
                // SAFETY: the pointers name constants.
                unsafe impl Sync for Names {}
                static NAMES: Names = Names([
                    c"QueryInterface".as_ptr(),
                    c"AddRef".as_ptr(),
                    c"Release".as_ptr(),
                    #(#names.as_ptr()),*
                ]);
                static DESCRIPTION: ::com_abi::description::InterfaceDescription =
                    ::com_abi::description::InterfaceDescription {
                        version: ::com_abi::description::DESCRIPTION_VERSION,
                        methods: #count as u32,
                        iid: <#name as ::com_abi::Interface>::IID,
                        name: #interface_name.as_ptr(),
                        proxy_vtable: (&raw const VTABLE).cast(),
                        method_names: (&raw const NAMES).cast(),
                    };
                &DESCRIPTION
            }
        }
    })
}

/// A proxy's method answers with a result code and takes no interface pointers.
fn check(method: &Method) -> syn::Result<()> {
    if !matches!(&method.output, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "HRESULT"))
    {
        return Err(syn::Error::new_spanned(
            &method.name,
            "a method that is called through a proxy returns HRESULT",
        ));
    }
    for (name, ty) in &method.args {
        let mut inner = ty;
        while let Type::Ptr(pointer) = inner {
            inner = &pointer.elem;
        }
        if matches!(inner, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "c_void"))
        {
            return Err(syn::Error::new_spanned(
                name,
                "a frame proxy does not translate interface pointers: pass a typed pointer",
            ));
        }
    }
    Ok(())
}

fn proxy(interface: &Ident, method: &Method, index: usize) -> TokenStream {
    let Method { name, args, .. } = method;
    let (names, types): (Vec<_>, Vec<_>) = args.iter().cloned().unzip();
    let slot = index as u32 + 3;
    let frame = format_ident!("{name}Frame");
    let dispatch = format_ident!("{name}Dispatch");
    quote! {
        #[repr(C)]
        #[allow(non_camel_case_types)]
        struct #frame { #(#names: #types),* }

        #[allow(non_snake_case)]
        unsafe extern "C" fn #dispatch(
            object: *mut ::core::ffi::c_void,
            frame: *mut ::core::ffi::c_void,
        ) -> ::com_abi::HRESULT {
            // SAFETY: the runtime passes the object's interface of this type and
            // the frame that the proxy's method packed.
            unsafe {
                #[allow(unused_variables)]
                let frame = &*frame.cast::<#frame>();
                let vtable = *object.cast::<*const <#interface as ::com_abi::Interface>::Vtable>();
                ((*vtable).#name)(object, #(frame.#names),*)
            }
        }

        #[allow(non_snake_case, clippy::too_many_arguments)]
        unsafe extern "system" fn #name(
            this: *mut ::core::ffi::c_void, #(#names: #types),*
        ) -> ::com_abi::HRESULT {
            let mut frame = #frame { #(#names),* };
            // SAFETY: `this` is a proxy with this vtable; the frame fits the
            // dispatch function and lives until the call has ended.
            unsafe {
                ::partywall::ffi::PwProxyInvoke(this, #slot, #dispatch, (&raw mut frame).cast())
            }
        }
    }
}
