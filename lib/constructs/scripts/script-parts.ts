/** Bash functions that both scripts define. */

/** `say` and `die`: what goes to the operator. */
export const SAY_AND_DIE = `say() { printf 'cdktf-ece: %s\\n' "$*"; }

die() {
  say "$*" >&2
  exit 1
}
`;

/** `check_storage_path`: the cleanup removes it, so nothing else may be in there. */
export const CHECK_STORAGE_PATH = `check_storage_path() {
  [[ $storage_path =~ ^/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$ && ! $storage_path =~ /\\.\\.?(/|$) ]] ||
    die "the storage folder $(printf %q "$storage_path") is refused: it must be an absolute path of at least two folders, because destroying the host removes it."
}
`;

/** `choose_engine`: sets `engine` to the command that manages the host's containers. */
export const CHOOSE_ENGINE = `choose_engine() {
  engine=("$engine_name")
  if [[ $engine_name == podman ]]; then
    if command -v podman-remote >/dev/null; then
      engine=(podman-remote --url unix:///var/run/docker.sock)
    else
      engine=(sudo --non-interactive podman)
    fi
  fi
  "\${engine[@]}" info >/dev/null 2>&1 ||
    die "$(id -un) cannot use $engine_name: '\${engine[*]} info' fails. Install or start it, and add the user to its group."
}
`;
