#!/usr/bin/env bash
# Stand-in for Elastic's elastic-cloud-enterprise.sh @version@, for simulated hosts only: it installs nothing.
set -e

command -v simulator-install-report >/dev/null || {
  echo "This is the simulator's stand-in for Elastic's installer. It runs on simulated hosts only." >&2
  exit 1
}
simulator-install-report begin $$ "$@"
trap 'simulator-install-report end $$ $? || true' EXIT

CLOUD_ENTERPRISE_VERSION=@version@
INSTALLER_VERSION=$CLOUD_ENTERPRISE_VERSION

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

# Whether the version $1 is older than $2; patches are not compared.
is_older() {
  local one two
  IFS=. read -r -a one <<<"$1"
  IFS=. read -r -a two <<<"$2"
  ((one[0] < two[0] || (one[0] == two[0] && one[1] < two[1])))
}

since() { # version in which Elastic's installer got to know the flag, flag
  if is_older "$INSTALLER_VERSION" "$1"; then fail 3 "Unknown argument '$2'"; fi
}

parse() {
  while [[ $1 != "" ]]; do
    case $1 in
      --coordinator-host) take COORDINATOR_HOST $1 $2; shift 2 ;;
      --roles-token) take RUNNER_ROLES_TOKEN $1 $2; shift 2 ;;
      --roles) take RUNNER_ROLES $1 $2; shift 2 ;;
      --host-storage-path) take HOST_STORAGE_PATH $1 $2; shift 2 ;;
      --cloud-enterprise-version)
        if is_older "$INSTALLER_VERSION" "$2"; then
          fail 1 "Version $2 needs a newer installer than $INSTALLER_VERSION"
        fi
        take CLOUD_ENTERPRISE_VERSION $1 $2; shift 2 ;;
      --runner-id) take RUNNER_ID $1 $2; shift 2 ;;
      --host-ip) take HOST_IP $1 $2; shift 2 ;;
      --availability-zone) take AVAILABILITY_ZONE $1 $2; shift 2 ;;
      --capacity) take CAPACITY $1 $2; shift 2 ;;
      --memory-settings) take MEMORY_SETTINGS $1 $2; shift 2 ;;
      --allocator-tags) take ALLOCATOR_TAGS $1 $2; shift 2 ;;
      --host-docker-host) take HOST_DOCKER_HOST $1 $2; shift 2 ;;
      --timeout-factor) take TIMEOUT_FACTOR $1 $2; shift 2 ;;
      --docker-registry) take DOCKER_REGISTRY $1 $2; shift 2 ;;
      --ece-docker-repository) take ECE_DOCKER_REPOSITORY $1 $2; shift 2 ;;
      --external-hostname) take EXTERNAL_HOSTNAME $1 $2; shift 2 ;;
      --api-base-url) take API_BASE_URL $1 $2; shift 2 ;;
      --config-file) take CONFIG_FILE $1 $2; shift 2 ;;
      --proxy-tags) take PROXY_TAGS $1 $2; shift 2 ;;
      --environment-metadata) take ENVIRONMENT_METADATA $1 $2; shift 2 ;;
      --client-forwarder-observers-tag) take CLIENT_FORWARDER_OBSERVERS_TAG $1 $2; shift 2 ;;
      --debug) DEBUG=true; shift ;;
      --overwrite-existing-image) OVERWRITE_EXISTING_IMAGE=true; shift ;;
      --force) FORCE_INSTALL=true; shift ;;
      --podman) PODMAN=true; shift ;;
      --selinux) SELINUX=true; shift ;;
      --skip-cloud-enterprise-version-check) since 4.0 $1; SKIP_CLOUD_ENTERPRISE_VERSION_CHECK=true; shift ;;
      --latest-stack-pre-release) take LATEST_STACK_PRE_RELEASE $1 $2; shift 2 ;;
      --previous-stack-pre-release) take PREVIOUS_STACK_PRE_RELEASE $1 $2; shift 2 ;;
      --proxy-protocol-version) since 4.2 $1; take PROXY_PROTOCOL_VERSION $1 $2; shift 2 ;;
      --proxy-protocol-lenient) since 4.2 $1; PROXY_PROTOCOL_LENIENT=true; shift ;;
      *) fail 3 "Unknown argument '$1'" ;;
    esac
  done
}

check_user() {
  if (($(id -u) < 1000 || $(id -g) < 1000)); then
    fail 4 "The user and its group must have ids of 1000 or above"
  fi
}

# It asks the command docker, with podman, too, where that is Elastic's wrapper.
check_engine() {
  engine=docker
  if [[ $PODMAN == true ]]; then engine=podman-remote; fi
  if docker ps >/dev/null 2>&1 || [[ $FORCE_INSTALL == true ]]; then return; fi
  fail 4 "The user $(id -un) cannot run docker; is it installed, and is the user in its group?"
}

