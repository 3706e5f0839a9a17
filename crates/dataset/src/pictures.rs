//! Pictures of chairs: photos of entries and icons of people, drawn from the seed.
//!
//! A [`Picture`] is a name for a file: the same seed and name give the same bytes. The initial
//! data knows a few [`PLATES`] of each kind, which many rows share; a caller who needs pictures
//! that are in no row draws those with higher numbers.

mod canvas;
mod scene;

use std::io::Cursor;
use std::sync::{Arc, OnceLock};

use image::codecs::{gif::GifEncoder, jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageResult};
use serde::{Deserialize, Serialize};

use crate::Dataset;
use crate::draws::{Domain, Draws};
use canvas::Canvas;

/// How many different photos, and how many different icons, the initial data has.
pub const PLATES: u32 = 48;

/// So many consecutive entries have one photo among them.
pub(crate) const PHOTO_BLOCK: u64 = 32;

/// The quality of the JPEG files, of 100.
const JPEG_QUALITY: u8 = 85;

/// A picture that can be drawn: its kind and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Picture {
    /// A photo of an entry, 640 by 480 pixels or upright; a few have 200 by 150.
    Photo(u32),
    /// An icon of a person, 256 or 320 pixels on a side.
    Icon(u32),
}

/// In what a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// JPEG, with the grain of a photograph.
    Jpeg,
    /// PNG.
    Png,
    /// GIF.
    Gif,
    /// WebP, without loss.
    WebP,
}

impl PictureFormat {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            PictureFormat::Jpeg => "image/jpeg",
            PictureFormat::Png => "image/png",
            PictureFormat::Gif => "image/gif",
            PictureFormat::WebP => "image/webp",
        }
    }
}

impl Picture {
    /// Width and height in pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            Picture::Photo(number) if number % 4 == 3 => (480, 640),
            Picture::Photo(number) if number % 16 == 9 => (200, 150),
            Picture::Photo(_) => (640, 480),
            Picture::Icon(number) => match number % 3 {
                0 => (256, 256),
                1 => (320, 256),
                _ => (256, 320),
            },
        }
    }

    /// In what it is written: mostly JPEG.
    pub fn format(self) -> PictureFormat {
        let (Picture::Photo(number) | Picture::Icon(number)) = self;
        match number % 8 {
            5 => PictureFormat::Png,
            6 => PictureFormat::Gif,
            7 => PictureFormat::WebP,
            _ => PictureFormat::Jpeg,
        }
    }

    fn domain(self) -> Domain {
        match self {
            Picture::Photo(_) => Domain::Photo,
            Picture::Icon(_) => Domain::Icon,
        }
    }
}

/// The file of `picture` in the data of `seed`.
pub fn draw(seed: u64, picture: Picture) -> Vec<u8> {
    let (Picture::Photo(number) | Picture::Icon(number)) = picture;
    let mut draws = Draws::new(seed, picture.domain() as u64, number.into());
    let (width, height) = picture.size();
    let mut canvas = Canvas::new(width as usize, height as usize);
    scene::paint(&mut canvas, &mut draws);
    // What is written without loss stays flat, and therefore short.
    if picture.format() == PictureFormat::Jpeg {
        canvas.light_up(&mut draws);
    }
    encode(canvas, picture).expect("a picture of known size fits its format and memory")
}

fn encode(canvas: Canvas, picture: Picture) -> ImageResult<Vec<u8>> {
    let (width, height) = picture.size();
    let pixels = canvas.into_pixels();
    let rgb = ExtendedColorType::Rgb8;
    let mut file = Cursor::new(Vec::new());
    match picture.format() {
        PictureFormat::Jpeg => JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY)
            .write_image(&pixels, width, height, rgb)?,
        PictureFormat::Png => {
            PngEncoder::new(&mut file).write_image(&pixels, width, height, rgb)?
        }
        PictureFormat::Gif => GifEncoder::new(&mut file).encode(&pixels, width, height, rgb)?,
        PictureFormat::WebP => {
            WebPEncoder::new_lossless(&mut file).write_image(&pixels, width, height, rgb)?;
        }
    }
    Ok(file.into_inner())
}

/// The pictures of the initial data, each drawn when it is first asked for.
#[derive(Debug)]
pub(crate) struct Album {
    seed: u64,
    photos: [OnceLock<Arc<[u8]>>; PLATES as usize],
    icons: [OnceLock<Arc<[u8]>>; PLATES as usize],
}

