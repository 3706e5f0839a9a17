//! Photos and icons: where pages show them, and what comes from there.

use isutori_dataset::Visibility;
use isutori_engine::failure::Failure;

use super::thing::Thing;
use crate::{
    model::{Certainty, Look, PersonKey, View},
    pages::ImageSource,
    pictures::{Gallery, ICON_SIDES, Mismatch, Original, Shape},
};

/// An address at which a picture is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address<'a> {
    /// `/images/:id`
    Photo(&'a str),
    /// `/icons/:name?size=N`
    Icon(&'a str, u32),
}

impl<'a> Address<'a> {
    /// What a path leads to, if that is a picture. Parameters that the contract does not know
    /// may be added to the query.
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        if let Some(id) = path.strip_prefix("/images/") {
            return Some(Address::Photo(id));
        }
        let name = path.strip_prefix("/icons/")?;
        let mut parameters = query.split('&');
        let size = parameters.find_map(|parameter| parameter.strip_prefix("size="));
        let size = size.and_then(|size| size.parse().ok()).unwrap_or(0);
        Some(Address::Icon(name, size))
    }
}

/// An icon beside the person whose it is.
///
/// # Errors
/// `page.icon` (wrong).
pub(crate) fn check_icon(source: &ImageSource, name: &str, size: u32) -> Result<(), Failure> {
    let ImageSource(path) = source;
    match Address::of(path) {
        Some(Address::Icon(whose, shown)) if (whose, shown) == (name, size) => Ok(()),
        _ => Err(Failure::wrong(
            "page.icon",
            format!("the icon of {name} comes from {path:?}, not from /icons/{name}?size={size}"),
        )),
    }
}

/// The photo of an entry, if and only if it has one.
///
/// # Errors
/// `entry.photo` (wrong).
pub(crate) fn check_photo(
    source: Option<&ImageSource>,
    entry: u64,
    has_photo: bool,
) -> Result<(), Failure> {
    let wrong = |sentence| Err(Failure::wrong("entry.photo", sentence));
    match source {
        None if has_photo => wrong(format!("the photo of entry {entry} is not shown")),
        None => Ok(()),
        Some(_) if !has_photo => wrong(format!("entry {entry} has no photo, but shows one")),
        Some(ImageSource(path)) => match Address::of(path) {
            Some(Address::Photo(id)) if id == entry.to_string() => Ok(()),
            _ => wrong(format!(
                "the photo of entry {entry} comes from {path:?}, not from /images/{entry}"
            )),
        },
    }
}

/// What may come from an address.
pub(crate) struct Wanted {
    shape: Shape,
    /// Any of these is right.
    right: Vec<Original>,
    /// These were right once.
    former: Vec<Original>,
    /// Whether what it belongs to is still there, and what to say if a site shows it all the same.
    is_there: Certainty,
    gone: Result<(), Failure>,
}

impl Wanted {
    /// What a view must show at an address of a page that was right.
    ///
    /// # Errors
    /// `entry.leaked` (critical), `picture.unknown` (wrong).
    pub(crate) fn at(address: &Address<'_>, look: &Look<'_>, view: &View) -> Result<Self, Failure> {
        match *address {
            Address::Photo(id) => Wanted::photo(id, look, view),
            Address::Icon(name, size) => Wanted::icon(name, size, look, view),
        }
    }

    fn photo(id: &str, look: &Look<'_>, view: &View) -> Result<Self, Failure> {
        let id = id.parse().ok();
        let entry = id.and_then(|id| Some((id, look.entry_owner(id)?, look.photo(id)?)));
        let Some((id, (author, visibility), photo)) = entry else {
            return Err(unknown(&format!("/images/{}", id.unwrap_or_default())));
        };
        if look.may_see(author, visibility, view) == Certainty::No {
            return Err(leaked_photo(look, id, (author, visibility), view));
        }
        Ok(Wanted {
            shape: Shape::Photo,
            right: vec![Original::Drawn(photo)],
            former: Vec::new(),
            is_there: look.is_there(id, view),
            gone: Thing::Entry(id).check_shown(look, view),
        })
    }

    fn icon(name: &str, size: u32, look: &Look<'_>, view: &View) -> Result<Self, Failure> {
        let person = look.person(name).filter(|_| ICON_SIDES.contains(&size));
        let Some(person) = person else {
            return Err(unknown(&format!("/icons/{name}?size={size}")));
        };
        let original = |icon: Option<_>| icon.map_or(Original::NoIcon, Original::Drawn);
        let right = look.icons(person, view).into_iter().map(original).collect();
        let former = look.former_icons(person).into_iter().map(original);
        Ok(Wanted {
            shape: Shape::Icon(size),
            right,
            former: former.collect(),
            is_there: look.is_here(person, view),
            gone: Thing::Person(person).check_shown(look, view),
        })
    }

