import { join } from "node:path";
import { type Finished, PACKAGE_ROOT, type RunOptions, Sandbox } from "../support/sandbox";

/** The built `cdktf-ece`. */
export const COMMAND_FILE = join(PACKAGE_ROOT, "dist", "cli", "main.js");

/** Gives each test of a file a sandbox, and a function that runs `cdktf-ece` in it. */
export function useCommandLine(): {
  readonly sandbox: Sandbox;
  run(args: string[], options?: RunOptions): Promise<Finished>;
} {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(() => sandbox?.remove());
  return {
    get sandbox() {
      return sandbox;
    },
    run: (args, options) => sandbox.run(process.execPath, [COMMAND_FILE, ...args], options),
  };
}
