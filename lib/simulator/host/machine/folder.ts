import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize, relative } from "node:path";
import { MACHINE_COMMANDS, pathMapper, PATH_MAPPER_NAMES } from "./path-mapper";

// Homebrew first: the bash of macOS is too old for the stand-ins.
const SYSTEM_FOLDERS = ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];
const INDISPENSABLE = ["bash", "scp"];

/**
 * The private folder (mode 0700) of a simulated host.
 *
 *     bin/      all commands of the host: stand-ins, and links to everyday tools of the real machine
 *     home/     the user's home
 *     storage/  the content of its storage roots
 *     tmp/      the files of its mktemp
 *     machine/  files of the machine that commands see in place of the real ones, such as etc/fstab
 *     hidden/   what mounts hide, or what is not mounted
 */
export class HostFolder {
  readonly path = mkdtempSync(join(tmpdir(), "cdktf-ece-host-"));
  readonly bin = join(this.path, "bin");
  readonly home = join(this.path, "home");
  readonly #storage = join(this.path, "storage");
  readonly #tmp = join(this.path, "tmp");
  readonly #machine = join(this.path, "machine");
  readonly #hidden = join(this.path, "hidden");

  readonly #storageRoots: readonly string[];

  constructor(storageRoots: readonly string[]) {
    this.#storageRoots = storageRoots;

    mkdirSync(this.bin);
    for (const name of MACHINE_COMMANDS) {
      const command = this.tryFindReal(name);
      if (command !== undefined) symlinkSync(command, join(this.bin, name));
    }
    const missing = INDISPENSABLE.filter((name) => !existsSync(join(this.bin, name)));
    if (missing.length > 0) {
      this.remove();
      throw new Error(
        `Unable to start a simulated host: it needs ${missing.join(" and ")} of this machine. ` +
          "Install bash 4 or newer and the OpenSSH client.",
      );
    }
    const mapper = pathMapper({
      folder: this.path,
      storage: this.#storage,
      storageRoots,
      machine: this.#machine,
      systemFolders: SYSTEM_FOLDERS,
    });
    for (const name of PATH_MAPPER_NAMES) this.addCommand(name, mapper);
    this.reset();
  }

  /** The environment of a process on the host. */
  get environment(): { PATH: string; HOME: string; TMPDIR: string } {
    return { PATH: this.bin, HOME: this.home, TMPDIR: this.#tmp };
  }

  /** Where a path of the host is on the real machine; undefined outside of the storage roots. */
  locate(path: string): string | undefined {
    const clean = normalize(path);
    return this.#storageRoots.some((root) => clean === root || clean.startsWith(`${root}/`))
      ? join(this.#storage, clean)
      : undefined;
  }

  /** The path of a command of the real machine. */
  tryFindReal(name: string): string | undefined {
    return SYSTEM_FOLDERS.map((folder) => join(folder, name)).find(existsSync);
  }

  /** Puts an executable into the host's bin folder; replaces one of the same name. */
  addCommand(name: string, script: string): void {
    rmSync(join(this.bin, name), { force: true });
    writeFileSync(join(this.bin, name), script, { mode: 0o755 });
  }

  /** Puts an executable into the host's bin folder, or removes it. */
  setCommand(name: string, script: string | undefined): void {
    if (script === undefined) rmSync(join(this.bin, name), { force: true });
    else this.addCommand(name, script);
  }

  /** Puts a file of the machine in place of the real one. */
  writeMachineFile(path: string, content: string): void {
    const file = join(this.#machine, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Creates a folder below a storage root. */
  makeFolder(path: string): void {
    const folder = this.locate(path);
    if (folder === undefined) throw new RangeError(`${path} is not below a storage root of this host`);
    mkdirSync(folder, { recursive: true });
  }

  /** Exchanges the content of a folder for what is hidden at that place, which is nothing at first. */
  swap(path: string): void {
    this.makeFolder(path);
    const [shown, hidden] = [this.locate(path) ?? "", join(this.#hidden, encodeURIComponent(path))];
    const aside = `${hidden}-aside`;
    mkdirSync(hidden, { recursive: true, mode: 0o700 });
    renameSync(hidden, aside);
    renameSync(shown, hidden);
    renameSync(aside, shown);
  }

  /** Empties home, storage and temporary files. */
  reset(): void {
    for (const folder of [this.home, this.#storage, this.#tmp, this.#hidden]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { mode: 0o700 });
    }
    for (const root of this.#storageRoots) mkdirSync(join(this.#storage, root), { recursive: true, mode: 0o700 });
  }

  /** Takes over home and storage of another host whose storage roots are the same. */
  copyFrom(other: HostFolder): void {
    for (const [from, to] of [
      [other.home, this.home],
      [other.#storage, this.#storage],
    ] as const)
      cpSync(from, to, { recursive: true, verbatimSymlinks: true, force: true });
  }

  /** The files in the folder that contain a text, by their path in it. */
  grep(text: string): string[] {
    return (
      readdirSync(this.path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        // Programs of the host may remove a file meanwhile.
        .filter((file) => existsSync(file) && readFileSync(file).includes(text))
        .map((file) => relative(this.path, file))
    );
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
