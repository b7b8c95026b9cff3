#!/usr/bin/env bash
# Names, checks and installs the Debian packages Linli needs.
#   debian.sh run    what running it needs: Python's venv module
#   debian.sh test   and what the tests need: a browser, what drives it, and a Chinese font
# Each is checked by what it gives, not by its name, so that another system's own will do.
set -eu

missing=()
need() { # package, what for, and the command that succeeds when it is there
  local package=$1 purpose=$2
  shift 2
  if "$@" >/dev/null 2>&1; then
    return
  fi
  missing+=("$package")
  echo "  missing: $package ($purpose)"
}
has_font() { compgen -G "/usr/share/fonts/*/noto/NotoSansCJK*" || fc-list :lang=zh family | grep -q .; }
has_browser() { command -v chromium || command -v chromium-browser; }

need python3-venv "to make the environment in .venv" "$(bash "$(dirname "$0")/python.sh")" -c "import venv, ensurepip"
if [ "${1:-run}" = test ]; then
  need chromium "the stories run in a browser" has_browser
  need libatomic1 "the program that drives the browser wants it" \
    "$(bash "$(dirname "$0")/python.sh")" -c "import ctypes; ctypes.CDLL('libatomic.so.1')"
  need fonts-noto-cjk "Chinese characters in the browser and in print" has_font
fi
[ ${#missing[@]} -eq 0 ] && exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if ! command -v apt-get >/dev/null; then
  echo "This is not Debian: install the like of ${missing[*]} by your system's own means, then run make again." >&2
  exit 1
fi
prefix=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "Run as root, once: ${install[*]}" >&2; exit 1; }
  prefix=(sudo)
fi
echo "Installing Debian packages: ${missing[*]}"
"${prefix[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${prefix[@]}" "${install[@]}" >/dev/null
