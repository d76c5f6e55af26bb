#!/bin/sh
# Checks the form and the types, and that the committed files are what these sources build.
set -eu
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --ignore-scripts
npx prettier --check --log-level warn src build.mjs
npx tsc --noEmit
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
node build.mjs "$fresh"
for file in explorer/page.js lessons/lesson.js; do
    cmp "$fresh/$file" "../src/micrograd/$file" || {
        echo "$file is not what frontend/ builds: run 'npm run build' in frontend/ and commit it" >&2
        exit 1
    }
done
