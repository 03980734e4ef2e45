import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Simulator } from "../../lib/simulator";
import type { Outcome } from "../support/provider-session";
import type { Finished } from "../support/sandbox";
import { operatorEnvironment } from "../support/terraform";
import { useCommandLine } from "./command-line";

/** What `hosts rehearse-removal --json` prints, as far as tests read it. */
interface Told {
  readonly passes: boolean;
  readonly hosts: readonly {
    readonly runnerId: string;
    readonly passes: boolean;
    readonly proofs: readonly { readonly proof: string; readonly outcome: string; readonly found: string }[];
    readonly instances: readonly { readonly targets: readonly string[]; readonly obstacle?: string }[];
  }[];
  readonly zones: readonly object[];
  readonly ensemble: { readonly roles: readonly object[]; readonly votes: object };
}

/** Rehearses removals by the command line, each test in a folder of its own. */
export function useRehearsal(simulator: () => Simulator) {
  const commandLine = useCommandLine();
  const rehearse = (runnerIds: readonly string[], state: string, ...options: string[]): Promise<Finished> => {
    const args = ["hosts", "rehearse-removal", ...runnerIds, "--state", state, ...options];
    return commandLine.run(args, { env: operatorEnvironment(simulator()) });
  };
  return {
    rehearse,

    /** Writes a Terraform state with these resources; returns its file. */
    writeState: (...resources: (readonly [type: string, outcome: Outcome])[]): string => {
      const file = join(commandLine.sandbox.folder, "terraform.tfstate");
      const written = resources.map(([type, { state, privateState }]) => ({
        mode: "managed",
        type,
        name: "this",
        instances: [{ attributes: state, private: Buffer.from(privateState).toString("base64") }],
      }));
      writeFileSync(file, JSON.stringify({ version: 4, terraform_version: "1.11.4", resources: written }));
      return file;
    },

    told: async (runnerIds: readonly string[], state: string, ...options: string[]) => {
      const { exitCode, stdout, stderr } = await rehearse(runnerIds, state, "--json", ...options);
      if (stdout === "") throw new Error(stderr);
      return { ...(JSON.parse(stdout) as Told), exitCode };
    },
  };
}

/** What was found by a proof of the first host. */
export function found({ hosts }: Told, proof: string) {
  return hosts[0]?.proofs.find((each) => each.proof === proof);
}
