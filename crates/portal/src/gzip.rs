//! Bytes as they lie in the database: compressed.

use std::io::{self, Read, Write};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};

/// Makes them small.
pub(crate) fn zipped(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain)?;
    encoder.finish()
}

/// Makes them as they were; nothing when they would be more than so many.
pub(crate) fn unzipped(zipped: &[u8], most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut plain = Vec::new();
    GzDecoder::new(zipped)
        .take(most + 1)
        .read_to_end(&mut plain)?;
    Ok(Some(plain).filter(|plain| plain.len() as u64 <= most))
}
