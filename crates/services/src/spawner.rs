//! Children that do not outlive this process, even when it is killed.
//!
//! Linux can be asked to signal a child when its parent dies. The parent, in that sense, is the
//! *thread* that spawned the child, and threads of an async runtime come and go. So one thread does
//! all the spawning, and it lives as long as the process.
//!
//! Other systems have nothing like it: there a child of a process that was killed stays.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::LazyLock;
use std::sync::mpsc::{self, Sender, SyncSender};
use std::thread;

use nix::errno::Errno;
use nix::libc;
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};

struct Order {
    command: Command,
    answer: SyncSender<io::Result<Child>>,
}

static SPAWNER: LazyLock<Sender<Order>> = LazyLock::new(|| {
    let (orders, inbox) = mpsc::channel::<Order>();
    thread::spawn(move || {
        for mut order in inbox {
            // Whoever ordered waits for the answer, so there is always somebody to take it.
            let _ = order.answer.send(order.command.spawn());
        }
    });
    orders
});

/// Spawns the command on the thread that lives as long as this process.
pub(crate) fn spawn(command: Command) -> io::Result<Child> {
    let (answer, child) = mpsc::sync_channel(1);
    SPAWNER
        .send(Order { command, answer })
        .expect("the spawning thread ends only with the process");
    child
        .recv()
        .expect("the spawning thread answers every order")
}

/// The limits of open files, soft and hard, that this process had when it first started another.
///
/// Whoever has many connections raises its own limit, and every child would inherit that. A server
/// must meet the limit that it would have had without us.
static OPEN_FILES: LazyLock<nix::Result<(rlim_t, rlim_t)>> =
    LazyLock::new(|| getrlimit(Resource::RLIMIT_NOFILE));

/// Makes the command's process die with this one and `nice` steps less important than this one,
/// with the limit of open files that this one was given.
///
/// It is done in the child after it changed to its account, because such a change makes Linux
/// forget about the signal. For the same reason a server must not change its account by itself.
#[expect(
    unsafe_code,
    reason = "only code between fork and exec can set the parent-death signal; \
              it makes a few system calls, neither allocates nor locks"
)]
pub(crate) fn bind_to_this_process(command: &mut Command, nice: u8) {
    #[cfg(target_os = "linux")]
    let parent = nix::unistd::getpid();
    let open_files = *OPEN_FILES;
    let prepare = move || {
        #[cfg(target_os = "linux")]
        {
            nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
            // Had the parent died before that call, the signal would never come.
            if nix::unistd::getppid() != parent {
                return Err(Errno::ESRCH.into());
            }
        }
        let (soft, hard) = open_files?;
        setrlimit(Resource::RLIMIT_NOFILE, soft, hard)?;
        // The priority may rightly be -1, so an error shows in errno alone.
        Errno::clear();
        unsafe { libc::nice(nice.into()) };
        match Errno::last_raw() {
            0 => Ok(()),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    };
    unsafe { command.pre_exec(prepare) };
}
