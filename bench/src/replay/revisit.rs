//! The same person's visit once more, alone.

use std::{rc::Rc, sync::Arc};

use isutori_engine::{failure::Failure, person::Person, recorder::Recorder};
use isutori_protocol::{KeptFailure, KeptPerson};

use super::recount::Recount;
use crate::{
    accounts::Accounts,
    endpoints::TABLE,
    guest::Guest,
    initialize::{NotInitialized, Reset, initialize},
    model::{Certainty, PersonKey, View},
    past_run::{PastRun, PastRunError},
    scenarios,
    services::{DEFAULT_ADDRESS, Services},
    world::World,
};

/// Somebody's visit that failed.
pub(super) struct Revisit<'a> {
    pub(super) run: &'a PastRun,
    pub(super) recorded: &'a KeptFailure,
}

impl Revisit<'_> {
    /// Puts the data back and makes the visit up to the scenario that failed.
    pub(super) async fn make(&self, recount: Arc<Recount>) -> Result<(), PastRunError> {
        let services = Services::start(DEFAULT_ADDRESS, self.run.result.seed)
            .map_err(|error| PastRunError::NotInitialized(error.to_string()))?;
        let services = Arc::new(services);
        self.put_back(services.clone(), &recount).await?;
        let Some(person) = &self.recorded.person else {
            return Ok(());
        };
        let mut guest = self.guest(person, services, recount.clone());
        let last = person.step.unwrap_or_default();
        scenarios::visit().live_until(&mut guest, last).await;
        if !recount.has_failed() {
            // The recount hears of a failure.
            let _ = self.open_again(&mut guest).await;
        }
        Ok(())
    }

    async fn put_back(
        &self,
        services: Arc<Services>,
        recount: &Recount,
    ) -> Result<(), PastRunError> {
        let reset = Reset::to(&self.run.dataset, self.run.result.seed, services).await;
        let initialized = initialize(&self.run.hosts, &reset, recount).await;
        initialized.map(drop).map_err(|error| {
            PastRunError::NotInitialized(match error {
                NotInitialized::Unreachable { failure, .. } | NotInitialized::Failed(failure) => {
                    failure.sentence
                }
                NotInitialized::OtherData { site, expected } => {
                    format!("the site holds {site}, and the run was made on {expected}")
                }
            })
        })
    }

    /// The person of the run, who gets the account that it had and no other.
    fn guest(&self, person: &KeptPerson, services: Arc<Services>, recount: Arc<Recount>) -> Guest {
        let account = person.account.as_deref();
        let account = account.and_then(|name| self.run.dataset.person_id(name));
        let world = World {
            accounts: Accounts::only(account.map(PersonKey)),
            ..self.run.world()
        };
        let world = world.served_by(services);
        let recorder = Rc::new(Recorder::new(TABLE.len()));
        let mut player = Person::new(self.run.result.seed, person.number, recorder);
        player.hasty = true;
        Guest::new(player, Arc::new(world.watched_by(recount)))
    }

    /// Opens the page that failed, if it is one that exists without others' writes.
    async fn open_again(&self, guest: &mut Guest) -> Result<(), Failure> {
        let Some(request) = &self.recorded.request else {
            return Ok(());
        };
        if request.method != "GET" {
            return Ok(());
        }
        let parts: Vec<&str> = request.path.split(['/', '?']).skip(1).collect();
        let knows = |name: &str| guest.world.model.look().person(name).is_some();
        match (&parts[..], guest.account) {
            ([""], Some(account)) => guest.open_home(account).await.map(drop),
            (["friends"], Some(account)) => guest.open_friends(account).await.map(drop),
            (["footprints"], Some(account)) => guest.open_footprints(account).await.map(drop),
            (["people", name], _) if knows(name) => guest.open_profile(name).await.map(drop),
            (["diary", name], _) if knows(name) => guest.open_diary(name, 1).await.map(drop),
            (["recent", "1"], _) => guest.open_recent(1).await.map(drop),
            (["entries", id], _) => match id.parse() {
                Ok(id) => open_or_be_denied(guest, id).await,
                Err(_) => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// Opens an entry, as far as it exists and it is certain who may see it.
async fn open_or_be_denied(guest: &mut Guest, id: u64) -> Result<(), Failure> {
    let view = View::now(guest.account);
    let visible = {
        let look = guest.world.model.look();
        let owner = look.entry_owner(id);
        owner.map(|(author, visibility)| {
            let may_see = look.may_see(author, visibility, &view);
            may_see.and(look.is_there(id, &view))
        })
    };
    match visible {
        Some(Certainty::Yes) => guest.open_entry(id).await.map(drop),
        Some(Certainty::No) => guest.be_denied_entry(id).await,
        _ => Ok(()),
    }
}
