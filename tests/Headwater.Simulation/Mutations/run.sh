#!/usr/bin/env bash
# Usage: run.sh [--skip-unmodified] [--help] [PATTERN]
#
# Removes one protection from the log at a time and runs the simulator until it finds a violation.
# Fails if the unmodified code fails a seed, or if the simulator misses a mutation.
#
#   --skip-unmodified  do not run the unmodified code; use this if the same seeds have just passed
#   --help             print this text
#   PATTERN            run only the mutations whose file name contains PATTERN; default: all
#
# Environment:
#   SEEDS        seeds for mutations of the log; default 2000
#   GROUP_SEEDS  seeds for mutations of consumer groups, which are named *-groups-*; default 2000
#   LIMIT        time limit for one simulation, in seconds; default 600
#
# Exit codes: 0 every mutation is found; 1 a mutation is missed or the unmodified code fails;
# 2 an argument is wrong, a mutation is out of date, or the code does not compile.
# The script works on a copy of the source and leaves the working tree unchanged.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
seeds=${SEEDS:-2000} group_seeds=${GROUP_SEEDS:-2000} limit=${LIMIT:-600}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Most simulations end within seconds, before instrumented code pays for itself: six seeds cost 25 % less CPU time without it.
export DOTNET_TieredPGO=0

fail() { echo "$1" >&2; exit 2; }

unmodified=yes pattern=
for argument in "$@"; do
  case $argument in
    --skip-unmodified) unmodified= ;;
    --help | -h) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) fail "unknown option $argument; run.sh --help lists the options" ;;
    *) pattern=$argument ;;
  esac
done
files=("$here"/*"$pattern"*.txt)
[ -e "${files[0]}" ] || fail "no mutation has '$pattern' in its file name"

work=$(mktemp -d)
copy=$work/tree preparing=
# A process that still prepares a mutant would write into a directory that is being deleted.
trap '[ -z "$preparing" ] || wait "$preparing" || true; rm -rf "$work"' EXIT

# --- The unmodified simulator, built once by MSBuild ---

copy_tree() {
  mkdir "$copy"
  (cd "$root" && tar -c --exclude=bin --exclude=obj --exclude=node_modules \
    Directory.*.props Directory.*.targets global.json BannedSymbols.txt .editorconfig \
    src tests/Directory.Build.props tests/Headwater.Testing tests/Headwater.Simulation) | tar -x -C "$copy"
}

build_unmodified() {
  dotnet build "$copy/tests/Headwater.Simulation" -c Release -v q \
    -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false -p:GenerateDocumentationFile=false \
    -p:ProvideCommandLineArgs=true -p:CustomAfterMicrosoftCommonTargets="$here/record-compiler.targets" > "$work/build.log" 2>&1 \
    || { cat "$work/build.log"; fail "the unmodified code does not build"; }
  # MSBuild compiles dependencies first, so the times of the records order the projects.
  mapfile -t projects < <(find "$copy" -path '*/obj/csc.rsp' -printf '%T@ %h\n' | sort -n | sed 's/^[^ ]* //; s|/obj$||')
  local bin
  bin=$(cat "${projects[0]}/obj/csc.directory")
  csc=("$bin/csc")
  [ -x "$bin/csc" ] || csc=(dotnet "$bin/csc.dll")
}

# --- Mutants: only the changed projects are compiled, by one compiler server that ends after 60 idle seconds ---

# Reads a file without losing the newlines at its end, as command substitution would.
slurp() { local content; content=$(cat "$1"; printf x); printf -v "$2" %s "${content%x}"; }

# replace FILE SEARCHED REPLACEMENT: a mutation is out of date unless FILE contains SEARCHED exactly once.
replace() {
  local file=$copy/$1 text rest
  [ -f "$file" ] || fail "$mutation: $1 does not exist"
  [[ $1 == *.cs ]] || fail "$mutation: $1 is not a C# file; a mutation can change only C# files"
  slurp "$file" text
  [ -n "$2" ] || fail "$mutation: the searched text is empty"
  [[ $text == *"$2"* ]] || fail "$mutation: $1 does not contain: $2"
  rest=${text#*"$2"}
  [[ $rest != *"$2"* ]] || fail "$mutation: $1 contains more than once: $2"
  printf %s "${text%%"$2"*}$3$rest" > "$file"
}

# apply FILE: README.md describes the format.
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
  if [ "$part" != text ] || [ "$changes" = 0 ]; then fail "$mutation: the file has no change, or one that does not end"; fi
}

changed_paths() { sed -n 's/^@@ //p' "$1"; }

# project_of PATH: the nearest directory above PATH, in the copy, with a project file.
project_of() {
  local folder=$copy/$1
  while folder=$(dirname "$folder") && [ "$folder" != "$copy" ]; do
    if compgen -G "$folder/*.csproj" > /dev/null; then echo "$folder"; return; fi
  done
  fail "$mutation: $1 belongs to no project"
}

# compile PROJECT INTO changed|dependent: puts the assembly of PROJECT into the directory INTO. A changed project must give a changed assembly.
compile() {
  local out
  cd "$1"
  "${csc[@]}" "/shared:headwater-$$" /keepalive:60 /noconfig /nologo @obj/csc.rsp > "$work/compile.log" 2>&1 \
    || { cat "$work/compile.log"; fail "$mutation does not compile"; }
  out=$(sed -n 's|^/out:||p' obj/csc.rsp)
  if [ "$3" = changed ] && cmp -s "$out" "$2/$(basename "$out")"; then fail "$mutation: the change has no effect on $(basename "$out")"; fi
  cp "$out" "${out%.dll}.pdb" "$2"
}

