import { readFileSync } from "node:fs";
import { quote } from "shell-quote";

/**
 * Reads a script that lies beside the code. In it, `@name@` stands for the value of that name, quoted for the shell;
 * for a list, for all of its words.
 */
export function readScript(
  file: string,
  values: Readonly<Record<string, string | number | readonly string[]>> = {},
): string {
  return readFileSync(file, "utf8").replace(/@(\w+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${file} needs a value for ${name}`);

    return typeof value === "object" ? quote([...value]) : quote([String(value)]);
  });
}
