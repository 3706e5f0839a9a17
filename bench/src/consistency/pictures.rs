//! Photos and icons: taken in, shown, hidden and refused.

use std::{io::Cursor, sync::Arc};

use http::StatusCode;
use image::{ImageFormat, RgbImage};
use isutori_dataset::{Picture, Visibility, pictures::PLATES};
use isutori_engine::failure::Failure;

use super::{
    addresses::{LONGEST_UPLOAD, MISSING_ENTRY},
    cast::Cast,
    hidden::expect_alike,
    walk::Written,
};
use crate::{
    actions::form::Form,
    guest::Guest,
    model::{PersonKey, entries::EntryDraft},
    pictures::LONGEST_SIDE,
    texts,
};

/// The largest file that is taken in, in bytes.
const LARGEST_FILE: usize = 10 << 20;

/// A JPEG upright, a PNG, a GIF, a WebP, and a photo so small that it is shown as it is.
const PHOTOS: [Picture; 5] = [
    Picture::Photo(PLATES + 3),
    Picture::Photo(PLATES + 5),
    Picture::Photo(PLATES + 6),
    Picture::Photo(PLATES + 7),
    Picture::Photo(PLATES + 9),
];

/// A picture of 60,000 by 60,000 pixels in a file of 35 bytes.
const BOMB: &[u8] = b"GIF89a\x60\xEA\x60\xEA\x80\0\0\0\0\0\xFF\xFF\xFF\
                      ,\0\0\0\0\x01\0\x01\0\0\x02\x02\x4C\x01\0;";

/// Entries of the author with photos.
pub(super) struct Pictured {
    public: Vec<u64>,
    friends: u64,
    private: u64,
}

impl Pictured {
    /// One that everybody may see.
    pub(super) fn public(&self) -> u64 {
        self.public[0]
    }

    /// The private one.
    pub(super) fn private(&self) -> u64 {
        self.private
    }
}

/// Uploads photos of every format, to everybody's sight and to some people's only.
pub(super) async fn upload(cast: &mut Cast) -> Result<Pictured, Failure> {
    let guest = &mut cast.author;
    let mut public = Vec::new();
    for photo in PHOTOS {
        public.push(publish(guest, cast.author_key, (Visibility::Public, photo)).await?);
    }
    let hidden = |visibility| (visibility, PHOTOS[1]);
    let friends = publish(guest, cast.author_key, hidden(Visibility::Friends)).await?;
    let private = publish(guest, cast.author_key, hidden(Visibility::Private)).await?;
    let bare = texts::entry(&mut guest.person.luck);
    let csrf = guest.csrf();
    let bare = guest.write_bare_entry(cast.author_key, bare, &csrf).await?;
    guest.open_entry(bare).await?;
    cast.begin_to_spread();
    Ok(Pictured {
        public,
        friends,
        private,
    })
}

async fn publish(
    guest: &mut Guest,
    author: PersonKey,
    (visibility, photo): (Visibility, Picture),
) -> Result<u64, Failure> {
    let draft = EntryDraft {
        visibility,
        photo: Some(photo),
        ..texts::entry(&mut guest.person.luck)
    };
    let csrf = guest.csrf();
    let id = guest.write_entry(author, draft, &csrf).await?;
    guest.open_entry(id).await?;
    Ok(id)
}

/// The photos come to those who may see them, and to nobody else.
pub(super) async fn look_at_photos(
    cast: &mut Cast,
    written: &Written,
    pictured: &Pictured,
) -> Result<(), Failure> {
    let Pictured {
        ref public,
        friends,
        private,
    } = *pictured;
    for id in public {
        cast.anonymous.open_entry(*id).await?;
    }
    cast.friend.open_entry(friends).await?;
    for (guest, all_hidden) in [
        (&mut cast.friend, [private].as_slice()),
        (&mut cast.stranger, &[friends, private]),
        (&mut cast.anonymous, &[friends, private]),
    ] {
        let missing = guest.denial_of_photo(MISSING_ENTRY).await?;
        // An entry without a photo has none, whoever asks.
        for hidden in all_hidden.iter().chain([&written.public]) {
            let denied = guest.denial_of_photo(*hidden).await?;
            expect_alike((*hidden, &denied), &missing)?;
        }
    }
    Ok(())
}

