import { FIRST_STEP_FILE, STATE_FOLDER } from "./paths";
import { commonBlock, literalText, shellWord } from "./render";

/** Settings of the cleanup; in a destroy provisioner these are references to what Terraform stored. */
export interface CleanupSettings {
  readonly storagePath: string;
  readonly containerEngine: string;
}

/** The bash script that removes ECE from a host, as text for Terraform; safe to run again. */
export function renderCleanupScript(settings: CleanupSettings): string {
  return [
    literalText(INTRODUCTION),
    `storage_path=${shellWord(settings.storagePath)}`,
    `engine_name=${shellWord(settings.containerEngine)}`,
    literalText(program()),
  ].join("\n");
}

const INTRODUCTION = `#!/usr/bin/env bash
# Removes Elastic Cloud Enterprise from this host: its own containers and its storage folder, nothing of anybody else.
# Rendered by cdktf-ece; safe to run again.
set -euo pipefail
export LC_ALL=C
`;

function program(): string {
  return `
${commonBlock("messages")}
main() {
  check_storage_path
  choose_engine
  stop_installer

  # What the runner or the allocator starts again while they are stopped is removed in the second round.
  remove_containers
  remove_containers
  rm -rf -- "$storage_path" 2>/dev/null || sudo --non-interactive rm -rf -- "$storage_path" ||
    die "the storage folder $storage_path could not be removed. As root: rm -rf $storage_path"
  rm -rf -- "$HOME/${STATE_FOLDER}" "$HOME/${FIRST_STEP_FILE}"
  say "ECE is removed from this host."
}

${commonBlock("check_storage_path")}
${commonBlock("choose_engine")}
# An installer at work would start the containers again. It holds the lock, and leads its process group.
stop_installer() {
  local state=$HOME/${STATE_FOLDER}
  if [[ -e $state/installer-pid ]] && ! flock --nonblock "$state/lock" true; then
    say "Stopping the installer, which is still at work."
    kill -- "-$(cat "$state/installer-pid")" || true
    flock --timeout 10 "$state/lock" true || true
  fi
}

remove_containers() {
  local names
  names=$("\${engine[@]}" ps -a --format '{{.Names}}')
  names=$(grep -E '^(frc|fac|elastic-cloud-enterprise)-' <<<"$names" || true)
  if [[ -n $names ]]; then
    xargs "\${engine[@]}" rm -f <<<"$names"
  fi
}

main
exit
`;
}
