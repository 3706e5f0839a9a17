//! `isutori course`.

mod bout;
mod check;
mod ladder;
mod verify;

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use isutori_course::{Course, Rung, WorkingCopy};
use isutori_dataset::Size;
use serde::Serialize;

use crate::{
    handout::source_tree,
    terminal::{self, language::Language},
};

/// Where hosts of a contest keep the hand-out.
const ON_A_HOST: &str = "/opt/isutori/handout";

/// The data of which the bands speak.
const SIZE: Size = Size::Standard;

#[derive(Subcommand)]
#[command(after_help = "Example:\n  isutori course start climb")]
pub(crate) enum Command {
    /// Makes a working copy of the hand-out, in git.
    Start(StartCommand),
    /// Lists the rungs: what they are about, what they reach.
    List(ListCommand),
    /// Shows a rung's lesson, the cure included, or what comes after the last one.
    Show(ShowCommand),
    /// Opens one more step of a rung's hint: where to look, what is wrong, how to cure it.
    Hint(HintCommand),
    /// Benchmarks a working copy and says which rung it has reached.
    Check(check::CheckCommand),
    /// Prints a rung's cure, as a patch against the rung before.
    Diff(DiffCommand),
    /// Applies all rungs one after the other and looks that each is what it promises.
    Verify(verify::VerifyCommand),
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori course start climb")]
pub(crate) struct StartCommand {
    /// A folder that is not there yet.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori course list --language ja")]
pub(crate) struct ListCommand {
    /// In which language.
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    language: Language,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(after_help = "Examples:\n  isutori course show 3\n  isutori course show more-hosts")]
pub(crate) struct ShowCommand {
    /// The rung's number, or more-hosts: a second and a third host, after the last rung.
    #[arg(value_name = "N")]
    lesson: Lesson,

    /// In which language.
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    language: Language,
}

/// A lesson of the course.
#[derive(Clone, Copy)]
enum Lesson {
    Rung(usize),
    MoreHosts,
}

impl FromStr for Lesson {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name.parse() {
            Ok(number) => Ok(Lesson::Rung(number)),
            Err(_) if name == "more-hosts" => Ok(Lesson::MoreHosts),
            Err(_) => Err("give a rung's number, or more-hosts".to_owned()),
        }
    }
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori course hint 3 --dir climb")]
pub(crate) struct HintCommand {
    /// The rung's number; the first one whose cure the working copy still takes unless given.
    #[arg(value_name = "N")]
    rung: Option<usize>,

    #[command(flatten)]
    copy: CopyArguments,

