/**
 * What this process knows of hosts that lose roles: in a plan, those that lose them for good; in an apply, those that have
 * left the ensemble and are to come back.
 *
 * Terraform starts a process for each walk, and plans and applies in it every resource of ours.
 */
export class Departures {
  readonly #planned = new Map<string, { readonly runnerId: string; readonly roles: readonly string[] }>();
  readonly #awaited = new Map<string, readonly string[]>();
  readonly #begun = new Set<string>();
  readonly #done = new Set<string>();
  readonly #underWay = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #slots = 0;

  /** Notes which roles a host loses for good by the plan of one of its resources; `resource` tells these apart. */
  plan(resource: string, runnerId: string, roles: readonly string[]): void {
    this.#planned.set(`${resource} ${runnerId}`, { runnerId, roles });
  }

  /** The hosts that lose a role for good by the plans so far. */
  plannedWithout(role: string): ReadonlySet<string> {
    const losers = [...this.#planned.values()].filter(({ roles }) => roles.includes(role));
    return new Set(losers.map(({ runnerId }) => runnerId));
  }

  /** Runs work that waits for other hosts, and holds one of Terraform's slots meanwhile. */
  async holdingSlot<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    return work().finally(() => this.#waiting--);
  }

  /** The same, when no other work that was given to this is under way. */
  async oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    const now = this.holdingSlot(() => this.#last.then(work, work));
    this.#last = now.catch(() => undefined);
    return now;
  }

  /** A host is about to leave. */
  begin(runnerId: string): void {
    this.#begun.add(runnerId);
  }

  /** A host has begun to lose roles, and is to have them again. */
  await(runnerId: string, roles: readonly string[]): void {
    this.#awaited.set(runnerId, roles);
    this.#underWay.delete(runnerId);
  }

  /** A host has left. */
  end(runnerId: string): void {
    this.#done.add(runnerId);
  }

  /** The hosts that are to come back, with the roles that they had. */
  get awaited(): ReadonlyMap<string, readonly string[]> {
    return this.#awaited;
  }

  /** A host has come back. */
  returned(runnerId: string): void {
    this.#awaited.delete(runnerId);
    this.#underWay.delete(runnerId);
  }

  /**
   * Its machine is made anew. Terraform does so only where the host's return does not depend on those that wait for it, and
   * in a slot that these do not hold.
   */
  comes(runnerId: string): void {
    this.#underWay.add(runnerId);
    this.#slots = Math.max(this.#slots, this.#waiting + 1);
  }

  /** Its machine could not be made anew. */
  doesNotCome(runnerId: string): void {
    this.#underWay.delete(runnerId);
  }

  /** Whether all that are to come back, apart from one, are on the way, with a slot left for them. */
  areComing(exceptFor: string): boolean {
    const awaited = [...this.#awaited.keys()].filter((runnerId) => runnerId !== exceptFor);
    const areUnderWay = awaited.every((runnerId) => this.#underWay.has(runnerId));
    return awaited.length > 0 && areUnderWay && this.#waiting < this.#slots;
  }

  /** For messages: how many of the hosts that this process was to let go have gone, as `1 of 3`. */
  get progress(): string {
    return `${this.#done.size} of ${this.#begun.size}`;
  }
}
