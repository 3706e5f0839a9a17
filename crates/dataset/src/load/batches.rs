//! The thread that makes rows, and the batches that it puts them into.

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::format::Format;
use crate::Dataset;
use crate::fingerprint::RowHasher;
use crate::rows::{Row, Table, TableVisitor};

/// Where a batch ends, in bytes: one row more than this stays far below the 16 MB that MariaDB
/// takes in one packet by default.
const BATCH_BYTES: usize = 1_000_000;

/// How many batches may wait for the database. This bounds the memory of a load.
const BATCHES_AHEAD: usize = 4;

/// Rows of one table in the engine's format.
pub(super) struct Batch {
    pub(super) table: &'static Table,
    pub(super) rows: u64,
    pub(super) text: String,
}

/// What was made in all.
pub(super) struct Production {
    pub(super) fingerprint: String,
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

/// The receiving end of the thread that makes rows.
pub(super) struct Batches {
    receiver: mpsc::Receiver<Batch>,
    producer: JoinHandle<Production>,
}

impl Batches {
    /// The next batch, or nothing when all have been made.
    pub(super) async fn next(&mut self) -> Option<Batch> {
        self.receiver.recv().await
    }

    /// What was made, after the last batch.
    pub(super) async fn finish(self) -> Production {
        self.producer.await.expect("making rows does not panic")
    }
}

/// Starts a thread that makes all rows of `dataset`. It stops when the batches are dropped.
pub(super) fn produce<F: Format>(dataset: Dataset) -> Batches {
    let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
    let producer = tokio::task::spawn_blocking(move || {
        let mut producer = Producer {
            format: F::default(),
            hasher: RowHasher::new(),
            sender,
        };
        // Whoever dropped the receiver does not ask for the result.
        let _ = dataset.visit_tables(&mut producer);
        Production {
            fingerprint: producer.hasher.fingerprint(&dataset.label()),
            rows: producer.hasher.rows(),
            bytes: producer.hasher.bytes(),
        }
    });
    Batches { receiver, producer }
}

struct Producer<F> {
    format: F,
    hasher: RowHasher,
    sender: mpsc::Sender<Batch>,
}

/// Nobody takes batches any more.
struct Abandoned;

impl<F: Format> Producer<F> {
    fn send(&mut self, table: &'static Table, rows: u64) -> Result<(), Abandoned> {
        let text = self.format.take();
        self.sender
            .blocking_send(Batch { table, rows, text })
            .map_err(|_| Abandoned)
    }
}

impl<F: Format> TableVisitor for Producer<F> {
    type Stop = Abandoned;

    fn visit<R: Row>(&mut self, rows: impl Iterator<Item = R>) -> Result<(), Abandoned> {
        self.hasher.begin_table(R::TABLE);
        let mut batched = 0;
        for row in rows {
            if batched == 0 {
                self.format.begin_batch(R::TABLE);
            }
            self.hasher.add(|cells| row.write_cells(cells));
            row.write_cells(&mut self.format);
            self.format.end_row();
            batched += 1;
            if self.format.size() >= BATCH_BYTES {
                self.send(R::TABLE, std::mem::take(&mut batched))?;
            }
        }
        if batched > 0 {
            self.send(R::TABLE, batched)?;
        }
        Ok(())
    }
}
