#!/bin/sh
# build.sh SOURCES TARGET : compiles the launcher for this machine, and for the other architecture
# when a cross compiler is there. No C library and no headers are needed.
set -eu
sources=$1
target=$2
flags="-ffreestanding -nostdlib -static -fno-pic -no-pie -Os -std=gnu11 -Wall -Wextra -Werror
  -fno-stack-protector -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -s
  -Wl,--build-id=none -Wl,-z,norelro -Wl,-z,noseparate-code -Wl,-z,noexecstack"

compile() { # COMPILER ARCHITECTURE
  output=$target/linux-$2/launcher
  if [ -e "$output" ] && [ -z "$(find "$sources" -newer "$output")" ]; then
    return
  fi
  mkdir -p "$target/linux-$2"
  # shellcheck disable=SC2086
  "$1" $flags -o "$output" "$sources"/*.c
}

if [ "$(uname -s)" != Linux ]; then
  echo "not Linux: the launcher is left out"
  exit 0
fi
case $(uname -m) in
  x86_64) here=x86_64 other=aarch64 ;;
  aarch64 | arm64) here=aarch64 other=x86_64 ;;
  *)
    echo "the launcher is written for x86_64 and aarch64, not $(uname -m)" >&2
    exit 0
    ;;
esac
compile "${CC:-cc}" "$here"
cross=$other-linux-gnu-gcc
if command -v "$cross" >/dev/null; then
  compile "$cross" "$other"
else
  echo "no $cross: the launcher for $other is left out"
fi
