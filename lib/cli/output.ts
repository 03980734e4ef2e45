/** Prints a value for programs. */
export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Prints rows for people, in columns below their heads. */
export function printTable<Row>(rows: readonly Row[], head: readonly string[], cellsOf: (row: Row) => string[]): void {
  const lines = [head, ...rows.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? "").length)));
  for (const cells of lines) {
    process.stdout.write(
      `${cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("   ")
        .trimEnd()}\n`,
    );
  }
}
