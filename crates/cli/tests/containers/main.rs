//! The contest of docker-compose.yml, in a Docker engine of this test's own. No image is pulled:
//! the base is the Debian of the labs, and the programs are those that cargo has built. It needs
//! root, and fails where there can be no such engine. What can be installed in a container only is
//! tested here too.

mod cloud_init;
mod engine;
mod images;
mod stage;
mod traces;

use stage::Stage;

/// A run that was void says nothing; so many times it is made again.
const TRIES: usize = 3;

#[test]
fn containers_make_a_contest_and_leave_nothing() {
    let before = traces::all();
    let stage = Stage::up();

    an_untouched_site_passes(&stage);
    everything_comes_up_again_with_its_data(&stage);
    cloud_init::knows_what_machines_are_told(&stage);

    stage.down();
    assert_eq!(traces::all(), before);
}

fn an_untouched_site_passes(stage: &Stage) {
    for _ in 0..TRIES {
        let run = stage.compose(&["run", "--rm", "-T", "team", "enqueue", "--wait"]);
        match run.code {
            0 => return assert!(run.stdout.contains("PASS"), "{run:?}"),
            // Another program kept the benchmark from its work.
            3 => {}
            _ => panic!("{run:?}\n{}", stage.logs()),
        }
    }
    panic!("{TRIES} runs were void");
}

fn everything_comes_up_again_with_its_data(stage: &Stage) {
    stage.run(&["down"]);
    stage.run(&["up", "--detach"]);

    let status = stage.run(&["run", "--rm", "-T", "team", "status"]).stdout;
    assert!(status.contains("PASS"), "{status}");
    let data = stage.run(&["logs", "--no-color", "data"]).stdout;
    assert!(data.contains("is there already"), "{data}");
}
