#!/usr/bin/env bash
# Run what depends on the interpreter with each one that is found, and with the oldest and the newest
# NumPy; the last line says which were not tried. Usage: pythons.sh [the tests' arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
versions="3.11 3.12 3.13 3.14 3.13t 3.14t"
oldest=$(sed -n 's/^dependencies = \["numpy>=\(.*\)"\]/\1/p' pyproject.toml)
tests="tests/conformance tests/native tests/test_ops.py tests/compiler/test_kernel.py
tests/compiler/test_semantics.py tests/project/test_processes.py tests/test_saving.py
tests/test_random.py"

find_python() { # of a version: on the PATH, or where pyenv keeps them
  local candidate
  for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"${1%t}".*"${1##*[0-9]}"/bin/python; do
    if "$candidate" -c "import sys, sysconfig, venv
free = 't' if sysconfig.get_config_var('Py_GIL_DISABLED') else ''
sys.exit('%d.%d' % sys.version_info[:2] + free != '$1')" 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
}

try() { # a version, its interpreter, and what pip is to take for NumPy
  local home="build/pythons/$1-$3"
  local said="$home.log"
  local native=1
  [ "$1" = "${1%t}" ] || native= # without the global lock the readable engine computes
  rm -rf "$home"
  mkdir -p build/pythons
  if "$2" -m venv "$home" &&
    "$home/bin/pip" install -q --disable-pip-version-check pytest hypothesis 'setuptools>=77' safetensors "$3" &&
    "$home/bin/pip" install -q --disable-pip-version-check --no-build-isolation --no-deps . &&
    MICROGRAD_REQUIRE_NATIVE=$native "$home/bin/python" -m pytest -q -p no:cacheprovider \
      --basetemp="$home/tests" "${@:4}"; then
    tried+=("$1 with $("$home/bin/python" -c 'import numpy; print("NumPy", numpy.__version__)')")
  else
    failed+=("$1 with $3 (see $said)")
  fi >"$said" 2>&1
}

tried=() failed=() missing=()
# shellcheck disable=SC2086
for version in $versions; do
  python=$(find_python "$version" || true)
  if [ -z "$python" ]; then
    missing+=("$version")
    continue
  fi
  chosen=${*:-$tests}
  [ "$version" = "${version%t}" ] || chosen=${chosen/tests\/native/}
  try "$version" "$python" numpy $chosen
  [ "$version" != 3.11 ] || try "$version" "$python" "numpy==$oldest.0" $chosen
done

[ ${#tried[@]} = 0 ] || printf '%s passed\n' "${tried[@]}"
[ ${#failed[@]} = 0 ] || printf '%s FAILED\n' "${failed[@]}"
[ ${#missing[@]} = 0 ] || echo "not tried, since not found: ${missing[*]}"
[ ${#failed[@]} = 0 ] && [ ${#tried[@]} != 0 ]
