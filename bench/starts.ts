import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { createIdentity } from "../lib/plugin/protocol/process/identity";
import { terraformEnvironment } from "../test/plugin/protocol/support/plugin-process";
import type { Table } from "./table";

const ROUNDS = 11;
const PROVIDER = join(__dirname, "..", "dist", "terraform-provider-ece");

/**
 * From the start of a process to its first line: bare Node, an empty plugin on grpc-js that is bundled as ours is, and the
 * provider as it is shipped. One of each in turn, so that a busy machine hits all alike; the ratio is to the empty plugin.
 */
export async function measureStarts(): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const emptyPlugin = join(folder, "empty-plugin.cjs");
  await build({
    entryPoints: [join(__dirname, "empty-plugin.ts")],
    outfile: emptyPlugin,
    bundle: true,
    platform: "node",
    target: "node20",
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: "error",
  });
  const commands = {
    "bare Node": ["node", "-e", "console.log(1)"],
    "empty plugin (grpc-js)": ["node", emptyPlugin],
    provider: [PROVIDER],
  };

  const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, command] of Object.entries(commands)) times.get(name)?.push(await start(command));
  await rm(folder, { recursive: true });

  const base = median(times.get("empty plugin (grpc-js)") ?? []);
  return {
    title: `Start of the provider, Node ${process.versions.node}`,
    head: ["process", "ms (median)", "ms (least)", "ratio"],
    rows: [...times].map(([name, all]) => [
      name,
      median(all).toFixed(0),
      Math.min(...all).toFixed(0),
      (median(all) / base).toFixed(2),
    ]),
  };
}

const environment = { PATH: process.env["PATH"], ...terraformEnvironment(createIdentity()) };

/** Milliseconds from the start of the process to the first it writes. */
async function start([file = "", ...args]: readonly string[]): Promise<number> {
  const begin = performance.now();
  const child = spawn(file, args, { env: environment, stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "close");
  await once(child.stdout, "data");
  const elapsed = performance.now() - begin;
  child.kill("SIGTERM");
  child.stdout.resume();
  await ended;
  return elapsed;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
