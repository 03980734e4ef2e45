import { posix } from "node:path";
import type { Import, SourceFile } from "./source-tree";

/** What each of some names may import: layers, rooms or packages. */
export interface Allowed {
  readonly [name: string]: readonly string[];
}

/** A leaf that every layer may import. */
const VERSION = "version";

/** `plugin` has three layers; every other folder below the root is one, and so is each file there. */
export function layerOf(file: string): string {
  const [first = "", second = ""] = file.split("/");
  return first === "plugin" ? `${first}/${second}` : first;
}

/** The folder or file of its layer in which a file is: `bindings` for `constructs/bindings/host`. */
function roomOf(file: string): string {
  const [room = ""] = file.slice(layerOf(file).length + 1).split("/");
  return room;
}

/** Imports of one layer by another that is not allowed to. */
export function wrongLayers(imports: readonly Import[], allowed: Allowed): string[] {
  return within(imports)
    .filter(({ from, to }) => layerOf(from) !== layerOf(to) && layerOf(to) !== VERSION)
    .filter(({ from, to }) => !allowed[layerOf(from)]?.includes(layerOf(to)))
    .map(describe);
}

/** Imports from another layer that go past its index. */
export function pastTheIndex(imports: readonly Import[]): string[] {
  return within(imports)
    .filter(({ from, to }) => layerOf(from) !== layerOf(to) && layerOf(to) !== VERSION)
    .filter(({ to }) => to !== `${layerOf(to)}/index`)
    .map(describe);
}

/** Imports between the rooms of one layer that are not allowed; a room without an entry may import any other. */
export function wrongRooms(imports: readonly Import[], layer: string, allowed: Allowed): string[] {
  return within(imports)
    .filter(({ from, to }) => layerOf(from) === layer && layerOf(to) === layer && roomOf(from) !== roomOf(to))
    .filter(({ from, to }) => allowed[roomOf(from)]?.includes(roomOf(to)) === false)
    .map(describe);
}

/** Imports of a layer by any file but one. */
export function notOnlyBy(imports: readonly Import[], file: string, layer: string): string[] {
  return within(imports)
    .filter(({ from, to }) => layerOf(to) === layer && layerOf(from) === layerOf(file) && from !== file)
    .map(describe);
}

/** Imports of packages that a layer may not use; Node's own modules are free to all. */
export function wrongPackages(imports: readonly Import[], allowed: Allowed): string[] {
  return imports
    .filter(({ isExternal, to }) => isExternal && !to.startsWith("node:"))
    .filter(({ from, to }) => !allowed[layerOf(from)]?.includes(to))
    .map(describe);
}

/** Imports of whatever is not in the same layer: not even Node's modules are allowed. */
export function leavingTheLayer(imports: readonly Import[], layer: string): string[] {
  return imports
    .filter(({ from }) => layerOf(from) === layer)
    .filter(({ isExternal, to }) => isExternal || layerOf(to) !== layer)
    .map(describe);
}

/** The groups of files that import each other, directly or through others of the group. */
export function circles(imports: readonly Import[]): string[][] {
  const targets = new Map<string, Set<string>>();
  for (const { from, to } of within(imports)) targets.set(from, (targets.get(from) ?? new Set()).add(to));
  const files = [...targets.keys()];
  const reachable = new Map(files.map((file) => [file, reachableFrom(file, targets)]));
  const reaches = (file: string, other: string): boolean => reachable.get(file)?.has(other) === true;

  const groups = files
    .filter((file) => reaches(file, file))
    .map((file) => files.filter((other) => reaches(file, other) && reaches(other, file)).sort());
  return groups.filter(([first], index) => groups.findIndex(([other]) => other === first) === index);
}

/** Folders in which no file opens with a comment on the folder as a whole; where there is an index, it must be that one. */
export function foldersWithoutOpening(files: readonly SourceFile[]): string[] {
  const folders = new Set(files.map(({ name }) => posix.dirname(name)));
  return [...folders].filter((folder) => {
    const inside = files.filter(({ name }) => posix.dirname(name) === folder);
    const index = inside.filter(({ name }) => posix.basename(name) === "index");
    return !(index.length > 0 ? index : inside).some(({ text }) => OPENING.test(text));
  });
}

/** A comment that belongs to no declaration: imports, re-exports or an empty line follow it. */
const OPENING = /^(?:#!.*\n)?\/\*(?:(?!\*\/)[^])+\*\/\n(?:\n|import |export (?:type )?[{*])/;

function reachableFrom(start: string, targets: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set<string>();
  const waiting = [start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const target of targets.get(file) ?? []) {
      if (!reached.has(target)) waiting.push(target);
      reached.add(target);
    }
  }
  return reached;
}

function within(imports: readonly Import[]): Import[] {
  return imports.filter(({ isExternal }) => !isExternal);
}

function describe({ from, to }: Import): string {
  return `${from} → ${to}`;
}
