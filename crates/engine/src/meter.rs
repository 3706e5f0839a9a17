//! Counting and bounding what the site sends on one connection.

use std::{cell::Cell, io, rc::Rc};

use crate::watched::Watch;

/// How many bytes came in the current exchange, and how many may. Bodies have
/// limits of their own; this one ends what is no body: interim answers, chunk
/// headers and trailers without end.
#[derive(Clone, Default)]
pub(crate) struct Meter(Rc<Count>);

#[derive(Default)]
struct Count {
    received: Cell<usize>,
    allowed: Cell<usize>,
}

impl Meter {
    /// Begins an exchange that may receive so many bytes.
    pub(crate) fn begin(&self, allowed: usize) {
        self.0.received.set(0);
        self.0.allowed.set(allowed);
    }

    /// Whether the site has sent anything in this exchange.
    pub(crate) fn is_untouched(&self) -> bool {
        self.0.received.get() == 0
    }

    /// Whether it has sent more than it may.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.0.received.get() > self.0.allowed.get()
    }

    fn count(&self, bytes: usize) -> io::Result<()> {
        self.0.received.set(self.0.received.get() + bytes);
        match self.is_exceeded() {
            true => Err(io::Error::other("too many bytes came")),
            false => Ok(()),
        }
    }
}

impl<S> Watch<S> for Meter {
    fn came(&mut self, _: &mut S, outcome: io::Result<usize>) -> io::Result<()> {
        self.count(outcome?)
    }
}
