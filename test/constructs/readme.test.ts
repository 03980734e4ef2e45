import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT, Sandbox } from "../support/sandbox";
import { HOST_KEY_LINE } from "./synthesis";

test("the program on the README's first screen synthesizes as it stands there, with a key in it", async () => {
  const sandbox = new Sandbox();
  const [, program = ""] = /```ts\n([^]*?)```/.exec(readFileSync(join(PACKAGE_ROOT, "README.md"), "utf8")) ?? [];
  const main = sandbox.writeFile(
    "main.ts",
    program
      .replace('"cdktf"', JSON.stringify(require.resolve("cdktf")))
      .replace('"cdktf-ece"', JSON.stringify(join(PACKAGE_ROOT, "lib")))
      .replace("ssh-ed25519 AAAA…", HOST_KEY_LINE),
  );

  const { exitCode, output } = await sandbox.run(process.execPath, [require.resolve("tsx/cli"), main]);

  expect([exitCode, output]).toEqual([0, ""]);
  expect(existsSync(join(sandbox.folder, "cdktf.out/stacks/allocators/cdk.tf.json"))).toBe(true);
  sandbox.remove();
});
