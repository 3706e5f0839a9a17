//! The portal through its HTTP API, each test with a database of its own, on SQLite and on
//! PostgreSQL.

mod access;
mod acting;
mod app;
mod attempts;
mod browser;
mod class;
mod database;
mod events;
mod leaderboard;
mod measurements;
mod page_access;
mod pages;
mod pins;
mod queue;
mod reports;
mod samples;
mod schedule;
mod sessions;
mod staff;
mod talk;

/// Makes two tests of an async function that takes a [`app::Portal`]: one for each store.
macro_rules! on_both_stores {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::app::Portal::on_sqlite().await).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::app::Portal::on_postgres().await).await;
                }
            )+
        }
    };
}
pub(crate) use on_both_stores;
