import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../../lib/version";
import { PACKAGE_ROOT } from "../support/sandbox";
import { unzip } from "../support/zip";
import { useCommandLine } from "./command-line";

const commandLine = useCommandLine();

test("vendor puts the provider where terraform init finds it", async () => {
  const folder = commandLine.sandbox.makeFolder("configuration");

  const vendored = await commandLine.run(["provider", "vendor", folder]);

  expect(vendored).toMatchObject({
    exitCode: 0,
    stdout: `Provider terraform.local/cdktf-ece/ece ${VERSION} is in ${folder}/terraform.d/plugins.\n`,
  });
  const file = `terraform.d/plugins/terraform.local/cdktf-ece/ece/terraform-provider-ece_${VERSION}_linux_amd64.zip`;
  const [, unpacked] = unzip(join(folder, file));
  expect(unpacked?.equals(readFileSync(join(PACKAGE_ROOT, "dist/terraform-provider-ece")))).toBe(true);
});

test("vendor makes no folder", async () => {
  const vendored = await commandLine.run(["provider", "vendor", "mistyped"]);

  expect(vendored).toMatchObject({ exitCode: 1 });
  expect(existsSync(join(commandLine.sandbox.folder, "mistyped"))).toBe(false);
});
