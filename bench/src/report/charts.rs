//! The plots. [`canvas`] draws with colours that the style sheet chooses,
//! [`plot`] frames what [`axis`] measures; the other modules each know one kind
//! of plot.

mod axis;
mod canvas;
mod columns;
mod courses;
mod heat_map;
pub(super) mod percentiles;
mod plot;
pub(super) mod sparkline;

use std::io;

use isutori_protocol::Timeline;

use self::columns::columns;

/// The plots of a load over time, as SVG.
pub(super) struct Charts {
    pub(super) score: String,
    pub(super) people: String,
    pub(super) throughput: String,
    /// Failures by class; nothing when there were none.
    pub(super) failures: Option<String>,
    pub(super) heat_map: String,
    /// Seconds that each column of the plots stands for, when it is not one.
    pub(super) merged: Option<usize>,
}

impl Charts {
    pub(super) fn draw(timeline: &Timeline) -> io::Result<Self> {
        let (columns, width) = columns(timeline);
        let failed = columns.iter().any(|column| column.failures() > 0);
        Ok(Charts {
            score: courses::score(&columns)?,
            people: courses::people(&columns)?,
            throughput: courses::throughput(&columns)?,
            failures: failed.then(|| courses::failures(&columns)).transpose()?,
            heat_map: heat_map::draw(&columns, &timeline.bucket_limits_ms)?,
            merged: (width > 1).then_some(width),
        })
    }
}
