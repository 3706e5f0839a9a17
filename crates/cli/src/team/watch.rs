//! `isutori team watch`: samples what this host does during the team's runs.

use std::time::Duration;

use clap::Args;
use isutori_host::samples::{Sampler, Sources};
use isutori_protocol::contest::{HostSamples, HostSecond, Lease, WatchedRun};
use isutori_worker::{Portal, PortalError, host_name};
use tokio::{
    sync::watch::{self, Receiver, Sender},
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep},
};

use crate::shutdown;

/// How often the host is looked at during a run.
const EVERY: Duration = Duration::from_secs(1);
/// So many seconds are handed in together; a host that is rebooted loses no more.
const TOGETHER: usize = 10;
/// So long after it was away a portal is asked again.
const AGAIN: Duration = Duration::from_secs(5);
/// So often the rest of a run is handed in to a portal that is away.
const MOST_TRIES: u32 = 6;

#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori team watch --portal https://portal.example --token TOKEN --name web1"
)]
pub(crate) struct WatchCommand {
    /// Where the portal is.
    #[arg(long, env = "ISUTORI_PORTAL", value_name = "URL")]
    portal: String,

    /// The token of the team's hosts, as the portal shows it.
    #[arg(
        long,
        env = "ISUTORI_HOST_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    token: String,

    /// The host's name within the team; the name of this machine when not given.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// A run, and when it began by this host's clock.
#[derive(Clone, Copy, Debug)]
struct Course {
    lease: Lease,
    began: Instant,
}

pub(crate) async fn run(arguments: WatchCommand) -> anyhow::Result<u8> {
    let portal = Portal::new(&arguments.portal, &arguments.token)?;
    let name = arguments.name.unwrap_or_else(host_name);
    // Where the kernel tells nothing, that is said now rather than during a run.
    Sampler::new(Sources::default()).look()?;
    let stop = shutdown::listen()?;
    let (courses, seen) = watch::channel(None);
    let watching = async {
        tokio::select! {
            ended = follow(&portal, &courses) => ended,
            ended = sample(&portal, &name, seen) => ended,
        }
    };
    let mut stopped = stop.clone();
    tokio::select! {
        ended = watching => ended.map(|()| 0),
        _ = stopped.wait_for(|stop| *stop) => Ok(0),
    }
}

/// Learns from the portal which run is under way, for ever; ends when the portal refuses.
async fn follow(portal: &Portal, courses: &Sender<Option<Course>>) -> anyhow::Result<()> {
    loop {
        let known = courses.borrow().map(|course: Course| course.lease);
        match portal.run_under_way(known).await {
            // It has waited before it said so; one that does not shall not be asked without end.
            Ok(run) if run.map(|run| run.lease) == known => sleep(EVERY).await,
            Ok(run) => {
                courses.send_replace(run.map(Course::of));
            }
            Err(error) if error.is_passing() => sleep(AGAIN).await,
            Err(error) => return Err(error.into()),
        }
    }
}

impl Course {
    fn of(run: WatchedRun) -> Course {
        let elapsed = Duration::from_millis(run.elapsed_ms);
        let now = Instant::now();
        Course {
            lease: run.lease,
            began: now.checked_sub(elapsed).unwrap_or(now),
        }
    }
}

/// Samples one run after the other.
async fn sample(
    portal: &Portal,
    name: &str,
    mut courses: Receiver<Option<Course>>,
) -> anyhow::Result<()> {
    loop {
        let course = *courses.borrow_and_update();
        match course {
            Some(course) => {
                let samples = Samples::of(portal, name, course);
                samples.take_until_changed(&mut courses).await?;
            }
            None => courses.changed().await?,
        }
    }
}

/// What was sampled of a run.
struct Samples<'a> {
    portal: &'a Portal,
    name: &'a str,
    course: Course,
    sampler: Sampler,
    /// What was not handed in yet.
    seconds: Vec<HostSecond>,
    handing_in: Option<JoinHandle<HandedIn>>,
}

