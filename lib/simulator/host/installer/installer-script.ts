/** The command by which the stand-in installer reports to its simulator. */
export const INSTALL_REPORT_COMMAND = "simulator-install-report";

/** The installer's flags that take a value, with the variable that each sets. */
const valueFlags = {
  "coordinator-host": "COORDINATOR_HOST",
  "roles-token": "RUNNER_ROLES_TOKEN",
  roles: "RUNNER_ROLES",
  "host-storage-path": "HOST_STORAGE_PATH",
  "cloud-enterprise-version": "CLOUD_ENTERPRISE_VERSION",
  "runner-id": "RUNNER_ID",
  "host-ip": "HOST_IP",
  "availability-zone": "AVAILABILITY_ZONE",
  capacity: "CAPACITY",
  "memory-settings": "MEMORY_SETTINGS",
  "allocator-tags": "ALLOCATOR_TAGS",
  "host-docker-host": "HOST_DOCKER_HOST",
  "timeout-factor": "TIMEOUT_FACTOR",
  "docker-registry": "DOCKER_REGISTRY",
  "ece-docker-repository": "ECE_DOCKER_REPOSITORY",
  "external-hostname": "EXTERNAL_HOSTNAME",
  "api-base-url": "API_BASE_URL",
  "config-file": "CONFIG_FILE",
  "proxy-tags": "PROXY_TAGS",
  "environment-metadata": "ENVIRONMENT_METADATA",
  "client-forwarder-observers-tag": "CLIENT_FORWARDER_OBSERVERS_TAG",
} as const;

/** The flags that take none. */
const switches = {
  debug: "DEBUG",
  "overwrite-existing-image": "OVERWRITE_EXISTING_IMAGE",
  force: "FORCE_INSTALL",
  podman: "PODMAN",
  selinux: "SELINUX",
  "skip-cloud-enterprise-version-check": "SKIP_CLOUD_ENTERPRISE_VERSION_CHECK",
  "latest-stack-pre-release": "LATEST_STACK_PRE_RELEASE",
  "previous-stack-pre-release": "PREVIOUS_STACK_PRE_RELEASE",
} as const;

const VALUE_CASES = Object.entries(valueFlags).map(
  ([flag, variable]) => `--${flag}) take ${variable} $1 $2; shift 2 ;;`,
);
const SWITCH_CASES = Object.entries(switches).map(([flag, variable]) => `--${flag}) ${variable}=true; shift ;;`);
const PASSED_ON = [...Object.values(valueFlags), ...Object.values(switches)].filter(
  (variable) => !["DEBUG", "OVERWRITE_EXISTING_IMAGE"].includes(variable),
);

/**
 * The stand-in for Elastic's `elastic-cloud-enterprise.sh` of this version.
 *
 * It is written for the simulator, but takes its arguments as the original does, traps included: a value that holds white space
 * is cut, globs are expanded, a quote is executed, an empty argument ends the list, and variables of the
 * environment are taken over. Its exit codes are the original's. Away from a simulated host it refuses to run.
 */
