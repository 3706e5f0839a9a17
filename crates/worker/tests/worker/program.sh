#!/bin/sh
# Plays isutori: says its build, and does in a run what the note says, in a folder of its own.
if [ "$1 $2" = "bench build" ]; then
    echo "74eba39445b67b77"
    exit
fi
# What it would verify is what it does.
if [ "$1 $2" = "bench verify" ]; then
    for folder; do :; done
    . "$folder/ledger"
    exit
fi
for arg; do
    value=${arg#*=}
    case $arg in
    --runs=*) runs=$value ;;
    --seed=*) seed=$value ;;
    --note=*) note=$value ;;
    esac
done
folder="$runs/now-$seed"
mkdir -p "$folder/failures"
eval "$note"
