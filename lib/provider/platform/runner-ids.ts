/** What a plan wants of a resource that has, or is to have, a runner id. */
type Intent = "destroy" | "keep";

/**
 * The runner ids of the `ece_host` resources that this process has planned: one resource for each.
 *
 * Terraform starts a process for each walk and plans in any order, a replacement twice: from its prior state, then from
 * none. So a resource is known by its id, which it has in its state or, planned a second time, in its private state, or by
 * that of its creation.
 */
export class RunnerIds {
  readonly #holders = new Map<string, Map<string, Intent>>();

  /** Notes what a resource is planned to do with a runner id; false where another resource has it or is to have it. */
  claim(runnerId: string, holder: string, intent: Intent): boolean {
    const holders = this.#holders.get(runnerId) ?? new Map<string, Intent>();
    const isFree = [...holders].every(
      ([other, its]) => other === holder || (its === "destroy" && intent === "destroy"),
    );
    if (!isFree) return false;
    this.#holders.set(runnerId, holders.set(holder, intent));
    return true;
  }

  /** A resource that does not have the runner id any more, or that was not made. */
  release(runnerId: string, holder: string): void {
    this.#holders.get(runnerId)?.delete(holder);
  }
}
