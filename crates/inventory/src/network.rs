//! The network that addresses are from.

use std::{fmt, net::Ipv4Addr, str::FromStr};

use serde::{Deserialize, Serialize};

/// A network of 65,536 addresses, such as `10.213.0.0/16`: each team has 256 of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network([u8; 2]);

impl Default for Network {
    fn default() -> Self {
        Network([10, 213])
    }
}

impl Network {
    /// An address in it.
    pub fn address(self, third: u8, fourth: u8) -> Ipv4Addr {
        let [first, second] = self.0;
        Ipv4Addr::new(first, second, third, fourth)
    }

    /// The part of 256 addresses that begins with those three numbers.
    pub fn part(self, third: u8) -> String {
        format!("{}/24", self.address(third, 0))
    }

    /// Whether the address is in it.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        address.octets()[..2] == self.0
    }

    /// Its two numbers as four hexadecimal digits, short enough for the name of an interface.
    pub fn tag(self) -> String {
        let [first, second] = self.0;
        format!("{first:02x}{second:02x}")
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/16", self.address(0, 0))
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let address = text.strip_suffix("/16").and_then(|text| text.parse().ok());
        match address.map(|address: Ipv4Addr| (address, address.octets())) {
            Some((address, [first, second, 0, 0])) if address.is_private() => {
                Ok(Network([first, second]))
            }
            _ => Err(format!(
                "{text:?} is no network; give a private one of 65,536 addresses, such as \
                 10.213.0.0/16"
            )),
        }
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> String {
        network.to_string()
    }
}
