import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { installProvider } from "../../lib/delivery";
import { VERSION } from "../../lib/version";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cdktf-ece-test-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const shipped = join(__dirname, "../../dist/terraform-provider-ece");

test("puts the same executable file where Terraform looks on each platform", () => {
  const { files, source, version } = installProvider(folder);

  expect([source, version]).toEqual(["terraform.local/cdktf-ece/ece", VERSION]);
  expect(files.map((file) => file.slice(folder.length))).toContain(
    `/terraform.d/plugins/terraform.local/cdktf-ece/ece/${VERSION}/linux_amd64/terraform-provider-ece_v${VERSION}`,
  );
  expect(files).toHaveLength(4);
  for (const file of files) {
    expect(readFileSync(file).equals(readFileSync(shipped))).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o755);
    expect(readdirSync(dirname(file))).toHaveLength(1);
  }
});

test("tells the hash that Terraform computes", () => {
  const { hash } = installProvider(folder);

  const line = `${createHash("sha256").update(readFileSync(shipped)).digest("hex")}  terraform-provider-ece_v${VERSION}\n`;
  expect(hash).toBe(`h1:${createHash("sha256").update(line).digest("base64")}`);
});

test("leaves a file with the right bytes alone, and replaces any other", () => {
  const [first, second] = installProvider(folder).files;
  writeFileSync(second!, "damaged");
  const before = statSync(first!).ino;

  installProvider(folder);

  expect(statSync(first!).ino).toBe(before);
  expect(readFileSync(second!).equals(readFileSync(shipped))).toBe(true);
});

test("removes other versions of this provider, and nothing of other providers", () => {
  const plugins = join(folder, "terraform.d/plugins");
  const old = join(plugins, "terraform.local/cdktf-ece/ece/0.0.1/linux_amd64");
  const other = join(plugins, "terraform.local/cdktf-ece/other/0.0.1/linux_amd64");
  mkdirSync(old, { recursive: true });
  mkdirSync(other, { recursive: true });

  installProvider(folder);

  expect([existsSync(old), existsSync(other)]).toEqual([false, true]);
});
