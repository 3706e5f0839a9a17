# Runs a machine until it is switched off: systemd-nspawn ends with 133 when the machine wants to be
# started again. Arguments: how many control groups, these, and the arguments of systemd-nspawn.
count=$1
shift
while [ "$count" -gt 0 ]; do
    echo $$ >"$1/cgroup.procs"
    shift
    count=$((count - 1))
done
while
    systemd-nspawn "$@"
    [ $? = 133 ]
do :; done
