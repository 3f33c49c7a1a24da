//! `#[interface("IID", proxy)]`: the proxy's methods, the functions that make the
//! real calls, and the interface's description.
//!
//! A frame holds the arguments as they were passed: a C structure with a field for
//! each parameter, whose offsets the description names.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, ItemTrait, LitCStr, Path, Type};

use crate::idl::{
    Attributes, Context, Kind, MethodAttributes, Scope, TraitAttributes, pointers, suggests_out,
};
use crate::interface::Method;
use crate::twin::{self, Twin};

/// The interface around the methods.
struct Interface<'a> {
    name: &'a Ident,
    pointers: Kind,
    is_dual: bool,
}

pub fn expand(
    item: &ItemTrait,
    base: &Path,
    whole: &TraitAttributes,
    methods: &[Method],
) -> syn::Result<TokenStream> {
    let name = &item.ident;
    let pointers = whole.pointer_default.unwrap_or(Kind::Unique);
    let interface = Interface { name, pointers, is_dual: whole.is_dual };
    let vtbl = format_ident!("{name}_Vtbl");
    let mut functions = Vec::new();
    let mut described = Vec::new();
    for (index, method) in methods.iter().enumerate() {
        let attributes = MethodAttributes::read(&method.idl)?;
        if !attributes.is_local {
            check(method)?;
        }
        functions.push(interface.functions(method, index, &attributes));
        described.push(interface.method(method, index, &attributes)?);
    }
    let entries = methods.iter().map(|method| {
        let name = &method.name;
        quote!(#name: #name)
    });
    let (async_iid, twin) = match &whole.async_uuid {
        Some(text) => {
            (crate::guid::constant(text)?, twin::expand(item, base, whole, methods, text)?)
        }
        None => (quote!(::com_abi::GUID::from_u128(0)), no_twin()),
    };
    let Twin { declaration, calls, vtable: async_vtable } = twin;
    let flags = if whole.is_dual { quote!(INTERFACE_DUAL) } else { quote!(INTERFACE_PLAIN) };
    let text = c_text(name);
    Ok(quote! {
        #declaration

        const _: () = {
            #(#functions)*
            const BASE: &[::com_abi::description::Method] =
                <#base as ::com_abi::description::Described>::METHODS;
            const OWN: &[::com_abi::description::Method] = &[#(#described),*];
            #calls

            impl ::com_abi::description::Described for #name {
                const PROXY: #vtbl = #vtbl {
                    base__: <#base as ::com_abi::description::Described>::PROXY,
                    #(#entries),*
                };
                const METHODS: &'static [::com_abi::description::Method] =
                    &::com_abi::description::concat::<{ BASE.len() + OWN.len() }>(BASE, OWN);

                fn description() -> &'static ::com_abi::description::InterfaceDescription {
                    static VTABLE: #vtbl = <#name as ::com_abi::description::Described>::PROXY;
                    static DESCRIPTION: ::com_abi::description::InterfaceDescription =
                        ::com_abi::description::InterfaceDescription {
                            version: ::com_abi::description::DESCRIPTION_VERSION,
                            flags: ::com_abi::description::#flags,
                            iid: <#name as ::com_abi::Interface>::IID,
                            base: Some(::com_abi::description::description_of::<#base>),
                            async_iid: #async_iid,
                            async_vtable: #async_vtable,
                            name: #text.as_ptr(),
                            proxy_vtable: (&raw const VTABLE).cast(),
                            methods: ::com_abi::description::List::new(
                                <#name as ::com_abi::description::Described>::METHODS,
                            ),
                        };
                    &DESCRIPTION
                }
            }
        };
    })
}

fn no_twin() -> Twin {
    let (declaration, calls) = (TokenStream::new(), TokenStream::new());
    Twin { declaration, calls, vtable: quote!(::core::ptr::null()) }
}

fn c_text(name: &Ident) -> LitCStr {
    let text = std::ffi::CString::new(name.to_string()).unwrap_or_default();
    LitCStr::new(&text, name.span())
}

/// A proxy's method answers with a result code.
fn check(method: &Method) -> syn::Result<()> {
    if matches!(&method.output, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "HRESULT"))
    {
        return Ok(());
    }
    Err(syn::Error::new_spanned(
        &method.name,
        "a method that is called through a proxy returns HRESULT",
    ))
}

