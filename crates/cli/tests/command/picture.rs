//! Comparing pictures.

use isutori_dataset::{Picture, pictures::draw};
use serde_json::Value;

use crate::place::Place;

#[test]
fn a_picture_is_the_same_if_it_differs_little() {
    let place = Place::new();
    let write = |name: &str, bytes: &[u8]| place.write(name, bytes).display().to_string();
    let uploaded = write("icon.png", &draw(1, Picture::Icon(5)));
    let own = write(
        "own.png",
        include_bytes!("../../../../webapp/public/img/person.png"),
    );
    let rubbish = write("rubbish", b"<html>");
    let compare = |shown: &str, icon: &str, code: i32| {
        place
            .run(&["picture", "compare", &own, shown, "--icon", icon, "--json"])
            .expect_code(code)
            .stdout
    };

    let same: Value = serde_json::from_str(&compare(&own, "128", 0)).expect("JSON");
    assert_eq!(same["same"], true);
    assert!(same["difference"].as_f64().is_some_and(|by| by < 1.0));
    let size: Value = serde_json::from_str(&compare(&own, "64", 1)).expect("JSON");
    assert_eq!(size["reason"], "it has 128 x 128 pixels, expected 64 x 64");

    let photo = |shown: &str, code: i32| {
        let ran = place.run(&["picture", "compare", &uploaded, shown]);
        ran.expect_code(code).stdout
    };
    // It is small enough to be shown as it is.
    assert!(photo(&uploaded, 0).starts_with("the same picture"));
    assert!(photo(&rubbish, 1).contains("no JPEG, PNG, GIF or WebP picture"));
}

#[test]
fn what_cannot_be_read_is_told() {
    let place = Place::new();
    let missing = place.isutori(&["picture", "compare", "no-such.png", "-"]);
    place.refuse(missing, &["cannot read no-such.png"]);
    let size = place.isutori(&["picture", "compare", "a", "b", "--icon", "65"]);
    place.refuse(size, &["32, 64, 128"]);
}
