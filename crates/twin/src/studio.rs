//! Pictures made ready to be shown, each once.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    io::Cursor,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use image::{
    DynamicImage, ImageReader, ImageResult, Limits,
    codecs::jpeg::JpegEncoder,
    imageops::FilterType::{CatmullRom, Nearest},
};

use crate::{
    answer::{self, Answer, With},
    request::Request,
};

/// The longest side of a photo as it is shown.
const PHOTO_SIDE: u32 = 320;

/// The sides of icons as they are shown.
pub(crate) const ICON_SIDES: [u32; 3] = [32, 64, 128];

/// The longest side of a picture that is taken in.
const LONGEST_SIDE: u32 = 4096;

/// What reading a picture may take, in bytes.
const MOST_MEMORY: u64 = 256 << 20;

/// How a picture is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    /// Into what it is fitted.
    pub(crate) frame: Frame,
    /// The quality of the JPEG, of 100.
    pub(crate) quality: u8,
}

/// Into what a picture is fitted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Frame {
    /// As a photo.
    Photo,
    /// As a photo, and made larger if it is small.
    WholePhoto,
    /// The middle of it as a square.
    Icon(u32),
    /// All of it squeezed into a square.
    Squeezed(u32),
}

/// All pictures that were taken in or shown so far.
#[derive(Default)]
pub(crate) struct Studio(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Hashes of files that can be read.
    readable: HashSet<u64>,
    shown: HashMap<(u64, Shape), Bytes>,
}

fn read_within(file: &[u8], longest: u32) -> ImageResult<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(longest);
    limits.max_image_height = Some(longest);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    reader.decode()
}

impl Studio {
    /// Whether a file can be taken in.
    pub(crate) fn can_read(&self, file: &[u8]) -> bool {
        let hash = hash_of(file);
        if self.known().readable.contains(&hash) {
            return true;
        }
        let is_readable = read_within(file, LONGEST_SIDE).is_ok();
        if is_readable {
            self.known().readable.insert(hash);
        }
        is_readable
    }

    /// The same, if there were no limit to its pixels but memory.
    pub(crate) fn can_read_large(&self, file: &[u8]) -> bool {
        read_within(file, u32::MAX).is_ok()
    }

    /// The answer with a picture, or that the browser has it already. What cannot be read is
    /// shown as it is.
    pub(crate) fn answer(&self, file: &Bytes, shape: Shape, request: &Request) -> Answer {
        let hash = hash_of(file);
        let side = match shape.frame {
            Frame::Photo | Frame::WholePhoto => 0,
            Frame::Icon(side) | Frame::Squeezed(side) => side,
        };
        let tag = format!("\"{hash:016x}-{side}\"");
        if request.text(header::IF_NONE_MATCH) == tag {
            return answer::answer(StatusCode::NOT_MODIFIED, "").with_text(header::ETAG, &tag);
        }
        let mut known = self.known();
        let shown = known
            .shown
            .entry((hash, shape))
            .or_insert_with(|| show(file, shape).map_or_else(|_| file.clone(), Bytes::from));
        let kind = HeaderValue::from_static("image/jpeg");
        answer::answer(StatusCode::OK, shown.clone())
            .with(header::CONTENT_TYPE, kind)
            .with_text(header::ETAG, &tag)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash_of(file: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    file.hash(&mut hasher);
    hasher.finish()
}

fn show(file: &[u8], Shape { frame, quality }: Shape) -> ImageResult<Vec<u8>> {
    let picture = read_within(file, LONGEST_SIDE)?;
    let is_small = picture.width().max(picture.height()) <= PHOTO_SIDE;
    let shown = match frame {
        Frame::Photo if is_small => picture,
        Frame::Photo | Frame::WholePhoto => picture.resize(PHOTO_SIDE, PHOTO_SIDE, CatmullRom),
        Frame::Icon(side) => picture.resize_to_fill(side, side, CatmullRom),
        Frame::Squeezed(side) => picture.resize_exact(side, side, Nearest),
    };
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
    shown.to_rgb8().write_with_encoder(encoder)?;
    Ok(jpeg)
}
