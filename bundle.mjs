// Bundles the provider into one file, and packs that as Terraform's mirrors hold a provider. With --watch, whenever it changes.
import { context } from "esbuild";
import { zipSync } from "fflate";
import { createHash } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { noticesOf } from "./notices.mjs";

const FILE = "dist/terraform-provider-ece";
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

/** The same bytes wherever it is built: a lock file has their hash. */
function pack(metafile) {
  const bytes = readFileSync(FILE);
  const name = `terraform-provider-ece_v${version}`;
  const unix = { os: 3, attrs: 0o100755 << 16, mtime: new Date(1980, 0, 1), level: 9 };
  chmodSync(FILE, 0o755);
  writeFileSync(`${FILE}.zip`, zipSync({ [name]: [bytes, unix] }));
  writeFileSync(`${FILE}.h1`, packageHash(name, bytes));
  writeFileSync("dist/third-party-notices.txt", noticesOf(metafile));
}

/** The hash of a package with this one file, packed or not: https://pkg.go.dev/golang.org/x/mod/sumdb/dirhash#Hash1 */
function packageHash(name, bytes) {
  const line = `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`;
  return `h1:${createHash("sha256").update(line).digest("base64")}`;
}

const bundle = await context({
  entryPoints: ["lib/provider/main.ts"],
  outfile: FILE,
  bundle: true,
  platform: "node",
  target: "node20",
  minifyWhitespace: true,
  minifySyntax: true,
  external: ["*.node", "cpu-features"],
  banner: { js: readFileSync("lib/provider/head.sh", "utf8") },
  logLevel: "warning",
  metafile: true,
  plugins: [
    { name: "pack", setup: ({ onEnd }) => onEnd(({ errors, metafile }) => errors.length === 0 && pack(metafile)) },
  ],
});

if (process.argv.includes("--watch")) {
  await bundle.watch();
} else {
  const { errors } = await bundle.rebuild();
  await bundle.dispose();
  process.exitCode = errors.length === 0 ? 0 : 1;
}
