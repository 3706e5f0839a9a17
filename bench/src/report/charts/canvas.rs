//! Drawing in SVG whose colours are left to a style sheet.

use std::io;

use plotters::{coord::Shift, prelude::*};

/// Where plots are drawn.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Why a plot cannot be drawn.
pub(super) type Flaw = DrawingAreaErrorKind<io::Error>;

/// Text in plots, pixels.
pub(super) const TEXT: u32 = 15;

/// A colour by its purpose. The plots are drawn with placeholders, which turn
/// into variables of the style sheet, so that they follow a dark or light page.
#[derive(Clone, Copy)]
pub(super) enum Ink {
    Text,
    Grid,
    Score,
    People,
    Requests,
    Critical,
    Wrong,
    Timeout,
    System,
    P50,
    P95,
    P99,
    Heat,
}

/// In the order of [`Ink`].
const VARIABLES: [&str; 13] = [
    "text", "grid", "score", "people", "requests", "critical", "wrong", "timeout", "system", "p50",
    "p95", "p99", "heat",
];

impl Ink {
    /// The placeholder; no other colour begins like it, because there is none.
    pub(super) fn color(self) -> RGBColor {
        RGBColor(0xC0, 0x1A, self as u8)
    }

    /// Text of this colour.
    pub(super) fn text(self) -> TextStyle<'static> {
        ("sans-serif", TEXT).into_font().color(&self.color())
    }
}

/// Draws a plot of this size in pixels. `title` is for those who cannot see it.
pub(super) fn draw(
    title: &str,
    (width, height): (u32, u32),
    paint: impl FnOnce(&Area<'_>) -> Result<(), Flaw>,
) -> io::Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        paint(&area)
            .and_then(|()| area.present())
            .map_err(|flaw| io::Error::other(flaw.to_string()))?;
    }
    let body = svg
        .split_once("<svg")
        .and_then(|(_, rest)| rest.split_once('>'));
    let (_, body) = body.ok_or_else(|| io::Error::other("a plot without a beginning"))?;
    Ok(format!(
        r#"<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}">{}"#,
        choose_colors(body)
    ))
}

/// The placeholders of colours become variables.
fn choose_colors(svg: &str) -> String {
    let mut svg = svg.to_owned();
    for (ink, name) in VARIABLES.iter().enumerate() {
        svg = svg.replace(&format!("#C01A{ink:02X}"), &format!("var(--{name})"));
    }
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_color_is_left_to_the_style_sheet() {
        let svg = draw("a heat", (10, 10), |area| {
            area.draw(&Rectangle::new(
                [(1, 1), (9, 9)],
                Ink::Heat.color().filled(),
            ))?;
            area.draw(&Text::new("<hot>", (2, 2), Ink::Text.text()))
        });
        let svg = svg.expect("a plot");
        assert!(
            svg.contains("var(--heat)") && svg.contains("var(--text)"),
            "{svg}"
        );
        assert!(!svg.contains('#') && !svg.contains("<hot>"), "{svg}");
    }
}
