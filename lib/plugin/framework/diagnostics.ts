/** Steps from the root of a resource's configuration to a value: attribute names, map keys, list indexes from 0. */
export type AttributePath = readonly (string | number)[];

/** An error or a warning as Terraform shows it to its user. Neither text may hold a secret. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** What was attempted, in a few words. */
  readonly summary: string;
  /** What happened and what to do. */
  readonly detail: string;
  /** Terraform quotes the line of the configuration that this leads to. @default - about the whole object */
  readonly path?: AttributePath;
}

/** A path as people write it: `drain.force`, `roles[0]`. */
export function formatPath(path: AttributePath): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index > 0 ? "." : ""}${step}`))
    .join("");
}

/**
 * An expected failure: thrown anywhere in provider code, it becomes exactly this error diagnostic.
 *
 * @example throw new DiagnosticError("Unable to create the box", "The attic is full. Remove a box first.", ["place"])
 */
export class DiagnosticError extends Error {
  override readonly name = "DiagnosticError" as const;

  constructor(
    readonly summary: string,
    readonly detail: string,
    readonly path?: AttributePath,
  ) {
    super(`${summary}: ${detail}`);
  }
}

/** Diagnostics in the order in which they were added, without repetitions. */
export class Diagnostics implements Iterable<Diagnostic> {
  readonly #list: Diagnostic[] = [];

  addError(summary: string, detail: string, path?: AttributePath): void {
    this.add({ severity: "error", summary, detail, path });
  }

  addWarning(summary: string, detail: string, path?: AttributePath): void {
    this.add({ severity: "warning", summary, detail, path });
  }

  add(diagnostic: Diagnostic): void {
    const key = JSON.stringify(diagnostic);
    if (!this.#list.some((known) => JSON.stringify(known) === key)) this.#list.push(diagnostic);
  }

  append(others: Iterable<Diagnostic>): void {
    for (const diagnostic of others) this.add(diagnostic);
  }

  /** Warnings do not count. */
  get hasErrors(): boolean {
    return this.#list.some((diagnostic) => diagnostic.severity === "error");
  }

  [Symbol.iterator](): Iterator<Diagnostic> {
    return this.#list[Symbol.iterator]();
  }
}
