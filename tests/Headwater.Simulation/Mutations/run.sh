#!/usr/bin/env bash
# Breaks the log on purpose, one mutation at a time, and has the simulator look for it. Each has to be found, and the unmodified code has to pass the same seeds.
#   run.sh [--skip-unmodified] [PATTERN]
# --skip-unmodified: when the same seeds have just passed. PATTERN: only the mutations whose file name contains it.
# SEEDS (2000), GROUP_SEEDS (2000, for mutations named *-groups-*) and LIMIT, seconds for one mutation's run (600), from the environment.
# Works on a copy; the tree stays as it is. Ends with 1 if a mutation is not found, or the unmodified code fails.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
seeds=${SEEDS:-2000} group_seeds=${GROUP_SEEDS:-2000} limit=${LIMIT:-600}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

unmodified=yes pattern=
for argument in "$@"; do
  case $argument in
    --skip-unmodified) unmodified= ;;
    -*) echo "unknown: $argument" >&2; exit 2 ;;
    *) pattern=$argument ;;
  esac
done

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
simulation=$copy/tests/Headwater.Simulation

copy_tree() {
  (cd "$root" && tar -c --exclude=bin --exclude=obj --exclude=node_modules \
    Directory.*.props Directory.*.targets global.json BannedSymbols.txt .editorconfig \
    src tests/Directory.Build.props tests/Headwater.Testing tests/Headwater.Simulation) | tar -x -C "$copy"
}

build() {
  dotnet build "$simulation" -c Release -v q "$@" \
    -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false -p:GenerateDocumentationFile=false > "$copy/build.log" 2>&1
}

# The text of a file to the byte: command substitution alone would drop newlines at its end.
slurp() { local content; content=$(cat "$1"; printf x); printf -v "$2" %s "${content%x}"; }

fail() { echo "$1" >&2; exit 2; }

# replace FILE SEARCHED REPLACEMENT: the searched text stands there exactly once, or the mutation is out of date.
replace() {
  local file=$copy/$1 text rest
  [ -f "$file" ] || fail "$mutation: there is no $1"
  slurp "$file" text
  [ -n "$2" ] || fail "$mutation: searches for nothing"
  [[ $text == *"$2"* ]] || fail "$mutation: $1 does not contain: $2"
  rest=${text#*"$2"}
  [[ $rest != *"$2"* ]] || fail "$mutation: $1 contains more than once: $2"
  printf %s "${text%%"$2"*}$3$rest" > "$file"
}

# apply FILE: "@@ path", then "<<<<", the searched lines, "====", the lines in their place, ">>>>"; any number of each.
apply() {
  local line part=text path= searched= instead= changes=0
  while IFS= read -r line || [ -n "$line" ]; do
    case $part:$line in
      text:'@@ '*) path=${line#@@ } ;;
      text:'<<<<') part=searched searched= instead= ;;
      searched:'====') part=instead ;;
      instead:'>>>>') part=text; replace "$path" "$searched" "$instead"; changes=$((changes + 1)) ;;
      searched:*) searched+=$line$'\n' ;;
      instead:*) instead+=$line$'\n' ;;
    esac
  done < "$1"
  [ "$part" = text ] && [ "$changes" -gt 0 ] || fail "$mutation: is not a mutation"
}

revert() {
  local path
  sed -n 's/^@@ //p' "$1" | while IFS= read -r path; do cp "$root/$path" "$copy/$path"; done
}

# Runs the seeds to the first violation; those of consumer groups for "groups". What it came to: found, passed, hang (the time limit), or crash (the simulator itself failed: no verdict).
run() {
  local code=0 first which=${1:-} many=$seeds
  [ "$which" != groups ] || many=$group_seeds
  timeout --kill-after=10 "$limit" "$simulation/bin/Release/net10.0/Headwater.Simulation" ${which:+--$which} --seeds "$many" --stop > "$copy/run.log" 2>&1 || code=$?
  # Seeds are begun in order and those begun are finished, so that the lowest that failed is the same whatever the number of threads.
  first=$(sed -n 's/^SEED \([0-9][0-9]*\) /\1 /p' "$copy/run.log" | sort -n | head -n 1)
  seed=${first%% *} what=${first#* }
  if [ "$code" = 124 ] || [ "$code" = 137 ]; then
    outcome=hang seed= what="no verdict within $limit s"
  elif [ "$code" = 0 ]; then
    outcome=passed what=$(tail -n 1 "$copy/run.log")
  elif [ "$code" != 1 ] || [ -z "$first" ] || [[ $what =~ ^UnexpectedAnswer:\ (System|Headwater\.Simulation)\. ]]; then
    outcome=crash what="exit code $code: ${what:-$(tail -n 1 "$copy/run.log")}"
  else
    outcome=found
  fi
}

row() { printf '%-52s %-7s %5s  %4s s  %s\n' "$1" "$2" "$3" "$4" "${5:0:150}"; }

copy_tree
build || { cat "$copy/build.log"; fail "the unmodified code does not build"; }
row mutation outcome seed took violation
missed=0
if [ -n "$unmodified" ]; then
  begun=$SECONDS
  run
  row "none" "$outcome" "${seed:-}" "$((SECONDS - begun))" "$what"
  [ "$outcome" = passed ] || exit 1
  begun=$SECONDS
  run groups
  row "none (groups)" "$outcome" "${seed:-}" "$((SECONDS - begun))" "$what"
  [ "$outcome" = passed ] || exit 1
fi

for file in "$here"/*"$pattern"*.txt; do
  mutation=$(basename "$file" .txt) begun=$SECONDS
  apply "$file"
  build --no-restore || { cat "$copy/build.log"; fail "$mutation does not build"; }
  case $mutation in *-groups-*) run groups ;; *) run ;; esac
  revert "$file"
  row "$mutation" "$outcome" "${seed:-}" "$((SECONDS - begun))" "$what"
  [ "$outcome" = found ] || missed=$((missed + 1))
done
echo "$missed not found"
[ "$missed" -eq 0 ]
