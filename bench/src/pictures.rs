//! Pictures as a site must show them, compared pixel by pixel.
//!
//! A site may resize with any good filter and answer in any of the formats, so that bytes say
//! nothing: what is shown is right if it has the [`Shape`]'s size and differs from what is
//! expected by at most [`TOLERANCE`].

mod gallery;

use std::{fmt, io::Cursor};

use image::{
    DynamicImage, GenericImageView, ImageError, ImageReader, Limits, RgbImage, imageops::FilterType,
};

pub(crate) use self::gallery::{Gallery, Original};

/// How much what is shown may differ from what is expected: the square root of the mean of the
/// squares of all differences, over all pixels and the three channels, of 255. The dataset's
/// pictures differ from each other by 38 and more; by good filters and JPEG of a quality of 50 and
/// more they come to differ from themselves by 11.5 at most.
pub const TOLERANCE: f64 = 12.0;

/// The longest side of a photo as it is shown, in pixels.
pub const PHOTO_SIDE: u32 = 320;

/// The sides of an icon as it is shown, in pixels.
pub const ICON_SIDES: [u32; 3] = [32, 64, 128];

/// The longest side of a picture that a site takes in, in pixels.
pub const LONGEST_SIDE: u32 = 4096;

/// How an uploaded picture is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Made to fit into a square of [`PHOTO_SIDE`], and never larger than it was.
    Photo,
    /// The largest square in its middle, with this side.
    Icon(u32),
}

/// Why a picture is not as it must be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Mismatch {
    /// The file cannot be read as a picture.
    #[error("it is no JPEG, PNG, GIF or WebP picture, or is damaged: {0}")]
    Unreadable(String),
    /// Width and height differ.
    #[error("it has {shown} pixels, expected {expected}")]
    Size {
        /// As shown.
        shown: Pixels,
        /// As it must be.
        expected: Pixels,
    },
    /// The pixels differ.
    #[error("it differs by {difference:.1}, which may be {TOLERANCE} at most")]
    Different {
        /// See [`TOLERANCE`].
        difference: f64,
    },
}

/// Width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pixels(pub u32, pub u32);

impl fmt::Display for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {}", self.0, self.1)
    }
}

impl Shape {
    /// The pixels of an uploaded file as they must be shown.
    ///
    /// # Errors
    /// [`Mismatch::Unreadable`].
    pub fn show(self, uploaded: &[u8]) -> Result<RgbImage, Mismatch> {
        let picture = read(uploaded, LONGEST_SIDE, LONGEST_SIDE)?;
        let (width, height) = picture.dimensions();
        let shown = match self {
            Shape::Photo if width.max(height) <= PHOTO_SIDE => picture,
            Shape::Photo => picture.resize(PHOTO_SIDE, PHOTO_SIDE, FilterType::Triangle),
            Shape::Icon(side) => {
                let square = width.min(height);
                let (left, top) = ((width - square) / 2, (height - square) / 2);
                let middle = picture.crop_imm(left, top, square, square);
                middle.resize_exact(side, side, FilterType::Triangle)
            }
        };
        Ok(shown.to_rgb8())
    }
}

/// Compares the file that a site shows with the pixels that it must have; gives the difference,
/// which is within [`TOLERANCE`].
///
/// # Errors
/// What is wrong with it.
pub fn compare(shown: &[u8], expected: &RgbImage) -> Result<f64, Mismatch> {
    let (width, height) = expected.dimensions();
    // What has another size is not decoded: it may be a bomb.
    let size = size_of(shown)?;
    if size != Pixels(width, height) {
        return Err(Mismatch::Size {
            shown: size,
            expected: Pixels(width, height),
        });
    }
    let shown = read(shown, width, height)?.to_rgb8();
    let squares = shown.iter().zip(expected.iter()).map(|(shown, expected)| {
        let difference = u64::from(shown.abs_diff(*expected));
        difference * difference
    });
    let mean = squares.sum::<u64>() as f64 / expected.len().max(1) as f64;
    let difference = mean.sqrt();
    match difference <= TOLERANCE {
        true => Ok(difference),
        false => Err(Mismatch::Different { difference }),
    }
}

/// The size that a file says it has.
fn size_of(file: &[u8]) -> Result<Pixels, Mismatch> {
    let reader = reader(file, LONGEST_SIDE, LONGEST_SIDE)?;
    let (width, height) = reader.into_dimensions().map_err(unreadable)?;
    Ok(Pixels(width, height))
}

/// Decodes a picture of at most so many pixels.
fn read(file: &[u8], width: u32, height: u32) -> Result<DynamicImage, Mismatch> {
    reader(file, width, height)?.decode().map_err(unreadable)
}

fn reader(file: &[u8], width: u32, height: u32) -> Result<ImageReader<Cursor<&[u8]>>, Mismatch> {
    let reader = ImageReader::new(Cursor::new(file)).with_guessed_format();
    let mut reader = reader.map_err(|error| unreadable(error.into()))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(width);
    limits.max_image_height = Some(height);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    Ok(reader)
}

