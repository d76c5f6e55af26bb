#!/bin/sh
# Runs check(Value) in a real marimo notebook, which needs an environment of its own: marimo brings
# a web server that nothing else here uses.
set -eu
cd "$(dirname "$0")/../.."
here=build/marimo
[ -x $here/bin/marimo ] || { "$1" -m venv $here && $here/bin/pip install -q --disable-pip-version-check marimo numpy; }
cp tests/practise/marimo_cells.py $here/cells.py  # marimo writes beside it
PYTHONPATH="$PWD/src" $here/bin/marimo export html $here/cells.py -f -o $here/page.html </dev/null
for shown in "a value used twice" "a.grad   yours 1.0   right 2.0" "line-through"; do
    grep -q -- "$shown" $here/page.html || { echo "marimo does not show: $shown" >&2; exit 1; }
done
