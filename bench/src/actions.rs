//! What a guest can do on Suwaru: one method for each route, judged.

pub mod form;
pub mod organise;
pub mod panel;
pub mod pictures;
pub mod read;
pub mod session;
pub mod timeline;
pub mod write;
