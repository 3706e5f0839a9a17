//! That this machine forwards packets. All labs on it need that, so the last one switches it off, if
//! a lab has switched it on.

use std::{fs, path::Path};

use super::has_bridge;
use crate::{LabError, error::at};

const SWITCH: &str = "/proc/sys/net/ipv4/ip_forward";
/// There when a lab has switched it on; gone, as the switch, when this machine has been off.
const OURS: &str = "/run/isutori-lab-forwards";

/// Lets packets be forwarded. The lab has its bridge already.
pub(super) fn switch_on() -> Result<(), LabError> {
    let before = fs::read_to_string(SWITCH).map_err(at(Path::new(SWITCH)))?;
    if before.trim() == "0" {
        fs::write(OURS, "").map_err(at(Path::new(OURS)))?;
        fs::write(SWITCH, "1").map_err(at(Path::new(SWITCH)))?;
    }
    Ok(())
}

/// Puts it back to how it was, unless another lab is up. This one's bridge is gone already.
pub(super) fn switch_off() {
    if !Path::new(OURS).exists() || has_bridge() {
        return;
    }
    // What cannot be put back harms nobody.
    let _ = fs::write(SWITCH, "0");
    let _ = fs::remove_file(OURS);
    // A lab that came up just now may have found it switched on still.
    if has_bridge() {
        let _ = switch_on();
    }
}
