# What tools/dualsim and tools/test share: the packages, and Bazel. Sourced, not run.
#
# The caller sets `program`, the name for messages; afterwards `root` is the
# repository's folder and `cache` holds what the launchers remember about it.
# Messages go to standard error. Exit codes are dualsim's: 2 for a machine that
# is not set up, 3 for a build that fails.

root=$(readlink -f -- "${BASH_SOURCE[0]}")
root=${root%/tools/setup.bash}
cache=$root/.cache

say() { printf '%s: %s\n' "$program" "$*" >&2; }
stop() { local code=$1; shift; say "$@"; exit "$code"; }

mkdir -p -- "$cache" 2>/dev/null || stop 2 "can't write into $root"

# One launcher at a time installs or builds; the others wait and find it done.
# Children get descriptor 9 closed: Bazel's server outlives us.
take_lock() {
  exec 9>"$cache/lock"
  flock -n 9 && return
  [ -t 2 ] && say "waiting for another $program in $root"
  flock 9
}
release_lock() { exec 9>&-; }

# A stamp changes whenever what it stands for may have changed. Cheap: times and sizes only.
stamp() { find -H "$@" -printf '%P %T@ %s\n' 2>/dev/null | sha256sum; }
stamp_holds() { [ -f "$cache/$1" ] && [ "$(<"$cache/$1")" = "$2" ]; }
write_stamp() { printf '%s\n' "$2" >"$cache/$1.new" && mv -f -- "$cache/$1.new" "$cache/$1"; }

missing_packages() {
  local wanted
  wanted=$(cat -- "$@" | grep -v '^#' | sort -u)
  # shellcheck disable=SC2086 # one word per package
  comm -23 <(printf '%s\n' "$wanted") \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
      sed -n 's/^installed //p' | sort -u)
}

# Waits for another apt to end rather than failing.
run_apt() {
  local sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=600 "$@" 9>&- </dev/null
}

can_be_root() {
  [ "$(id -u)" = 0 ] && return
  command -v sudo >/dev/null || return 1
  sudo -n true 2>/dev/null || [ -t 0 ]
}

# ensure_packages FILE…: the Debian packages that the files name, one a line.
ensure_packages() {
  local now log=$cache/packages.log name=${*: -1}
  name=${name##*/}
  now=$(stamp "$@" /var/lib/dpkg/status)
  stamp_holds "$name.stamp" "$now" && return
  command -v dpkg-query >/dev/null ||
    stop 2 "this is not a Debian system; what dualsim needs is named in $*"
  take_lock
  local missing
  missing=$(missing_packages "$@" | tr '\n' ' ')
  missing=${missing% }
  if [ -n "$missing" ]; then
    local install="install --yes --no-install-recommends $missing"
    can_be_root || stop 2 "packages are missing; run this once, then again what you ran:
  sudo apt-get $install"
    say "installing Debian packages: $missing"
    # The lists may be missing or old: they are fetched only when it fails without.
    # shellcheck disable=SC2086
    run_apt $install >"$log" 2>&1 || { run_apt update >"$log" 2>&1 && run_apt $install >>"$log" 2>&1; } ||
      { cat -- "$log" >&2; stop 2 "that did not work; run this, then again what you ran:
  sudo apt-get update && sudo apt-get $install"; }
  fi
  write_stamp "$name.stamp" "$(stamp "$@" /var/lib/dpkg/status)"
  release_lock
}

# Bazel can't work in a path with spaces, nor write below a home that is not
# ours to write. Sets `workspace` (the root, or a folder of links to what is in
# it) and `startup` (Bazel's start-up options).
prepare_bazel() {
  workspace=$root startup=()
  local home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
  local scratch writable=
  scratch=${TMPDIR:-/var/tmp}/dualsim-$(id -u)
  [[ $home != *[[:space:]]* ]] && mkdir -p -- "$home/.cache/bazel" 2>/dev/null &&
    [ -w "$home/.cache/bazel" ] && writable=yes
  if [ -z "$writable" ] || [[ $root = *[[:space:]]* ]]; then
    [[ $scratch != *[[:space:]]* ]] || scratch=/var/tmp/dualsim-$(id -u)
    (umask 077 && mkdir -p -- "$scratch") 2>/dev/null
    if ! [ -O "$scratch" ] || ! [ -w "$scratch" ]; then stop 2 "can't write into $scratch"; fi
  fi
  [ -n "$writable" ] || startup=("--output_user_root=$scratch/bazel")
  [[ $root = *[[:space:]]* ]] || return 0
  workspace=$scratch/$(sha256sum <<<"$root" | cut -c1-16)
  rm -rf -- "$workspace" && mkdir -- "$workspace"
  find "$root" -mindepth 1 -maxdepth 1 ! -name .git ! -name .cache ! -name out \
    -exec ln -s -t "$workspace" -- {} +
}

# own_outputs NAME: Bazel gets a server and outputs apart from the others', since
# another compiler makes every toolchain be looked for anew.
own_outputs() {
  local user_root=${startup[0]-}
  user_root=${user_root#--output_user_root=}
  startup=("--output_user_root=${user_root:-${HOME:-/var/tmp}/.cache/bazel}/$1" --max_idle_secs=300)
}

# Debian's Bazel has its sandbox talk about every step that it takes, and shows a
# failed command over a page before the compiler gets its word.
without_chatter() {
  sed -u -E \
    -e '/^[0-9]+\.[0-9]+: src\/main\/tools\//d' \
    -e '/Cannot export local symbol/d' \
    -e '/^INFO: (Invocation ID|From (Compiling|Linking|Testing) )/d' \
    -e '/^  \(cd .* && \\$/,/\)$/d'
}

# bazel_run COMMAND ARGUMENT…: Bazel in the workspace, with its own exit code.
bazel_run() {
  (
    set -o pipefail
    cd -- "$workspace" || exit 3
    bazel "${startup[@]}" "$@" 2>&1 9>&- </dev/null | without_chatter
    exit "${PIPESTATUS[0]}"
  )
}

# Without user namespaces Bazel falls back to a sandbox of symbolic links, which
# still hides undeclared headers but not the machine. That is said, once a build.
report_sandbox() {
  local sandbox=/usr/share/bazel/linux-sandbox
  "$sandbox" -- /bin/true >/dev/null 2>&1 ||
    say "note: no user namespaces here; Bazel builds in its weaker sandbox (processwrapper)"
}
