#!/usr/bin/env node
import { Command } from "commander";
import { EceError } from "../api";
import { VERSION } from "../version";
import { CommandError } from "./command-error";
import { providerCommand } from "./provider-command";
import { simulatorCommand } from "./simulator-command";
import { tokensCommand } from "./tokens-command";

const program = new Command("cdktf-ece")
  .description(
    "Elastic Cloud Enterprise hosts as code: the provider, the platform's roles tokens, and a simulator to try it all on.",
  )
  .version(VERSION, "-V, --version", "Print the version.")
  .helpOption("-h, --help", "Print this help.")
  .option("--debug", "Print the stack of an error, too.")
  .showHelpAfterError("Run it with --help to see what it takes.")
  .addCommand(providerCommand())
  .addCommand(simulatorCommand())
  .addCommand(tokensCommand());

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
});

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = program.opts<{ debug?: boolean }>().debug ? (error.stack ?? error.message) : error.message;
  return error instanceof EceError && error.remedy ? `${text}\n${error.remedy}` : text;
}
