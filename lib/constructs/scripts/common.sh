# shellcheck shell=bash disable=SC2154
# Functions that the scripts share. render.ts puts each where a script has its `source` line.
# The scripts set storage_path and engine_name.

# What goes to the operator.
# begin messages
say() { printf 'cdktf-ece: %s\n' "$*"; }

die() {
  say "$*" >&2
  exit 1
}
# end messages

# The cleanup removes the storage folder, so nothing else may be in there.
# begin check_storage_path
check_storage_path() {
  [[ $storage_path =~ ^/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$ && ! $storage_path =~ /\.\.?(/|$) ]] ||
    die "the storage folder $(printf %q "$storage_path") is refused: it must be an absolute path of at least two folders, because destroying the host removes it."
}
# end check_storage_path

# Sets `engine` to the command that manages the host's containers.
# begin choose_engine
choose_engine() {
  engine=("$engine_name")
  if [[ $engine_name == podman ]]; then
    if command -v podman-remote >/dev/null; then
      engine=(podman-remote --url unix:///var/run/docker.sock)
    else
      engine=(sudo --non-interactive podman)
    fi
  fi
  "${engine[@]}" info >/dev/null 2>&1 ||
    die "$(id -un) cannot use $engine_name: '${engine[*]} info' fails. Install or start it, and add the user to its group."
}
# end choose_engine
