//! What the macros say of an interface, and whose description counts.

use core::mem::offset_of;

use com_abi::codes::{E_INVALIDARG, S_FALSE, S_OK};
use com_abi::description::{
    Base, DESCRIPTION_VERSION, Described, Expression, FLAG_LOCAL, Idl, InterfaceDescription, List,
    MEMBER_NONE, Method, Operand, PARAMETER_IN, PARAMETER_OUT, PARAMETER_RETVAL, PointerKind,
    Shape, Type, Unit,
};
use com_abi::{GUID, IUnknown, Interface};

use super::constructs::{
    Choice, Chosen, Colour, Holder, IConstructs, ICount, IDerived, Node, Pair, Tail,
};
use crate::ffi::PwRegisterInterface;

fn method(name: &str) -> &'static Method {
    IConstructs::METHODS.iter().find(|method| method.name() == name).unwrap()
}

/// What parameter number `index` points to.
fn target(name: &str, index: usize) -> (&'static Type, PointerKind) {
    match &method(name).parameters.as_slice()[index].kind.shape {
        Shape::Pointer(pointer) => (pointer.target, pointer.kind),
        _ => panic!("{name} {index} is a pointer"),
    }
}

fn size_of_array(ty: &Type) -> Expression {
    match &ty.shape {
        Shape::Array(array) => array.size,
        _ => panic!("an array"),
    }
}

#[test]
fn an_interface_says_what_it_derives_from() {
    let description = IConstructs::description();
    assert_eq!(description.iid, IConstructs::IID);
    assert_eq!(description.async_iid.data4[7], 0x13);
    // SAFETY: answers constants.
    let base = unsafe { &*IDerived::description().base.unwrap()() };
    assert!(std::ptr::eq(base, description));
    assert_eq!(ICount::description().async_iid, GUID::default());
    let names: Vec<_> = IDerived::METHODS.iter().map(Method::name).collect();
    assert_eq!(names[..4], ["QueryInterface", "AddRef", "Release", "Sum"]);
    assert_eq!(names.last(), Some(&"Double"));
    assert_eq!(IDerived::METHODS.len(), IConstructs::METHODS.len() + 1);
    assert_eq!(method("Sum").member, MEMBER_NONE);
    assert_eq!(IUnknown::METHODS[0].flags, FLAG_LOCAL);
}

#[test]
fn a_method_says_where_its_arguments_stand_and_which_way_they_go() {
    let sum = method("Sum").parameters.as_slice();
    let known: Vec<_> = sum.iter().map(|p| (p.name(), p.offset, p.flags)).collect();
    let out = PARAMETER_OUT | PARAMETER_RETVAL;
    let both = PARAMETER_IN | PARAMETER_OUT;
    assert_eq!(
        known,
        [("count", 0, PARAMETER_IN), ("values", 8, PARAMETER_IN), ("total", 16, out)]
    );
    assert_eq!(method("Sum").frame_size, 24);
    assert_eq!(method("Swap").parameters.as_slice()[0].flags, both);
    let (values, kind) = target("Sum", 1);
    let size = size_of_array(values);
    assert_eq!((kind, size.operand, size.offset), (PointerKind::Ref, Operand::Value, 0));
    assert_eq!((size.base, size.add), (Base::U32, 0));
    assert_eq!(size_of_array(target("Both", 1).0).add, 1, "max_is");
    let (text, kind) = target("Text", 0);
    assert_eq!(kind, PointerKind::Unique);
    assert!(matches!(text.shape, Shape::String(Unit::Wide)));
    // The second pointer of two behaves as the interface's default says.
    let Shape::Pointer(inner) = &target("Make", 2).0.shape else { panic!("two pointers") };
    let size = size_of_array(inner.target);
    assert_eq!((inner.kind, size.operand), (PointerKind::Unique, Operand::Pointee));
    let Shape::Interface(known) = &target("GiveIs", 1).0.shape else { panic!("an interface") };
    assert_eq!((known.iid_is.operand, known.iid_is.base), (Operand::Pointee, Base::Guid));
}

