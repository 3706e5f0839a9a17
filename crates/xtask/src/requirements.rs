//! The programs that tests run, besides what cargo builds.

use anyhow::{Result, bail};
use isutori_services::{Binary, SearchPath};

use crate::install;

/// A C compiler is needed too, but without one this program could not have been built.
const REQUIRED: [Binary; 7] = [
    Binary::MARIADB,
    Binary::POSTGRES,
    Binary::REDIS,
    Binary::MEMCACHED,
    Binary::NGINX,
    Binary::CHROMIUM,
    Binary::CHROMEDRIVER,
];

/// Makes sure that all required programs are there, by installing them if it may and can.
///
/// # Errors
/// Says everything that is missing and how to install it.
pub(crate) fn meet(may_install: bool) -> Result<()> {
    let missing = find_missing(&SearchPath::of_system());
    if may_install && !missing.is_empty() && install::is_possible() {
        install::install(missing.iter().map(|binary| binary.debian))?;
    }
    report(&find_missing(&SearchPath::of_system()))
}

fn find_missing(search: &SearchPath) -> Vec<Binary> {
    let for_hosts =
        (Binary::LAB.into_iter().chain(Binary::DOCKER)).filter(|_| cfg!(target_os = "linux"));
    let required = REQUIRED.into_iter().chain(for_hosts);
    required
        .filter(|binary| binary.is_missing(search))
        .collect()
}

fn report(missing: &[Binary]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let lines: String = missing
        .iter()
        .map(|binary| format!("  {}, for {}\n", binary.names[0], binary.purpose))
        .collect();
    let packages = |package: fn(&Binary) -> &'static str| {
        let packages: Vec<_> = missing.iter().map(package).collect();
        packages.join(" ").trim_end().to_owned()
    };
    bail!(
        "Missing:\n{lines}Install with one of:\n  apt install {}\n  brew install {}",
        packages(|binary| binary.debian),
        packages(|binary| binary.homebrew)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_missing_is_reported_at_once() {
        let missing = find_missing(&SearchPath::new([]));

        assert_eq!(missing[..REQUIRED.len()], REQUIRED);
        assert_eq!(
            report(&missing[2..5]).expect_err("a report").to_string(),
            "Missing:\n  \
               redis-server, for a private Redis\n  \
               memcached, for a private memcached\n  \
               nginx, for a private nginx\n\
             Install with one of:\n  \
               apt install redis-server memcached nginx\n  \
               brew install redis memcached nginx"
        );
        report(&[]).expect("nothing to report");
    }
}
