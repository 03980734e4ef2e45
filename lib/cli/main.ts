#!/usr/bin/env node
/**
 * The command `cdktf-ece`. Imports the doors of `provider`, `simulator`, `api`, `delivery` and `ece`; those that bring
 * HTTP, SSH or gRPC only when a command runs, so that help and version come at once.
 */
import { Command } from "commander";
import { VERSION } from "../version";
import { CommandError } from "./command-error";
import { addCompletionCommand } from "./completion-command";
import { addDoctorCommand } from "./doctor-command";
import { addHostsCommand } from "./hosts-command";
import { addImportCommand } from "./import-command";
import { addProviderCommand } from "./provider-command";
import { addSimulatorCommand } from "./simulator-command";
import { addTokensCommand } from "./tokens-command";

const program = new Command("cdktf-ece")
  .description(
    "Elastic Cloud Enterprise hosts as code: the Terraform provider, the platform's roles tokens, and a simulator to try it all on.",
  )
  .version(VERSION, "-V, --version", "print the version")
  .helpOption("-h, --help", "print this help")
  .helpCommand("help [command]", "Print the help of a command.")
  .option("--debug", "print the stack of an error, too")
  .showHelpAfterError("Run it with --help to see what it takes.");
addDoctorCommand(program);
addProviderCommand(program);
addSimulatorCommand(program);
addTokensCommand(program);
addHostsCommand(program);
addImportCommand(program);
addCompletionCommand(program);

program.parseAsync().catch(async (error: unknown) => {
  process.stderr.write(`${await describe(error)}\n`);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
});

async function describe(error: unknown): Promise<string> {
  if (!(error instanceof Error)) return String(error);
  const text = program.opts<{ debug?: boolean }>().debug ? (error.stack ?? error.message) : error.message;
  const { EceError } = await import("../api/index.js");
  return error instanceof EceError && error.remedy ? `${text}\n${error.remedy}` : text;
}
