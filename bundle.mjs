// Bundles the provider and packs it as Terraform's mirrors hold one. With --watch, whenever it changes.
import { context } from "esbuild";
import { zipSync } from "fflate";
import { createHash } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { noticesOf } from "./notices.mjs";

const FILE = "dist/terraform-provider-ece";
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

// What the provider loads once it connects to a machine lies beside it. Terraform takes no file for the provider whose
// name does not begin like the provider's, and Node no .cjs for a module of the project around it.
const SSH_FILE = "ssh.cjs";

/** The files of the package, in the order of their names. */
const FILES = [
  { name: SSH_FILE, path: `dist/${SSH_FILE}`, mode: 0o644 },
  { name: `terraform-provider-ece_v${version}`, path: FILE, mode: 0o755 },
];

/** The same bytes wherever it is built: a lock file has their hash. */
function pack(metafile) {
  chmodSync(FILE, 0o755);
  const files = FILES.map(({ name, path, mode }) => ({ name, mode, bytes: readFileSync(path) }));
  const entries = files.map(({ name, mode, bytes }) => [name, [bytes, { ...UNIX, attrs: (0o100000 | mode) << 16 }]]);
  writeFileSync(`${FILE}.zip`, zipSync(Object.fromEntries(entries)));
  writeFileSync(`${FILE}.h1`, packageHash(files));
  writeFileSync("dist/third-party-notices.txt", noticesOf({ inputs: { ...metafile.inputs, ...sshInputs } }));
}

const UNIX = { os: 3, mtime: new Date(1980, 0, 1), level: 9 };

/** The hash of a package with these files, packed or not: https://pkg.go.dev/golang.org/x/mod/sumdb/dirhash#Hash1 */
function packageHash(files) {
  const lines = files.map(({ name, bytes }) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`);
  return `h1:${createHash("sha256").update(lines.join("")).digest("base64")}`;
}

const shared = {
  bundle: true,
  platform: "node",
  target: "node20",
  minifyWhitespace: true,
  minifySyntax: true,
  external: ["*.node", "cpu-features"],
  // The head compiles the provider's file, so that it has `require` and no `import()`.
  supported: { "dynamic-import": false },
  logLevel: "warning",
  metafile: true,
};

const sshBeside = {
  name: "ssh-beside",
  setup({ onResolve }) {
    onResolve({ filter: /\/machine\/index\.js$/ }, () => ({ path: `./${SSH_FILE}`, external: true }));
  },
};

// Requests have text or nothing as their body. axios brings a writer of forms along, and that a list of all media types.
const noForms = {
  name: "no-forms",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^form-data$/ }, ({ path }) => ({ path, namespace: "no-forms" }));
    onLoad({ filter: /.*/, namespace: "no-forms" }, () => ({ contents: "module.exports = class FormData {};" }));
  },
};

const whenBuilt = {
  name: "pack",
  setup: ({ onEnd }) => onEnd(({ errors, metafile }) => errors.length === 0 && pack(metafile)),
};

const ssh = await context({ ...shared, entryPoints: ["lib/machine/index.ts"], outfile: `dist/${SSH_FILE}` });
const provider = await context({
  ...shared,
  entryPoints: ["lib/provider/main.ts"],
  outfile: FILE,
  banner: { js: readFileSync("lib/provider/head.sh", "utf8") },
  plugins: [sshBeside, noForms, whenBuilt],
});

const { inputs: sshInputs } = (await ssh.rebuild()).metafile;
if (process.argv.includes("--watch")) {
  await Promise.all([ssh.watch(), provider.watch()]);
} else {
  const { errors } = await provider.rebuild();
  await Promise.all([ssh.dispose(), provider.dispose()]);
  process.exitCode = errors.length === 0 ? 0 : 1;
}
