//! Photos of entries and icons of people: taken in as they are, and made smaller when shown.

use std::io::Cursor;

use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use image::{
    DynamicImage, ImageError, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder,
    imageops::FilterType,
};
use serde::Deserialize;

use crate::{
    domain::InvalidField,
    entries,
    error::AppError,
    form::UploadForm,
    moment::Moment,
    people,
    state::AppState,
    viewer::{CurrentPerson, Viewer},
};

/// The largest file that is taken in, in bytes.
const MAX_FILE: usize = 10 << 20;

/// The longest side of a picture that is taken in, in pixels.
const MAX_SIDE: u32 = 4096;

/// The memory that a picture may take while it is read, in bytes.
const MAX_MEMORY: u64 = 256 << 20;

/// The longest side of a photo as it is shown, in pixels.
const PHOTO_SIDE: u32 = 320;

/// The sides of an icon as it is shown, in pixels.
const ICON_SIDES: [u32; 3] = [32, 64, 128];

/// The quality of what is written as JPEG, of 100.
const JPEG_QUALITY: u8 = 85;

/// The file of a picture that could be read whole.
pub struct PictureFile(Vec<u8>);

impl PictureFile {
    /// `field` is the field's name in the sentence that tells what is wrong.
    pub async fn parse(field: &str, file: Bytes) -> Result<Self, AppError> {
        if file.len() > MAX_FILE {
            return Err(InvalidField(format!("The {field} is larger than 10 MiB.")).into());
        }
        let file = file.to_vec();
        let (file, picture) = in_background(move || {
            let picture = read(&file);
            (file, picture)
        })
        .await?;
        match picture {
            Ok(_) => Ok(Self(file)),
            Err(ImageError::Limits(_)) => Err(InvalidField(format!(
                "The {field} is more than {MAX_SIDE} pixels wide or high."
            ))
            .into()),
            Err(_) => Err(InvalidField(format!(
                "The {field} is no JPEG, PNG, GIF or WebP picture, or is damaged."
            ))
            .into()),
        }
    }

    /// The file as it was sent.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

fn read(file: &[u8]) -> Result<DynamicImage, ImageError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format()?;
    reader.limits(limits);
    reader.decode()
}

/// Reads and changes a picture where no other request has to wait for it.
async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| AppError::PictureThread)
}

/// `GET /images/:id`
pub async fn show_photo(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let entry = entries::entry_of_path(&state.db, viewer.person(), &id).await?;
    let photo = entry.photo.ok_or(AppError::NotFound)?;
    in_background(move || {
        let photo = read(&photo)?;
        answer(&fit(photo), ImageFormat::Jpeg)
    })
    .await?
}

/// The picture within a square of [`PHOTO_SIDE`], no larger than it is.
fn fit(photo: DynamicImage) -> DynamicImage {
    if photo.width() <= PHOTO_SIDE && photo.height() <= PHOTO_SIDE {
        return photo;
    }
    photo.resize(PHOTO_SIDE, PHOTO_SIDE, FilterType::Lanczos3)
}

/// Which icon is asked for.
#[derive(Deserialize)]
pub struct IconQuery {
    size: Option<String>,
}

/// `GET /icons/:name?size=N`
pub async fn show_icon(
    State(state): State<AppState>,
    Path(name): Path<String>,
    Query(query): Query<IconQuery>,
) -> Result<Response, AppError> {
    let size = query.size.and_then(|size| size.parse().ok());
    let side: u32 = size
        .filter(|size| ICON_SIDES.contains(size))
        .ok_or(AppError::NotFound)?;
    let person = people::person_named(&state.db, &name).await?;
    let icon = match person.icon {
        Some(icon) => icon,
        None => state.default_icon.to_vec(),
    };
    in_background(move || {
        let icon = read(&icon)?.resize_to_fill(side, side, FilterType::Lanczos3);
        answer(&icon, ImageFormat::Png)
    })
    .await?
}

/// The form that changes one's icon has nothing but the file.
#[derive(Deserialize)]
pub struct IconForm {}

/// `POST /icon`
pub async fn change_icon(
    State(state): State<AppState>,
    current: CurrentPerson,
    form: UploadForm<IconForm>,
) -> Result<Redirect, AppError> {
    let file = form
        .file("icon")
        .ok_or_else(|| InvalidField("The icon is missing.".to_owned()))?;
    let icon = PictureFile::parse("icon", file).await?;
    let person = current.person;
    // Whether a profile was ever edited is told by these two times, so they must differ.
    let updated_at = Moment::now().max(Moment(person.created_at.0 + 1));
    state
        .db
        .query("UPDATE people SET icon = ?, updated_at = ? WHERE id = ?")
        .bind(icon.into_bytes())
        .bind(updated_at.0)
        .bind(person.id)
        .execute(&state.db.pool)
        .await?;
    Ok(Redirect::to(&format!("/people/{}", person.name)))
}

fn answer(picture: &DynamicImage, format: ImageFormat) -> Result<Response, AppError> {
    // JPEG knows no transparency.
    let picture = picture.to_rgb8();
    let mut file = Vec::new();
    match format {
        ImageFormat::Jpeg => {
            picture.write_with_encoder(JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY))?;
        }
        _ => picture.write_to(&mut Cursor::new(&mut file), format)?,
    }
    Ok(([(header::CONTENT_TYPE, format.to_mime_type())], file).into_response())
}
