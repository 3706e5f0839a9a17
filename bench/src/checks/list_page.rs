//! `GET /recent/:page` and `GET /diary/:name`: entries by pages.

use isutori_engine::failure::Failure;

use super::{
    linked_person,
    listed::{check_count, check_listed_entry},
    order::{Shown, check_newest, check_newest_first},
};
use crate::{
    model::{Age, Certainty, Item, Look, PersonKey, View},
    pages::ListPage,
};

/// Entries on a page.
pub const PAGE: u64 = 20;

/// One page of all public entries; `number` counts from 1.
///
/// # Errors
/// `entry.*` (critical), `list.*` (wrong).
pub fn check_recent(
    look: &mut Look<'_>,
    page: &ListPage,
    number: u64,
    view: &View,
) -> Result<(), Failure> {
    let place = format!("/recent/{number}");
    let shown = check_entries(look, &place, page, view, None)?;
    let (must, may) = look.fresh_public_count(view);
    let fresh = look.fresh_public(view);
    let truth = Truth {
        initial_total: look.dataset.public_entries(),
        fresh: must..=may,
        gaps: gaps(&fresh),
    };
    let dataset = look.dataset;
    truth.check(&place, page, number, &shown, |rank| {
        dataset.public_entry(rank)
    })?;
    if number == 1 {
        check_newest(&place, &shown, PAGE as usize, &fresh)?;
    }
    Ok(())
}

/// One page of somebody's diary; `number` counts from 1.
///
/// # Errors
/// As [`check_recent`].
pub fn check_diary(
    look: &mut Look<'_>,
    page: &ListPage,
    author: PersonKey,
    number: u64,
    view: &View,
) -> Result<(), Failure> {
    let place = format!("/diary/{}?page={number}", look.name(author));
    let shown = check_entries(look, &place, page, view, Some(author))?;
    let items = look.diary(author, view);
    if number == 1 {
        check_newest(&place, &shown, PAGE as usize, &items)?;
    }
    // While a friendship is under way, its friends-only entries are there or not, but all at once.
    let with_doubtful = diary_truth(&items, Certainty::Maybe);
    let without = diary_truth(&items, Certainty::Yes);
    let check = |(truth, initial): (Truth, Vec<u64>)| {
        truth.check(&place, page, number, &shown, |rank| {
            initial.get(rank as usize).copied()
        })
    };
    check(with_doubtful).or_else(|failure| check(without).map_err(|_| failure))
}

/// How many entries there are in all pages.
struct Truth {
    initial_total: u64,
    fresh: std::ops::RangeInclusive<u64>,
    /// So many may be taken away at this moment, and leave their places empty.
    gaps: u64,
}

fn gaps(items: &[Item]) -> u64 {
    items.iter().filter(|item| item.leaving).count() as u64
}

/// The truth of a diary, counting initial entries that are at least so certain.
fn diary_truth(items: &[Item], at_least: Certainty) -> (Truth, Vec<u64>) {
    let is_fresh = |item: &&Item| matches!(item.age, Age::Fresh(_));
    let fresh = items.iter().filter(is_fresh);
    let must = fresh
        .clone()
        .filter(|item| item.certainty == Certainty::Yes)
        .count() as u64;
    let may = fresh.count() as u64;
    let initial = items
        .iter()
        .filter(|item| !is_fresh(item) && item.certainty >= at_least);
    let initial: Vec<u64> = initial.filter_map(|item| item.id).collect();
    (
        Truth {
            initial_total: initial.len() as u64,
            fresh: must..=may,
            gaps: gaps(items),
        },
        initial,
    )
}

impl Truth {
    /// Counts, length, links, and that the initial entries follow one another
    /// without a gap from where the fresh ones before them let them begin.
    fn check(
        &self,
        place: &str,
        page: &ListPage,
        number: u64,
        shown: &[Shown],
        initial: impl Fn(u64) -> Option<u64>,
    ) -> Result<(), Failure> {
        let (must, may) = (
            self.initial_total + self.fresh.start(),
            self.initial_total + self.fresh.end(),
        );
        check_count(
            "list.total",
            &format!("{place}, all pages"),
            must,
            may,
            page.total,
        )?;
        let offset = (number - 1) * PAGE;
        let on_page = |total: u64| total.saturating_sub(offset).min(PAGE);
        check_count(
            "list.length",
            place,
            on_page(must).saturating_sub(self.gaps),
            on_page(may),
            shown.len() as u64,
        )?;
        check_links(
            place,
            page,
            number,
            offset + PAGE < must,
            offset + PAGE < may,
        )?;
        let Some(fresh_here) = shown
            .iter()
            .position(|shown| matches!(shown.age, Age::Initial(_)))
        else {
            return Ok(());
        };
        let position = offset + fresh_here as u64;
        let begins =
            |rank: &u64| (number > 1 || *rank == 0) && initial(*rank) == Some(shown[fresh_here].id);
        let first_rank = self
            .fresh
            .clone()
            .filter_map(|before| position.checked_sub(before))
            .find(begins);
        let follows = |first: u64| {
            let ids = shown[fresh_here..].iter().map(|shown| Some(shown.id));
            ids.eq((first..).take(shown.len() - fresh_here).map(&initial))
        };
        match first_rank {
            Some(first) if follows(first) => Ok(()),
            _ => Err(Failure::wrong(
                "list.missing",
                format!("{place}: entries are missing or belong to another page"),
            )),
        }
    }
}

fn check_links(
    place: &str,
    page: &ListPage,
    number: u64,
    must: bool,
    may: bool,
) -> Result<(), Failure> {
    let older_right = if page.has_older { may } else { !must };
    if !older_right {
        return Err(Failure::wrong(
            "list.links",
            format!("{place}: the link to older entries is wrong"),
        ));
    }
    if page.has_newer != (number > 1) {
        return Err(Failure::wrong(
            "list.links",
            format!("{place}: the link to newer entries is wrong"),
        ));
    }
    Ok(())
}

fn check_entries(
    look: &mut Look<'_>,
    place: &str,
    page: &ListPage,
    view: &View,
    author: Option<PersonKey>,
) -> Result<Vec<Shown>, Failure> {
    let mut shown = Vec::new();
    for entry in &page.entries {
        let by = linked_person(look, &entry.author, view)?;
        let id = entry.id;
        if author.is_some_and(|author| author != by) {
            return Err(Failure::wrong(
                "list.foreign",
                format!("{place}: entry {id} belongs to another diary"),
            ));
        }
        shown.push(check_listed_entry(look, entry, view)?);
        let public = look
            .entry_owner(id)
            .is_some_and(|(_, visibility)| visibility == isutori_dataset::Visibility::Public);
        if author.is_none() && !public {
            return Err(Failure::critical(
                "entry.leaked",
                format!("{place}: entry {id} is not public"),
            ));
        }
    }
    check_newest_first(place, &shown)?;
    Ok(shown)
}
