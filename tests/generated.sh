#!/bin/sh
# Run tests of compiled functions with compilers that look closer at the C that is generated: its
# undefined behaviour, gcc's analyzer, all warnings as errors. Usage: generated.sh [python]
set -eu
cd "$(dirname "$0")/.."
python=${1:-python3}
export MICROGRAD_CACHE_DIR=$PWD/build/generated

try() {
  name=${1%% *}
  command -v "$name" >/dev/null || { echo "not tried, since not installed: $1"; return; }
  echo "the generated C by $1"
  rm -rf "$MICROGRAD_CACHE_DIR"
  CC=$1 "$python" -m pytest -q -p no:cacheprovider --basetemp=build/generated-tests \
    tests/compiler/test_models.py tests/compiler/test_edges.py tests/compiler/test_take.py
}

try "gcc -fsanitize=undefined -fno-sanitize-recover=all"
# The analyzer takes the count of a vector's elements for their width, and so shifts for too far.
try "gcc -fanalyzer -Wall -Wextra -Werror -Wno-analyzer-shift-count-overflow"
try "clang -Wall -Wextra -Werror"
try "clang -fsanitize=undefined -fsanitize-trap=all"