    /// In which language.
    #[arg(long, value_enum, default_value_t, value_name = "LANGUAGE")]
    language: Language,
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori course diff 3 > cure.patch")]
pub(crate) struct DiffCommand {
    /// The rung's number.
    #[arg(value_name = "N")]
    rung: usize,
}

/// Which working copy.
#[derive(Args)]
pub(crate) struct CopyArguments {
    /// The working copy.
    #[arg(long, default_value = ".", value_name = "DIR")]
    dir: PathBuf,
}

impl CopyArguments {
    fn open(&self) -> anyhow::Result<WorkingCopy> {
        Ok(WorkingCopy::open(&self.dir)?)
    }
}

pub(crate) async fn run(command: Command) -> anyhow::Result<u8> {
    let course = Course::embedded()?;
    match command {
        Command::Start(arguments) => start(&arguments.folder)?,
        Command::List(arguments) => list(&course, &arguments)?,
        Command::Show(arguments) => {
            let language = arguments.language.into();
            match arguments.lesson {
                Lesson::Rung(number) => show(&course, number, language)?,
                Lesson::MoreHosts => terminal::print(course.more_hosts(language))?,
            }
        }
        Command::Hint(arguments) => hint(&course, &arguments)?,
        Command::Check(arguments) => return check::run(&course, arguments).await,
        Command::Diff(arguments) => terminal::print(course.rung(arguments.rung)?.cure)?,
        Command::Verify(arguments) => return verify::run(&course, arguments).await,
    }
    Ok(0)
}

fn start(folder: &Path) -> anyhow::Result<()> {
    make(folder)?;
    let dir = folder.display();
    terminal::print(&format!(
        "{dir} holds the app as it is handed out, in git (tag initial).\n\
         Next: isutori play --dir {dir} --engine mysql\n\
         Then: isutori course hint --dir {dir}, or the whole lesson: isutori course show 1\n"
    ))
}

/// A working copy of this program's hand-out.
fn make(folder: &Path) -> anyhow::Result<WorkingCopy> {
    let source = match source_tree() {
        Ok(ours) => ours,
        Err(_) if Path::new(ON_A_HOST).is_dir() => ON_A_HOST.into(),
        Err(_) => bail!(
            "there is no hand-out here: neither the source tree that this program was built from, \
             nor {ON_A_HOST}; build isutori where its sources are"
        ),
    };
    let lock = source.join("Cargo.lock");
    let copy = WorkingCopy::start(folder, &source, &lock);
    copy.with_context(|| format!("cannot make a working copy in {}", folder.display()))
}

/// A rung, as it is listed.
#[derive(Serialize)]
struct ListedRung<'a> {
    number: usize,
    name: &'a str,
    title: &'a str,
    from: f64,
    to: f64,
    touches: Vec<&'static str>,
}

fn list(course: &Course, arguments: &ListCommand) -> anyhow::Result<()> {
    let listed = course.rungs().iter().map(|rung| ListedRung {
        number: rung.number,
        name: &rung.name,
        title: rung.title.in_language(arguments.language.into()),
        from: rung.band.from,
        to: rung.band.to,
        touches: touches(rung),
    });
    let listed: Vec<ListedRung> = listed.collect();
    if arguments.json {
        return terminal::print_json(&listed);
    }
    let line = |rung: &ListedRung| {
        let touches = rung.touches.join(", ");
        let (number, from, to) = (rung.number, rung.from, rung.to);
        let band = format!("{from} to {to} times");
        format!("{number:>2}  {band:<20} {touches:<22} {}\n", rung.title)
    };
    terminal::print(&listed.iter().map(line).collect::<String>())?;
    eprintln!("after the last rung, a second and a third host: isutori course show more-hosts");
    Ok(())
}

/// The lesson, and what the rung came to on the ladder, whose page is not on a host.
fn show(course: &Course, number: usize, language: isutori_course::Language) -> anyhow::Result<()> {
    let rung = course.rung(number)?;
    terminal::print(rung.lesson(language))?;
    let Some(ratio) = ladder::measured(rung) else {
        return Ok(());
    };
    let before = course.rung(number - 1).ok().and_then(ladder::measured);
    let before = before.unwrap_or(1.0);
    terminal::print(&match language {
        isutori_course::Language::English => format!(
            "\nMeasured there: {ratio:.2} times the untouched score, {before:.2} times before.\n"
        ),
        isutori_course::Language::Japanese => {
            format!("\n計測値：初期実装のスコアの {ratio:.2} 倍（前の段では {before:.2} 倍）。\n")
        }
    })
}

fn touches(rung: &Rung) -> Vec<&'static str> {
    rung.parts().iter().map(|part| part.name()).collect()
}

fn hint(course: &Course, arguments: &HintCommand) -> anyhow::Result<()> {
    let copy = arguments.copy.open()?;
    let mut memory = copy.memory()?;
    let rung = match arguments.rung {
        Some(number) => course.rung(number)?,
        None => copy.next(course)?.context(
            "no cure of the course applies to this working copy any more; `isutori course list` \
             shows all rungs, and `isutori course hint N` a hint of one",
        )?,
    };
    let (number, steps) = (rung.number, rung.hints.len());
    let open = memory.open_hint(number, steps);
    copy.remember(&memory)?;
    let language = arguments.language.into();
    let mut text = format!("{number}. {}\n", rung.title.in_language(language));
    for step in rung.hint_steps(open, language) {
        text += &format!("{step}\n");
    }
    let dir = arguments.copy.dir.display();
    if open < steps {
        eprintln!("next step: isutori course hint {number} --dir {dir}");
    } else {
        eprintln!("lesson: isutori course show {number}; cure: isutori course diff {number}");
    }
    terminal::print(&text)
}
