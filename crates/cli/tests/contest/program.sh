#!/bin/sh
# Plays isutori: says its build, and in a run waits for a moment and passes.
if [ "$1 $2" = "bench build" ]; then
    echo "74eba39445b67b77"
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
sleep "0.$((seed % 5))"
sed "s/\"seed\":[0-9]*/\"seed\":$seed/" "${0%/*}/result.json" | tee "$folder/result.json"
