//! Score against the strength of a simulated site, over three decades, as a
//! table on standard output and as `docs/score-law.svg`.
//!
//! `cargo bench -p isutori-bench --bench score_law`

#[path = "../tests/law/simulation.rs"]
mod simulation;

use std::{error::Error, ops::RangeInclusive};

use plotters::prelude::*;
use simulation::Simulation;

const PLOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/score-law.svg");

/// Powers are this one doubled again and again.
const WEAKEST: f64 = 0.25;
const DOUBLINGS: u32 = 10;
/// Runs up to this power are repeated with other seeds.
const REPEATED_TO: f64 = 4.0;
const SEEDS: RangeInclusive<u64> = 1..=5;

/// The scores of a site, one for each seed.
struct Point {
    power: f64,
    scores: Vec<f64>,
}

impl Point {
    fn measure(power: f64) -> Self {
        let seeds = match power <= REPEATED_TO {
            true => SEEDS,
            false => 1..=1,
        };
        let score = |seed| {
            Simulation {
                seed,
                ..Simulation::of_power(power)
            }
            .score()
        };
        Point {
            power,
            scores: seeds.map(score).collect(),
        }
    }

    fn mean(&self) -> f64 {
        self.scores.iter().sum::<f64>() / self.scores.len() as f64
    }

    /// The coefficient of variation, when there is more than one score.
    fn spread(&self) -> Option<f64> {
        let degrees = self
            .scores
            .len()
            .checked_sub(1)
            .filter(|degrees| *degrees > 0)?;
        let squares: f64 = self
            .scores
            .iter()
            .map(|score| (score - self.mean()).powi(2))
            .sum();
        Some((squares / degrees as f64).sqrt() / self.mean())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let powers = (0..=DOUBLINGS).map(|doublings| WEAKEST * f64::from(1 << doublings));
    println!(
        "{:>8} {:>12} {:>8} {:>8}",
        "power", "score", "ratio", "spread"
    );
    let mut points: Vec<Point> = Vec::new();
    for power in powers {
        let point = Point::measure(power);
        let ratio = points
            .last()
            .map(|before| format!("{:.2}", point.mean() / before.mean()));
        let spread = point
            .spread()
            .map(|spread| format!("{:.1} %", spread * 100.0));
        println!(
            "{power:>8.1} {:>12.0} {:>8} {:>8}",
            point.mean(),
            ratio.unwrap_or_default(),
            spread.unwrap_or_default()
        );
        points.push(point);
    }
    draw(&points)?;
    println!("plot: {PLOT}");
    Ok(())
}

fn draw(points: &[Point]) -> Result<(), Box<dyn Error>> {
    let measured: Vec<(f64, f64)> = points
        .iter()
        .map(|point| (point.power, point.mean()))
        .collect();
    let (Some(first), Some(last)) = (measured.first(), measured.last()) else {
        return Ok(());
    };
    let area = SVGBackend::new(PLOT, (720, 480)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(
            "Score against the power of a simulated site",
            ("sans-serif", 20),
        )
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(76)
        .build_cartesian_2d(
            (first.0 / 1.5..last.0 * 1.5).log_scale(),
            (first.1 / 1.5..last.1 * 1.5).log_scale(),
        )?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_desc("power (1 = a second of work in a second)")
        .y_desc("score of a minute")
        .label_style(("sans-serif", 14))
        .draw()?;
    let ideal = measured
        .iter()
        .map(|(power, _)| (*power, first.1 * power / first.0));
    chart
        .draw_series(LineSeries::new(ideal, BLACK.mix(0.3)))?
        .label("in proportion")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], BLACK.mix(0.3)));
    let colour = RGBColor(0x1f, 0x6f, 0xb2);
    chart
        .draw_series(LineSeries::new(measured, colour.stroke_width(2)).point_size(4))?
        .label("measured")
        .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2)));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .border_style(BLACK.mix(0.3))
        .background_style(WHITE)
        .label_font(("sans-serif", 14))
        .draw()?;
    area.present()?;
    Ok(())
}
