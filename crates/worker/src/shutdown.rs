//! How much of a worker shall end.

/// What a worker is asked to do; each asks for more than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shutdown {
    /// To work.
    #[default]
    None,
    /// To take no more jobs, and end when those that run are handed in.
    Drain,
    /// To stop the benchmarks that run, say so to the portal, and end.
    Stop,
}
