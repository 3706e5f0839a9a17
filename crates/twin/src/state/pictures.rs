//! Photos and icons as they were uploaded.

use std::collections::HashMap;

use bytes::Bytes;
use isutori_dataset::Dataset;

/// Who and what has a picture.
#[derive(Clone)]
pub(crate) struct Pictures {
    dataset: Dataset,
    photos: HashMap<u64, Bytes>,
    icons: HashMap<u64, Vec<Icon>>,
}

/// An icon that somebody has uploaded.
#[derive(Clone)]
pub(crate) struct Icon {
    /// The file.
    pub(crate) file: Bytes,
    /// Milliseconds since 1970.
    pub(crate) created_at: i64,
}

impl Pictures {
    pub(super) fn new(dataset: &Dataset) -> Self {
        Pictures {
            dataset: dataset.clone(),
            photos: HashMap::new(),
            icons: HashMap::new(),
        }
    }

    /// Whether an entry has a photo.
    pub(crate) fn has_photo(&self, entry: u64) -> bool {
        self.photos.contains_key(&entry) || self.dataset.photo_of(entry).is_some()
    }

    /// An entry's photo.
    pub(crate) fn photo(&self, entry: u64) -> Option<Bytes> {
        let uploaded = self.photos.get(&entry).cloned();
        uploaded.or_else(|| {
            let photo = self.dataset.photo_of(entry)?;
            Some(Bytes::from_owner(self.dataset.picture(photo)))
        })
    }

    /// The newest icon of a person that `is_shown`.
    pub(crate) fn icon(&self, person: u64, is_shown: impl Fn(&Icon) -> bool) -> Option<Bytes> {
        let uploaded = self.icons.get(&person).into_iter().flatten().rev();
        let mut uploaded = uploaded.filter(|icon| is_shown(icon));
        match uploaded.next() {
            Some(icon) => Some(icon.file.clone()),
            None => {
                let icon = self.dataset.icon_of(person)?;
                Some(Bytes::from_owner(self.dataset.picture(icon)))
            }
        }
    }

    /// Gives an entry a photo.
    pub(crate) fn add_photo(&mut self, entry: u64, file: Bytes) {
        self.photos.insert(entry, file);
    }

    /// Gives a person another icon.
    pub(crate) fn add_icon(&mut self, person: u64, icon: Icon) {
        self.icons.entry(person).or_default().push(icon);
    }
}
