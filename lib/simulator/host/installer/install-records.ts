import { decode } from "jsonwebtoken";

/** One call of the installer on a host. A roles token in it is replaced by `(token ID)`. */
export interface InstallRecord {
  /** The arguments of the installer. */
  readonly arguments: readonly string[];
  /** The environment variables that the installer gave to its container; absent if it did not start one. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Absent while the install runs, and if it was killed. */
  readonly exitCode?: number;
}

/** Reads the claims of a roles token, without verifying it. */
export function readRolesToken(token: string): { id: string; roles: string[] } | undefined {
  const payload = decode(token);
  if (payload === null || typeof payload === "string" || payload.sub === undefined) return undefined;
  return { id: payload.sub, roles: Array.isArray(payload.roles) ? payload.roles.map(String) : [] };
}

/** The calls of the installer on one host, in memory only and without secrets. */
export class InstallRecords {
  readonly #records: InstallRecord[] = [];
  readonly #byProcess = new Map<string, number>();

  get all(): readonly InstallRecord[] {
    return this.#records;
  }

  /** Records that the installer with this process id has started. */
  begin(processId: string, args: readonly string[]): void {
    const flag = args.indexOf("--roles-token");
    const token = flag === -1 ? "" : (args[flag + 1] ?? "");
    const index = this.#records.push({ arguments: args.map((arg) => withoutToken(arg, token)) }) - 1;
    this.#byProcess.set(processId, index);
  }

  /** Records the settings with which it has started its container. */
  addSettings(processId: string, settings: Readonly<Record<string, string>>): void {
    const token = settings.RUNNER_ROLES_TOKEN ?? "";
    const clean = Object.entries(settings).map(([name, value]) => [name, withoutToken(value, token)] as const);
    this.#change(processId, { settings: Object.fromEntries(clean) });
  }

  /** Records that it has ended. */
  end(processId: string, exitCode: number): void {
    this.#change(processId, { exitCode });
  }

  #change(processId: string, change: Partial<InstallRecord>): void {
    const index = this.#byProcess.get(processId);
    const record = index === undefined ? undefined : this.#records[index];
    if (index !== undefined && record !== undefined) this.#records[index] = { ...record, ...change };
  }
}

function withoutToken(text: string, token: string): string {
  return token === "" ? text : text.replaceAll(token, `(token ${readRolesToken(token)?.id ?? "unreadable"})`);
}
