//! What is done at the portal's own machine.

use isutori_portal::{
    desk,
    teams::{self, Host},
};

use crate::{app::Portal, on_both_stores};

on_both_stores!(teams_and_hosts_are_registered_once_and_whole_or_not_at_all);

async fn teams_and_hosts_are_registered_once_and_whole_or_not_at_all(portal: Portal) {
    let host = |name: &str, url: &str| Host::parse(name, url).expect("a host");
    let team = |name: &str, hosts: Vec<Host>| (name.to_owned(), hosts);
    let hosts =
        [1, 2].map(|number| host(&format!("host{number}"), &format!("http://10.0.1.{number}")));
    let chairs = team("chairs", hosts.to_vec());

    let both = [chairs, team("stools", vec![])];
    for _ in 0..2 {
        let made = desk::import_teams(&portal.state, &both).await;
        made.expect("teams");
    }
    let taken = team("thieves", vec![host("mine", "http://10.0.1.2")]);
    let refused = desk::import_teams(&portal.state, &[team("fourth", vec![]), taken]).await;
    let nameless = desk::import_teams(&portal.state, &[team(" ", vec![])]).await;

    let refused = refused.expect_err("a refusal").to_string();
    assert_eq!(refused, "thieves: mine: this address is registered already");
    let nameless = nameless.expect_err("a refusal").to_string();
    assert!(nameless.contains("1 to 40 characters"), "{nameless}");
    let mut connection = portal.state.connection().await.expect("a connection");
    let all = teams::all(&mut connection).await.expect("teams");
    let names: Vec<&str> = all.iter().map(|team| team.name.as_str()).collect();
    assert_eq!(names, ["chairs", "stools"]);
    let kept = teams::hosts(&mut connection, all[0].id)
        .await
        .expect("hosts");
    assert_eq!(kept, hosts);
}
