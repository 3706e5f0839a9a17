//! What is known of pictures during a run: which files were found right, and what is uploaded.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use image::RgbImage;
use isutori_dataset::{Dataset, Picture, pictures::PLATES};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{ICON_SIDES, Mismatch, Shape, compare};

/// So many different photos, and so many different icons, are uploaded in one run.
const UPLOADS: u32 = 24;

/// What somebody sees who has uploaded no icon.
const NO_ICON: &[u8] = include_bytes!("../../../webapp/public/img/person.png");

/// A picture as it was uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Original {
    /// Drawn by the dataset.
    Drawn(Picture),
    /// Of somebody who has no icon.
    NoIcon,
}

/// Knows every picture of a run, and remembers which files show them rightly: a site mostly sends
/// the same file again.
pub(crate) struct Gallery {
    dataset: Dataset,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// Files of pictures that are in no initial row.
    uploads: HashMap<Picture, Arc<[u8]>>,
    expected: HashMap<(Original, Shape), Arc<RgbImage>>,
    /// The XXH3 of files that were found right.
    right: HashSet<(Original, Shape, u64)>,
}

impl Gallery {
    /// The gallery of this data: one for each seed, since nothing else makes a picture.
    pub(crate) fn of(dataset: &Dataset) -> Arc<Self> {
        static GALLERIES: Mutex<BTreeMap<u64, Arc<Gallery>>> = Mutex::new(BTreeMap::new());
        let mut galleries = GALLERIES.lock().unwrap_or_else(PoisonError::into_inner);
        let gallery = galleries.entry(dataset.seed()).or_insert_with(|| {
            Arc::new(Gallery {
                dataset: dataset.clone(),
                known: Mutex::default(),
            })
        });
        gallery.clone()
    }

    /// Draws and decodes all that a run may need, which takes a second or two of one processor;
    /// what was not prepared is made when it is needed.
    pub(crate) fn prepare(&self) {
        let numbers = || (0..PLATES).chain(uploads());
        for photo in numbers().map(Picture::Photo) {
            self.expected(Original::Drawn(photo), Shape::Photo);
        }
        for side in ICON_SIDES {
            for icon in numbers().map(Picture::Icon) {
                self.expected(Original::Drawn(icon), Shape::Icon(side));
            }
            self.expected(Original::NoIcon, Shape::Icon(side));
        }
    }

    /// A photo to upload.
    pub(crate) fn photo(luck: &mut ChaCha8Rng) -> Picture {
        Picture::Photo(luck.random_range(uploads()))
    }

    /// An icon to upload.
    pub(crate) fn icon(luck: &mut ChaCha8Rng) -> Picture {
        Picture::Icon(luck.random_range(uploads()))
    }

    /// The file of a picture as it is uploaded.
    pub(crate) fn file(&self, picture: Picture) -> Arc<[u8]> {
        let (Picture::Photo(number) | Picture::Icon(number)) = picture;
        if number < PLATES {
            return self.dataset.picture(picture);
        }
        if let Some(file) = self.known().uploads.get(&picture) {
            return file.clone();
        }
        let file = self.dataset.picture(picture);
        self.known().uploads.insert(picture, file.clone());
        file
    }

    /// Whether a file with this XXH3 was found to show a picture.
    pub(crate) fn is_known(&self, original: Original, shape: Shape, xxh3: u64) -> bool {
        self.known().right.contains(&(original, shape, xxh3))
    }

    /// Compares a file with this XXH3 to the picture that it must show, and remembers if it does.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn judge(
        &self,
        original: Original,
        shape: Shape,
        (file, xxh3): (&[u8], u64),
    ) -> Result<(), Mismatch> {
        if self.is_known(original, shape, xxh3) {
            return Ok(());
        }
        compare(file, &self.expected(original, shape))?;
        self.known().right.insert((original, shape, xxh3));
        Ok(())
    }

    fn expected(&self, original: Original, shape: Shape) -> Arc<RgbImage> {
        if let Some(expected) = self.known().expected.get(&(original, shape)) {
            return expected.clone();
        }
        let shown = match original {
            Original::Drawn(picture) => shape.show(&self.file(picture)),
            Original::NoIcon => shape.show(NO_ICON),
        };
        let expected = Arc::new(shown.expect("the benchmark's own pictures can be read"));
        let mut known = self.known();
        let kept = known.expected.entry((original, shape)).or_insert(expected);
        kept.clone()
    }

    /// Held for moments only, never while a picture is drawn or compared.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The numbers of what is uploaded: of none of the initial pictures.
fn uploads() -> std::ops::Range<u32> {
    PLATES..PLATES + UPLOADS
}

#[cfg(test)]
mod tests {
    use isutori_dataset::Size;

    use super::*;

    #[test]
    fn a_file_that_was_right_is_known() {
        let gallery = Gallery::of(&Dataset::new(99, Size::Small));
        let original = Original::Drawn(Picture::Icon(PLATES + 5));
        let file = gallery.file(Picture::Icon(PLATES + 5));
        let shape = Shape::Icon(64);
        let shown = shape.show(&file).expect("a picture");
        let mut png = std::io::Cursor::new(Vec::new());
        shown
            .write_to(&mut png, image::ImageFormat::Png)
            .expect("memory");

        assert!(!gallery.is_known(original, shape, 1));
        assert_eq!(gallery.judge(original, shape, (png.get_ref(), 1)), Ok(()));
        assert!(gallery.is_known(original, shape, 1));
        assert!(!gallery.is_known(original, Shape::Icon(32), 1));
        assert!(gallery.judge(original, shape, (&file, 2)).is_err());
        assert!(!gallery.is_known(original, shape, 2));
    }
}
