#!/usr/bin/env bash
# Builds the wheel, the source archive and the list of parts (CycloneDX) into a folder: .github/build.sh FOLDER
# The same commit gives the same wheel and the same list, byte for byte.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1
mkdir -p "$out"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
"${PYTHON:-python3}" -m venv "$venv"
pip=("$venv/bin/python" -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes --only-binary :all:)
"${pip[@]}" --requirement .github/requirements/release.txt
"$venv/bin/python" -m build --no-isolation --outdir "$out" . > "$venv/build.log" || { cat "$venv/build.log"; exit 1; }
"$venv/bin/cyclonedx-py" requirements --pyproject pyproject.toml --mc-type application --output-reproducible \
  --output-format JSON --output-file "$out/streaky.cdx.json" .github/requirements/action.txt
