import { App, TerraformStack } from "cdktf";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stackPath } from "../../lib/constructs/cdktf-values";

test("makes a relative path one from the stack's folder, and leaves others as they are", () => {
  const outdir = mkdtempSync(join(tmpdir(), "cdktf-ece-test-"));
  const stack = new TerraformStack(new App({ outdir }), "hosts");

  const path = stackPath(stack, "keys/ece");

  expect(path).toBe(relative(join(outdir, "stacks/hosts"), "keys/ece"));
  expect(["/etc/key", "~/.ssh/key", "${TfToken[TOKEN.0]}"].map((each) => stackPath(stack, each))).toEqual([
    "/etc/key",
    "~/.ssh/key",
    "${TfToken[TOKEN.0]}",
  ]);
  rmSync(outdir, { recursive: true });
});
