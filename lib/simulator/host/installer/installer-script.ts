import { join } from "node:path";
import { readScript } from "../machine";

/** The command by which the stand-in installer reports to its simulator. */
export const INSTALL_REPORT_COMMAND = "simulator-install-report";

const FILE = join(__dirname, "elastic-cloud-enterprise.sh");

/**
 * The stand-in for Elastic's `elastic-cloud-enterprise.sh` of this version.
 *
 * It was written for the simulator, but reads its arguments as the original does, traps included: a value with white
 * space is cut, globs are expanded, a quote is executed, an empty argument ends the list, and variables of the
 * environment count; of two addresses of a card, one becomes the image; systems and engines that this version of ECE
 * does not run on are refused. Its exit codes are the original's. It refuses to run on anything but a simulated host.
 */
export function installerScript(version: string): string {
  return readScript(FILE, { version });
}
