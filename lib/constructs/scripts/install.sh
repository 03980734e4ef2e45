#!/usr/bin/env bash
# Joins this host to an Elastic Cloud Enterprise platform; safe to run again. It is part of cdktf-ece and the same for every
# host: what is to be installed stands in settings.sh beside it.
#
# It checks the host, starts Elastic's installer apart from the SSH connection, and follows its log, also when run again
# while that works; on a host that is this runner already, it does nothing.
# In ~/.cdktf-ece: runner (who was installed, and for which ece_host), install.log (what the installer said), exit-status (how it ended).
set -euo pipefail
export LC_ALL=C
umask 077

# However this ends, neither the token nor what came with it stays here; what a later run uploaded stays.
upload=$HOME/.cdktf-ece/upload
if [[ $# -eq 0 ]]; then
  exec 7<"$upload"
  trap '[[ ! $upload -ef /dev/fd/7 ]] || rm -rf "$upload"' EXIT
fi

say() { printf 'cdktf-ece: %s\n' "$*"; }

die() {
  say "$*" >&2
  exit 1
}

# shellcheck source=settings.example.sh
source "${BASH_SOURCE[0]%/*}/settings.sh"

# The installer splits, globs and evaluates values: what Terraform filled in must be harmless.
check() {
  local harmless='^[A-Za-z0-9/{][A-Za-z0-9./:_,{}"-]*$'
  [[ $2 =~ $harmless ]] || die "the installer would mangle the value of $1: $(printf %q "$2")"
}

add() {
  check "$1" "$2"
  installer_arguments+=("$1" "$2")
}

installer_arguments=()
check host_id "$host_id"
check --coordinator-host "$coordinator_host"
check --roles "$roles"
add --runner-id "$runner_id"
add --host-storage-path "$storage_path"
add --cloud-enterprise-version "$version"
for ((i = 0; i < ${#installer_options[@]}; i += 2)); do
  add "${installer_options[i]}" "${installer_options[i + 1]}"
done
# An empty list is unbound to old versions of bash.
installer_arguments+=(${installer_flags[@]+"${installer_flags[@]}"})

state=$HOME/.cdktf-ece
log=$state/install.log

main() {
  if [[ $# -gt 0 ]]; then
    run_installer
    return
  fi

  local token
  token=$(cat -- "$HOME/.cdktf-ece/upload/roles-token") || die "there is no roles token in ~/.cdktf-ece/upload/roles-token. Deploy again."
  rm -f -- "$HOME/.cdktf-ece/upload/roles-token"

  check_storage_path
  choose_engine
  check_user
  mkdir -p -- "$state"
  exec 9>"$state/lock"
  if flock --nonblock 9; then
    if is_joined; then return; fi
    [[ -n $token ]] ||
      die "no roles token was made, as the platform knows the runner $runner_id already. Replace its ece_host (-replace): that removes the old record and installs anew."
    check_host
    fetch_installer
    start_installer "$token"
  else
    attach
  fi
  exec 9>&-
  follow
  report
}

# The storage folder is emptied when the host is destroyed, so nothing else may be in there.
check_storage_path() {
  [[ $storage_path =~ ^/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$ && ! $storage_path =~ /\.\.?(/|$) ]] ||
    die "the storage folder $(printf %q "$storage_path") is refused: it must be an absolute path of at least two folders, because destroying the host empties it."
}

# Sets `engine` to the command that manages the host's containers.
choose_engine() {
  engine=("$engine_name")
  if [[ $engine_name == podman ]]; then
    if command -v podman-remote >/dev/null; then
      engine=(podman-remote --url unix:///var/run/docker.sock)
    else
      engine=(sudo --non-interactive podman)
    fi
  fi
  ask_engine info >/dev/null || die "$(id -un) cannot use $engine_name: '${engine[*]} info' fails. Install or start it, and add the user to its group."
}

# Runs a command of the container engine, without what it says of its troubles. One that hangs must not hang the deploy.
ask_engine() {
  local status=0
  timeout 60 "${engine[@]}" "$@" 2>/dev/null || status=$?
  if [[ $status == 124 ]]; then
    die "$engine_name does not answer: '${engine[*]} $1' took more than a minute. Restart it, then deploy again."
  fi
  return "$status"
}

remove_container() {
  ask_engine rm -f "$1" >/dev/null || die "the container $1 could not be removed. Remove it (${engine[*]} rm -f $1), then deploy again."
}

check_user() {
  [[ $(id -u) -ge 1000 && $(id -g) -ge 1000 ]] ||
    die "the installer refuses the user $(id -un) ($(id -u):$(id -g)). Connect as a user with user and group id of 1000 or more."
}

# Everybody's containers, by name, each with its status. Called for its value, so a failure must end the caller.
list_containers() {
  ask_engine ps -a --format '{{.Names}} {{.Status}}' || die "$engine_name does not list its containers ('${engine[*]} ps -a' fails), so nobody can tell what runs here."
}

# The marker: for whom this host was installed.
identity() { printf '%s\n' "runner $runner_id" "coordinator $coordinator_host" "host $host_id"; }

# A word of the marker; nothing where there is none. Version 0.1.0 left no host.
marked() { sed -n "s/^$1 //p" "$state/runner" 2>/dev/null || true; }

is_ours() {
  local host
  host=$(marked host)
  [[ $(marked runner) == "$runner_id" && (-z $host || $host == "$host_id") ]]
}

# The runner that ECE's containers here belong to; nothing where they do not tell.
# Only the named values are read: the runner's environment holds secrets of the platform.
runner_here() {
  local runner logs folders
  # shellcheck disable=SC2016 # The container's own shell fills it in.
  runner=$(ask_engine exec frc-runners-runner sh -c 'echo "$RUNNER_ID"') || runner=
  if [[ -z $runner ]]; then
    # In a stopped container nothing can be run, but it has its mounts: FOLDER/RUNNER/services/runner/logs.
    logs=$(ask_engine inspect -f '{{range .Mounts}}{{if eq .Destination "/app/logs"}}{{.Source}}{{end}}{{end}}' frc-runners-runner) || logs=
    if [[ $logs == */services/runner/logs ]]; then
      logs=${logs%/services/runner/logs}
      runner=${logs##*/}
    fi
  fi
  if [[ -z $runner ]]; then
    folders=("$storage_path"/*/services/runners/containers/docker)
    if [[ ${#folders[@]} == 1 && -d ${folders[0]} ]]; then
      runner=${folders[0]#"$storage_path/"}
      runner=${runner%%/*}
    fi
  fi
  printf '%s\n' "$runner"
}

# Whether ECE runs here as this runner. The host is asked, not what we noted about it.
is_joined() {
  local listed containers runner
  listed=$(list_containers) || exit
  containers=$(sed -n 's/^\(frc-[^ ]*\) .*/\1/p' <<<"$listed")
  if [[ -z $containers ]]; then return 1; fi
  runner=$(runner_here) || exit
  if [[ -n $runner && $runner != "$runner_id" ]]; then
    die "ECE already runs here as runner $runner, not as runner $runner_id. Nothing was changed. Give this host its right address or runner id, or remove ECE from it first."
  elif [[ $containers == frc-runners-runner && -e $state/runner && $(cat "$state/exit-status" 2>/dev/null) != 0 ]]; then
    # The runner starts the other containers once the platform has let it in.
    is_ours || die "an install for $(describe_marker) ended here before the host had joined. Nothing was changed. Remove its container (${engine[*]} rm -f frc-runners-runner), then deploy again."
    say "Removing the container of an install that ended before the host had joined."
    remove_container frc-runners-runner
    return 1
  elif [[ $containers != *frc-runners-runner* ]] && is_ours; then
    die "$runner_id is half removed: ${containers//$'\n'/ } are left. Replace its ece_host (-replace)."
  elif [[ -z $runner ]]; then
    die "ECE's containers are here (${containers//$'\n'/ }), but do not tell as which runner. Nothing was changed. Start them, or remove ECE from this host first."
  fi
  if is_ours && [[ -z $(marked host) ]]; then identity >"$state/runner"; fi
  say "ECE already runs here as runner $runner_id; nothing to install."
}

describe_marker() { paste -sd ' ' "$state/runner"; }

check_host() {
  mkdir -p -- "$storage_path/logs" ||
    die "$(id -un) cannot write to the storage folder $storage_path. As root: install -d -o $(id -u) -g $(id -g) -m 0700 $storage_path"

  local listed status port listeners
  listed=$(list_containers) || exit
  status=$(sed -n 's/^elastic-cloud-enterprise-installer //p' <<<"$listed")
  if [[ $status == Up* ]]; then
    die "an ECE installer is running already, not started by us. Wait for it, or: ${engine[*]} rm -f elastic-cloud-enterprise-installer"
  elif [[ -n $status ]]; then
    say "Removing the installer's old container ($status)."
    remove_container elastic-cloud-enterprise-installer
  fi

  # With podman, too, the installer asks `docker` whether the user can run containers.
  [[ $engine_name == docker ]] || { command -v podman-remote && command -v docker; } >/dev/null ||
    die "the installer calls podman-remote, and docker, which is Elastic's wrapper with podman. Install both."
  local given=" ${installer_arguments[*]} " card addresses
  [[ $given != *" --selinux "* ]] || sudo --non-interactive true ||
    die "the installer labels for SELinux with sudo, which asks for a password here. Allow it without one."
  if [[ $given != *" --host-ip "* ]] && command -v ip >/dev/null; then
    card=$(ip -4 route show default | sed -n '1s/.* dev \([^ ]*\).*/\1/p')
    addresses=$(ip -4 -o addr show dev "$card" scope global 2>/dev/null | sed -n 's/.* inet \([0-9.]*\).*/\1/p') || addresses=
    [[ $addresses != *$'\n'* ]] ||
      die "the network card of the default route has several addresses (${addresses//$'\n'/, }), with which the installer cannot cope. Set the host's ip."
  fi

  if command -v ss >/dev/null; then
    listeners=$(ss -Hltn)
    for port in 20000 21000 22000; do
      [[ ! $listeners =~ :${port}[[:space:]] ]] ||
        die "port $port is in use, and the installer needs it. Find its owner: ss -ltnp 'sport = :$port'"
    done
  fi
}

# Leaves the installer at $state/elastic-cloud-enterprise.sh.
fetch_installer() {
  local installer=$state/elastic-cloud-enterprise.sh
  if [[ -n $installer_path ]]; then
    cp -- "$installer_path" "$installer" || die "the installer is not at $installer_path."
  elif [[ -f elastic-cloud-enterprise.sh && -z $installer_url ]]; then
    say "Using ~/elastic-cloud-enterprise.sh."
    cp -- elastic-cloud-enterprise.sh "$installer"
  else
    local url=${installer_url:-https://download.elastic.co/cloud/elastic-cloud-enterprise.sh}
    say "Downloading $url"
    curl --fail --silent --show-error --location --retry 3 --output "$installer" -- "$url" ||
      die "the installer could not be downloaded. Without a way to $url put elastic-cloud-enterprise.sh into $HOME."
  fi
  if [[ -n $installer_sha256 ]]; then
    echo "$installer_sha256  $installer" | sha256sum --check --quiet ||
      die "the installer is not the expected one: its SHA-256 sum is not $installer_sha256."
  fi
  check_installer_version "$installer"
}

# An installer takes the images of the version that it is told, whatever it knows about them. Newer ones know older versions.
check_installer_version() {
  local own older word
  own=$(sed -n 's/^CLOUD_ENTERPRISE_VERSION=\([0-9][0-9.]*[0-9]\).*/\1/p' "$1")
  own=${own%%$'\n'*}
  if [[ -z $own ]]; then return; fi
  older=$(printf '%s\n' "$own" "${version%%-*}" | sort -V | head -n 1)
  [[ $own == "${version%%-*}" || $older != "$own" ]] ||
    die "the installer is that of ECE $own, and this platform runs $version. Put the elastic-cloud-enterprise.sh of $version where the old one is, or remove that (~/elastic-cloud-enterprise.sh wins over a download)."
  for word in "${installer_arguments[@]}"; do
    [[ $word != --* ]] || grep -q -e "$word" "$1" ||
      die "the installer, that of ECE $own, does not know $word. Take it away, or put a newer installer in its place."
  done
}

# The installer goes on when the SSH connection drops; while it works, it holds the lock.
start_installer() {
  say "Installing ECE $version as runner $runner_id with the roles $roles."
  identity >"$state/runner"
  rm -f -- "$state/exit-status"
  : >"$log"
  setsid bash "$0" detached < <(printf '%s\n' "$1") >"$log" 2>&1 &
}

# Runs detached: the token comes by standard input, and is no part of the log.
run_installer() {
  local token installer=$state/elastic-cloud-enterprise.sh status=0
  read -r token
  echo $$ >"$state/installer-pid"
  # Variables of the user's would count as arguments.
  unset COORDINATOR_HOST RUNNER_ROLES_TOKEN RUNNER_ROLES RUNNER_ID HOST_IP RUNNER_EXTERNAL_HOSTNAME AVAILABILITY_ZONE CAPACITY \
    MEMORY_SETTINGS RUNNER_ENVIRONMENT_METADATA_JSON CONFIG_FILE ALLOCATOR_TAGS PROXY_TAGS API_BASE_URL
  # docker run -i would take what is left on standard input.
  bash "$installer" install --coordinator-host "$coordinator_host" --roles-token "$token" --roles "$roles" \
    "${installer_arguments[@]}" </dev/null 2>&1 9>&- | redact "$token" || status=$?
  rm -f -- "$installer"
  echo "$status" >"$state/exit-status"
}

redact() {
  local line
  while IFS= read -r line || [[ -n $line ]]; do
    printf '%s\n' "${line//"$1"/(roles token)}"
  done
}

attach() {
  is_ours || die "another install is at work here, as $(describe_marker). Wait until it ends, then deploy again."
  say "An earlier install is still at work; following it."
}

# Prints the log until the installer lets go of the lock.
follow() {
  local working=yes
  exec 8<"$log"
  while [[ $working == yes ]]; do
    if flock --timeout 1 "$state/lock" true; then working=no; fi
    cat <&8
  done
}

report() {
  local status
  [[ -e $state/exit-status ]] || die "the installer was cut off, as by a restart. Deploy again."
  status=$(cat "$state/exit-status")
  if [[ $status == 0 ]]; then
    say "The installer is done."
    return
  fi
  say "the installer exited with $status: $(meaning "$status")" >&2
  say "Its log is in ~/.cdktf-ece/install.log on the host, the bootstrap's below $storage_path/logs/bootstrap-logs. Mend the cause, deploy again." >&2
  exit "$status"
}

# 1 to 5 are the installer's own, as its version 4.0.3 has them and 3.5.1 was seen to; all others are those of its container.
meaning() {
  case $1 in
    1) echo "a check failed (the versions of system and container engine, which --skip-cloud-enterprise-version-check skips and --force does not; the host's address; the storage path), or the platform refused the host, as when it has an old record of it: replace its ece_host (-replace)." ;;
    2) echo "it did not understand its command line." ;;
    3) echo "it does not know an argument, or an argument has no value." ;;
    4) echo "the user's or group's id is below 1000, or the user cannot run docker (with podman, Elastic's wrapper of that name)." ;;
    5) echo "there is no socket of the container engine where it looks: /var/run/docker.sock, DOCKER_HOST or --host-docker-host." ;;
    125) echo "the container engine could not start the installer's container: it has no such image, or a name or port is taken." ;;
    127) echo "a command that it calls is not there." ;;
    137) echo "it was killed, often because memory ran out." ;;
    *) echo "the installer's container ended with this code." ;;
  esac
}

main "$@"
exit
