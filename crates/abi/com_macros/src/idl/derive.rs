//! `#[derive(Idl)]` for structures, unions and enumerations.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, Ident, Type};

use super::types::{Context, Scope};
use super::{Attributes, Kind, TraitAttributes};

pub fn expand(item: TokenStream) -> syn::Result<TokenStream> {
    let item: DeriveInput = syn::parse2(item)?;
    if !item.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(&item.generics, "a described type is not generic"));
    }
    let whole = TraitAttributes::read(&item.attrs)?;
    let ty = match &item.data {
        Data::Struct(data) => structure(&item, &data.fields, &whole)?,
        Data::Union(data) => union(&item, data.fields.named.iter(), &whole)?,
        Data::Enum(_) => enumeration(&item, &whole)?,
    };
    let name = &item.ident;
    Ok(quote! {
        // SAFETY: the layout is C's, and the offsets are the compiler's.
        unsafe impl ::com_abi::description::Idl for #name {
            const TYPE: &'static ::com_abi::description::Type = {
                static DESCRIBED: ::com_abi::description::Type = #ty;
                &DESCRIBED
            };
        }
    })
}

/// Whether `#[repr(…)]` names `what`.
fn has_repr(item: &DeriveInput, what: &[&str]) -> bool {
    let mut found = false;
    for attribute in item.attrs.iter().filter(|a| a.path().is_ident("repr")) {
        let _ = attribute.parse_nested_meta(|meta| {
            found |= what.iter().any(|what| meta.path.is_ident(what));
            Ok(())
        });
    }
    found
}

fn require_c(item: &DeriveInput) -> syn::Result<()> {
    if has_repr(item, &["C", "transparent"]) {
        return Ok(());
    }
    Err(syn::Error::new(item.ident.span(), "a described type has C's layout: add `#[repr(C)]`"))
}

/// Names and types of fields, with their attributes.
type Members = (Vec<(Ident, Type)>, Vec<Attributes>);

fn members<'a>(fields: impl Iterator<Item = &'a Field>) -> syn::Result<Members> {
    let mut members = Vec::new();
    let mut attributes = Vec::new();
    for field in fields {
        let name = field.ident.clone();
        let name = name.ok_or_else(|| syn::Error::new(field.span(), "a field needs a name"))?;
        members.push((name, field.ty.clone()));
        attributes.push(Attributes::read(&field.attrs)?);
    }
    Ok((members, attributes))
}

fn structure(
    item: &DeriveInput,
    fields: &Fields,
    whole: &TraitAttributes,
) -> syn::Result<TokenStream> {
    require_c(item)?;
    let name = &item.ident;
    // A new type around one value is that value.
    if let (Fields::Unnamed(one), true) = (fields, fields.len() == 1) {
        let inner = one.unnamed.iter().map(|field| &field.ty);
        return Ok(quote!(*#(<#inner as ::com_abi::description::Idl>::TYPE)*));
    }
    let (members, attributes) = members(fields.iter())?;
    let scope = Scope { container: quote!(#name), members: &members, word: "field" };
    let pointers = whole.pointer_default.unwrap_or(Kind::Unique);
    let mut described = Vec::new();
    for (at, ((field, ty), attributes)) in members.iter().zip(&attributes).enumerate() {
        refuse_direction(attributes)?;
        if attributes.ignore.is_some() {
            continue;
        }
        let may_conform = at + 1 == members.len() && matches!(ty, Type::Array(_));
        let context = Context {
            scope: &scope,
            attributes,
            top: pointers,
            inner: pointers,
            may_conform,
            own: Some(name),
        };
        let ty = context.describe(ty)?;
        described.push(quote!(::com_abi::description::Field {
            offset: ::core::mem::offset_of!(#name, #field) as u32,
            kind: #ty,
        }));
    }
    if whole.is_encapsulated && members.len() != 2 {
        return Err(syn::Error::new(
            name.span(),
            "an encapsulated union is a tag and the union that it selects",
        ));
    }
    let is_encapsulated = whole.is_encapsulated;
    let count = described.len();
    Ok(quote!(::com_abi::description::Type::structure(
        ::core::mem::size_of::<#name>(),
        ::core::mem::align_of::<#name>(),
        ::com_abi::description::Structure {
            fields: ::com_abi::description::List::new({
                static FIELDS: [::com_abi::description::Field; #count] = [#(#described),*];
                &FIELDS
            }),
            is_encapsulated: #is_encapsulated,
        },
    )))
}

fn refuse_direction(attributes: &Attributes) -> syn::Result<()> {
    let span = attributes.is_in.or(attributes.is_out).or(attributes.retval).or(attributes.optional);
    match span {
        Some(span) => Err(syn::Error::new(span, "only a parameter has a direction")),
        None => Ok(()),
    }
}

fn union<'a>(
    item: &DeriveInput,
    fields: impl Iterator<Item = &'a Field>,
    whole: &TraitAttributes,
) -> syn::Result<TokenStream> {
    require_c(item)?;
    let name = &item.ident;
    let switch = whole.switch_type.as_ref().ok_or_else(|| {
        syn::Error::new(name.span(), "say what selects an arm: `#[idl(switch_type(u32))]`")
    })?;
    let (members, attributes) = members(fields)?;
    // Sizes of an arm's content have to stand beside the union, not in it.
    let scope = Scope { container: quote!(#name), members: &[], word: "field" };
    let pointers = whole.pointer_default.unwrap_or(Kind::Unique);
    let (mut arms, mut default) = (Vec::new(), quote!(None));
    for ((field, ty), attributes) in members.iter().zip(&attributes) {
        refuse_direction(attributes)?;
        let context = Context {
            scope: &scope,
            attributes,
            top: pointers,
            inner: pointers,
            may_conform: false,
            own: Some(name),
        };
        let ty = context.describe(ty)?;
        if attributes.cases.is_empty() && attributes.default.is_none() {
            return Err(syn::Error::new(
                field.span(),
                "say what selects this arm: `#[idl(case(1))]` or `#[idl(default)]`",
            ));
        }
        let arm =
            |value: i64| quote!(::com_abi::description::Arm { value: #value, kind: Some(#ty) });
        arms.extend(attributes.cases.iter().map(|value| arm(*value)));
        if attributes.default.is_some() {
            let arm = arm(0);
            default = quote!(Some({
                static DEFAULT: ::com_abi::description::Arm = #arm;
                &DEFAULT
            }));
        }
    }
    let count = arms.len();
    Ok(quote!(::com_abi::description::Type::union(
        ::core::mem::size_of::<#name>(),
        ::core::mem::align_of::<#name>(),
        ::com_abi::description::Union {
            arms: ::com_abi::description::List::new({
                static ARMS: [::com_abi::description::Arm; #count] = [#(#arms),*];
                &ARMS
            }),
            default: #default,
            switch_type: <#switch as ::com_abi::description::Idl>::TYPE.integer(),
            switch: ::com_abi::description::Expression::NONE,
        },
    )))
}

fn enumeration(item: &DeriveInput, whole: &TraitAttributes) -> syn::Result<TokenStream> {
    if !has_repr(item, &["i32", "u32"]) {
        return Err(syn::Error::new(
            item.ident.span(),
            "a described enumeration has 32 bits: add `#[repr(i32)]`",
        ));
    }
    let base = if whole.is_v1_enum { quote!(Enum32) } else { quote!(Enum16) };
    Ok(quote!(::com_abi::description::Type::base(::com_abi::description::Base::#base)))
}
