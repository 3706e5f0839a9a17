#!/bin/sh
# Plays isutori: says its build, in a run waits for a moment and passes, and finds what it wrote.
if [ "$1 $2" = "bench build" ]; then
    echo "74eba39445b67b77"
    exit
fi
if [ "$1 $2" = "bench verify" ]; then
    for folder; do :; done
    # It is not there unless the run was handed in and fetched again.
    grep -q wrote "$folder/ledger" || exit 2
    echo '{"targets":[],"acknowledged":1,"looked_for":1,"lost":[],"broke_off":null}'
    exit
fi
for arg; do
    value=${arg#*=}
    case $arg in
    --runs=*) runs=$value ;;
    --seed=*) seed=$value ;;
    esac
done
folder="$runs/now-$seed"
mkdir -p "$folder"
echo "it begins" >"$folder/contestant.log"
echo "it wrote" >"$folder/ledger"
sleep "0.$((seed % 5))"
# A test may hold it up.
while [ -e "${0%/*}/hold" ]; do sleep 0.05; done
sed "s/\"seed\":[0-9]*/\"seed\":$seed/" "${0%/*}/result.json" | tee "$folder/result.json"
