import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { CommandError } from "./command-error";
import type { Findings } from "./import/findings";
import { printJson } from "./output";
import { ENVIRONMENT_HELP, withPlatform } from "./platform";

interface ImportArguments {
  readonly hcl?: true;
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

/** `cdktf-ece import` */
export function addImportCommand(program: Command): void {
  program
    .command("import")
    .description("Write the program that takes over a platform which was built by hand. Changes nothing on it.")
    .option("--hcl", "write a Terraform configuration with import blocks, instead of a CDKTF program")
    .option("-o, --out <file>", "where to; - for stdout (default: ece-platform.ts, or ece-platform.tf)")
    .option("--force", "overwrite the file")
    .option("--json", "print what was found as JSON")
    .addHelpText(
      "after",
      `
Hosts with their roles, what was set on their allocators (tags, capacity), and the persistent roles tokens are declared
as they are, and imported: the first plan shows nothing else. No token is made, nothing installed, no maintenance mode
ended. The token without roles and what looks like the emergency token are left out, which destroying would revoke.

Exit code: 0 when all that can be taken over is in the file, 2 when something had to be left out, 1 on an error.

Example:

  npx cdktf-ece import && npx cdktf deploy --app "npx tsx ece-platform.ts"
${ENVIRONMENT_HELP}`,
    )
    .action(async ({ hcl, out = hcl ? "ece-platform.tf" : "ece-platform.ts", force, json }: ImportArguments) => {
      if (json && out === "-") throw new CommandError("--json and --out - both print to stdout: give a file.");
      const [{ readPlatform }, { describeLeftOut, renderHcl, renderTypeScript }] = await Promise.all([
        import("./import/findings.js"),
        import("./import/render.js"),
      ]);
      const findings = await withPlatform(readPlatform);
      const program = hcl ? renderHcl(findings) : renderTypeScript(findings);
      if (out === "-") process.stdout.write(program);
      else write(out, program, force === true);

      if (json) printJson({ file: out, ...findings });
      else if (out !== "-") process.stdout.write(`${summary(findings)} ${findings.endpoint} stand in ${out}.\n`);
      const { leftOut } = findings;
      for (const each of leftOut) process.stderr.write(`Left out: ${describeLeftOut(each)}.\n`);
      if (leftOut.some(({ isExpected }) => !isExpected)) process.exitCode = 2;
    });
}

/** A file that is there may have been edited since. */
function write(file: string, content: string, overwrites: boolean): void {
  try {
    writeFileSync(file, content, { flag: overwrites ? "w" : "wx" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      code === "EEXIST"
        ? `${file} is there already and was left as it is. Name another file with --out, or overwrite it with --force.`
        : `${file} cannot be written (${code ?? String(error)}).`,
    );
  }
}

function summary({ hosts, tokens }: Findings): string {
  const allocators = hosts.filter(({ allocator }) => allocator !== undefined).length;
  return `${hosts.length} hosts, ${allocators} allocators with tags or a capacity, and ${tokens.length} roles tokens of`;
}
