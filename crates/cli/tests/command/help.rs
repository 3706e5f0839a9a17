//! Every command explains itself.

use crate::{
    place::{ISUTORI, Place},
    running::Running,
};

/// What a command says about itself, and all its subcommands about themselves.
struct Help {
    command: String,
    text: String,
}

/// Asks the command with these arguments for help, and each of its subcommands.
fn walk(place: &Place, args: &[&str], found: &mut Vec<Help>) {
    let text = place
        .run(&[args, &["--help"]].concat())
        .expect_code(0)
        .stdout;
    for subcommand in subcommands(&text) {
        walk(place, &[args, &[&subcommand]].concat(), found);
    }
    let command = args.join(" ");
    found.push(Help { command, text });
}

/// The names below the head "Commands:".
fn subcommands(text: &str) -> Vec<String> {
    let listed = text.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = listed
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn all_help(place: &Place) -> Vec<Help> {
    let mut found = Vec::new();
    walk(place, &[], &mut found);
    let commands = [
        "play",
        "dataset load",
        "bench diff",
        "team enqueue",
        "worker run",
        "",
    ];
    for command in commands {
        let is_found = found.iter().any(|help| help.command == command);
        assert!(is_found, "the walk missed {command:?}");
    }
    found
}

/// The command lines below the head "Example:" or "Examples:".
fn examples(help: &Help) -> Vec<&str> {
    let is_head = |line: &str| matches!(line, "Example:" | "Examples:");
    let below = help.text.lines().skip_while(|line| !is_head(line)).skip(1);
    below
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn every_command_has_an_example_of_itself() {
    for help in all_help(&Place::new()) {
        let itself = format!("isutori {}", help.command);
        let examples = examples(&help);
        assert!(
            !examples.is_empty(),
            "{itself} has no example:\n{}",
            help.text
        );
        for example in examples {
            assert!(example.starts_with(itself.trim()), "{itself}: {example}");
        }
    }
}

/// Arguments are read before help is shown, so an example with a wrong one is refused.
#[test]
fn every_example_is_accepted() {
    let place = Place::new();
    let accepts = |example: &str| {
        let args = example.strip_prefix("isutori").expect("our own name");
        let mut shell = place.command("sh");
        shell.args(["-c", &format!("\"$0\"{args} --help"), ISUTORI]);
        place.finish(Running::start(shell)).code == Some(0)
    };
    assert!(!accepts("isutori play --chairs 4"));
    assert!(!accepts("isutori play --duration soon"));

    for help in all_help(&place) {
        for example in examples(&help) {
            assert!(accepts(example), "{example}");
        }
    }
}

#[test]
fn the_version_is_told() {
    let told = Place::new().run(&["--version"]).expect_code(0).stdout;

    assert_eq!(told, format!("isutori {}\n", env!("CARGO_PKG_VERSION")));
}