export function installerScript(version: string): string {
  return `#!/usr/bin/env bash
# Stand-in for Elastic's elastic-cloud-enterprise.sh ${version}, for simulated hosts only: it installs nothing.
set -e

command -v ${INSTALL_REPORT_COMMAND} >/dev/null || {
  echo "This is the simulator's stand-in for Elastic's installer. It runs on simulated hosts only." >&2
  exit 1
}
${INSTALL_REPORT_COMMAND} begin $$ "$@"
trap '${INSTALL_REPORT_COMMAND} end $$ $? || true' EXIT

INSTALLER_VERSION=${version}

fail() { # exit code, message
  echo "$2" >&2
  exit "$1"
}

print_help() {
  cat <<HELP
elastic-cloud-enterprise.sh $INSTALLER_VERSION (simulated)

Usage: elastic-cloud-enterprise.sh [COMMAND] [OPTIONS]

Commands: install (default), upgrade, reset-adminconsole-password, add-stack-version, configure-selinux-settings, help
HELP
}

# The next two functions handle values as carelessly as the original does. That is their purpose.
take() { # variable, flag, value; what was split off the value is further arguments, and lost
  if [[ -z $3 || $3 == --* ]]; then fail 3 "Argument '$2' needs a value"; fi
  eval "$1='$3'"
}

parse() {
  while [[ $1 != "" ]]; do
    case $1 in
      ${[...VALUE_CASES, ...SWITCH_CASES].join("\n      ")}
      *) fail 3 "Unknown argument '$1'" ;;
    esac
  done
}

check_user() {
  if (($(id -u) < 1000 || $(id -g) < 1000)); then
    fail 4 "The user and its group must have ids of 1000 or above"
  fi
}

check_engine() {
  engine=docker
  if [[ $PODMAN == true ]]; then engine=podman-remote; fi
  if $engine ps >/dev/null 2>&1 || [[ $FORCE_INSTALL == true ]]; then return; fi
  fail 4 "The user $(id -un) cannot run $engine; is it installed, and is the user in its group?"
}

check_socket() { # the default socket belongs to the simulated engine and is not a file
  HOST_DOCKER_HOST=\${HOST_DOCKER_HOST#unix://}
  if [[ $HOST_DOCKER_HOST != /var/run/docker.sock && ! -S $HOST_DOCKER_HOST ]]; then
    fail 5 "$HOST_DOCKER_HOST is not a socket"
  fi
}

check_version() {
  local wanted own
  IFS=. read -r -a wanted <<<"$CLOUD_ENTERPRISE_VERSION"
  IFS=. read -r -a own <<<"$INSTALLER_VERSION"
  if ((wanted[0] * 1000 + wanted[1] > own[0] * 1000 + own[1])); then
    fail 1 "Version $CLOUD_ENTERPRISE_VERSION needs a newer installer than $INSTALLER_VERSION"
  fi
}

find_host_ip() {
  HOST_IP=$(ip route get 192.0.2.1 | sed -n 's/.* src \\([^ ]*\\).*/\\1/p')
  if [[ -z $HOST_IP ]]; then fail 1 "Cannot tell the host's address; use --host-ip"; fi
}

install() {
  parse "$@"
  CLOUD_ENTERPRISE_VERSION=\${CLOUD_ENTERPRISE_VERSION:-$INSTALLER_VERSION}
  HOST_STORAGE_PATH=\${HOST_STORAGE_PATH:-/mnt/data/elastic}
  AVAILABILITY_ZONE=\${AVAILABILITY_ZONE:-ece-zone-1}
  HOST_DOCKER_HOST=\${HOST_DOCKER_HOST:-/var/run/docker.sock}
  DOCKER_REGISTRY=\${DOCKER_REGISTRY:-docker.elastic.co}
  ECE_DOCKER_REPOSITORY=\${ECE_DOCKER_REPOSITORY:-cloud-enterprise}
  TIMEOUT_FACTOR=\${TIMEOUT_FACTOR:-1.0}

  check_user
  check_socket
  check_engine
  check_version
  mkdir -p "$HOST_STORAGE_PATH" || fail 1 "Cannot use the storage path $HOST_STORAGE_PATH"
  if [[ -z $HOST_IP ]]; then find_host_ip; fi

  local environment=() name tty=""
  for name in ${PASSED_ON.join(" ")}; do
    environment+=(--env "$name=\${!name}")
  done
  if [[ -t 0 ]]; then tty=-t; fi
  # The container's exit code is the installer's. Its -i reads up whatever is on stdin.
  $engine run -i $tty --rm --name elastic-cloud-enterprise-installer --label "simulator.install=$$" \\
    -p 20000:20000 -p 21000:21000 -p 22000:22000 \\
    -v "$HOST_DOCKER_HOST:/run/docker.sock" -v "$HOST_STORAGE_PATH:$HOST_STORAGE_PATH" \\
    "\${environment[@]}" \\
    "$DOCKER_REGISTRY/$ECE_DOCKER_REPOSITORY/elastic-cloud-enterprise:$CLOUD_ENTERPRISE_VERSION" bootstrap
}

case $1 in
  "" | help) print_help ;;
  --*) install "$@" ;;
  install) shift; install "$@" ;;
  upgrade | reset-adminconsole-password | add-stack-version | configure-selinux-settings)
    fail 1 "The simulator's stand-in for the installer cannot $1" ;;
  *) fail 2 "Unknown command '$1'" ;;
esac
`;
}
