/**
 * Measures what the provider costs and prints tables: `npm run bench`, or `npm run bench -- departures` for some of them.
 * Nothing here fails by a time; docs/benchmarks.md tells how each figure is made.
 */
import { measureDepartures } from "./departures";
import { measureStarts } from "./starts";
import { render, type Table } from "./table";

const MEASUREMENTS: Readonly<Record<string, () => Promise<Table>>> = {
  starts: measureStarts,
  departures: measureDepartures,
};

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in MEASUREMENTS));
  if (unknown.length > 0) {
    throw new Error(
      `There is no measurement ${unknown.join(", ")}; there are: ${Object.keys(MEASUREMENTS).join(", ")}`,
    );
  }
  for (const [name, measure] of Object.entries(MEASUREMENTS))
    if (names.length === 0 || names.includes(name)) process.stdout.write(`${render(await measure())}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