/// Changes icons, one of them twice.
pub(super) async fn change_icons(cast: &mut Cast) -> Result<(), Failure> {
    for (guest, key, numbers) in [
        (&mut cast.author, cast.author_key, [5, 8].as_slice()),
        (&mut cast.friend, cast.friend_key, &[6]),
        (&mut cast.stranger, cast.stranger_key, &[7]),
    ] {
        let name = guest.world.model.look().name(key);
        for number in numbers {
            let csrf = guest.open_profile(&name).await?.icon_csrf;
            let icon = Picture::Icon(PLATES + number);
            guest
                .change_icon(key, icon, &csrf.unwrap_or_default())
                .await?;
            guest.open_profile(&name).await?;
        }
    }
    cast.author.open_home(cast.author_key).await?;
    cast.begin_to_spread();
    Ok(())
}

/// Everybody sees the new icons, in every size.
pub(super) async fn look_at_icons(cast: &mut Cast, written: &Written) -> Result<(), Failure> {
    let names = [cast.author_key, cast.friend_key, cast.stranger_key]
        .map(|key| cast.author.world.model.look().name(key));
    for guest in [&mut cast.anonymous, &mut cast.stranger] {
        for name in &names {
            guest.open_profile(name).await?;
        }
        guest.open_entry(written.public).await?;
    }
    Ok(())
}

/// What is no picture, or too large, is taken neither as a photo nor as an icon.
pub(super) async fn refuse_files(cast: &mut Cast) -> Result<(), Failure> {
    let guest = &mut cast.author;
    let gallery = guest.world.gallery.clone();
    let token = guest.csrf();
    let draft = texts::entry(&mut guest.person.luck);
    let entry = Form::bare_entry(&draft, &token);
    let icon = Form::icon(&gallery, Picture::Icon(PLATES), &token);
    let png = gallery.file(PHOTOS[1]);
    let bad = [
        (
            "image/png",
            Arc::from(&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..]),
        ),
        ("image/png", Arc::from(&png[..png.len() / 2])),
        ("image/gif", Arc::from(BOMB)),
        ("image/png", too_wide()),
        (
            "image/jpeg",
            filled_up(&gallery.file(PHOTOS[0]), LARGEST_FILE + 1),
        ),
    ];
    for (media_type, file) in bad {
        for form in [
            entry.clone().with_file("photo", media_type, file.clone()),
            icon.clone().with_file("icon", media_type, file.clone()),
        ] {
            guest
                .be_refused(
                    form.endpoint,
                    &form.request(),
                    StatusCode::UNPROCESSABLE_ENTITY,
                )
                .await?;
        }
    }
    let no_icon = icon.clone().without_file("icon");
    guest
        .be_refused(
            no_icon.endpoint,
            &no_icon.request(),
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await?;
    let too_long: Arc<[u8]> = vec![0; LONGEST_UPLOAD].into();
    for form in [
        entry.with_file("photo", "image/png", too_long.clone()),
        icon.with_file("icon", "image/png", too_long),
    ] {
        guest
            .be_refused(
                form.endpoint,
                &form.request(),
                StatusCode::PAYLOAD_TOO_LARGE,
            )
            .await?;
    }
    Ok(())
}

/// A picture by one pixel too wide.
fn too_wide() -> Arc<[u8]> {
    let mut file = Cursor::new(Vec::new());
    RgbImage::new(LONGEST_SIDE + 1, 1)
        .write_to(&mut file, ImageFormat::Png)
        .expect("a line of pixels can be written");
    file.into_inner().into()
}

/// A picture with so much behind its end that it has exactly so many bytes.
fn filled_up(picture: &[u8], bytes: usize) -> Arc<[u8]> {
    let mut file = picture.to_vec();
    file.resize(bytes, 0);
    file.into()
}