check_socket() { # the default socket belongs to the simulated engine and is not a file
  HOST_DOCKER_HOST=${HOST_DOCKER_HOST#unix://}
  if [[ $HOST_DOCKER_HOST != /var/run/docker.sock && ! -S $HOST_DOCKER_HOST ]]; then
    fail 5 "$HOST_DOCKER_HOST is not a socket"
  fi
}

# What this version of ECE runs on, which --force does not lift. Docker counts with its minor version, podman without.
SUPPORTED="RHEL-8_podman-4 RHEL-9_podman-4 RHEL-9_podman-5 Rocky-8_podman-4 Rocky-9_podman-5
  Ubuntu-20.04_docker-25.0 Ubuntu-20.04_docker-26.0 Ubuntu-20.04_docker-27.0
  Ubuntu-22.04_docker-25.0 Ubuntu-22.04_docker-26.0 Ubuntu-22.04_docker-27.0
  Ubuntu-24.04_docker-26.0 Ubuntu-24.04_docker-27.0 SLES-12_docker-25.0 SLES-15_docker-25.0"

check_compatibility() { # older installers have no such check
  if is_older "$INSTALLER_VERSION" 4.0 || [[ $SKIP_CLOUD_ENTERPRISE_VERSION_CHECK == true ]]; then return; fi
  local name version system
  name=$(sed -n 's/^NAME=//p' /etc/os-release)
  version=$(sed -n 's/^VERSION_ID=//p' /etc/os-release)
  version=${version//\"/}
  case $name in
    *Ubuntu*) system=Ubuntu-$version ;;
    *"Red Hat Enterprise"*) system=RHEL-${version%%.*} ;;
    *Rocky*) system=Rocky-${version%%.*} ;;
    *SLES*) system=SLES-${version%%.*} ;;
    *) system=unknown ;;
  esac
  if [[ $engine == docker ]]; then
    version=$(docker --version | sed -n 's/^Docker version \([0-9]*\.[0-9]*\).*/\1/p')
  else
    version=$(podman-remote version --format '{{.Version}}' | sed 's/\..*//')
  fi
  if [[ " ${SUPPORTED//$'\n'/ } " != *" ${system}_${engine%-remote}-$version "* ]]; then
    fail 1 "ECE version $CLOUD_ENTERPRISE_VERSION is not compatible with $system and ${engine%-remote} $version"
  fi
}

label_for_selinux() { # only with podman, and with whatever sudo asks for
  if [[ $PODMAN != true || $SELINUX != true ]]; then return; fi
  sudo true
}

find_host_ip() {
  local card
  card=$(ip route show default | sed -n 's/^default dev \([^ ]*\).*/\1/p')
  HOST_IP=$(ip -4 addr show $card | sed -n 's/.*inet \([0-9.]*\).*/\1/p')
  if [[ -z $HOST_IP ]]; then fail 1 "Cannot tell the host's address; use --host-ip"; fi
}

install() {
  parse "$@"
  CLOUD_ENTERPRISE_VERSION=${CLOUD_ENTERPRISE_VERSION:-$INSTALLER_VERSION}
  HOST_STORAGE_PATH=${HOST_STORAGE_PATH:-/mnt/data/elastic}
  AVAILABILITY_ZONE=${AVAILABILITY_ZONE:-ece-zone-1}
  HOST_DOCKER_HOST=${HOST_DOCKER_HOST:-/var/run/docker.sock}
  DOCKER_REGISTRY=${DOCKER_REGISTRY:-docker.elastic.co}
  ECE_DOCKER_REPOSITORY=${ECE_DOCKER_REPOSITORY:-cloud-enterprise}
  TIMEOUT_FACTOR=${TIMEOUT_FACTOR:-1.0}

  label_for_selinux
  check_socket
  check_user
  check_engine
  check_compatibility
  mkdir -p "$HOST_STORAGE_PATH" || fail 1 "Cannot use the storage path $HOST_STORAGE_PATH"
  if [[ -z $HOST_IP ]]; then find_host_ip; fi

  local environment=() name tty=""
  for name in COORDINATOR_HOST RUNNER_ROLES_TOKEN RUNNER_ROLES HOST_STORAGE_PATH CLOUD_ENTERPRISE_VERSION RUNNER_ID AVAILABILITY_ZONE CAPACITY MEMORY_SETTINGS ALLOCATOR_TAGS HOST_DOCKER_HOST TIMEOUT_FACTOR DOCKER_REGISTRY ECE_DOCKER_REPOSITORY EXTERNAL_HOSTNAME API_BASE_URL CONFIG_FILE PROXY_TAGS ENVIRONMENT_METADATA CLIENT_FORWARDER_OBSERVERS_TAG FORCE_INSTALL PODMAN SELINUX SKIP_CLOUD_ENTERPRISE_VERSION_CHECK LATEST_STACK_PRE_RELEASE PREVIOUS_STACK_PRE_RELEASE OVERWRITE_EXISTING_IMAGE PROXY_PROTOCOL_VERSION PROXY_PROTOCOL_LENIENT; do
    environment+=(--env "$name=${!name}")
  done
  # Without quotes, as in the original: of several addresses, the second one is taken for the image.
  environment+=(--env HOST_IP=$HOST_IP)
  if [[ -t 0 ]]; then tty=-t; fi
  # The container's exit code is the installer's. Its -i reads up whatever is on stdin.
  $engine run -i $tty --rm --name elastic-cloud-enterprise-installer --label "simulator.install=$$" \
    -p 20000:20000 -p 21000:21000 -p 22000:22000 \
    -v "$HOST_DOCKER_HOST:/run/docker.sock" -v "$HOST_STORAGE_PATH:$HOST_STORAGE_PATH" \
    "${environment[@]}" \
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