#[test]
fn a_type_says_how_it_lies_in_memory() {
    let Shape::Structure(holder) = &Holder::TYPE.shape else { panic!("a structure") };
    let offsets: Vec<_> = holder.fields.as_slice().iter().map(|f| f.offset as usize).collect();
    let wanted = [
        offset_of!(Holder, object),
        offset_of!(Holder, name),
        offset_of!(Holder, points),
        offset_of!(Holder, colour),
    ];
    assert_eq!(offsets, wanted);
    assert_eq!(Holder::TYPE.size as usize, size_of::<Holder>());
    let Shape::Fixed(points) = &holder.fields.as_slice()[2].kind.shape else { panic!("fixed") };
    assert_eq!((points.count, points.element.size), (2, 16));
    assert!(matches!(Colour::TYPE.shape, Shape::Base(Base::Enum16)), "16 bits on a wire");
    assert_eq!(Colour::TYPE.size, 4, "32 in memory");
    let Shape::Structure(chosen) = &Chosen::TYPE.shape else { panic!("a structure") };
    assert!(chosen.is_encapsulated);
    let Shape::Union(choice) = &Choice::TYPE.shape else { panic!("a union") };
    assert_eq!((choice.arms.as_slice().len(), choice.switch_type), (3, Base::U32));
    assert!(choice.default.is_some());
    let Shape::Union(selected) = &chosen.fields.as_slice()[1].kind.shape else { panic!() };
    assert_eq!((selected.switch.operand, selected.switch.offset), (Operand::Value, 0));
    let Shape::Structure(tail) = &Tail::TYPE.shape else { panic!("a structure") };
    assert_eq!(size_of_array(tail.fields.as_slice()[1].kind).offset, 0);
    let Shape::Structure(pair) = &Pair::TYPE.shape else { panic!("a structure") };
    let Shape::Pointer(first) = &pair.fields.as_slice()[0].kind.shape else { panic!() };
    assert_eq!(first.kind, PointerKind::Full);
    let Shape::Structure(node) = &Node::TYPE.shape else { panic!("a structure") };
    let Shape::Pointer(next) = &node.fields.as_slice()[1].kind.shape else { panic!() };
    assert!(std::ptr::eq(next.target, Node::TYPE), "a type may refer to itself");
}

/// A description of `ICount` with other facts.
fn other(version: u32, methods: List<Method>) -> &'static InterfaceDescription {
    let known = ICount::description();
    let (iid, name, base) = (known.iid, known.name, known.base);
    Box::leak(Box::new(InterfaceDescription {
        version,
        flags: 0,
        iid,
        base,
        async_iid: GUID::default(),
        async_vtable: core::ptr::null(),
        name,
        proxy_vtable: known.proxy_vtable,
        methods,
    }))
}

alone! {
    fn the_first_description_of_this_version_counts() {
        let known = ICount::description();
        let methods = known.methods;
        // SAFETY: descriptions of this process.
        unsafe {
            assert_eq!(PwRegisterInterface(other(DESCRIPTION_VERSION - 1, methods)), E_INVALIDARG);
            assert_eq!(PwRegisterInterface(other(DESCRIPTION_VERSION + 1, methods)), E_INVALIDARG);
            assert_eq!(PwRegisterInterface(other(DESCRIPTION_VERSION, List::new(&[]))), E_INVALIDARG);
            assert_eq!(PwRegisterInterface(known), S_OK);
            assert_eq!(PwRegisterInterface(known), S_FALSE);
            assert_eq!(PwRegisterInterface(other(DESCRIPTION_VERSION, methods)), S_FALSE);
        }
        let found = crate::description::find(&ICount::IID).unwrap();
        assert!(std::ptr::eq(found.description(), known), "the first one");
    }

    fn what_parameters_name_is_described_as_well() {
        // SAFETY: a description of this process.
        assert_eq!(unsafe { PwRegisterInterface(IDerived::description()) }, S_OK);
        for iid in [IConstructs::IID, ICount::IID] {
            assert!(crate::description::find(&iid).is_some());
        }
    }
}
