//! The portal as people meet it: in a browser, at the built program.
//!
//! [`chromium`] starts browsers, [`browser`] is somebody in front of one, [`program`] runs the
//! portal and all that belongs to a contest. The other modules are the tests, one for each thing
//! that people do.

mod browser;
mod chromium;
mod class;
mod contest;
mod eyes;
mod keyboard;
mod language;
mod leaving;
mod login;
mod moving;
mod program;
mod walk;
