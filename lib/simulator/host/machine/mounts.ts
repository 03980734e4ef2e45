import type { HostFolder } from "./folder";

/** A file system of the host. */
export interface FileSystem {
  readonly target: string;
  readonly source: string;
  readonly fsType: string;
  /** Of the mounted file system. */
  readonly options: string;
  /** The options in fstab; undefined if it is not there. */
  readonly fstabOptions?: string;
  readonly isMounted: boolean;
}

const ROOT: FileSystem = {
  target: "/",
  source: "/dev/sda1",
  fsType: "ext4",
  options: "rw,relatime",
  fstabOptions: "defaults",
  isMounted: true,
};

// As Elastic advises for hosts with the allocator role.
const STORAGE: Omit<FileSystem, "target" | "source" | "isMounted"> = {
  fsType: "xfs",
  options: "rw,relatime,attr2,inode64,logbufs=8,logbsize=32k,prjquota",
  fstabOptions: "defaults,pquota,prjquota,x-systemd.automount,nofail",
};

/**
 * The file systems of a host below its storage roots. None is real: what is mounted decides what a folder shows, which
 * folders `rm` and `find -delete` cannot remove, and what `findmnt`, `mountpoint`, `mount` and `/etc/fstab` say.
 */
export class Mounts {
  #fileSystems: FileSystem[] = [];
  readonly #automounted = new Set<string>();
  readonly #folder: HostFolder;
  readonly #roots: readonly string[];

  constructor(folder: HostFolder, roots: readonly string[]) {
    this.#folder = folder;
    this.#roots = roots;
    this.#installDefault();
  }

  /** Every file system in fstab or mounted. */
  get all(): readonly FileSystem[] {
    return this.#fileSystems;
  }

  /** The file system that shows at a path: the one mounted deepest above it. */
  tryFindAbove(path: string): FileSystem | undefined {
    return this.#fileSystems
      .filter(({ target, isMounted }) => isMounted && (target === "/" || `${path}/`.startsWith(`${target}/`)))
      .sort((a, b) => b.target.length - a.target.length)
      .at(0);
  }

  /** Mounts a file system at a folder, with what the folder contains; it gets an entry in fstab. */
  add(target: string, change: Partial<Omit<FileSystem, "target" | "isMounted">> = {}): void {
    const source = `/dev/sd${String.fromCharCode("b".charCodeAt(0) + this.#fileSystems.length - 1)}1`;
    this.#folder.makeFolder(target);
    this.#set({ ...STORAGE, source, ...change, target, isMounted: true });
  }

  /** Changes type, source or options of a file system. */
  change(target: string, change: Partial<Omit<FileSystem, "target" | "isMounted">>): void {
    this.#set({ ...this.#find(target), ...change });
  }

  /**
   * Unmounts a file system: its folder shows what lies beneath, which is nothing at first. With `automount`, the first
   * command that touches the folder mounts it again, as systemd does.
   */
  unmount(target: string, { automount = false }: { readonly automount?: boolean } = {}): void {
    const fileSystem = this.#find(target);
    if (fileSystem.isMounted) this.#folder.swap(target);
    if (automount) this.#automounted.add(target);
    this.#set({ ...fileSystem, isMounted: false });
  }

  mount(target: string): void {
    const fileSystem = this.#find(target);
    if (!fileSystem.isMounted) this.#folder.swap(target);
    this.#automounted.delete(target);
    this.#set({ ...fileSystem, isMounted: true });
  }

  /** Mounts what is mounted when it is touched, above this path. */
  touch(path: string): void {
    for (const target of this.#automounted) if (`${path}/`.startsWith(`${target}/`)) this.mount(target);
  }

  /** Mounts the storage roots and nothing else, with all content in its place. */
  reset(): void {
    for (const { target, isMounted } of this.#fileSystems) if (!isMounted) this.mount(target);
    this.#installDefault();
  }

  #installDefault(): void {
    this.#automounted.clear();
    this.#fileSystems = [
      ROOT,
      ...this.#roots.map((target, index) => ({
        ...STORAGE,
        target,
        source: `/dev/sd${String.fromCharCode("b".charCodeAt(0) + index)}1`,
        isMounted: true,
      })),
    ];
    this.#write();
  }

  #find(target: string): FileSystem {
    const found = this.#fileSystems.find((fileSystem) => fileSystem.target === target);
    if (found === undefined) throw new RangeError(`there is no file system at ${target}`);

    return found;
  }

  #set(changed: FileSystem): void {
    this.#fileSystems = [...this.#fileSystems.filter(({ target }) => target !== changed.target), changed];
    this.#write();
  }

  #write(): void {
    const mounted = this.#fileSystems.filter(({ isMounted }) => isMounted);
    const table = mounted.map(
      ({ source, target, fsType, options }) => `${source} ${target} ${fsType} ${options} 0 0\n`,
    );
    const fstab = this.#fileSystems.flatMap(({ source, target, fsType, fstabOptions }) =>
      fstabOptions === undefined ? [] : `${source} ${target} ${fsType} ${fstabOptions} 0 0\n`,
    );
    this.#folder.writeMachineFile("/etc/fstab", fstab.join(""));
    for (const file of ["/proc/mounts", "/proc/self/mounts", "/etc/mtab"])
      this.#folder.writeMachineFile(file, table.join(""));

    const lines = (targets: Iterable<string>): string => [...targets].map((target) => `${target}\n`).join("");
    this.#folder.writeMachineFile("/mount-points", lines(mounted.map(({ target }) => target)));
    this.#folder.writeMachineFile("/automounts", lines(this.#automounted));
  }
}
