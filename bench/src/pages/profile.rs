//! `GET /people/:name`.

use isutori_engine::{document::Element, failure::Failure};

use super::{ImageSource, ListedEntry, Page, csrf};

/// A profile.
#[derive(Clone, Debug)]
pub struct ProfilePage {
    /// As shown.
    pub nickname: String,
    /// The icon.
    pub icon: ImageSource,
    /// As shown.
    pub introduction: String,
    /// As shown, if it is.
    pub birthday: Option<String>,
    /// `data-friend`.
    pub standing: String,
    /// The newest entries.
    pub entries: Vec<ListedEntry>,
    /// The token of the form to become friends, if it is there.
    pub befriend_csrf: Option<String>,
    /// The token of the form to edit one's profile, if it is there.
    pub edit_csrf: Option<String>,
    /// The token of the form to change one's icon, if it is there.
    pub icon_csrf: Option<String>,
}

impl Page for ProfilePage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        Ok(ProfilePage {
            nickname: root.one("#nickname")?.text().into_owned(),
            icon: ImageSource::read(root.one("main")?.one("img.icon")?)?,
            introduction: root.one("#introduction")?.text().into_owned(),
            birthday: root
                .first("#birthday")
                .map(|element| element.text().into_owned()),
            standing: root.one("main")?.required("data-friend")?.to_owned(),
            entries: ListedEntry::read_all(root.one("#entries")?)?,
            befriend_csrf: root.first("form#befriend").map(csrf).transpose()?,
            edit_csrf: root.first("form#edit-profile").map(csrf).transpose()?,
            icon_csrf: root.first("form#change-icon").map(csrf).transpose()?,
        })
    }
}
