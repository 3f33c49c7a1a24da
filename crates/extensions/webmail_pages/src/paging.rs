//! Which rows a page of the list shows.

/// Rows on a page.
pub const PAGE_ROWS: u32 = 50;

/// A page among all rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Page, counted from 1.
    pub page: u32,
    /// All rows.
    pub total: u32,
}

impl Paging {
    /// The last page; 1 when there are no rows.
    pub fn last(self) -> u32 {
        self.total.div_ceil(PAGE_ROWS).max(1)
    }

    /// The page before.
    pub fn previous(self) -> Option<u32> {
        (self.page > 1).then(|| (self.page - 1).min(self.last()))
    }

    /// The page after.
    pub fn next(self) -> Option<u32> {
        (self.page < self.last()).then(|| self.page + 1)
    }

    /// `1–50 of 321`.
    pub fn label(self) -> String {
        let first = (self.page - 1).saturating_mul(PAGE_ROWS).saturating_add(1);
        let last = self.page.saturating_mul(PAGE_ROWS).min(self.total);
        if self.total == 0 {
            "no messages".to_owned()
        } else if first > last {
            format!("none of {}", self.total)
        } else {
            format!("{first}–{last} of {}", self.total)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Paging;

    fn at(page: u32, total: u32) -> (String, Option<u32>, Option<u32>) {
        let paging = Paging { page, total };
        (paging.label(), paging.previous(), paging.next())
    }

    #[test]
    fn an_empty_list_has_one_page_and_nowhere_to_go() {
        assert_eq!(at(1, 0), ("no messages".into(), None, None));
        assert_eq!(Paging { page: 1, total: 0 }.last(), 1);
    }

    #[test]
    fn a_full_page_has_no_next_and_one_row_more_has() {
        assert_eq!(at(1, 50), ("1–50 of 50".into(), None, None));
        assert_eq!(at(1, 51), ("1–50 of 51".into(), None, Some(2)));
        assert_eq!(at(2, 51), ("51–51 of 51".into(), Some(1), None));
        assert_eq!(at(7, 321), ("301–321 of 321".into(), Some(6), None));
    }

    #[test]
    fn a_page_beyond_the_end_leads_back_to_the_last() {
        assert_eq!(at(9, 51), ("none of 51".into(), Some(2), None));
        assert_eq!(at(u32::MAX, 51), ("none of 51".into(), Some(2), None));
    }

    #[test]
    fn the_largest_list_does_not_overflow() {
        let last = Paging { page: 1, total: u32::MAX }.last();
        assert_eq!(at(last, u32::MAX).1, Some(last - 1));
        assert_eq!(at(last, u32::MAX).2, None);
    }
}