/// What was to be handed in, and what came of it.
type HandedIn = (HostSamples, Result<(), PortalError>);

impl<'a> Samples<'a> {
    fn of(portal: &'a Portal, name: &'a str, course: Course) -> Self {
        Samples {
            portal,
            name,
            course,
            sampler: Sampler::new(Sources::default()),
            seconds: Vec::new(),
            handing_in: None,
        }
    }

    /// Samples until another run is under way, or none.
    async fn take_until_changed(
        mut self,
        courses: &mut Receiver<Option<Course>>,
    ) -> anyhow::Result<()> {
        let mut ticks = interval(EVERY);
        // A host that was too busy for a look makes up for nothing.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_wanted = true;
        while is_wanted {
            tokio::select! {
                changed = courses.changed() => {
                    changed?;
                    break;
                }
                _ = ticks.tick() => is_wanted = self.look().await?,
            }
        }
        match is_wanted {
            true => self.hand_in_rest().await,
            // The portal takes no more of this run.
            false => courses.changed().await?,
        }
        Ok(())
    }

    /// Looks once. Says whether the portal takes more.
    async fn look(&mut self) -> anyhow::Result<bool> {
        if let Some(second) = self.sampler.look()? {
            let at_ms = self.course.began.elapsed().as_millis();
            self.seconds.push(HostSecond {
                at_ms: u64::try_from(at_ms).unwrap_or(u64::MAX),
                ..second
            });
        }
        // While the portal is away the oldest are given up.
        let most = HostSamples::MOST_OF_A_RUN;
        let surplus = self.seconds.len().saturating_sub(most);
        self.seconds.drain(..surplus);
        let is_done = self.handing_in.as_ref().is_none_or(JoinHandle::is_finished);
        if !is_done {
            return Ok(true);
        }
        let is_taken = self.finish_handing_in().await;
        if self.seconds.len() >= TOGETHER {
            let samples = self.next_piece();
            let portal = self.portal.clone();
            self.handing_in = Some(tokio::spawn(async move {
                let outcome = portal.hand_in_samples(&samples).await;
                (samples, outcome)
            }));
        }
        Ok(is_taken)
    }

    /// What is handed in together, the oldest first.
    fn next_piece(&mut self) -> HostSamples {
        let (processors, memory) = self.sampler.size();
        let count = self.seconds.len().min(HostSamples::MOST_SECONDS);
        HostSamples {
            host: self.name.to_owned(),
            lease: self.course.lease,
            processors,
            memory,
            seconds: self.seconds.drain(..count).collect(),
        }
    }

    /// Waits for what is being handed in; it comes back when the portal is away. Says whether the
    /// portal takes more.
    async fn finish_handing_in(&mut self) -> bool {
        let Some(handing_in) = self.handing_in.take() else {
            return true;
        };
        match handing_in.await {
            Ok((_, Ok(()))) | Err(_) => true,
            Ok((samples, Err(error))) if error.is_passing() => {
                self.seconds.splice(0..0, samples.seconds);
                true
            }
            Ok((_, Err(error))) => {
                eprintln!("isutori: the portal takes no more samples of this run: {error}");
                false
            }
        }
    }

    /// The run is over: hands in the rest, but does not wait for long for a portal that is away.
    async fn hand_in_rest(mut self) {
        let mut is_taken = self.finish_handing_in().await;
        let mut tries = 1;
        while is_taken && !self.seconds.is_empty() {
            let samples = self.next_piece();
            match self.portal.hand_in_samples(&samples).await {
                Ok(()) => {}
                Err(error) if error.is_passing() && tries < MOST_TRIES => {
                    tries += 1;
                    self.seconds.splice(0..0, samples.seconds);
                    sleep(AGAIN).await;
                }
                Err(error) => {
                    eprintln!("isutori: samples of a run are lost: {error}");
                    is_taken = false;
                }
            }
        }
    }
}
