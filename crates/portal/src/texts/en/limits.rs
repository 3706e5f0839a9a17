//! What kept a host from doing more.

use crate::samples::limit::Limit;

pub(super) fn host_limit(host: &str, limit: &Limit) -> String {
    match limit {
        Limit::Cpu {
            busy,
            process,
            share,
        } => format!("{host}: processors {busy} % busy; {process} took {share} % of that"),
        Limit::Disk {
            busy,
            process,
            share,
        } => format!("{host}: disk {busy} % busy; {process} moved {share} % of the data"),
        Limit::Memory {
            used,
            process,
            share,
        } => format!("{host}: memory {used} % full; {process} held {share} % of that"),
        Limit::OneProcessor {
            process,
            processors,
        } => format!(
            "{host}: {process} kept one of {processors} processors busy; the others had room"
        ),
        Limit::None { busy, process } if process.is_empty() => {
            format!("{host}: nothing was at its limit; processors {busy} % busy")
        }
        Limit::None { busy, process } => {
            format!(
                "{host}: nothing was at its limit; processors {busy} % busy, most of all by {process}"
            )
        }
    }
}
