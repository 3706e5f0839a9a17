//! `isutori portal`.

mod import;

use std::{io::Write, path::PathBuf, time::Duration};

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use isutori_portal::{
    demo, desk,
    serve::{self, Listen},
    state::{AppState, Settings},
    store::Store,
};

use crate::{shutdown, terminal};

#[derive(Subcommand)]
#[command(
    after_help = "Example:\n  isutori portal import contest.toml\n  isutori portal serve --listen 0.0.0.0:8000"
)]
pub(crate) enum Command {
    /// Serves the contest's pages and its API until it is stopped.
    Serve(ServeCommand),
    /// Sets up or changes the contest, teams and people, also while the portal serves.
    Import(import::ImportCommand),
    /// Serves a made-up contest in full swing, to be looked at; it keeps nothing.
    Demo(DemoCommand),
    /// Prints the contest as a contest.toml.
    Export(ExportCommand),
    /// Makes a link by which one person joins the staff or a team.
    Invite(InviteCommand),
    /// Makes a token for workers, for a team's or the staff's programs, or for what looks after the
    /// portal.
    Token(TokenCommand),
}

/// Where a portal keeps everything.
#[derive(Args)]
pub(crate) struct StoreArguments {
    /// The folder of the embedded database.
    #[arg(long, default_value = ".isutori/portal", value_name = "DIR")]
    data: PathBuf,

    /// A PostgreSQL instead of the embedded database, for several portals: postgres://….
    #[arg(
        long,
        env = "PORTAL_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    database_url: Option<String>,
}

impl StoreArguments {
    async fn open(&self) -> anyhow::Result<AppState> {
        let store = match &self.database_url {
            Some(url) => Store::open(url).await?,
            None => serve::open_folder(&self.data).await?,
        };
        Ok(AppState::new(store))
    }
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori portal serve\n  isutori portal serve --listen unix:portal.sock --database-url postgres://portal@10.0.0.5/portal"
)]
pub(crate) struct ServeCommand {
    #[command(flatten)]
    store: StoreArguments,

    /// Where to listen: ADDR:PORT, port 0 for a free one, or unix:PATH.
    #[arg(long, default_value = "127.0.0.1:8000", value_name = "ADDR:PORT")]
    listen: Listen,

    /// How people reach it, where that is not where it listens; with https: cookies need TLS.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,

    /// A proxy of ours stands before it, and says in X-Forwarded-For who asks.
    #[arg(long)]
    behind_proxy: bool,

    /// How the log on standard error is written.
    #[arg(long, value_enum, default_value_t = LogForm::Text)]
    log: LogForm,

    /// A job is taken away from a worker that was not heard of for so many seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    lease: u64,
}

/// Forms of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogForm {
    /// Lines for people.
    Text,
    /// A JSON object a line.
    Json,
}

impl LogForm {
    fn begin(self) {
        let log = tracing_subscriber::fmt().with_writer(std::io::stderr);
        match self {
            LogForm::Text => log.with_ansi(false).init(),
            LogForm::Json => log.json().init(),
        }
    }
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori portal demo --listen 127.0.0.1:0\n  isutori portal demo --class"
)]
pub(crate) struct DemoCommand {
    /// A class instead of a contest: hints, teams that are stuck, a run that is shown to everyone.
    #[arg(long)]
    class: bool,

    /// Where to listen: ADDR:PORT, port 0 for a free one, or unix:PATH.
    #[arg(long, default_value = "127.0.0.1:8000", value_name = "ADDR:PORT")]
    listen: Listen,
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori portal export > contest.toml")]
pub(crate) struct ExportCommand {
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori portal invite --staff\n  isutori portal invite --team chairs --public-url https://contest.example"
)]
pub(crate) struct InviteCommand {
    #[command(flatten)]
    store: StoreArguments,

    #[command(flatten)]
    whom: Invited,

    /// How people reach the portal.
    #[arg(long, default_value = "http://127.0.0.1:8000", value_name = "URL")]
    public_url: String,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Invited {
    /// To the staff.
    #[arg(long)]
    staff: bool,

    /// To this team.
    #[arg(long, value_name = "NAME")]
    team: Option<String>,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori portal token --worker\n  isutori portal token --team chairs --what-for 'deploy script'"
)]
pub(crate) struct TokenCommand {
    #[command(flatten)]
    store: StoreArguments,

