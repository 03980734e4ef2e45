import { statSync } from "node:fs";
import type { Command } from "commander";
import { PROVIDER_SOURCE, installProvider } from "../delivery";
import { VERSION } from "../version";
import { CommandError } from "./command-error";

/** `cdktf-ece provider …` */
export function addProviderCommand(program: Command): void {
  program
    .command("provider")
    .description("The Terraform provider that this package ships.")
    .command("vendor")
    .argument("<dir>", "the folder of the Terraform configuration; it must exist")
    .description("Put the provider into DIR/terraform.d/plugins, where terraform init finds it without any registry.")
    .addHelpText(
      "after",
      `
The configuration names the provider like this:

  terraform {
    required_providers {
      ece = {
        source  = "${PROVIDER_SOURCE}"
        version = "${VERSION}"
      }
    }
  }

Run it again after each upgrade of this package, then terraform init -upgrade. Run terraform in DIR itself (cd DIR):
with -chdir, or with a provider_installation block in the CLI configuration, Terraform does not look there.`,
    )
    .action((directory: string) => {
      if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
        throw new CommandError(`There is no folder ${directory}; name that of your Terraform configuration.`);

      installProvider(directory);
      process.stdout.write(`Provider ${PROVIDER_SOURCE} ${VERSION} is in ${directory}/terraform.d/plugins.\n`);
    });
}
