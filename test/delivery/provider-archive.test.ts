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

const DIST = join(__dirname, "../../dist");
/** The files of the archive, in their order: what is loaded with the first connection to a machine, and the rest. */
const FILES = [
  { name: "ssh.cjs", bytes: readFileSync(join(DIST, "ssh.cjs")) },
  { name: `terraform-provider-ece_v${VERSION}`, bytes: readFileSync(join(DIST, "terraform-provider-ece")) },
] as const;
const mirror = "terraform.d/plugins/terraform.local/cdktf-ece/ece";

function holdsFiles(archive: string): boolean {
  const found = unzip(archive);
  return found.length === FILES.length && FILES.every(({ bytes }, index) => found[index]?.equals(bytes));
}

test("is small, and half of it is not loaded before the handshake", () => {
  const [archive] = installProvider(folder).files;

  expect(statSync(archive!).size).toBeLessThan(400_000);
  expect(FILES[1].bytes.length).toBeLessThan(700_000);
});

test("puts the same archive where Terraform looks on each platform", () => {
  const { files, source, version } = installProvider(folder);

  expect([source, version]).toEqual(["terraform.local/cdktf-ece/ece", VERSION]);
  expect(files.map((file) => file.slice(folder.length + 1))).toEqual(
    ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"].map(
      (platform) => `${mirror}/terraform-provider-ece_${VERSION}_${platform}.zip`,
    ),
  );
  expect(readdirSync(join(folder, mirror))).toHaveLength(4);
  expect(files.filter((file) => !holdsFiles(file))).toEqual([]);
});

test("tells the hash that Terraform computes", () => {
  const { hash } = installProvider(folder);

  const lines = FILES.map(({ name, bytes }) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`);
  expect(hash).toBe(`h1:${createHash("sha256").update(lines.join("")).digest("base64")}`);
});

test("leaves an archive with the right bytes alone, and replaces any other", () => {
  const [first, second] = installProvider(folder).files;
  writeFileSync(second!, "damaged");
  const before = statSync(first!).ino;

  installProvider(folder);

  expect(statSync(first!).ino).toBe(before);
  expect(holdsFiles(second!)).toBe(true);
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
