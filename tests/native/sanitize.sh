#!/bin/sh
# Build the engine in C with the address and undefined-behaviour sanitizers, apart from the ordinary
# build, and run its tests and the conformance suite on it. Usage: sanitize.sh [python]
set -eu

python=$(command -v "${1:-python3}")
case $python in /*) ;; *) python=$PWD/$python ;; esac
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build/sanitized
compiler=${CC:-cc}
runtime=$($compiler -print-file-name=libasan.so)
[ -e "$runtime" ] || { echo "$compiler has no libasan.so: install gcc's sanitizers" >&2; exit 1; }

rm -rf "$build"
mkdir -p "$build"
cp -R "$root/src" "$root/tests" "$root/setup.py" "$root/pyproject.toml" "$root/README.md" \
  "$root/LICENSE" "$build"
find "$build" -name '*.so' -path '*_native*' -delete
cd "$build"
flags="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
# One node a slab, and no slab kept: a dead node is really freed, so that a use after that is seen.
CC=$compiler CFLAGS="$flags -DSLAB_NODES=1 -DKEPT_SLABS=0 -DSLABS_OF_MALLOC" LDFLAGS=$flags "$python" setup.py -q build_ext --inplace

# Python's own arenas would hide what is freed too early; leaks at exit are the interpreter's.
export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1 PYTHONMALLOC=malloc PYTHONPATH=$build/src
export MICROGRAD_REQUIRE_NATIVE=1 LD_PRELOAD=$runtime
# Left out are those that measure the resident size, in which what is freed stays for a while here.
exec "$python" -m pytest -q -p no:cacheprovider -m "not resident" tests/native tests/conformance
