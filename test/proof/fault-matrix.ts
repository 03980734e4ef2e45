import type { ConnectionOptions } from "../../lib/provider";
import { Simulator, type SimulatorState } from "../../lib/simulator";
import { ProviderSession } from "../support/provider-session";
import { Deployment } from "./deployment";
import { CALL_FAULTS, type CallFault, LATE_LISTS } from "./faults";
import type { Life } from "./lives";

/** A call of a run, so described that it is found again in another run of the same life, whose ids are others. */
interface Call {
  readonly step: number;
  /** As the table shows it. */
  readonly name: string;
  readonly method: string;
  /** The path up to the first random id. */
  readonly path: string;
  /** How many calls of the run with this method and path come before. */
  readonly after: number;
  /** How many calls of the run come before. */
  readonly position: number;
}

/** What may go wrong in one run of a life. */
export interface Cell {
  readonly step: number;
  readonly call: string;
  readonly fault: string;
  /** Lets it go wrong in the run to come. */
  readonly begin: (simulator: Simulator, elsewhere: string) => void | Promise<void>;
  readonly isAway?: boolean;
  readonly hangs?: boolean;
}

/** How a cell ended. */
export interface Verdict {
  readonly step: number;
  readonly call: string;
  readonly fault: string;
  /** Whether the run ended well, the next one did, what was left is named by an error, or something went wrong. */
  readonly end: "went on" | "next run" | "named" | "LOST";
  /** What went wrong, with the error of the run. */
  readonly loss: string;
}

type StartTimeLimit = NonNullable<NonNullable<ConnectionOptions["client"]>["startTimeLimit"]>;

const RANDOM_ID = /\/(?=[^/]*\d)(?:[0-9a-f-]{16,}|[\w-]{20,})(?=\/|$).*/;

/** The calls of each run of a life when nothing goes wrong: the first and the last one of each kind. */
export async function callsOf(build: () => Promise<Life>): Promise<Call[]> {
  const { simulator, steps } = await build();
  const deployment = new Deployment(() => ProviderSession.start(simulator));
  const calls: Call[] = [];
  for (const [step, { program, then }] of steps.entries()) {
    const before = simulator.requests.length;
    expect(await deployment.run(program)).toBe("");
    const requests = simulator.requests.slice(before);
    const kinds = new Map<string, Call[]>();
    for (const [position, { method, path: whole }] of requests.entries()) {
      const path = whole.replace(RANDOM_ID, "/");
      const name = `${method} ${whole.replace(RANDOM_ID, "/…")}`;
      const after = requests.slice(0, position).filter((one) => one.method === method && one.path.startsWith(path));
      kinds.set(name, [...(kinds.get(name) ?? []), { step, name, method, path, after: after.length, position }]);
    }
    for (const [first, ...others] of kinds.values()) {
      const last = others.at(-1);
      calls.push(...[first, last && { ...last, name: `${last.name} (last)` }].filter((call) => call !== undefined));
    }
    then?.();
  }
  expect(deployment.isEmpty).toBe(true);
  await simulator.stop();
  return calls;
}

/** Every cell of a life's matrix. */
export function cellsOf(calls: readonly Call[]): Cell[] {
  const steps = [...new Set(calls.map(({ step }) => step))];
  return [
    ...calls.flatMap((call) => CALL_FAULTS.map((fault) => cellOf(call, fault))),
    ...steps.flatMap((step) =>
      LATE_LISTS.map(({ name, behaviour }) => ({
        step,
        call: "every list",
        fault: name,
        begin: (simulator: Simulator) => void Object.assign(simulator.platform.behaviour, behaviour),
      })),
    ),
  ];
}

function cellOf({ step, name, method, path, after, position }: Call, { name: fault, ...of }: CallFault): Cell {
  const isAway = of.fault("").kind === "leave";
  return {
    step,
    call: name,
    fault,
    isAway,
    hangs: of.hangs,
    begin: async (simulator, elsewhere) => {
      if (!isAway) simulator.faults.add({ ...of.fault(elsewhere), method, path, after });
      else if (position === 0) await simulator.stopCoordinator(1);
      else simulator.faults.add({ kind: "leave", path: "/", after: position - 1 });
    },
  };
}

