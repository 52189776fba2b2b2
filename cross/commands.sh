# shellcheck shell=bash
# `./dev cross`, read by ./dev: packages and tests for another machine than this one.

cross_usage="usage: ./dev cross arm64|armhf [--packages-only | --tests-only [UNIT_TEST…]]"

# What the other machine's programs are linked with: the libraries of ./dev's own lists.
cross_libraries() {
  local name
  for name in "${run_packages[@]}" "${test_packages[@]}" libc6-dev; do
    if [[ $name == *-dev* && $name != libclang* && $name != dpkg-dev ]]; then echo "$name"; fi
  done
}

build_cross() {
  local -x CCACHE_BASEDIR=
  local arch=$1 unit_tests
  # Whatever was configured against an older root would not notice a newer one.
  if [[ build/cross/$arch/made-of -nt build/$arch/.configured ]]; then rm -rf "build/$arch"; fi
  configure "$arch" -DTELLTALE_TESTS=ON
  mapfile -t unit_tests < <(ninja -C "build/$arch" -t targets all | sed -n 's|^bin/\(unit_[a-z_]*\): .*|\1|p')
  ((${#unit_tests[@]} > 0)) || die "there are no unit tests in build/$arch"
  compile "$arch" "${products[@]}" "${unit_tests[@]}" bench_pipeline
}

package_cross() {
  local arch=$1 line
  # What dpkg's tools ask the environment for: DEB_HOST_ARCH and its relatives.
  while read -r line; do local -x "${line?}"; done < <(dpkg-architecture -a "$arch" 2>/dev/null)
  local -x CROSS=$PWD/build/cross/$arch
  make_packages "$arch" "$PWD/build/packages-$arch" "$CROSS/admin"
}

cmd_cross() {
  local arch=${1:-} triplet part=${2:-}
  case $arch in
    arm64) triplet=aarch64-linux-gnu ;;
    armhf) triplet=arm-linux-gnueabihf ;;
    *) die "$cross_usage" ;;
  esac
  shift $(($# < 2 ? $# : 2))
  case $part in '' | --packages-only | --tests-only) ;; *) die "$cross_usage" ;; esac
  cross_packages+=("gcc-$triplet" "g++-$triplet")
  deps_for cross
  mkdir -p build
  local libraries
  mapfile -t libraries < <(cross_libraries)
  step "packages of Debian for $arch" python3 cross/sysroot.py "$arch" "build/cross/$arch" "${libraries[@]}"
  step "building for $arch" build_cross "$arch"
  if [[ $part != --tests-only ]]; then
    step "making packages for $arch" package_cross "$arch"
    step "lintian" check_packages "build/packages-$arch"
    say "they are in build/packages-$arch"
  fi
  if [[ $part != --packages-only ]]; then step "testing under qemu-user" python3 cross/run_tests.py "$arch" "$@"; fi
  python3 cross/sizes.py "$arch"
}
