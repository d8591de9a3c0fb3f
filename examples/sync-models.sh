#!/bin/sh
# Brings the versions of a model from elsewhere into the folder that Penstock watches, again and again: a sidecar.
#   examples/sync-models.sh SOURCE TARGET [SECONDS]     every 10 seconds unless said otherwise; 0: once
# SOURCE is a folder, or whatever the command in FETCH copies from, which is called with SOURCE and TARGET:
#   FETCH='aws s3 sync --only-show-errors' examples/sync-models.sh s3://models/fraud /models/fraud
#   FETCH='gcloud storage rsync -r'        examples/sync-models.sh gs://models/fraud /models/fraud
# Order, interruptions and half-finished uploads do not matter, since each version is sealed (seal-model.sh) and
# Penstock loads it only once its files match their manifest. What is gone at the source stays in the target.
set -u
source=${1:?usage: sync-models.sh SOURCE TARGET [SECONDS]}
target=${2:?usage: sync-models.sh SOURCE TARGET [SECONDS]}
seconds=${3:-10}
complete=" " # versions whose copy has matched its manifest: not read again

fetch() {
  if [ -n "${FETCH:-}" ]; then
    $FETCH "$source" "$target" # unquoted: a command with its options
    return
  fi
  [ -d "$source" ] || { echo "$source: no such folder" >&2; return 1; }
  for version in "$source"/*/; do
    name=$(basename "$version")
    case $complete in *" $name "*) continue ;; esac
    [ -f "$version/MANIFEST.sha256" ] || continue # not sealed yet
    mkdir -p "$target/$name" && cp -R "$version/." "$target/$name/" || return 1
    if (cd "$target/$name" && sha256sum -c MANIFEST.sha256) > /dev/null 2>&1; then
      complete="$complete$name "
    fi
  done
}

while :; do
  fetch && status=0 || { status=$?; echo "not everything was copied from $source (status $status)" >&2; }
  [ "$seconds" -gt 0 ] || exit "$status"
  sleep "$seconds"
done