    /// Whether there may be no picture any more: the page is older than the answer.
    pub(crate) fn may_be_gone(&self) -> bool {
        self.is_there != Certainty::Yes
    }

    /// The site may show it.
    ///
    /// # Errors
    /// `entry.removed`, `person.banned` (critical).
    pub(crate) fn check_shown(&self) -> Result<(), Failure> {
        self.gone.clone()
    }

    /// Whether a file with this XXH3 was found right before.
    pub(crate) fn is_known(&self, gallery: &Gallery, xxh3: u64) -> bool {
        let mut right = self.right.iter();
        right.any(|original| gallery.is_known(*original, self.shape, xxh3))
    }

    /// Judges a file with this XXH3.
    ///
    /// # Errors
    /// `picture.stale`, `picture.altered` (wrong).
    pub(crate) fn judge(
        &self,
        gallery: &Gallery,
        path: &str,
        file: (&[u8], u64),
    ) -> Result<(), Failure> {
        let mut mismatch = Mismatch::Unreadable("nothing came".to_owned());
        for original in &self.right {
            match gallery.judge(*original, self.shape, file) {
                Ok(()) => return Ok(()),
                Err(wrong) => mismatch = wrong,
            }
        }
        let was_right = |original: &Original| gallery.judge(*original, self.shape, file).is_ok();
        if self.former.iter().any(was_right) {
            return Err(stale(path));
        }
        Err(Failure::wrong(
            "picture.altered",
            format!("{path} does not show what was uploaded: {mismatch}"),
        ))
    }

    /// Judges what a browser had kept, of which only the XXH3 is known: it was right when it came.
    ///
    /// # Errors
    /// `picture.stale` (wrong).
    pub(crate) fn judge_kept(
        &self,
        gallery: &Gallery,
        path: &str,
        xxh3: u64,
    ) -> Result<(), Failure> {
        match self.is_known(gallery, xxh3) {
            true => Ok(()),
            false => Err(stale(path)),
        }
    }
}

fn stale(path: &str) -> Failure {
    Failure::wrong(
        "picture.stale",
        format!("{path} shows a picture that was replaced, perhaps out of a cache"),
    )
}

fn unknown(path: &str) -> Failure {
    Failure::wrong(
        "picture.unknown",
        format!("a page shows a picture from {path}, where there is none"),
    )
}

/// A photo came to somebody who may not see its entry.
pub(crate) fn leaked_photo(
    look: &Look<'_>,
    id: u64,
    (author, visibility): (PersonKey, Visibility),
    view: &View,
) -> Failure {
    let author = look.name(author);
    let viewer = view.viewer.map_or_else(
        || "somebody without login".to_owned(),
        |viewer| look.name(viewer),
    );
    Failure::critical(
        "photo.leaked",
        format!(
            "the photo of entry {id}, a {visibility:?} entry of {author}, is shown to {viewer}"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_address() {
        assert_eq!(Address::of("/images/7"), Some(Address::Photo("7")));
        assert_eq!(
            Address::of("/icons/aoi?v=3&size=64"),
            Some(Address::Icon("aoi", 64))
        );
        assert_eq!(
            Address::of("/icons/aoi?size=x"),
            Some(Address::Icon("aoi", 0))
        );
        assert_eq!(Address::of("/img/logo.svg"), None);
    }

    #[test]
    fn an_icon_belongs_to_whom_it_stands_beside() {
        let source = |path: &str| ImageSource(path.to_owned());
        assert!(check_icon(&source("/icons/aoi?size=64"), "aoi", 64).is_ok());
        assert!(check_icon(&source("/icons/aoi?size=64&v=2"), "aoi", 64).is_ok());
        for other in ["/icons/ren?size=64", "/icons/aoi?size=32", "/icons/aoi", ""] {
            assert!(check_icon(&source(other), "aoi", 64).is_err(), "{other}");
        }
    }

    #[test]
    fn a_photo_is_shown_if_there_is_one() {
        let own = ImageSource("/images/7".to_owned());
        let other = ImageSource("/images/8".to_owned());
        assert!(check_photo(Some(&own), 7, true).is_ok());
        assert!(check_photo(None, 7, false).is_ok());
        assert!(check_photo(None, 7, true).is_err());
        assert!(check_photo(Some(&own), 7, false).is_err());
        assert!(check_photo(Some(&other), 7, true).is_err());
    }
}
