import type { ObjectValue } from "../../lib/plugin/framework";
import { errorsOf } from "../support/diagnostics";
import { ProviderSession, type Stored } from "../support/provider-session";

/** What a resource that stands before in the program has in an attribute. */
type Lookup = (type: string, attribute: string) => string;

/** A resource of our provider in a program. */
export interface Declared {
  readonly type: string;
  readonly config: (lookup: Lookup) => ObjectValue;
}

/** What a program makes by other means, such as a VM; each is carried out again by the next run until it succeeds. */
export interface Elsewhere {
  readonly name: string;
  readonly make: (lookup: Lookup) => void | Promise<void>;
  readonly take: () => void | Promise<void>;
}

/** In the order in which they are made, at most one of each type. They are taken away in the opposite order. */
export type Program = readonly (Declared | Elsewhere)[];

interface Kept {
  readonly part: Declared | Elsewhere;
  readonly stored?: Stored;
  /** Whether its creation failed, so that the next run makes it anew. */
  readonly isTainted: boolean;
}

/** What Terraform does with a program, on our provider's own calls: refreshes, plans, applies, keeps state. */
export class Deployment {
  #kept: Kept[] = [];

  constructor(readonly startSession: () => Promise<ProviderSession>) {}

  /** Whether nothing is left that it manages. */
  get isEmpty(): boolean {
    return this.#kept.length === 0;
  }

  /** One run, with a provider process of its own, which ends with the first error; returns that error, or "". */
  async run(program: Program): Promise<string> {
    const session = await this.startSession();
    const error =
      (await this.#refresh(session)) ||
      (await this.#takeAway(session, program)) ||
      (await this.#make(session, program));
    session.server.stop();
    return error;
  }

  /** What a plan of the program would change, refreshed and without applying anything; "" if nothing. */
  async changesOf(program: Program): Promise<string> {
    const session = await this.startSession();
    const changes: string[] = [await this.#refresh(session)];
    for (const part of program) {
      const kept = this.#tryFind(part);
      if ("type" in part && kept?.stored) {
        const { plan, diagnostics } = await session.plan(part.type, part.config(this.#lookup), kept.stored);
        if (errorsOf({ diagnostics }) !== "" || JSON.stringify(plan) !== JSON.stringify(kept.stored.state))
          changes.push(`${part.type} is not as declared`);
      } else if (kept === undefined) {
        changes.push(`${nameOf(part)} is not there`);
      }
    }
    session.server.stop();
    return changes.filter((change) => change !== "").join("; ");
  }

  readonly #lookup: Lookup = (type, attribute) => {
    const value = this.#kept.find(({ part }) => nameOf(part) === type)?.stored?.state?.[attribute];
    if (typeof value !== "string") throw new Error(`no ${type} with a ${attribute} stands before what needs it`);
    return value;
  };

  #tryFind(part: Declared | Elsewhere): Kept | undefined {
    return this.#kept.find((kept) => nameOf(kept.part) === nameOf(part));
  }

  #set(part: Declared | Elsewhere, stored?: Stored, isTainted = false): void {
    const index = this.#kept.findIndex((kept) => nameOf(kept.part) === nameOf(part));
    const kept = { part, stored, isTainted };
    if (index < 0) this.#kept.push(kept);
    else this.#kept[index] = kept;
  }

  #forget(part: Declared | Elsewhere): void {
    this.#kept = this.#kept.filter((kept) => nameOf(kept.part) !== nameOf(part));
  }

  async #refresh(session: ProviderSession): Promise<string> {
    for (const { part, stored, isTainted } of [...this.#kept]) {
      if (!("type" in part) || !stored) continue;
      const read = await session.read(part.type, stored);
      const error = errorsOf(read);
      if (error !== "") return error;
      if (read.state === null) this.#forget(part);
      else this.#set(part, read, isTainted);
    }
    return "";
  }

  /** Takes away what the program has no more, or what is to be made anew. */
  async #takeAway(session: ProviderSession, program: Program): Promise<string> {
    const names = program.map(nameOf);
    for (const { part, stored, isTainted } of [...this.#kept].reverse()) {
      if (names.includes(nameOf(part)) && !isTainted) continue;
      if (!("type" in part)) {
        await part.take();
      } else if (stored) {
        const destroyed = await session.destroy(part.type, stored);
        const error = errorsOf(destroyed);
        if (error !== "") {
          this.#set(part, destroyed, isTainted);
          return error;
        }
      }
      this.#forget(part);
    }
    return "";
  }

  async #make(session: ProviderSession, program: Program): Promise<string> {
    for (const part of program) {
      const prior = this.#tryFind(part)?.stored;
      if (!("type" in part)) {
        await part.make(this.#lookup);
        this.#set(part);
        continue;
      }
      const made = await session.apply(part.type, part.config(this.#lookup), prior);
      const error = errorsOf(made);
      if (made.state !== null) this.#set(part, made, error !== "" && prior === undefined);
      if (error !== "") return error;
    }
    return "";
  }
}

function nameOf(part: Declared | Elsewhere): string {
  return "type" in part ? part.type : part.name;
}
