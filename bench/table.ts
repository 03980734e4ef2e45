/** Figures of one measurement. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** The table as Markdown. */
export function render({ title, head, rows }: Table): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const lines = [line(head), line(head.map(() => "---:")), ...rows.map(line)];
  return `## ${title}\n\n${lines.join("\n")}\n`;
}
