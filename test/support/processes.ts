import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Whether processes can be looked at here; only Linux shows what these functions read. */
export const SHOWS_PROCESSES = existsSync("/proc/self/environ");

/** The processes that have a text, such as the path of a folder, in their environment. */
export function processesWith(text: string): number[] {
  return processIds().filter((id) => read(`/proc/${id}/environ`).includes(text));
}

/** The processes that descend from a process, and itself. */
export function processTree(root: number): number[] {
  const parents = new Map(processIds().map((id) => [id, parentOf(id)]));
  const isInTree = (id: number | undefined): boolean => id !== undefined && (id === root || isInTree(parents.get(id)));
  return [...parents.keys()].filter(isInTree);
}

/** The addresses on which processes listen for TCP connections, as hexadecimal digits in the kernel's order. */
export function listeningAddresses(processes: readonly number[]): string[] {
  const sockets = new Set(processes.flatMap(socketsOf));
  return ["tcp", "tcp6"]
    .flatMap((table) => read(`/proc/net/${table}`).split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === LISTEN && inode !== undefined && sockets.has(inode))
    .map(([, local = ""]) => local.split(":")[0] ?? "");
}

/** 127.0.0.1 and ::1, as {@link listeningAddresses} gives them. */
export const LOOPBACK = ["0100007F", "00000000000000000000000001000000"];

const LISTEN = "0A";

function processIds(): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

function parentOf(id: number): number | undefined {
  const [, parent] = /^PPid:\s*(\d+)$/m.exec(read(`/proc/${id}/status`)) ?? [];
  return parent === undefined || parent === "0" ? undefined : Number(parent);
}

function socketsOf(id: number): string[] {
  const folder = `/proc/${id}/fd`;
  return listing(folder).flatMap((fd) => link(join(folder, fd)).match(/(?<=^socket:\[)\d+/) ?? []);
}

// A process may end while it is looked at.

function read(file: string): string {
  return attempt(() => readFileSync(file, "utf8"), "");
}

function listing(folder: string): string[] {
  return attempt(() => readdirSync(folder), []);
}

function link(file: string): string {
  return attempt(() => readlinkSync(file), "");
}

function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
