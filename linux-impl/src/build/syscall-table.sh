#!/bin/bash
# Prints the table of system call numbers that the seccomp compiler reads:
#   name x86_64 x86 x32 aarch64 arm        (- where the architecture lacks the call)
#
# usage: syscall-table.sh X86_ASM AARCH64_ASM ARM_ASM > syscalls.txt
#   Each argument is a directory that holds asm/unistd.h of that architecture's kernel headers, such as
#   /usr/include/x86_64-linux-gnu, /usr/aarch64-linux-gnu/include, /usr/arm-linux-gnueabihf/include
#   (Debian: linux-libc-dev, linux-libc-dev-arm64-cross, linux-libc-dev-armhf-cross).
# Needs cpp. x32 numbers are printed without the x32 bit.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# numbers INCLUDE_DIRECTORY HEADER [MACRO...]: "name number" lines, expressions evaluated
numbers() {
  local include=$1 header=$2
  shift 2
  printf '#include <%s>\n' "$header" > "$work/in.c"
  cpp -nostdinc -undef -I "$include" -I /usr/include "$@" -dM "$work/in.c" |
    sed -n 's/^#define __NR_\([a-z0-9_]*\) .*/\1/p' | sort -u > "$work/names"
  sed 's/.*/@ & __NR_&/' "$work/names" >> "$work/in.c"
  cpp -nostdinc -undef -P -I "$include" -I /usr/include "$@" "$work/in.c" |
    sed -n 's/^@ //p' | while read -r name value; do echo "$name $(( (value) & ~0x40000000 ))"; done
}

numbers "$1" asm/unistd_64.h > "$work/x86_64"
numbers "$1" asm/unistd_32.h > "$work/x86"
numbers "$1" asm/unistd_x32.h -D__X32_SYSCALL_BIT=0x40000000 > "$work/x32"
numbers "$2" asm/unistd.h -D__aarch64__ -D__LP64__ -D__AARCH64EL__ -D__BITS_PER_LONG=64 > "$work/aarch64"
numbers "$3" asm/unistd.h -D__arm__ -D__ARM_EABI__ -D__ARMEL__ > "$work/arm"

# Calls newer than the headers at hand. Since 424 a new call has one number on all these architectures.
while read -r name number; do
  for architecture in x86_64 x86 x32 aarch64 arm; do
    grep -q "^$name " "$work/$architecture" || echo "$name $number" >> "$work/$architecture"
  done
done <<'NEW'
cachestat 451
fchmodat2 452
map_shadow_stack 453
futex_wake 454
futex_wait 455
futex_requeue 456
statmount 457
listmount 458
lsm_get_self_attr 459
lsm_set_self_attr 460
lsm_list_modules 461
mseal 462
setxattrat 463
getxattrat 464
listxattrat 465
removexattrat 466
open_tree_attr 467
file_getattr 468
file_setattr 469
NEW
grep -q '^uretprobe ' "$work/x86_64" || echo 'uretprobe 335' >> "$work/x86_64"
# Calls private to 32-bit ARM: asm/unistd.h names them __ARM_NR_*, from 0x0f0000 on.
printf '%s\n' 'breakpoint 983041' 'cacheflush 983042' 'set_tls 983045' >> "$work/arm"

echo '# System call numbers: name x86_64 x86 x32 aarch64 arm. Made by src/build/syscall-table.sh from kernel headers.'
cat "$work"/{x86_64,x86,x32,aarch64,arm} | cut -d' ' -f1 | sort -u | grep -v '^syscalls$' |
  while read -r name; do
    line=$name
    for architecture in x86_64 x86 x32 aarch64 arm; do
      number=$(awk -v name="$name" '$1 == name { print $2; exit }' "$work/$architecture")
      line="$line ${number:--}"
    done
    echo "$line"
  done
