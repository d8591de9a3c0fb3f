#!/bin/sh
# Brings the versions of a model from elsewhere into the folder that Penstock watches, again and again: a sidecar.
#   examples/sync-models.sh SOURCE TARGET [SECONDS]     every 10 seconds unless said otherwise
#   examples/sync-models.sh SOURCE TARGET 0             once: fails unless a whole version is there afterwards
# SOURCE is a folder, or whatever the command in FETCH copies from, which is called with SOURCE and TARGET:
#   FETCH='aws s3 sync --delete --only-show-errors' examples/sync-models.sh s3://models/fraud /models/fraud
#   FETCH='gcloud storage rsync -r'        examples/sync-models.sh gs://models/fraud /models/fraud
# Order, interruptions and half-finished uploads do not matter, since each version is sealed (seal-model.sh) and
# Penstock loads it only once its files match their manifest. A version that is gone at the source stays in the target,
# unless the command removes it, as --delete does; files of one that its manifest does not list any more are removed
# there. SIGTERM ends it at once. Needs a shell, cmp, find, awk and sha256sum.
set -u
source=${1:?usage: sync-models.sh SOURCE TARGET [SECONDS]}
target=${2:?usage: sync-models.sh SOURCE TARGET [SECONDS]}
seconds=${3:-10}
running= # whether a command is waited for

# As the first process of a container, a shell ignores the signals that it does not trap.
trap '[ -z "$running" ] || kill "$!" 2> /dev/null; exit 0' TERM INT

# A command that a signal need not wait for.
await() {
  running=yes # before it runs, so that a signal never finds one that it does not end
  "$@" &
  wait "$!"
  ended=$?
  running=
  return "$ended"
}

# Copies into the target whatever the source has.
fetch() {
  if [ -n "${FETCH:-}" ]; then
    await $FETCH "$source" "$target" # unquoted: a command with its options
    return
  fi
  [ -d "$source" ] || { echo "$source: no such folder" >&2; return 1; }
  failed=0
  for version in "$source"/*/; do
    copy=$target/$(basename "$version")
    [ -f "$version/MANIFEST.sha256" ] || continue # not sealed yet
    # What was copied whole is not written again, for it may be being loaded.
    cmp -s "$version/MANIFEST.sha256" "$copy/MANIFEST.sha256" && whole "$copy" && continue
    mkdir -p "$copy" && await cp -R "$version/." "$copy/" || failed=1
  done
  return "$failed"
}

# Whether the files that a version's manifest lists are there and right. They are read once for each manifest.
whole() {
  known="$1 $(cksum < "$1/MANIFEST.sha256")"
  case $checked in *"|$known|"*) return ;; esac
  await sh -c 'cd "$1" && exec sha256sum -c MANIFEST.sha256 > /dev/null 2>&1' sh "$1" || return
  checked="$checked$known|"
}
checked="|"

# The files of a version that its manifest does not list: left by another export under the same number.
# None where a name is escaped, which a shell cannot tell apart.
stale() (
  cd "$1" && ! grep -q '^\\' MANIFEST.sha256 || exit
  find . -type f ! -path ./MANIFEST.sha256 | awk '
    FILENAME != "-" { sub(/^[0-9A-Fa-f]+ [ *]/, ""); sub(/^\.\//, ""); listed["./" $0]; next }
    !($0 in listed)' MANIFEST.sha256 -
)

# Removes them once all that is listed is there: before, they may be of a version whose new manifest is on its way.
tidy() {
  for copy in "$target"/*/; do
    if [ ! -f "$copy/MANIFEST.sha256" ]; then
      find "$copy" -depth -type d -exec rmdir {} + 2> /dev/null # a store that removes files leaves folders
      continue
    fi
    left=$(stale "$copy")
    [ -n "$left" ] && whole "$copy" || continue
    printf '%s\n' "$left" | while IFS= read -r file; do rm -f "$copy/$file"; done
  done
}

# Whether there is anything to serve.
any() {
  for copy in "$target"/*/; do
    [ -f "$copy/MANIFEST.sha256" ] && whole "$copy" && return
  done
  echo "no whole version in $target yet (expected: one that seal-model.sh has sealed, in $source)" >&2
  return 1
}

while :; do
  fetch || echo "not everything was copied from $source (status $?)" >&2
  tidy
  [ "$seconds" -gt 0 ] || { any; exit; }
  await sleep "$seconds"
done
