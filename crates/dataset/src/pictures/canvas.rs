//! A surface to paint on, in whole numbers only, so that all machines agree on every pixel.

use crate::draws::Draws;

/// Red, green and blue.
pub(super) type Colour = [u8; 3];

/// A point in thousandths of the canvas's width and height.
pub(super) type Point = (i32, i32);

/// How far a photograph's grain moves a pixel, either way.
const GRAIN: u64 = 7;

/// How much darker a photograph is at its lower right end.
const SHADE: usize = 50;

/// A picture in the making.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize) -> Canvas {
        Canvas {
            width,
            height,
            pixels: vec![0; width * height * 3],
        }
    }

    /// Rows of pixels, three bytes for each.
    pub(super) fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// Fills a rectangle between two of its corners.
    pub(super) fn rectangle(&mut self, (left, top): Point, (right, bottom): Point, colour: Colour) {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        self.polygon(&corners, colour);
    }

    /// Fills a polygon.
    pub(super) fn polygon(&mut self, corners: &[Point], colour: Colour) {
        let corners: Vec<(i64, i64)> = corners.iter().map(|corner| self.scaled(*corner)).collect();
        let mut crossings = Vec::new();
        for row in 0..self.height {
            // The line through the middles of a row's pixels, in halves of a pixel.
            let line = 2 * row as i64 + 1;
            crossings.clear();
            for (at, &(x1, y1)) in corners.iter().enumerate() {
                let (x2, y2) = corners[(at + 1) % corners.len()];
                if (2 * y1 <= line) != (2 * y2 <= line) {
                    crossings.push(x1 + (line - 2 * y1) * (x2 - x1) / (2 * (y2 - y1)));
                }
            }
            crossings.sort_unstable();
            for pair in crossings.chunks_exact(2) {
                self.span(row, pair[0], pair[1], colour);
            }
        }
    }

    /// Fills an ellipse with its middle and its two radii.
    pub(super) fn ellipse(&mut self, middle: Point, radii: Point, colour: Colour) {
        let (x, y) = self.scaled(middle);
        let (across, down) = self.scaled(radii);
        for row in 0..self.height {
            let above = row as i64 - y;
            let left_over = down * down - above * above;
            if left_over > 0 && down > 0 {
                let half = (left_over * across * across / (down * down)).isqrt();
                self.span(row, x - half, x + half, colour);
            }
        }
    }

    /// What a camera adds: light that falls off, and grain.
    pub(super) fn light_up(&mut self, draws: &mut Draws) {
        let diagonal = self.width + self.height;
        for row in 0..self.height {
            for column in 0..self.width {
                let shade = SHADE * (row + column) / diagonal;
                let grain = draws.below(2 * GRAIN + 1) as i32 - GRAIN as i32;
                let at = 3 * (row * self.width + column);
                for channel in &mut self.pixels[at..at + 3] {
                    let lit = i32::from(*channel) - shade as i32 + grain;
                    *channel = lit.clamp(0, 255) as u8;
                }
            }
        }
    }

    fn scaled(&self, (x, y): Point) -> (i64, i64) {
        let scale = |part: i32, of: usize| i64::from(part) * of as i64 / 1000;
        (scale(x, self.width), scale(y, self.height))
    }

    fn span(&mut self, row: usize, from: i64, to: i64, colour: Colour) {
        let column = |x: i64| x.clamp(0, self.width as i64) as usize;
        let (from, to) = (column(from), column(to));
        let start = row * self.width;
        let span = &mut self.pixels[3 * (start + from)..3 * (start + to.max(from))];
        for pixel in span.chunks_exact_mut(3) {
            pixel.copy_from_slice(&colour);
        }
    }
}
