#!/bin/sh
# Installs the Debian packages given as arguments, as root, and starts none of their servers.
#
# Debian starts a server as soon as it is installed. Tests run servers of their own, so those would
# only hold memory and the well-known ports. The one thing that every way of starting them asks for
# permission is the policy file; it lies there while we install and not a moment longer. Where the
# machine has a policy already, that one is left alone.
set -eu

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\n# Left by an interrupted "cargo xtask"; remove it.\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends "$@"
