import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import type { EceClient } from "../api";
import { describeRoles } from "../ece";
import type { HostOverview } from "../provider";
import { CommandError } from "./command-error";
import { printJson, printTable } from "./output";
import { ENVIRONMENT_HELP, withPlatform } from "./platform";

const HEAD = ["RUNNER ID", "ROLES", "ZONE", "VERSION", "STATUS", "INSTANCES", "USED MB"];

/** `cdktf-ece hosts list`, which is what `cdktf-ece hosts` does without a word more. */
export function addHostsListCommand(hosts: Command): void {
  hosts
    .command("list", { isDefault: true })
    .option("--watch", "go on and print what changes, until Ctrl-C; with --json a line for each change")
    .option("--every <seconds>", "how often --watch looks", "5")
    .option("--json", "print JSON")
    .description("List the platform's hosts. Changes nothing.")
    .addHelpText("after", ENVIRONMENT_HELP)
    .action(async ({ watch, every, json }: { watch?: true; every: string; json?: true }) => {
      const seconds = Number(every);
      if (!(seconds > 0)) throw new CommandError(`--every ${every} is no number of seconds above 0.`);

      const { readHosts } = await import("../provider/index.js");
      await withPlatform(async (client) => {
        const hosts = await readHosts(client);
        if (!watch) {
          if (json) printJson({ hosts });
          else printHosts(hosts);
        } else if (json) {
          await watchHosts(client, hosts, seconds, printLine);
        } else {
          await watchHosts(client, hosts, seconds, printChanges);
        }
      });
    });
}

/** Looks again and again, and shows what differs from the look before; the first time, before is undefined. */
async function watchHosts(
  client: EceClient,
  first: HostOverview[],
  seconds: number,
  show: (now: readonly HostOverview[], before: readonly HostOverview[] | undefined) => void,
): Promise<void> {
  const [{ EceError }, { readHosts }] = await Promise.all([import("../api/index.js"), import("../provider/index.js")]);
  const ended = new AbortController();
  process.once("SIGINT", () => ended.abort());
  show(first, undefined);
  let before = first;
  let isAway = false;
  while (await passed(seconds, ended.signal)) {
    try {
      const now = await readHosts(client);
      if (isAway || JSON.stringify(now) !== JSON.stringify(before)) show(now, before);
      before = now;
      isAway = false;
    } catch (error) {
      if (!(error instanceof EceError)) throw error;
      if (!isAway) process.stderr.write(`${clock()} ${error.message} Looking again.\n`);
      isAway = true;
    }
  }
}

/** Whether this time passed before the end. */
async function passed(seconds: number, signal: AbortSignal): Promise<boolean> {
  await delay(seconds * 1000, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

function printLine(hosts: readonly HostOverview[]): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), hosts })}\n`);
}

function printChanges(now: readonly HostOverview[], before: readonly HostOverview[] | undefined): void {
  if (before === undefined) return printHosts(now);
  const rows = new Map(before.map((host) => [host.runnerId, cellsOf(host)]));
  const print = (runnerId: string, text: string) => process.stdout.write(`${clock()} ${runnerId}: ${text}\n`);
  for (const host of now) {
    const cells = cellsOf(host);
    const old = rows.get(host.runnerId);
    rows.delete(host.runnerId);
    if (old === undefined) {
      print(host.runnerId, `new, ${describeRoles(host.roles)}, ${statusOf(host)}`);
    } else {
      const changes = HEAD.flatMap((name, column) =>
        cells[column] === old[column] ? [] : [`${name.toLowerCase()} ${old[column]} -> ${cells[column]}`],
      );
      if (changes.length > 0) print(host.runnerId, changes.join("; "));
    }
  }
  for (const runnerId of rows.keys()) print(runnerId, "gone");
}

function printHosts(hosts: readonly HostOverview[]): void {
  printTable(hosts, HEAD, cellsOf);
}

function cellsOf(host: HostOverview): string[] {
  const { runnerId, roles, zone, version, allocator } = host;
  const columns = [runnerId, describeRoles(roles), zone ?? "-", version ?? "-", statusOf(host)];
  if (allocator === undefined) return [...columns, "-", "-"];
  const moving = allocator.moving > 0 ? ` (${allocator.moving} moving)` : "";
  return [...columns, `${allocator.instances}${moving}`, `${allocator.usedMb} of ${allocator.capacityMb}`];
}

function statusOf({ connected, healthy, allocator }: HostOverview): string {
  return [
    connected ? "connected" : "not connected",
    ...(connected && !healthy ? ["not healthy"] : []),
    ...(allocator?.maintenanceMode ? ["maintenance"] : []),
  ].join(", ");
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}
