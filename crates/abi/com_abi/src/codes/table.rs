//! How a list of codes is written.

macro_rules! codes {
    ($list:ident: $($(#[doc = $doc:literal])+ $name:ident = $value:literal, $advice:literal;)*) => {
        $($(#[doc = $doc])* pub const $name: windows_core::HRESULT =
            windows_core::HRESULT($value as u32 as i32);)*

        pub(super) const $list: &[super::Description] = &[$(super::Description {
            code: $name,
            name: stringify!($name),
            means: concat!($($doc),+).trim_ascii(),
            advice: $advice,
        },)*];
    };
}
