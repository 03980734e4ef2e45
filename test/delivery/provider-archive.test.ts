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
import { join } from "node:path";
import { installProvider } from "../../lib/delivery";
import { VERSION } from "../../lib/version";
import { unzip } from "../support/zip";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cdktf-ece-test-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const bundle = join(__dirname, "../../dist/terraform-provider-ece");
const mirror = "terraform.d/plugins/terraform.local/cdktf-ece/ece";

function holdsBundle(archive: string): boolean {
  const [file, ...others] = unzip(archive);
  return others.length === 0 && file?.equals(readFileSync(bundle)) === true;
}

test("puts the same archive where Terraform looks on each platform", () => {
  const { files, source, version } = installProvider(folder);

  expect([source, version]).toEqual(["terraform.local/cdktf-ece/ece", VERSION]);
  expect(files.map((file) => file.slice(folder.length + 1))).toEqual(
    ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"].map(
      (platform) => `${mirror}/terraform-provider-ece_${VERSION}_${platform}.zip`,
    ),
  );
  expect(readdirSync(join(folder, mirror))).toHaveLength(4);
  expect(files.filter((file) => !holdsBundle(file))).toEqual([]);
});

test("tells the hash that Terraform computes", () => {
  const { hash } = installProvider(folder);

  const line = `${createHash("sha256").update(readFileSync(bundle)).digest("hex")}  terraform-provider-ece_v${VERSION}\n`;
  expect(hash).toBe(`h1:${createHash("sha256").update(line).digest("base64")}`);
});

test("leaves an archive with the right bytes alone, and replaces any other", () => {
  const [first, second] = installProvider(folder).files;
  writeFileSync(second!, "damaged");
  const before = statSync(first!).ino;

  installProvider(folder);

  expect(statSync(first!).ino).toBe(before);
  expect(holdsBundle(second!)).toBe(true);
});

test("removes other versions of this provider, packed or not, and nothing else", () => {
  const unpacked = join(folder, mirror, "0.0.1/linux_amd64");
  const packed = join(folder, mirror, "terraform-provider-ece_0.0.2_linux_amd64.zip");
  const beingWritten = join(folder, mirror, `terraform-provider-ece_${VERSION}_linux_amd64.zip.1`);
  const other = join(folder, mirror, "../other/0.0.1/linux_amd64");
  for (const each of [unpacked, other]) mkdirSync(each, { recursive: true });
  for (const each of [packed, beingWritten]) writeFileSync(each, "");

  installProvider(folder);

  expect([unpacked, packed, beingWritten, other].map((each) => existsSync(each))).toEqual([false, false, true, true]);
});
