//! Asking again, ever more rarely.

use std::time::Duration;

/// The first pause.
const FIRST: Duration = Duration::from_millis(250);

/// Pauses that double up to a longest one, each drawn between half of it and the whole, so that
/// many who wait for the same do not all come at once.
#[derive(Clone, Debug)]
pub(crate) struct BackOff {
    next: Duration,
    most: Duration,
}

impl BackOff {
    /// No pause is longer than `most`.
    pub(crate) fn up_to(most: Duration) -> Self {
        BackOff {
            next: FIRST.min(most),
            most,
        }
    }

    /// How long to wait now.
    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.most);
        jittered(pause)
    }

    /// What was waited for is there.
    pub(crate) fn reset(&mut self) {
        *self = Self::up_to(self.most);
    }
}

/// Between half of a time and the whole.
pub(crate) fn jittered(time: Duration) -> Duration {
    time.mul_f64(0.5 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let most = Duration::from_secs(1);
        let mut back_off = BackOff::up_to(most);
        for whole in [250, 500, 1000, 1000].map(Duration::from_millis) {
            let pause = back_off.next();
            assert!(pause >= whole / 2 && pause <= whole, "{pause:?}");
        }
        back_off.reset();
        assert!(back_off.next() <= FIRST);
    }
}
