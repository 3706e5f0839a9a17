//! Several portals on one database hear of each other's changes.

use std::time::Duration;

use isutori_portal::state::AppState;
use tokio::time::timeout;

use crate::app::Portal;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_told_to_the_other_portals_of_a_postgres() {
    let one = Portal::on_postgres().await;
    let other = AppState::new(one.state.store.clone());
    let listening = other
        .events
        .listen_to_others()
        .expect("others can be heard");
    let mut changes = other.events.listen();
    let told = async {
        // It may not listen yet.
        loop {
            one.state.events.tell();
            let heard = timeout(Duration::from_millis(100), changes.changed()).await;
            if heard.is_ok() {
                return;
            }
        }
    };
    timeout(Duration::from_secs(30), told)
        .await
        .expect("the change is heard");
    listening.abort();
}

#[tokio::test]
async fn a_portal_on_sqlite_has_no_others() {
    let portal = Portal::on_sqlite().await;
    assert!(portal.state.events.listen_to_others().is_none());
    let mut changes = portal.state.events.listen();
    portal.state.events.tell();
    changes.changed().await.expect("a change");
}
