import { describeAddress, MachineError } from "./access";
import { CHOOSE_ENGINE, environmentOf, RUNNER_CONTAINER, type Installation } from "./facts";
import type { MachineSession } from "./session";

/** Folders that are not removed whatever the configuration says: they hold more than ECE's data on every machine. */
const NEVER_REMOVED = [
  ...["/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/run"],
  ...["/sbin", "/srv", "/sys", "/tmp", "/usr", "/var", "/mnt/data", "/mnt/docker", "/opt/elastic", "/srv/data"],
];
const BELOW_NEVER_REMOVED =
  /^\/(bin|boot|dev|etc|lib|lib64|proc|root|run|sbin|sys|usr|tmp)\/|^\/var\/[^/]+$|^\/home\/[^/]+$/;

/** Why a storage folder must not be removed; undefined where it may be. */
export function refusalToRemove(storagePath: string): string | undefined {
  const path = storagePath.replace(/\/+$/, "");
  const isFolderOfOthers = NEVER_REMOVED.includes(path) || BELOW_NEVER_REMOVED.test(path) || !/^\/[^/]+\/./.test(path);
  return isFolderOfOthers
    ? `${storagePath} holds more than ECE's data on every machine, so it is never removed`
    : undefined;
}

/** Stops the runner of a machine, so that the platform must show it disconnected. */
export async function stopRunner(
  session: MachineSession,
  installation: Installation,
  signal: AbortSignal,
): Promise<void> {
  await must(session, installation, signal, `"\${engine[@]}" stop --time 20 ${RUNNER_CONTAINER}`, "stop the runner");
}

/** Starts the runner again after a proof that failed. */
export async function startRunner(
  session: MachineSession,
  installation: Installation,
  signal: AbortSignal,
): Promise<void> {
  await must(session, installation, signal, `"\${engine[@]}" start ${RUNNER_CONTAINER}`, "start the runner again");
}

/**
 * Removes ECE from a machine that is proven and empty: these containers of ECE's, what is in its storage folder on this
 * one file system, and our own files. A storage folder that is a mount point stays, empty. It can be run again from any point.
 */
export async function removeEce(
  session: MachineSession,
  installation: Installation,
  containers: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const refusal = refusalToRemove(installation.storagePath);
  if (refusal !== undefined) throw new MachineError("command", `${refusal}. Remove ECE's folders in it by hand.`);

  // The runner first, since it starts the others again.
  const ordered = [...containers].sort(
    (left, right) => Number(right === RUNNER_CONTAINER) - Number(left === RUNNER_CONTAINER),
  );
  const removal = ordered.map((name) => `"\${engine[@]}" rm -f ${name} >/dev/null || failed=1`).join("\n");
  if (ordered.length > 0)
    await must(session, installation, signal, `failed=0\n${removal}\nexit "$failed"`, "remove ECE's containers");
  await must(session, installation, signal, EMPTY_STORAGE, `remove the storage folder ${installation.storagePath}`);
  await must(
    session,
    installation,
    signal,
    `rm -rf -- "$HOME/.cdktf-ece" "$HOME/.cdktf-ece-prepare.sh"`,
    "remove ~/.cdktf-ece",
  );
}

const EMPTY_STORAGE = `if ! { ls -d "$STORAGE" >/dev/null 2>&1 || sudo --non-interactive ls -d "$STORAGE" >/dev/null 2>&1; }; then exit 0; fi
empty() { "$@" find "$STORAGE" -xdev -mindepth 1 -delete; }
empty 2>/dev/null || empty sudo --non-interactive || exit 1
if mountpoint -q "$STORAGE"; then exit 0; fi
rmdir "$STORAGE" 2>/dev/null || sudo --non-interactive rmdir "$STORAGE"`;

async function must(
  session: MachineSession,
  installation: Installation,
  signal: AbortSignal,
  command: string,
  what: string,
): Promise<void> {
  const { step } = await session.run(
    { step: CHOOSE_ENGINE + command },
    { environment: environmentOf(installation), signal },
  );
  if (step.exitCode === 0) return;
  throw new MachineError(
    "command",
    `${describeAddress(session.access)} did not ${what} (exit code ${step.exitCode}):\n${step.output.slice(-1000)}`,
  );
}
