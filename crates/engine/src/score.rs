//! From counts to a score.
//!
//! `score = points × max(0, 1 − 10·wrong − 5·timeout)`, both rates taken over
//! the judged requests. Above 5 % of either, or with anything critical, the
//! run fails whatever it scored.

use serde::{Deserialize, Serialize};

/// What one per cent of wrong answers takes off: ten per cent.
pub const WRONG_WEIGHT: f64 = 10.0;
/// What one per cent of timeouts takes off: five per cent.
pub const TIMEOUT_WEIGHT: f64 = 5.0;
/// Above this rate of wrong answers or of timeouts the run fails.
pub const FAIL_RATE: f64 = 0.05;

/// The counts that a score is made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Points of all right answers.
    pub points: u64,
    /// Requests judged: right, wrong, timed out and critical ones.
    pub judged: u64,
    /// Failures of class wrong.
    pub wrong: u64,
    /// Failures of class timeout.
    pub timeout: u64,
    /// Failures of class critical.
    pub critical: u64,
}

impl Counts {
    /// Wrong answers by judged requests, 0 to 1.
    pub fn wrong_rate(self) -> f64 {
        self.rate(self.wrong)
    }

    /// Timeouts by judged requests, 0 to 1.
    pub fn timeout_rate(self) -> f64 {
        self.rate(self.timeout)
    }

    /// What the points are multiplied with, 0 to 1.
    pub fn factor(self) -> f64 {
        (1.0 - WRONG_WEIGHT * self.wrong_rate() - TIMEOUT_WEIGHT * self.timeout_rate()).max(0.0)
    }

    /// The score, rounded down.
    pub fn score(self) -> u64 {
        (self.points as f64 * self.factor()).floor() as u64
    }

    /// Whether the rates or a critical failure forbid to pass.
    pub fn fails(self) -> bool {
        self.critical > 0 || self.wrong_rate() > FAIL_RATE || self.timeout_rate() > FAIL_RATE
    }

    fn rate(self, count: u64) -> f64 {
        match self.judged {
            0 => 0.0,
            judged => count as f64 / judged as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(judged: u64, wrong: u64, timeout: u64, critical: u64) -> Counts {
        Counts {
            points: 1000,
            judged,
            wrong,
            timeout,
            critical,
        }
    }

    #[test]
    fn deductions_go_by_percentage() {
        assert_eq!(counts(100, 0, 0, 0).score(), 1000);
        assert_eq!(counts(100, 1, 0, 0).score(), 900);
        assert_eq!(counts(100, 0, 1, 0).score(), 950);
        assert_eq!(counts(100, 2, 2, 0).score(), 700);
        assert_eq!(counts(100, 50, 50, 0).score(), 0);
        assert_eq!(counts(0, 0, 0, 0).score(), 1000);
    }

    #[test]
    fn fails_above_five_per_cent_or_when_critical() {
        assert!(!counts(100, 5, 5, 0).fails());
        assert!(counts(100, 6, 0, 0).fails());
        assert!(counts(100, 0, 6, 0).fails());
        assert!(counts(100_000, 0, 0, 1).fails());
    }
}
