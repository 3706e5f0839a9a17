//! tmp
use isutori_dataset::*;
#[tokio::main]
async fn main() {
    let a: Vec<String> = std::env::args().collect();
    let d = Dataset::new(1, a[2].parse().expect("size"));
    match load(&a[3], &d, LoadOptions { replace: a.len() > 4 }, |_| ()).await { Ok(r) => println!("{r:?}"), Err(e) => println!("{e}") }
    println!("peak {}", std::fs::read_to_string("/proc/self/status").expect("x").lines().find(|l| l.starts_with("VmHWM")).expect("y"));
}
