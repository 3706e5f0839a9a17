# The app's environment. `play` and hosts of a contest say the rest: addresses and folders.
ACCESS_LOG=
RUST_LOG=info,sqlx=error
