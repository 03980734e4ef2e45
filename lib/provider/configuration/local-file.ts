import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The text of a file on the machine that runs Terraform; `~/` is the user's home folder. */
export function readLocalFile(path: string): string {
  return readFileSync(path.startsWith("~/") ? join(homedir(), path.slice(2)) : path, "utf8");
}
