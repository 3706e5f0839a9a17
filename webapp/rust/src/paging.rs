//! Long lists, cut into pages that count from 1.

use crate::error::AppError;

/// How many entries a page holds.
pub const PAGE_SIZE: i64 = 20;

/// The number of a page, as in a path or a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageNumber(u32);

impl PageNumber {
    /// The page with the newest entries.
    pub const FIRST: Self = Self(1);

    /// Whatever is no number names a page that does not exist.
    pub fn parse(raw: &str) -> Result<Self, AppError> {
        let is_number = raw.bytes().all(|byte| byte.is_ascii_digit());
        match raw.parse() {
            Ok(number) if is_number && number > 0 => Ok(Self(number)),
            _ => Err(AppError::NotFound),
        }
    }

    /// How many entries come before this page.
    pub fn offset(self) -> i64 {
        (i64::from(self.0) - 1) * PAGE_SIZE
    }
}

/// One page's place in a list.
#[derive(Debug)]
pub struct Paging {
    /// The number of entries in the whole list.
    pub total: i64,
    /// The page with newer entries, if there is one.
    pub newer: Option<u32>,
    /// The page with older entries, if there is one.
    pub older: Option<u32>,
}

impl Paging {
    /// The first page always exists, any other one only while it holds something.
    pub fn new(page: PageNumber, total: i64) -> Result<Self, AppError> {
        if page != PageNumber::FIRST && page.offset() >= total {
            return Err(AppError::NotFound);
        }
        Ok(Self {
            total,
            newer: (page != PageNumber::FIRST).then(|| page.0 - 1),
            older: (page.offset() + PAGE_SIZE < total).then(|| page.0 + 1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_count_from_one() {
        assert_eq!(PageNumber::parse("1").unwrap().offset(), 0);
        assert_eq!(PageNumber::parse("3").unwrap().offset(), 40);
        for bad in ["", "0", "-1", "+1", "1.5", "x", "99999999999"] {
            assert!(PageNumber::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn links_lead_only_to_pages_that_exist() {
        let links = |page, total| {
            Paging::new(PageNumber(page), total)
                .ok()
                .map(|paging| (paging.newer, paging.older))
        };
        assert_eq!(links(1, 0), Some((None, None)));
        assert_eq!(links(1, 20), Some((None, None)));
        assert_eq!(links(1, 21), Some((None, Some(2))));
        assert_eq!(links(2, 41), Some((Some(1), Some(3))));
        assert_eq!(links(2, 20), None);
        assert_eq!(links(u32::MAX, 21), None);
    }
}
