#!/bin/sh
# Run check(Value) in a real marimo notebook, which has an environment of its own: marimo brings a
# web server that nothing else here uses. Usage: marimo.sh FOLDER, of that environment
set -eu
cd "$(dirname "$0")/../.."
cp tests/practise/marimo_cells.py "$1/cells.py" # marimo writes beside it
PYTHONPATH="$PWD/src" "$1/bin/marimo" export html "$1/cells.py" -f -o "$1/page.html" </dev/null
for shown in "a value used twice" "a.grad   yours 1.0   right 2.0" "line-through"; do
  grep -q -- "$shown" "$1/page.html" || { echo "marimo does not show: $shown" >&2; exit 1; }
done
echo "marimo shows what check says"
