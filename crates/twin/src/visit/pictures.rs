//! Photos and icons.

use bytes::Bytes;
use http::header;

use super::{Visit, lists::number};
use crate::{
    Break,
    answer::{self, Answer, With},
    form::Form,
    refusal::Refusal,
    state::Icon,
    studio::{Frame, ICON_SIDES, Shape},
};

/// The largest file that is taken in, in bytes.
const LARGEST_FILE: usize = 10 << 20;

/// Photos never change.
const FOREVER: &str = "private, max-age=86400";

impl Visit<'_> {
    /// `GET /images/:id`
    pub(super) fn show_photo(&mut self, id: &str) -> Result<Answer, Refusal> {
        let id = match self.breaks(Break::ShowPhotosToAll) {
            true => number(id).ok_or(Refusal::NotFound)?,
            false if self.breaks(Break::KeepPhotosOfRemoved) => self.entry_ever(id)?.id,
            false => self.visible_entry(id)?.id,
        };
        let pictures = &self.state.pictures;
        let photo = pictures.photo(id).ok_or(Refusal::NotFound)?;
        let photo = match self.breaks(Break::MixUpPhotos) {
            true => pictures.photo(id - 1).unwrap_or(photo),
            false => photo,
        };
        let shape = Shape {
            frame: match self.breaks(Break::EnlargePhotos) {
                true => Frame::WholePhoto,
                false => Frame::Photo,
            },
            quality: self.quality(),
        };
        Ok(self.picture(&photo, shape, FOREVER))
    }

    /// `GET /icons/:name?size=N`
    pub(super) fn show_icon(&mut self, name: &str) -> Result<Answer, Refusal> {
        let size = self.request.parameter("size");
        let side: Option<u32> = size.and_then(|size| size.parse().ok());
        let side = match side {
            Some(_) if self.breaks(Break::IconsOfOneSize) => 64,
            Some(side @ 1..=500) if self.breaks(Break::IconsOfAnySize) => side,
            Some(side) if ICON_SIDES.contains(&side) => side,
            _ => return Err(Refusal::NotFound),
        };
        let person = match self.breaks(Break::ShowIconsOfBanned) {
            true => self.state.people.id_ever(name).ok_or(Refusal::NotFound)?,
            false => self.person_named(name)?,
        };
        let person = match person {
            person if self.breaks(Break::IconsOfOthers) => person % 7 + 1,
            person => person,
        };
        let is_own = self.viewer() == Some(person);
        let is_late = |icon: &Icon| {
            self.is_younger(icon.created_at, |broken| match broken {
                Break::LateIcons(age) if !is_own => Some(*age),
                _ => None,
            })
        };
        let icon = self.state.pictures.icon(person, |icon| !is_late(icon));
        let icon = icon.unwrap_or_else(|| self.files.no_icon());
        let shape = Shape {
            frame: match self.breaks(Break::SqueezeIcons) {
                true => Frame::Squeezed(side),
                false => Frame::Icon(side),
            },
            quality: self.quality(),
        };
        let cache = match self.breaks(Break::KeepIcons) {
            true => FOREVER,
            false => "no-cache",
        };
        Ok(self.picture(&icon, shape, cache))
    }

    fn quality(&self) -> u8 {
        match self.breaks(Break::CompressTooFar) {
            true => 1,
            false => 85,
        }
    }

    fn picture(&self, file: &Bytes, shape: Shape, cache: &str) -> Answer {
        let is_known = !self.request.text(header::IF_NONE_MATCH).is_empty();
        let answer = match is_known && self.breaks(Break::NothingChanges) {
            true => answer::answer(http::StatusCode::NOT_MODIFIED, ""),
            false => self.initial.studio().answer(file, shape, self.request),
        };
        answer.with_text(header::CACHE_CONTROL, cache)
    }

    /// `POST /icon`
    pub(super) fn change_icon(&mut self) -> Result<Answer, Refusal> {
        let me = self.member()?;
        let form = self.upload_form()?;
        let file = self.picture_file(&form, "icon")?;
        let back = answer::redirect(&format!("/people/{}", self.state.people.get(me).name));
        let Some(file) = file else {
            return match self.breaks(Break::AcceptNoIcon) {
                true => Ok(back),
                false => Err(Refusal::field("icon", "is missing")),
            };
        };
        if !self.breaks(Break::ForgetIcons) {
            let created_at = self.state.now();
            self.state.pictures.add_icon(me, Icon { file, created_at });
        }
        Ok(back)
    }

    /// A picture that a form has chosen.
    pub(super) fn picture_file(
        &self,
        form: &Form,
        field: &'static str,
    ) -> Result<Option<Bytes>, Refusal> {
        let Some(file) = form.file(field) else {
            return Ok(None);
        };
        if file.len() > LARGEST_FILE && !self.breaks(Break::AcceptLargeFiles) {
            return Err(Refusal::field(field, "is larger than 10 MiB"));
        }
        let is_webp = file.get(8..12) == Some(b"WEBP");
        let studio = self.initial.studio();
        let can_read = match self.breaks(Break::AcceptLargePictures) {
            true => studio.can_read_large(file),
            false => studio.can_read(file),
        };
        match can_read {
            true if is_webp && self.breaks(Break::RefuseWebP) => {
                Err(Refusal::field(field, "is a WebP"))
            }
            false if !self.breaks(Break::AcceptAnyFile) => {
                Err(Refusal::field(field, "is no picture, or too large"))
            }
            _ => Ok(Some(file.clone())),
        }
    }
}
