//! `GET /api/panel`.

use isutori_dataset::Subscription;
use isutori_engine::failure::Failure;

use crate::{
    model::View,
    pages::{Panel, Tile},
    services::{FRESHNESS, Services},
};

/// What each service says that the viewer has subscribed to, or that it is unavailable.
///
/// # Errors
/// `panel.*`, class wrong.
pub fn check_panel(
    services: &Services,
    panel: &Panel,
    subscriptions: &[Subscription],
    view: &View,
) -> Result<(), Failure> {
    let shown = panel.panel.iter().map(|tile| (tile.service, &*tile.key));
    let expected = subscriptions
        .iter()
        .map(|subscription| (subscription.service, &*subscription.key));
    if !shown.eq(expected) {
        return Err(Failure::wrong(
            "panel.subscriptions",
            "the panel does not show the viewer's subscriptions in their order",
        ));
    }
    let mut pairs = panel.panel.iter().zip(subscriptions);
    pairs.try_for_each(|(tile, subscription)| check_tile(services, tile, subscription, view))
}

fn check_tile(
    services: &Services,
    tile: &Tile,
    subscription: &Subscription,
    view: &View,
) -> Result<(), Failure> {
    let Subscription { service, key } = subscription;
    let (sent, finished) = (view.sent.into_std(), view.finished.into_std());
    let Some(data) = tile.data.as_ref().filter(|_| !tile.unavailable) else {
        return match services.may_be_unavailable(subscription, sent, finished) {
            true => Ok(()),
            false => Err(unavailable(services, subscription)),
        };
    };
    let truth = services.truth();
    let oldest = sent.checked_sub(FRESHNESS).unwrap_or(sent);
    if truth
        .between(*service, key, oldest, finished)
        .contains(data)
    {
        return Ok(());
    }
    let since_the_beginning = truth.between(*service, key, truth.began(), finished);
    match since_the_beginning.contains(data) {
        true => Err(Failure::wrong(
            "panel.stale",
            format!(
                "{service} of {key} is more than {} s old",
                FRESHNESS.as_secs()
            ),
        )),
        false => Err(Failure::wrong(
            "panel.altered",
            format!("{service} of {key} is not what the service says"),
        )),
    }
}

fn unavailable(services: &Services, Subscription { service, key }: &Subscription) -> Failure {
    let url = services.url();
    let hint = match services.are_reached() {
        true => String::new(),
        false => format!(
            "; the site has never asked the services at {url}: if it cannot reach that address, \
             give another one with --services"
        ),
    };
    Failure::wrong(
        "panel.unavailable",
        format!("{service} of {key} is said to be unavailable, but did not fail{hint}"),
    )
}
