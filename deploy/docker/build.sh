#!/usr/bin/env bash
# Builds Flotilla's image from the distribution that `mvn package` left in launcher/target/flotilla.
#
#   deploy/docker/build.sh [--base IMAGE] [--jdk DIR] [--tag NAME] [--dist DIR]
#
#   --base   what to build on. Default: the Dockerfile's, which brings its own Java
#   --jdk    a JDK 25 whose runtime goes into the image, for a base that has none
#   --tag    the image's name. Default: flotilla:<version>
#   --dist   another distribution: a folder with lib/ in it
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
readonly here root

base="" jdk="" tag="" dist="$root/launcher/target/flotilla"
while (($# > 0)); do
  (($# > 1)) || { echo "error: $1 needs a value" >&2; exit 2; }
  case "$1" in
  --base) base=$2 ;;
  --jdk) jdk=$2 ;;
  --tag) tag=$2 ;;
  --dist) dist=$2 ;;
  *)
    echo "error: unknown option $1" >&2
    exit 2
    ;;
  esac
  shift 2
done

main_jar=$(compgen -G "$dist/lib/flotilla-launcher-*.jar" | head -n 1) || true
if [[ -z "$main_jar" ]]; then
  echo "error: there is no distribution in $dist; build it with: mvn -DskipTests package" >&2
  exit 1
fi
version=${main_jar##*/flotilla-launcher-}
version=${version%.jar}
tag=${tag:-flotilla:$version}

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
mkdir "$context/lib"
cp "$dist"/lib/*.jar "$context/lib/"
cp "$root/LICENSE" "$root/flotilla" "$here/Dockerfile" "$here/start" "$here/probe" "$context/"
chmod 755 "$context" "$context/lib" "$context/flotilla" "$context/start" "$context/probe"
chmod 644 "$context/LICENSE" "$context"/lib/*.jar

# What Flotilla runs on, and what somebody on call asks a JVM with (jcmd, JFR).
readonly modules=java.se,jdk.crypto.ec,jdk.httpserver,jdk.jcmd,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs

# A runtime of those modules only: a quarter of a JDK.
link_runtime() {
  [[ -x "$jdk/bin/jlink" ]] &&
    "$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-6 \
      --generate-cds-archive --output "$context/jdk"
}

# All of it. Links followed, because packaged JDKs point out of their folder; and without what is only for developers.
copy_runtime() {
  mkdir "$context/jdk"
  tar -C "$jdk" -c -h --ignore-failed-read \
    --exclude=./jmods --exclude=./src.zip --exclude=./lib/src.zip --exclude=./lib/ct.sym \
    --exclude=./demo --exclude=./include --exclude=./man . |
    tar -C "$context/jdk" -x --no-same-owner
}

if [[ -n "$jdk" ]]; then
  [[ -x "$jdk/bin/java" ]] || { echo "error: there is no Java in $jdk" >&2; exit 1; }
  if ! link_runtime >&2; then
    echo "note: $jdk could not be linked to what Flotilla needs; all of it goes into the image." >&2
    rm -rf "$context/jdk"
    copy_runtime
  fi
  chmod -R a+rX "$context/jdk"
fi

arguments=(--build-arg "VERSION=$version" --tag "$tag")
[[ -n "$base" ]] && arguments+=(--build-arg "BASE=$base")
docker build "${arguments[@]}" "$context"
echo "$tag"
