#!/usr/bin/env bash
# Makes a bare base image out of Debian's packages, for machines that can pull no image.
#
#   deploy/docker/make-base.sh [NAME]        default: flotilla-base:bookworm
#
#   SUITE    the Debian release. Default: bookworm
#   MIRROR   where its packages come from. Default: what debootstrap itself takes
#
# Needs root, debootstrap and a running engine. Does nothing when the image is there already. It has no Java: give
# build.sh one with --jdk.
set -euo pipefail

readonly suite=${SUITE:-bookworm}
readonly name=${1:-flotilla-base:$suite}

if docker image inspect "$name" >/dev/null 2>&1; then
  echo "$name"
  exit 0
fi
if ! command -v debootstrap >/dev/null; then
  echo "error: debootstrap is not on the PATH. Install it, for instance with: apt install debootstrap" >&2
  exit 1
fi

directory=$(mktemp -d)
# Not across file systems: a debootstrap that broke off may have left /proc mounted in there.
trap 'rm -rf --one-file-system "$directory"' EXIT
chmod 755 "$directory"

# Everything goes to stderr: the last line of stdout is the image's name.
debootstrap --variant=minbase "$suite" "$directory" ${MIRROR:+"$MIRROR"} >&2
tar -C "$directory" -c --exclude='./proc/*' --exclude='./sys/*' --exclude='./dev/*' \
  --exclude='./var/cache/apt/archives/*.deb' --exclude='./var/lib/apt/lists/*' . |
  docker import - "$name" >&2
echo "$name"