# compile_changed FILE INTO: compiles the projects that the mutation FILE changes, and those that depend on a changed public surface.
# The copy has the compiled reference assemblies afterwards; `revert` restores the old ones.
compile_changed() {
  local changed project why reference surfaces=()
  changed=$(changed_paths "$1" | while IFS= read -r path; do project_of "$path"; done)
  for project in "${projects[@]}"; do
    if grep -qxF "$project" <<< "$changed"; then why=changed
    elif depends_on "$project" "${surfaces[@]}"; then why=dependent
    else continue
    fi
    (compile "$project" "$2" "$why")
    reference=$(echo "$project"/obj/Release/*/ref/*.dll)
    if [ -f "$reference" ] && ! cmp -s "$reference" "${reference/\/ref\//\/refint\/}"; then
      mv "$reference" "$reference.unmodified"
      cp "${reference/\/ref\//\/refint\/}" "$reference"
      surfaces+=("$reference")
    fi
  done
}

# depends_on PROJECT REFERENCE...: whether PROJECT compiles against one of the reference assemblies.
depends_on() {
  local project=$1 reference
  shift
  for reference in "$@"; do
    if grep -qF "$reference" "$project/obj/csc.rsp"; then return 0; fi
  done
  return 1
}

revert() {
  local path reference
  changed_paths "$1" | while IFS= read -r path; do cp "$root/$path" "$copy/$path"; done
  find "$copy" -name '*.dll.unmodified' | while IFS= read -r reference; do mv "$reference" "${reference%.unmodified}"; done
}

# prepare FILE INTO: makes INTO the simulator of the mutation FILE.
prepare() {
  mutation=$(basename "$1" .txt)
  rm -rf "$2"
  cp -r "$output" "$2"
  apply "$1"
  compile_changed "$1" "$2"
  revert "$1"
}

# --- Simulations ---

# simulate SIMULATOR [groups]: runs the seeds until the first violation. Sets outcome, seed, what and cpu; README.md defines the outcomes.
simulate() {
  local code=0 first many=$seeds TIMEFORMAT='%U %S'
  [ -z "${2:-}" ] || many=$group_seeds
  { time timeout --kill-after=10 "$limit" "$1/Headwater.Simulation" ${2:+--$2} --seeds "$many" --stop > "$work/run.log" 2>&1 || code=$?; } 2> "$work/cpu"
  cpu=$(awk '{ printf "%.0f", $1 + $2 }' "$work/cpu")
  # Seeds start in order, and every started seed finishes. The lowest failing seed therefore does not depend on the number of threads.
  first=$(sed -n 's/^SEED \([0-9][0-9]*\) /\1 /p' "$work/run.log" | sort -n | head -n 1)
  seed=${first%% *} what=${first#* }
  if [ "$code" = 124 ] || [ "$code" = 137 ]; then
    outcome=hang seed= what="no result within $limit s"
  elif [ "$code" = 0 ]; then
    outcome=passed what=$(tail -n 1 "$work/run.log")
  elif [ "$code" != 1 ] || [ -z "$first" ] || [[ $what =~ ^UnexpectedAnswer:\ (System|Headwater\.Simulation)\. ]]; then
    outcome=crash what="exit code $code: ${what:-$(tail -n 1 "$work/run.log")}"
  else
    outcome=found
  fi
}

row() { printf '%-52s %-7s %5s %5s %5s  %s\n' "$1" "$2" "$3" "$4" "$5" "${6:0:150}"; }

# simulate_unmodified NAME [groups]
simulate_unmodified() {
  local begun=$SECONDS
  simulate "$output" "${@:2}"
  row "$1" "$outcome" "$seed" "$((SECONDS - begun))" "$cpu" "$what"
  [ "$outcome" = passed ] || exit 1
}

copy_tree
build_unmodified
output=$(echo "$copy"/tests/Headwater.Simulation/bin/Release/net*)
row mutation outcome seed s "CPU s" violation
if [ -n "$unmodified" ]; then
  simulate_unmodified "none"
  simulate_unmodified "none (groups)" groups
fi

# While one mutant is simulated, the next is compiled.
missed=0
prepare "${files[0]}" "$work/mutant-0"
for i in "${!files[@]}"; do
  begun=$SECONDS mutation=$(basename "${files[i]}" .txt)
  [ -z "$preparing" ] || wait "$preparing" || exit 2
  preparing=
  if [ -n "${files[i + 1]:-}" ]; then
    prepare "${files[i + 1]}" "$work/mutant-$(((i + 1) % 2))" &
    preparing=$!
  fi
  case $mutation in *-groups-*) simulate "$work/mutant-$((i % 2))" groups ;; *) simulate "$work/mutant-$((i % 2))" ;; esac
  row "$mutation" "$outcome" "$seed" "$((SECONDS - begun))" "$cpu" "$what"
  [ "$outcome" = found ] || missed=$((missed + 1))
done
echo "$missed not found"
[ "$missed" -eq 0 ]
