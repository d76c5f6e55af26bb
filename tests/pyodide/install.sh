#!/bin/sh
# Install packages that are written in Python alone, as those for Pyodide have to be.
# Usage: install.sh PYTHON FOLDER [what pip is to install]
set -eu
python=$1 folder=$2
shift 2
rm -rf "$folder"
exec "$python" -m pip install -q --disable-pip-version-check --target "$folder" --platform any \
  --implementation py --abi none --python-version 3.14 --only-binary=:all: "$@"
