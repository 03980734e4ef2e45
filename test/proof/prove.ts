import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Simulator } from "../../lib/simulator";
import { PACKAGE_ROOT } from "../support/sandbox";
import { type Cell, callsOf, cellsOf, judge, type Verdict } from "./fault-matrix";
import { CALL_FAULTS, LATE_LISTS } from "./faults";
import { LIVES, type LifeName } from "./lives";

/** How many cells are tried side by side: a part of their time is waiting. */
const AT_ONCE = 4;

const SIGNS: Readonly<Record<Verdict["end"], string>> = { "went on": "·", "next run": "→", named: "!", LOST: "✗" };

/** Tries every cell of a life's matrix, or each so-and-so-many-th; returns those that lost something, and the table. */
export async function prove(life: LifeName, everyNth = 1): Promise<{ losses: Verdict[]; table: string }> {
  const build = LIVES[life];
  const queue = cellsOf(await callsOf(build)).filter((_, index) => index % everyNth === 0);
  const verdicts = new Map<Cell, Verdict>(queue.map((cell) => [cell, { ...cell, end: "LOST", loss: "not tried" }]));
  const elsewhere = await Simulator.start({ failOnUnknownRoute: false });
  const cells = queue[Symbol.iterator]();
  const work = async () => {
    for (const cell of cells) verdicts.set(cell, await judge(build, cell, elsewhere));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await elsewhere.stop();
  const all = [...verdicts.values()];
  return { losses: all.filter(({ end }) => end === "LOST"), table: tableOf(life, all) };
}

/** Writes the table of a life to `dist/proof`. */
export function writeTable(life: LifeName, table: string): void {
  const path = join(PACKAGE_ROOT, "dist", "proof", `${life.toLowerCase().replaceAll(" ", "-")}.md`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, table);
}

function tableOf(life: LifeName, verdicts: readonly Verdict[]): string {
  const faults = [...CALL_FAULTS, ...LATE_LISTS].map(({ name }) => name);
  const rows = new Map<string, Map<string, string>>();
  for (const { step, call, fault, end } of verdicts) {
    const row = `${step} ${call}`;
    rows.set(row, (rows.get(row) ?? new Map<string, string>()).set(fault, SIGNS[end]));
  }
  const lines = [...rows].map(([row, cells]) => [row, ...faults.map((fault) => cells.get(fault) ?? "")]);
  const count = (end: Verdict["end"]) => verdicts.filter((verdict) => verdict.end === end).length;
  return [
    `# ${life}`,
    "",
    "Each call of each run (numbered from 0), and what happens to it. · the run went on; → it failed, and the next one got there; ! what was left is named by the error; ✗ something was lost.",
    "",
    `${verdicts.length} cells: ${count("went on")} ·, ${count("next run")} →, ${count("named")} !, ${count("LOST")} ✗.`,
    "",
    ...[["call", ...faults], ["", ...faults].map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`),
    "",
  ].join("\n");
}