impl Album {
    pub(crate) fn new(seed: u64) -> Album {
        Album {
            seed,
            photos: [const { OnceLock::new() }; PLATES as usize],
            icons: [const { OnceLock::new() }; PLATES as usize],
        }
    }

    fn file(&self, picture: Picture) -> Arc<[u8]> {
        let draw = || draw(self.seed, picture).into();
        let plate = match picture {
            Picture::Photo(number) => self.photos.get(number as usize),
            Picture::Icon(number) => self.icons.get(number as usize),
        };
        match plate {
            Some(plate) => plate.get_or_init(draw).clone(),
            None => draw(),
        }
    }
}

impl Dataset {
    /// The file of a picture. Those of the initial data are kept once drawn, others drawn anew
    /// each time, which takes about 10 ms of one processor.
    pub fn picture(&self, picture: Picture) -> Arc<[u8]> {
        self.tables.album.file(picture)
    }

    /// The photo of an entry, if it has one.
    pub fn photo_of(&self, entry_id: u64) -> Option<Picture> {
        let block = entry_id.checked_sub(1)? / PHOTO_BLOCK;
        let (id, photo) = self.photo(block)?;
        (id == entry_id).then_some(photo)
    }

    /// How many entries have a photo.
    pub fn photos(&self) -> u64 {
        self.counts().entries / PHOTO_BLOCK
    }

    /// The id of an entry with a photo, by its rank from the oldest, and the photo.
    pub fn photo(&self, rank: u64) -> Option<(u64, Picture)> {
        if rank >= self.photos() {
            return None;
        }
        let mut draws = self.draws(Domain::EntryPhoto, rank);
        let id = rank * PHOTO_BLOCK + 1 + draws.below(PHOTO_BLOCK);
        Some((id, Picture::Photo(plate(&mut draws))))
    }

    /// The icon of a person, if it is an initial person who has one: every other does.
    pub fn icon_of(&self, person_id: u64) -> Option<Picture> {
        let mut draws = self.draws(Domain::PersonIcon, person_id);
        let has_icon = self.has_person(person_id) && draws.chance(1, 2);
        has_icon.then(|| Picture::Icon(plate(&mut draws)))
    }
}

fn plate(draws: &mut Draws) -> u32 {
    draws.below(PLATES.into()) as u32
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::Size;

    #[test]
    fn a_picture_has_the_size_and_format_that_it_says() {
        for picture in (0..16).flat_map(|number| [Picture::Photo(number), Picture::Icon(number)]) {
            let file = draw(1, picture);
            let format = image::guess_format(&file).expect("a known format");
            assert_eq!(format.to_mime_type(), picture.format().media_type());
            let image = image::load_from_memory(&file).expect("a whole picture");
            assert_eq!((image.width(), image.height()), picture.size());
        }
    }

    #[test]
    fn pictures_differ_by_seed_kind_and_number() {
        let pictures = [
            (1, Picture::Photo(0)),
            (2, Picture::Photo(0)),
            (1, Picture::Photo(1)),
            (1, Picture::Photo(100)),
            (1, Picture::Icon(0)),
        ];
        let files: HashSet<Vec<u8>> = pictures
            .into_iter()
            .map(|(seed, picture)| draw(seed, picture))
            .collect();
        assert_eq!(files.len(), pictures.len());
    }

    #[test]
    fn photos_are_found_by_rank_and_by_entry() {
        let dataset = Dataset::new(3, Size::Small);
        let by_rank: Vec<_> = (0..dataset.photos())
            .filter_map(|rank| dataset.photo(rank))
            .collect();
        let by_entry: Vec<_> = (0..=dataset.counts().entries + 1)
            .filter_map(|id| Some((id, dataset.photo_of(id)?)))
            .collect();
        assert_eq!(by_rank.len() as u64, dataset.photos());
        assert_eq!(by_rank, by_entry);
    }

    #[test]
    fn about_every_other_person_has_an_icon() {
        let dataset = Dataset::new(3, Size::Small);
        let people = dataset.counts().people;
        let icons = (0..=people + 1).filter(|id| dataset.icon_of(*id).is_some());
        assert!((200..300).contains(&icons.count()));
    }
}
