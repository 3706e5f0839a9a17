//! The initial data, ready to be served.

use std::sync::Arc;

use isutori_dataset::Dataset;

use crate::{state::State, studio::Studio};

/// The initial data, ready to be served. Making it takes about as long as making all its rows;
/// cloning it and starting twins on it costs next to nothing.
#[derive(Clone)]
pub struct Initial(Arc<Pristine>);

struct Pristine {
    state: State,
    fingerprint: String,
    dataset: Dataset,
    studio: Studio,
}

impl From<Dataset> for Initial {
    fn from(dataset: Dataset) -> Self {
        Initial(Arc::new(Pristine {
            state: State::new(&dataset),
            fingerprint: dataset.fingerprint(),
            dataset,
            studio: Studio::default(),
        }))
    }
}

impl Initial {
    /// The state that a site begins with.
    pub(crate) fn state(&self) -> State {
        self.0.state.renewed()
    }

    /// What it was made from.
    pub(crate) fn dataset(&self) -> &Dataset {
        &self.0.dataset
    }

    /// Where pictures are made ready.
    pub(crate) fn studio(&self) -> &Studio {
        &self.0.studio
    }

    /// The data's name.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.0.fingerprint
    }
}
