// Packs the package for both: as it is for cdktf, and from the same files for cdktf's heir, cdktn, as `cdktn-ece`.
// usage: node pack-all.mjs [FOLDER [--ignore-scripts]]; with the option, dist is taken as it is.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [folder = "artifacts", ...options] = process.argv.slice(2);
const destination = resolve(folder);
mkdirSync(destination, { recursive: true });

const workplace = mkdtempSync(join(tmpdir(), "cdktf-ece-pack-"));
try {
  const packed = pack(process.cwd(), options);
  execFileSync("tar", ["-xzf", packed, "-C", workplace]);
  const heir = join(workplace, "package");
  rewrite(heir);
  pack(heir, ["--ignore-scripts"]);
} finally {
  rmSync(workplace, { recursive: true });
}

/** The file that npm made of a package. */
function pack(cwd, extra) {
  const json = execFileSync("npm", ["pack", "--json", "--pack-destination", destination, ...extra], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Scripts that npm runs before it packs write to the same stream.
  const [{ filename }] = JSON.parse(json.slice(json.search(/^\[$/m)));
  console.log(join(folder, filename));
  return join(destination, filename);
}

function rewrite(root) {
  for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    const file = join(root, name);
    if (/\.(js|d\.ts)$/.test(name)) writeFileSync(file, importHeir(readFileSync(file, "utf8")));
    if (name.endsWith(".md")) writeFileSync(file, speakOfHeir(importHeir(readFileSync(file, "utf8"))));
    if (name === "package.json") writeFileSync(file, manifest(JSON.parse(readFileSync(file, "utf8"))));
  }
}

/** In modules, their types, and examples. */
function importHeir(text) {
  return text.replace(
    /\b(require\(|import\(|from )"(@?)cdktf(-ece)?(\/[^"]*)?"/g,
    (_, how, at, ece = "", path = "") => `${how}"${at}cdktn${ece}${path}"`,
  );
}

/** What users type. */
function speakOfHeir(text) {
  return text
    .replace(/^# cdktf-ece$/m, "# cdktn-ece")
    .replace("npm install cdktf-ece cdktf constructs", 'npm install cdktn-ece cdktn "constructs@>=10.6 <10.8"')
    .replace(/\bcdktf (deploy|destroy|diff|plan|synth)\b/g, "cdktn $1");
}

function manifest({ bin, description, keywords, peerDependencies, scripts: _, devDependencies: __, ...others }) {
  const { cdktf: ___, ...peers } = peerDependencies;
  // The provider's messages, equal in both packages, name the command cdktf-ece: it is there under both names.
  const command = bin["cdktf-ece"];
  const heir = {
    ...others,
    name: "cdktn-ece",
    description: description.replace("CDKTF", "CDK Terrain"),
    keywords: keywords.map((word) => (word === "cdktf" ? "cdktn" : word)),
    bin: { "cdktf-ece": command, "cdktn-ece": command },
    peerDependencies: { ...peers, cdktn: ">=0.24.0", constructs: ">=10.6.0 <10.8.0" },
  };
  return `${JSON.stringify(heir, undefined, 2)}\n`;
}