/** Lives a life with one thing that goes wrong, runs what went wrong again, then the rest, and judges. */
export async function judge(build: () => Promise<Life>, cell: Cell, elsewhere: Simulator): Promise<Verdict> {
  const { simulator, steps } = await build();
  const { behaviour } = simulator.platform;
  const atStart = simulator.state();
  const usual = { ...behaviour };
  const redirected = elsewhere.requests.length;
  const limits = new HangLimits(simulator);
  const deployment = new Deployment(() => ProviderSession.start(simulator, {}, { startTimeLimit: limits.start }));
  const losses: string[] = [];
  let error = "";
  let placed: string[] = [];
  for (const [step, { name, program, then }] of steps.entries()) {
    if (step === cell.step) {
      await cell.begin(simulator, elsewhere.endpoint);
      if (cell.hangs === true) limits.begin();
      error = await deployment.run(program);
      simulator.faults.clear();
      Object.assign(behaviour, usual);
      limits.end();
      if (cell.isAway === true) await simulator.startCoordinator(1).catch(() => undefined);
    }
    if (step !== cell.step || error !== "") {
      const next = await deployment.run(program);
      if (next !== "") losses.push(`${name}, without a fault: ${next}`);
    }
    if (step >= cell.step) {
      const changes = await deployment.changesOf(program);
      if (changes !== "") losses.push(`${name}, the plan after it: ${changes}`);
    }
    then?.();
    if (then) placed = instancesOf(simulator.state());
  }
  if (elsewhere.requests.length > redirected) losses.push("the redirect was followed");
  if (!deployment.isEmpty) losses.push("something is left in the state");
  const { orphans, differences } = compare(atStart, simulator.state(), placed);
  losses.push(...differences, ...orphans.filter((id) => !error.includes(id)).map((id) => `the token ${id} is left`));
  await simulator.stop();
  const end = losses.length > 0 ? "LOST" : orphans.length > 0 ? "named" : error === "" ? "went on" : "next run";
  const loss = losses.length > 0 ? [...losses, `(the run with the fault: ${error || "well"})`].join("\n") : "";
  return { step: cell.step, call: cell.call, fault: cell.fault, end, loss };
}

/** Ends the attempts of a client as soon as the simulator lets one of them hang, and so waits for no clock. */
class HangLimits {
  readonly #running = new Set<AbortController>();
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly simulator: Simulator) {}

  readonly start: StartTimeLimit = () => {
    const controller = new AbortController();
    this.#running.add(controller);
    return { signal: controller.signal, end: () => void this.#running.delete(controller) };
  };

  begin(): void {
    this.#timer = setInterval(() => {
      if (this.simulator.faults.pending().length > 0) return;
      for (const controller of this.#running) controller.abort();
      this.end();
    }, 2);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

function instancesOf({ allocators }: SimulatorState): string[] {
  return allocators.flatMap(({ instances }) => instances).sort();
}

/** What is left on a platform that was not there at the start, and what is missing or changed. */
function compare(
  start: SimulatorState,
  end: SimulatorState,
  placed: readonly string[],
): { orphans: string[]; differences: string[] } {
  const live = ({ tokens }: SimulatorState) => tokens.flatMap((token) => (token.live ? [token.id] : [])).sort();
  const rest = ({ runners, ensemble, allocators }: SimulatorState) => ({
    runners,
    members: [...ensemble.members].sort(),
    allocators: allocators.map(({ instances: _, ...allocator }) => allocator),
  });
  const differences: string[] = [];
  const [before, after] = [JSON.stringify(rest(start)), JSON.stringify(rest(end))];
  if (before !== after) differences.push(`the platform was ${before}, and is ${after}`);
  const held = instancesOf(end);
  const lost = placed.filter((instance) => !held.includes(instance));
  if (lost.length > 0) differences.push(`lost instances: ${lost.join(", ")}`);
  const gone = live(start).filter((id) => !live(end).includes(id));
  if (gone.length > 0) differences.push(`tokens of others were revoked: ${gone.join(", ")}`);
  return { orphans: live(end).filter((id) => !live(start).includes(id)), differences };
}
