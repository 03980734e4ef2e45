import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScript } from "../../../../lib/simulator/host/machine";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cdktf-ece-test-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function script(text: string): string {
  const file = join(folder, "script.sh");
  writeFileSync(file, text);
  return file;
}

test("values stand in the place of their names, quoted for the shell", () => {
  const file = script('folder=@folder@ roots=(@roots@) port=@port@; run "$@" "${roots[@]}"\n');

  expect(readScript(file, { folder: "/a b", roots: ["/c", "/d e"], port: 22 })).toBe(
    `folder='/a b' roots=(/c '/d e') port=22; run "$@" "\${roots[@]}"\n`,
  );
});

test("a name without a value is an error", () => {
  expect(() => readScript(script("echo @nobody@"))).toThrow("needs a value for nobody");
});
