#!/usr/bin/env bash
# Prints the first Python that fits (3.11 or 3.12); says what to install when there is none.
for name in python3.11 python3.12 python3; do
  path=$(command -v "$name") || continue
  if "$path" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
    echo "$path"
    exit 0
  fi
done
echo "Linli needs Python 3.11 or 3.12, and none was found. On Debian 12: apt-get install python3" >&2
echo python3
