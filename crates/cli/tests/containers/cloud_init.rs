//! What machines of a cloud are told, in the eyes of cloud-init itself.

use std::process::Command;

use crate::{images::BASE, stage::Stage};

const ISUTORI: &str = env!("CARGO_BIN_EXE_isutori");
const IMAGE: &str = "isutori-test-cloud-init";

/// cloud-init would make something else of the machine that it is installed on.
pub fn knows_what_machines_are_told(stage: &Stage) {
    let recipe = format!(
        "FROM {BASE}\n\
         RUN apt-get update && apt-get install --yes --no-install-recommends cloud-init\n"
    );
    let build = ["build", "--quiet", "--network", "host", "--tag", IMAGE, "-"];
    stage.docker(&build, &recipe);
    let told = user_data();

    let right = judge(stage, &told);
    let wrong = judge(
        stage,
        &told.replace("\"runcmd\": [", "\"runcmd\": 7, \"x\": ["),
    );

    assert!(right.contains("Valid cloud-config"), "{right}");
    assert!(wrong.contains("runcmd: 7 is not of type"), "{wrong}");
}

fn judge(stage: &Stage, told: &str) -> String {
    let schema = "cat >/tmp/told; cloud-init schema --config-file /tmp/told 2>&1 || true";
    let run = [
        "run",
        "--rm",
        "--interactive",
        "--network",
        "none",
        IMAGE,
        "sh",
        "-c",
        schema,
    ];
    stage.docker(&run, told)
}

fn user_data() -> String {
    let hash = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
    let printed = Command::new(ISUTORI)
        .args(["inventory", "cloud-init", "--practice"])
        .args([
            "--kit",
            "https://kit.example/kit.tar.gz",
            "--kit-sha256",
            hash,
        ])
        .output()
        .expect("a process");
    assert!(printed.status.success(), "{printed:?}");
    String::from_utf8(printed.stdout).expect("text")
}
