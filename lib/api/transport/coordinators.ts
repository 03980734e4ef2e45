import { AxiosError } from "axios";
import { EceError } from "../errors/errors";
import { UNPROVEN_CODE } from "../errors/from-axios";
import { isObject, tryParseJson } from "../json";
import type { Coordinator } from "./coordinator";

/**
 * The coordinators of one platform: which of them is asked, and the proof that they are of one platform.
 *
 * One that answered where another could not be reached stays the chosen one. With several, each shows the ids of its
 * security deployment before it gets any other request: what one platform said must never decide what another is told.
 */
export class Coordinators {
  readonly #all: readonly Coordinator[];
  #chosen = 0;
  readonly #admitted = new Map<Coordinator, readonly string[]>();

  constructor(all: readonly [Coordinator, ...Coordinator[]]) {
    this.#all = all;
  }

  /** The address of the chosen one. */
  get endpoint(): string {
    return this.#all[this.#chosen]?.endpoint ?? "";
  }

  /** In the order in which they are to be asked: the chosen one, then those after it. */
  inOrder(): Coordinator[] {
    return [...this.#all.slice(this.#chosen), ...this.#all.slice(0, this.#chosen)];
  }

  choose(coordinator: Coordinator): void {
    this.#chosen = this.#all.indexOf(coordinator);
  }

  /** Whether a coordinator must show its platform before it is sent anything. */
  mustProve(coordinator: Coordinator): boolean {
    return this.#all.length > 1 && !this.#admitted.has(coordinator);
  }

  /**
   * Takes what a coordinator said of the security deployment; undefined if it said nothing.
   *
   * @throws {@link EceError} if it is of another platform; {@link AxiosError} if that cannot be told.
   */
  admit(coordinator: Coordinator, reply: string | undefined): void {
    const ids = idsIn(reply);
    const [before] = [...this.#admitted].filter(([other]) => other !== coordinator);
    if (before === undefined || ids.some((id) => before[1].includes(id))) {
      this.#admitted.set(coordinator, ids);
      return;
    }
    if (ids.length === 0 || before[1].length === 0)
      throw new AxiosError(`it is not certain that it is of the platform of ${before[0].endpoint}`, UNPROVEN_CODE);

    throw new EceError(
      `The endpoints are of different platforms: the security deployment at ${before[0].endpoint} is ${before[1].join(", ")}, that at ${coordinator.endpoint} is ${ids.join(", ")}.`,
      { remedy: "Nothing was sent to the second one. Name coordinators of one platform only." },
    );
  }

  close(): void {
    for (const coordinator of this.#all) coordinator.close();
  }
}

function idsIn(reply: string | undefined): string[] {
  const deployment = reply === undefined ? undefined : tryParseJson(reply);
  if (!isObject(deployment)) return [];
  return [deployment.cluster_id, deployment.deployment_id].filter(
    (id): id is string => typeof id === "string" && id !== "",
  );
}