impl Interface<'_> {
    /// The frame, the function that unpacks it, and the proxy's method.
    fn functions(
        &self,
        method: &Method,
        index: usize,
        attributes: &MethodAttributes,
    ) -> TokenStream {
        let (interface, Method { name, args, output, .. }) = (self.name, method);
        let (names, types): (Vec<_>, Vec<_>) = args.iter().cloned().unzip();
        let frame = format_ident!("{name}Frame");
        let dispatch = format_ident!("{name}Dispatch");
        if attributes.is_local {
            return quote! {
                #[allow(non_snake_case, clippy::too_many_arguments)]
                unsafe extern "system" fn #name(
                    _: *mut ::core::ffi::c_void, #(_: #types),*
                ) -> #output {
                    <#output as ::com_abi::object::NotHere>::not_here()
                }
            };
        }
        let call = quote!(((*vtable).#name)(object, #(frame.#names),*));
        let call = match &attributes.finish {
            Some(finish) => quote!(#finish(#call, #(frame.#names),*)),
            None => call,
        };
        quote! {
            #[repr(C)]
            #[allow(non_camel_case_types, non_snake_case)]
            struct #frame { #(#names: #types),* }

            #[allow(non_snake_case)]
            unsafe extern "C" fn #dispatch(
                object: *mut ::core::ffi::c_void,
                frame: *mut ::core::ffi::c_void,
            ) -> ::com_abi::HRESULT {
                // SAFETY: the runtime passes the object's interface of this type, or of
                // one that derives from it, and the frame that the proxy's method packed.
                unsafe {
                    #[allow(unused_variables)]
                    let frame = &*frame.cast::<#frame>();
                    let vtable =
                        *object.cast::<*const <#interface as ::com_abi::Interface>::Vtable>();
                    #call
                }
            }

            #[allow(non_snake_case, clippy::too_many_arguments)]
            unsafe extern "system" fn #name(
                this: *mut ::core::ffi::c_void, #(#names: #types),*
            ) -> ::com_abi::HRESULT {
                let mut frame = #frame { #(#names),* };
                // SAFETY: `this` is a proxy with this vtable, whose method of this
                // number takes this frame.
                unsafe {
                    ::com_abi::description::invoke(
                        this, (BASE.len() + #index) as u32, &mut frame,
                    )
                }
            }
        }
    }

    /// The tokens of a `Method`.
    fn method(
        &self,
        method: &Method,
        index: usize,
        attributes: &MethodAttributes,
    ) -> syn::Result<TokenStream> {
        let Method { name, args, .. } = method;
        let frame = format_ident!("{name}Frame");
        let dispatch = format_ident!("{name}Dispatch");
        let text = c_text(name);
        let path = quote!(::com_abi::description);
        let mut parameters = Vec::new();
        let (entry, size) = if attributes.is_local {
            (quote!(None), quote!(0))
        } else {
            let scope = Scope { container: quote!(#frame), members: args, word: "parameter" };
            for (at, attributes) in method.arg_idl.iter().enumerate() {
                parameters.push(self.parameter(&scope, at, &Attributes::read(attributes)?)?);
            }
            (quote!(Some(#dispatch)), quote!(::core::mem::size_of::<#frame>() as u32))
        };
        let words = [
            (attributes.is_asynchronous, quote!(#path::FLAG_ASYNCHRONOUS)),
            (attributes.is_input_synchronous, quote!(#path::FLAG_INPUT_SYNCHRONOUS)),
            (attributes.is_local, quote!(#path::FLAG_LOCAL)),
        ];
        let flags = words.iter().filter_map(|(is_set, flag)| is_set.then_some(flag));
        let member = match attributes.id {
            Some(id) => quote!(#id as i32),
            // As IDL compilers do: in order, from 1.
            None if self.is_dual => quote!((#index + 1) as i32),
            None => quote!(#path::MEMBER_NONE),
        };
        let kind = attributes.kind;
        Ok(quote!(#path::Method {
            name: #text.as_ptr(),
            dispatch: #entry,
            parameters: #path::List::new(const { &[#(#parameters),*] }),
            frame_size: #size,
            flags: 0 #(| #flags)*,
            member: #member,
            kind: #kind,
        }))
    }

    /// The tokens of a `Parameter`.
    fn parameter(
        &self,
        scope: &Scope<'_>,
        at: usize,
        attributes: &Attributes,
    ) -> syn::Result<TokenStream> {
        let (name, ty) = &scope.members[at];
        let flags = direction(ty, attributes, at + 1 == scope.members.len())?.flags(attributes);
        if let Some(span) = attributes.default.or(attributes.ignore) {
            return Err(syn::Error::new(span, "this is said of fields, not of parameters"));
        }
        let context = Context {
            scope,
            attributes,
            top: Kind::Ref,
            inner: self.pointers,
            may_conform: false,
            own: None,
        };
        let described = context.describe(ty)?;
        let (container, text) = (&scope.container, c_text(name));
        let path = quote!(::com_abi::description);
        Ok(quote!(#path::Parameter {
            name: #text.as_ptr(),
            kind: #described,
            offset: ::core::mem::offset_of!(#container, #name) as u32,
            flags: #flags,
        }))
    }
}

/// Where a parameter's data go.
#[derive(Clone, Copy)]
pub struct Direction {
    pub is_in: bool,
    pub is_out: bool,
}

impl Direction {
    /// The `PARAMETER_…` of the parameter.
    fn flags(self, attributes: &Attributes) -> TokenStream {
        let path = quote!(::com_abi::description);
        let words = [
            (self.is_in, quote!(#path::PARAMETER_IN)),
            (self.is_out, quote!(#path::PARAMETER_OUT)),
            (attributes.retval.is_some(), quote!(#path::PARAMETER_RETVAL)),
            (attributes.optional.is_some(), quote!(#path::PARAMETER_OPTIONAL)),
        ];
        let flags = words.iter().filter_map(|(is_set, flag)| is_set.then_some(flag));
        quote!(0 #(| #flags)*)
    }
}

/// The direction that is said of a parameter, or follows from its type.
pub fn direction(ty: &Type, attributes: &Attributes, is_last: bool) -> syn::Result<Direction> {
    let fail = |span, says: &str| Err(syn::Error::new(span, says));
    let can_be_out = suggests_out(ty, attributes);
    if let Some(span) = attributes.is_out.or(attributes.retval)
        && !can_be_out
    {
        return fail(span, "data come back through a pointer to a place that can be written");
    }
    if let Some(span) = attributes.retval
        && (!is_last || attributes.is_in.is_some())
    {
        return fail(span, "`retval` is the last parameter, and `out` only");
    }
    let is_out = attributes.is_out.is_some() || attributes.retval.is_some();
    let is_in = attributes.is_in.is_some();
    let (is_in, is_out) = if is_in || is_out { (is_in, is_out) } else { (!can_be_out, can_be_out) };
    let has_room = attributes.size.iter().any(Option::is_some) || pointers(ty) > 1;
    if let Some(span) = attributes.string
        && is_out
        && !is_in
        && !has_room
    {
        return fail(span, "text comes back in a buffer of `size_is(…)`, or through two pointers");
    }
    Ok(Direction { is_in, is_out })
}
