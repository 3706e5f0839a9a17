//! Numbers as people read them.

/// A number with commas between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A latency in milliseconds with its unit, to about three digits.
pub fn latency(ms: f64) -> String {
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// A large number in a narrow place: 950, 1.2k, 34k, 5.6M.
pub fn short(number: f64) -> String {
    let scaled = |unit: f64, letter: &str| {
        let scaled = number / unit;
        let decimals = usize::from(scaled < 10.0 && scaled.fract() > 0.01);
        format!("{scaled:.decimals$}{letter}")
    };
    match number.abs() {
        size if size >= 1e6 => scaled(1e6, "M"),
        size if size >= 1e3 => scaled(1e3, "k"),
        _ => scaled(1.0, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn latencies_have_a_unit_that_fits() {
        assert_eq!(
            [0.25, 9.94, 41.25, 999.4, 1250.0].map(latency),
            ["0.2 ms", "9.9 ms", "41 ms", "999 ms", "1.2 s"]
        );
    }

    #[test]
    fn large_numbers_are_short() {
        assert_eq!(
            [0.0, 0.5, 950.0, 1000.0, 1200.0, 34_000.0, 5.6e6].map(short),
            ["0", "0.5", "950", "1k", "1.2k", "34k", "5.6M"]
        );
    }
}
