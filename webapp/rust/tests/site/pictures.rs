//! Photos and icons.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::{
    app::{PUBLIC, spawn_app},
    browser::{Answer, Browser},
};

const ENTRY: [(&str, &str); 2] = [("title", "T"), ("body", "B")];

/// A picture, red on the left and blue on the right.
fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, _| match x < width / 2 {
        true => Rgb([255, 0, 0]),
        false => Rgb([0, 0, 255]),
    });
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn picture(answer: &Answer) -> DynamicImage {
    assert_eq!(answer.status, 200, "{}", answer.body);
    image::load_from_memory(&answer.bytes).unwrap()
}

async fn publish(browser: &mut Browser, visibility: &str, photo: &[u8]) -> String {
    let fields = [ENTRY[0], ENTRY[1], ("visibility", visibility)];
    let answer = browser.upload("/entries", &fields, ("photo", photo)).await;
    let id = answer.redirect().strip_prefix("/entries/").unwrap();
    id.to_owned()
}

#[tokio::test]
async fn a_photo_is_seen_by_those_who_see_its_entry() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    let mut carol = app.log_in("carol").await;
    for (visibility, status) in [("public", 200), ("friends", 404), ("private", 404)] {
        let id = publish(&mut alice, visibility, &file(800, 400, ImageFormat::Png)).await;
        let path = format!("/images/{id}");
        let own = alice.get(&path).await;
        assert_eq!(own.headers["content-type"], "image/jpeg");
        let shown = picture(&own);
        assert_eq!((shown.width(), shown.height()), (320, 160));
        assert_eq!(carol.get(&path).await.status, status, "{visibility}");
        let page = alice.get(&format!("/entries/{id}")).await;
        assert_eq!(page.attributes("img.photo", "src"), [path]);
    }
    assert_eq!(carol.get(&format!("/images/{PUBLIC}")).await.status, 404);
}

#[tokio::test]
async fn all_formats_are_taken_and_small_photos_stay_small() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Gif,
        ImageFormat::WebP,
    ] {
        let id = publish(&mut alice, "public", &file(100, 300, format)).await;
        let shown = picture(&alice.get(&format!("/images/{id}")).await);
        assert_eq!((shown.width(), shown.height()), (100, 300), "{format:?}");
    }
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    let whole = file(200, 200, ImageFormat::Png);
    let mut padded = whole.clone();
    padded.resize((10 << 20) + 1, 0);
    for bad in [
        b"<svg/>".to_vec(),
        whole[..whole.len() / 2].to_vec(),
        file(4097, 1, ImageFormat::Png),
        padded,
    ] {
        let fields = [ENTRY[0], ENTRY[1], ("visibility", "public")];
        let answer = alice.upload("/entries", &fields, ("photo", &bad)).await;
        assert_eq!(answer.status, 422);
        assert!(answer.error().contains("photo"), "{}", answer.error());
        let answer = alice.upload("/icon", &[], ("icon", &bad)).await;
        assert_eq!(answer.status, 422);
    }
    assert_eq!(alice.upload("/icon", &[], ("icon", b"")).await.status, 422);
    assert_eq!(alice.post("/icon", &[]).await.status, 422);
    assert_eq!(app.count("entries").await, 3);
    let none = publish(&mut alice, "public", b"").await;
    assert_eq!(alice.get(&format!("/images/{none}")).await.status, 404);
}

#[tokio::test]
async fn an_icon_is_the_middle_of_what_was_uploaded() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    let before = app.visit().get("/icons/alice?size=64").await;
    assert_eq!(picture(&before).width(), 64);

    let wide = file(300, 100, ImageFormat::Png);
    let changed = alice.upload("/icon", &[], ("icon", &wide)).await;
    assert_eq!(changed.redirect(), "/people/alice");
    for size in [32, 64, 128] {
        let path = format!("/icons/alice?size={size}");
        let shown = picture(&app.visit().get(&path).await).to_rgb8();
        assert_eq!(shown.dimensions(), (size, size));
        assert_eq!(shown.get_pixel(0, 0), &Rgb([255, 0, 0]));
        assert_eq!(shown.get_pixel(size - 1, 0), &Rgb([0, 0, 255]));
    }
    for path in ["?size=65", "?size=x", ""] {
        let answer = app.visit().get(&format!("/icons/alice{path}")).await;
        assert_eq!(answer.status, 404, "{path}");
    }

    let reset = app.visit().post_exactly("/initialize", &[]).await;
    assert_eq!(reset.status, 200);
    let after = app.visit().get("/icons/alice?size=64").await;
    assert_eq!(after.bytes, before.bytes);
}

#[tokio::test]
async fn a_form_with_a_file_needs_its_token() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    alice.csrf = "0".repeat(32);
    let icon = file(64, 64, ImageFormat::Png);
    let forged = alice.upload("/icon", &[], ("icon", &icon)).await;
    assert_eq!(forged.status, 403);
    let mut nobody = app.visit();
    let answer = nobody.upload("/icon", &[], ("icon", &icon)).await;
    assert_eq!(answer.redirect(), "/login");
}