/// What reading one picture may take, in bytes.
const MOST_MEMORY: u64 = 128 << 20;

fn unreadable(error: ImageError) -> Mismatch {
    Mismatch::Unreadable(error.to_string())
}

#[cfg(test)]
mod tests {
    use image::{codecs::jpeg::JpegEncoder, imageops::resize};
    use isutori_dataset::{Picture, pictures::draw};

    use super::*;

    /// A picture of the dataset, as a site that resizes with this filter and writes JPEG of this
    /// quality shows it.
    fn shown(picture: Picture, shape: Shape, filter: FilterType, quality: u8) -> Vec<u8> {
        let original = image::load_from_memory(&draw(1, picture)).expect("a picture");
        let pixels = match shape {
            Shape::Photo => original.resize(PHOTO_SIDE, PHOTO_SIDE, filter).to_rgb8(),
            Shape::Icon(side) => original.resize_to_fill(side, side, filter).to_rgb8(),
        };
        jpeg(&pixels, quality)
    }

    fn jpeg(pixels: &RgbImage, quality: u8) -> Vec<u8> {
        let mut file = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut file, quality);
        pixels.write_with_encoder(encoder).expect("memory");
        file
    }

    fn expected(picture: Picture, shape: Shape) -> RgbImage {
        shape.show(&draw(1, picture)).expect("a picture")
    }

    const FILTERS: [FilterType; 4] = [
        FilterType::Triangle,
        FilterType::CatmullRom,
        FilterType::Gaussian,
        FilterType::Lanczos3,
    ];

    /// Every picture that is shown, in every shape.
    fn all() -> impl Iterator<Item = (Picture, Shape)> {
        let photos = (0..8).map(|number| (Picture::Photo(number), Shape::Photo));
        let icons = (0..8)
            .flat_map(|number| ICON_SIDES.map(|side| (Picture::Icon(number), Shape::Icon(side))));
        photos.chain(icons)
    }

    #[test]
    fn any_good_filter_and_quality_will_do() {
        for (picture, shape) in all() {
            let expected = expected(picture, shape);
            for filter in FILTERS {
                for quality in [75, 85, 95] {
                    let compared = compare(&shown(picture, shape, filter, quality), &expected);
                    assert!(
                        compared.is_ok(),
                        "{picture:?} as {shape:?} by {filter:?} in {quality}: {compared:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn another_picture_is_told() {
        for (picture, shape) in all() {
            let other = match picture {
                Picture::Photo(number) => Picture::Photo(number + 4),
                Picture::Icon(number) => Picture::Icon(number + 3),
            };
            let shown = shown(other, shape, FilterType::Lanczos3, 85);
            let compared = compare(&shown, &expected(picture, shape));
            assert!(
                matches!(compared, Err(Mismatch::Different { .. })),
                "{picture:?} as {shape:?}: {compared:?}"
            );
        }
    }

    #[test]
    fn what_is_compressed_too_far_is_told() {
        for number in 0..8 {
            let picture = Picture::Photo(number);
            let worst = shown(picture, Shape::Photo, FilterType::Triangle, 1);
            let compared = compare(&worst, &expected(picture, Shape::Photo));
            assert!(
                matches!(compared, Err(Mismatch::Different { .. })),
                "{picture:?}: {compared:?}"
            );
        }
    }

    #[test]
    fn sizes_are_told_and_small_photos_stay_small() {
        let whole = expected(Picture::Photo(0), Shape::Photo);
        assert_eq!(whole.dimensions(), (320, 240));
        let small = resize(&whole, 160, 120, FilterType::Triangle);
        let file = jpeg(&small, 90);
        assert_eq!(
            compare(&file, &whole),
            Err(Mismatch::Size {
                shown: Pixels(160, 120),
                expected: Pixels(320, 240),
            })
        );
        let shown = Shape::Photo.show(&file).expect("a picture");
        assert_eq!(shown.dimensions(), (160, 120));
    }

    #[test]
    fn an_icon_is_the_middle_of_what_was_uploaded() {
        // Left third red, middle green, right third blue.
        let wide = RgbImage::from_fn(300, 100, |x, _| {
            let mut channels = [0; 3];
            channels[x as usize / 100] = 255;
            image::Rgb(channels)
        });
        let mut file = Cursor::new(Vec::new());
        wide.write_to(&mut file, image::ImageFormat::Png)
            .expect("memory");
        let icon = Shape::Icon(32).show(file.get_ref()).expect("a picture");
        assert!(icon.pixels().all(|pixel| pixel.0 == [0, 255, 0]));
    }

    #[test]
    fn bombs_and_rubbish_are_not_decoded() {
        let expected = expected(Picture::Photo(0), Shape::Photo);
        for file in [&b""[..], b"<html>", b"\x89PNG\r\n\x1a\n"] {
            let compared = compare(file, &expected);
            assert!(
                matches!(compared, Err(Mismatch::Unreadable(_))),
                "{compared:?}"
            );
        }
    }
}
