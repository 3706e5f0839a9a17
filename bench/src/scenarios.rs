//! What visitors of Suwaru do.

pub mod arrive;
pub mod leave;
pub mod read;
pub mod wander;
pub mod write;

use std::{rc::Rc, sync::Arc};

use futures::future::LocalBoxFuture;
use isutori_engine::{load::Population, person::Person, scenario::Visit};

use crate::{guest::Guest, world::World};

/// The visit that everybody makes.
pub fn visit() -> Visit<Guest> {
    Visit {
        arrive: Box::new(arrive::Arrive),
        wander: vec![
            Box::new(read::ReadHome),
            Box::new(read::ReadEntry),
            Box::new(read::ReadRecent),
            Box::new(read::WatchTimeline),
            Box::new(read::LookAtPanel),
            Box::new(wander::VisitSomebody),
            Box::new(wander::LookAtFriends),
            Box::new(wander::LookAtFootprints),
            Box::new(wander::TryTheLock),
            Box::new(write::WriteEntry),
            Box::new(write::Comment),
            Box::new(write::Befriend),
            Box::new(write::EditProfile),
            Box::new(write::ChangeIcon),
        ],
        leave: Box::new(leave::Leave),
    }
}

/// The people of one thread.
pub struct Visitors {
    world: Arc<World>,
    visit: Visit<Guest>,
}

impl Visitors {
    /// Visitors of this world.
    pub fn new(world: Arc<World>) -> Self {
        Visitors {
            world,
            visit: visit(),
        }
    }
}

impl Population for Visitors {
    fn live(self: Rc<Self>, person: Person) -> LocalBoxFuture<'static, ()> {
        Box::pin(async move {
            let mut guest = Guest::new(person, self.world.clone());
            self.visit.live(&mut guest).await;
            if let Some(account) = guest.borrowed {
                self.world.accounts.give_back(account);
            }
        })
    }
}

/// Declares a scenario: its weight for members and for visitors without login,
/// and what it does.
macro_rules! scenario {
    ($(#[$doc:meta])* $name:ident, member $member:expr, anonymous $anonymous:expr, $play:path) => {
        $(#[$doc])*
        pub struct $name;

        impl isutori_engine::scenario::Scenario<$crate::guest::Guest> for $name {
            fn name(&self) -> &'static str {
                stringify!($name)
            }

            fn weight(&self, guest: &$crate::guest::Guest) -> u32 {
                if guest.account.is_some() { $member } else { $anonymous }
            }

            fn play<'a>(
                &'a self,
                guest: &'a mut $crate::guest::Guest,
            ) -> futures::future::LocalBoxFuture<'a, Result<(), isutori_engine::failure::Failure>> {
                Box::pin($play(guest))
            }
        }
    };
}
use scenario;
