import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROVIDER_SOURCE, lockProviders, type LockEntry } from "../../lib/delivery";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cdktf-ece-test-"));
  file = join(folder, ".terraform.lock.hcl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const ours: LockEntry = { source: PROVIDER_SOURCE, version: "0.2.0", constraints: "0.2.0", hash: "h1:new=" };
const aws: LockEntry = { source: "registry.terraform.io/hashicorp/aws", version: "6.0.0", constraints: "6.0.0" };

const users = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.1.0"
  constraints = "~> 5.0"
  hashes = [
    "h1:users=",
  ]
}

provider "${PROVIDER_SOURCE}" {
  version     = "0.1.0"
  constraints = "0.1.0"
  hashes = [
    "h1:old=",
  ]
}
`;

test("writes an entry for each provider", () => {
  lockProviders(folder, [aws, ours]);

  expect(readFileSync(file, "utf8")).toBe(`provider "registry.terraform.io/hashicorp/aws" {
  version     = "6.0.0"
  constraints = "6.0.0"
}

provider "${PROVIDER_SOURCE}" {
  version     = "0.2.0"
  constraints = "0.2.0"
  hashes = [
    "h1:new=",
  ]
}
`);
});

test("brings our own entry up to date, and leaves the user's as they are", () => {
  writeFileSync(file, users);

  lockProviders(folder, [aws, ours]);

  expect(readFileSync(file, "utf8")).toBe(users.replaceAll("0.1.0", "0.2.0").replace("h1:old=", "h1:new="));
});

test("does not touch a file that says it all", () => {
  lockProviders(folder, [aws, ours]);
  const before = statSync(file).ino;

  lockProviders(folder, [aws, ours]);

  expect(statSync(file).ino).toBe(before);
});
