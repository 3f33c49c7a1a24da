//! The formatted versions of letters, by name.

const PAGES: [(&str, &str); 9] = [
    ("choir_news.html", include_str!("../pages/choir_news.html")),
    ("drill_offer.html", include_str!("../pages/drill_offer.html")),
    ("garden_news.html", include_str!("../pages/garden_news.html")),
    ("hatch_drawing.html", include_str!("../pages/hatch_drawing.html")),
    ("invitation.html", include_str!("../pages/invitation.html")),
    ("offer.html", include_str!("../pages/offer.html")),
    ("power_invoice.html", include_str!("../pages/power_invoice.html")),
    ("wall_photo.html", include_str!("../pages/wall_photo.html")),
    ("water_invoice.html", include_str!("../pages/water_invoice.html")),
];

/// A page by its name.
pub(crate) fn find(name: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| *known == name).map(|(_, page)| *page)
}
