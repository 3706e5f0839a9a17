//! A plot's frame: its axes, and lines that help to read it.

use plotters::prelude::*;

use super::{
    axis::Axis,
    canvas::{Area, Flaw, Ink},
};

/// A framed plot.
pub(super) type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// Room below for the labels of the horizontal axis, pixels.
pub(super) const BELOW: u32 = 30;
/// Room above, pixels.
pub(super) const ABOVE: u32 = 10;
/// Room for the half of the last label that stands out, pixels.
const RIGHT: u32 = 18;

/// An empty plot with `left` pixels for the labels of its vertical axis. The
/// lines are at the marks of that axis or, where it has none, of the other one.
pub(super) fn open<'a, 'b>(
    area: &'a Area<'b>,
    left: u32,
    across: Axis,
    upright: Axis,
) -> Result<Plot<'a, 'b>, Flaw> {
    let has_marks = upright.has_marks();
    let mut plot = ChartBuilder::on(area)
        .margin_top(ABOVE)
        .margin_right(RIGHT)
        .x_label_area_size(BELOW)
        .y_label_area_size(left)
        .build_cartesian_2d(across, upright)?;
    let mut mesh = plot.configure_mesh();
    if has_marks {
        mesh.disable_x_mesh();
    }
    mesh.light_line_style(TRANSPARENT)
        .bold_line_style(Ink::Grid.color())
        .axis_style(Ink::Grid.color())
        .label_style(Ink::Text.text())
        .draw()?;
    Ok(plot)
}
