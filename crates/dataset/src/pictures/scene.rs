//! What the pictures show: a chair in a room.

use super::canvas::{Canvas, Colour, Point};
use crate::draws::Draws;

/// How a chair's back is made.
#[derive(Clone, Copy)]
enum Back {
    Solid,
    Slats,
    Round,
    Ladder,
    None,
}

const BACKS: [Back; 5] = [
    Back::Solid,
    Back::Slats,
    Back::Round,
    Back::Ladder,
    Back::None,
];

/// Paints a room with a chair.
pub(super) fn paint(canvas: &mut Canvas, draws: &mut Draws) {
    let wall = light(draws);
    let floor = darker(light(draws), 60);
    let horizon = draws.within(560..=720) as i32;
    canvas.rectangle((0, 0), (1000, 1000), wall);
    paint_wall(canvas, draws, wall, horizon);
    canvas.rectangle((0, horizon), (1000, 1000), floor);
    let boards = draws.within(0..=7) as i32;
    for board in 1..=boards {
        let x = board * 1000 / (boards + 1);
        let far = 500 + (x - 500) / 2;
        let corners = [(far, horizon), (far + 4, horizon), (x + 8, 1000), (x, 1000)];
        canvas.polygon(&corners, darker(floor, 25));
    }
    Chair::draw(draws).paint(canvas, darker(floor, 45));
}

fn paint_wall(canvas: &mut Canvas, draws: &mut Draws, wall: Colour, horizon: i32) {
    let accent = vivid(draws);
    let x = draws.within(40..=700) as i32;
    match draws.below(4) {
        // A window.
        0 => {
            canvas.rectangle((x, 60), (x + 260, 380), darker(wall, 70));
            canvas.rectangle((x + 14, 74), (x + 123, 366), [176, 214, 240]);
            canvas.rectangle((x + 137, 74), (x + 246, 366), [176, 214, 240]);
        }
        // Stripes.
        1 => {
            for stripe in 0..10 {
                let left = stripe * 100;
                canvas.rectangle((left, 0), (left + 50, horizon), darker(wall, 14));
            }
        }
        // The sun, or a lamp.
        2 => canvas.ellipse((x + 100, 190), (110, 130), accent),
        // A picture.
        _ => {
            canvas.rectangle((x, 90), (x + 240, 330), darker(accent, 60));
            canvas.rectangle((x + 16, 110), (x + 224, 310), accent);
            let hill = [(x + 16, 310), (x + 120, 170), (x + 224, 310)];
            canvas.polygon(&hill, darker(accent, 40));
        }
    }
}

struct Chair {
    wood: Colour,
    cushion: Option<Colour>,
    back: Back,
    has_arms: bool,
    /// The middle of the seat.
    seat: Point,
    /// Half the seat's width.
    half: i32,
    /// How high the back and how long the legs are.
    back_height: i32,
    legs: i32,
}

impl Chair {
    fn draw(draws: &mut Draws) -> Chair {
        Chair {
            wood: vivid(draws),
            cushion: draws.chance(1, 2).then(|| vivid(draws)),
            back: BACKS[draws.below(BACKS.len() as u64) as usize],
            has_arms: draws.chance(1, 3),
            seat: (
                draws.within(400..=600) as i32,
                draws.within(560..=640) as i32,
            ),
            half: draws.within(130..=200) as i32,
            back_height: draws.within(220..=380) as i32,
            legs: draws.within(200..=290) as i32,
        }
    }

    fn paint(&self, canvas: &mut Canvas, shadow: Colour) {
        let (x, y) = self.seat;
        let half = self.half;
        let (wood, dark) = (self.wood, darker(self.wood, 35));
        canvas.ellipse((x, y + self.legs), (half + 60, 45), shadow);
        self.paint_back(canvas);
        // The legs behind, then those in front.
        for (left, long, colour) in [
            (x - half + 25, self.legs - 50, dark),
            (x + half - 47, self.legs - 50, dark),
            (x - half - 10, self.legs, wood),
            (x + half - 14, self.legs, wood),
        ] {
            canvas.rectangle((left, y), (left + 24, y + long), colour);
        }
        let seat = [
            (x - half + 20, y - 60),
            (x + half - 20, y - 60),
            (x + half + 15, y + 15),
            (x - half - 15, y + 15),
        ];
        canvas.polygon(&seat, lighter(wood, 25));
        canvas.rectangle((x - half - 15, y + 15), (x + half + 15, y + 42), dark);
        if let Some(cushion) = self.cushion {
            canvas.ellipse((x, y - 30), (half - 10, 42), darker(cushion, 30));
            canvas.ellipse((x, y - 42), (half - 10, 40), cushion);
        }
        if self.has_arms {
            for left in [x - half - 30, x + half + 6] {
                canvas.rectangle((left, y - 150), (left + 24, y + 20), dark);
                canvas.rectangle((left - 6, y - 165), (left + 32, y - 140), wood);
            }
        }
    }

    fn paint_back(&self, canvas: &mut Canvas) {
        let (x, y) = self.seat;
        let (left, right) = (x - self.half + 20, x + self.half - 20);
        let (top, bottom) = (y - 60 - self.back_height, y - 40);
        let (wood, dark) = (self.wood, darker(self.wood, 20));
        match self.back {
            Back::None => {}
            Back::Solid => canvas.rectangle((left, top), (right, bottom), dark),
            Back::Round => {
                let radii = ((right - left) / 2, self.back_height / 2);
                canvas.ellipse((x, top + radii.1), radii, dark);
                canvas.rectangle((left, top + radii.1), (right, bottom), dark);
            }
            Back::Slats => {
                for slat in 0..5 {
                    let at = left + slat * (right - left - 22) / 4;
                    canvas.rectangle((at, top), (at + 22, bottom), dark);
                }
                canvas.rectangle((left - 8, top - 12), (right + 8, top + 30), wood);
            }
            Back::Ladder => {
                for rung in 0..4 {
                    let at = top + rung * self.back_height / 4;
                    canvas.rectangle((left, at), (right, at + 30), dark);
                }
                canvas.rectangle((left - 8, top - 12), (left + 18, bottom), wood);
                canvas.rectangle((right - 18, top - 12), (right + 8, bottom), wood);
            }
        }
    }
}

fn light(draws: &mut Draws) -> Colour {
    std::array::from_fn(|_| draws.within(165..=250) as u8)
}

fn vivid(draws: &mut Draws) -> Colour {
    let mut channels = [
        draws.within(150..=230) as u8,
        draws.within(60..=170) as u8,
        draws.within(20..=110) as u8,
    ];
    draws.shuffle(&mut channels);
    channels
}

fn darker(colour: Colour, by: u8) -> Colour {
    colour.map(|channel| channel.saturating_sub(by))
}

fn lighter(colour: Colour, by: u8) -> Colour {
    colour.map(|channel| channel.saturating_add(by))
}
