import type { Diagnostic } from "../../plugin/framework";

/** What Terraform's user should know beside the outcome of an operation; each is shown once a process. */
export class Warnings {
  readonly #all: Diagnostic[] = [];
  #taken = 0;

  add(summary: string, detail: string): void {
    if (this.#all.some((known) => known.summary === summary)) return;
    this.#all.push({ severity: "warning", summary, detail });
  }

  /** Those that nobody has taken before. */
  take(): Diagnostic[] {
    const fresh = this.#all.slice(this.#taken);
    this.#taken = this.#all.length;
    return fresh;
  }
}
