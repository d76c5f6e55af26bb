#!/bin/sh
# Checks the form and the types, and that the committed page is what these sources build.
set -eu
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --ignore-scripts
npx prettier --check --log-level warn src build.mjs
npx tsc --noEmit
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
node build.mjs "$fresh"
cmp "$fresh" ../src/micrograd/explorer/page.js || {
    echo "page.js is not what frontend/ builds: run 'npm run build' in frontend/ and commit it" >&2
    exit 1
}