    #[command(flatten)]
    whose: Holder,

    /// What it is for; kept beside it.
    #[arg(long, default_value = "", value_name = "TEXT")]
    what_for: String,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Holder {
    /// For workers.
    #[arg(long)]
    worker: bool,

    /// For what looks after the portal, and reads /metrics.
    #[arg(long)]
    monitor: bool,

    /// For the staff's programs, which may read how a class is going.
    #[arg(long)]
    staff: bool,

    /// For the programs of this team.
    #[arg(long, value_name = "NAME")]
    team: Option<String>,

    /// For the hosts of this team, which tell how they are.
    #[arg(long, value_name = "NAME")]
    hosts_of: Option<String>,
}

pub(crate) async fn run(command: Command) -> anyhow::Result<u8> {
    match command {
        Command::Serve(arguments) => serve(arguments).await?,
        Command::Import(arguments) => import::run(&arguments).await?,
        Command::Demo(arguments) => show(&arguments).await?,
        Command::Export(arguments) => {
            let state = arguments.store.open().await?;
            terminal::print(&state.contest().await?.contest.to_toml())?;
        }
        Command::Invite(arguments) => {
            let state = arguments.store.open().await?;
            let token = desk::invite(&state, arguments.whom.team.as_deref()).await?;
            let link = invite_link(&arguments.public_url, &token);
            terminal::print(&format!("{link}\n"))?;
        }
        Command::Token(arguments) => {
            let state = arguments.store.open().await?;
            let what_for = &arguments.what_for;
            let token = match &arguments.whose {
                Holder { monitor: true, .. } => desk::monitor_token(&state, what_for).await?,
                Holder { staff: true, .. } => desk::staff_token(&state, what_for).await?,
                Holder {
                    team: Some(team), ..
                } => desk::team_token(&state, team, what_for).await?,
                Holder {
                    hosts_of: Some(team),
                    ..
                } => desk::hosts_token(&state, team, what_for).await?,
                Holder { .. } => desk::worker_token(&state, what_for).await?,
            };
            terminal::print(&format!("{token}\n"))?;
        }
    }
    Ok(0)
}

async fn serve(arguments: ServeCommand) -> anyhow::Result<()> {
    let stop = shutdown::listen()?;
    arguments.log.begin();
    let state = arguments.store.open().await?.with_settings(Settings {
        public_url: arguments.public_url.clone(),
        is_behind_proxy: arguments.behind_proxy,
        lease: Duration::from_secs(arguments.lease),
    });
    let invite = serve::first_invite(&state).await?;
    let public_url = arguments.public_url;
    let ready = |listen: &Listen| {
        let own = public_url.unwrap_or_else(|| listen.to_string());
        // Whoever started it may not read on; it serves all the same.
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "listening on {listen}");
        if let Some(token) = invite {
            let link = invite_link(&own, &token);
            let _ = writeln!(out, "the first of the staff comes in once by {link}");
        }
        let _ = out.flush();
    };
    serve::serve(state, &arguments.listen, stop, ready).await?;
    Ok(())
}

async fn show(arguments: &DemoCommand) -> anyhow::Result<()> {
    let stop = shutdown::listen()?;
    let folder = tempfile::tempdir().context("a temporary folder")?;
    let state = AppState::new(serve::open_folder(folder.path()).await?);
    let accounts = match arguments.class {
        true => demo::fill_class(&state).await?,
        false => demo::fill(&state).await?,
    };
    let ready = |listen: &Listen| {
        let demo::Accounts {
            staff,
            member,
            password,
        } = &accounts;
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "listening on {listen}");
        let _ = writeln!(
            out,
            "log in as {staff} (staff) or {member} (a team's member), password {password}"
        );
        let _ = out.flush();
    };
    serve::serve(state, &arguments.listen, stop, ready).await?;
    Ok(())
}

fn invite_link(url: &str, token: &str) -> String {
    format!("{}/invite/{token}", url.trim_end_matches('/'))
}
