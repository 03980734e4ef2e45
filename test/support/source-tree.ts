import { readFileSync, readdirSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { preProcessFile } from "typescript";

/** One import of one file, whether of values or of types only. */
export interface Import {
  /** Relative to the root of the tree, with forward slashes and without `.ts`. */
  readonly from: string;
  /** The same for a file of the tree; for everything else, the name of a package or of a module of Node. */
  readonly to: string;
  readonly isExternal: boolean;
}

export interface SourceFile {
  /** As in {@link Import.from}. */
  readonly name: string;
  readonly text: string;
}

/** The TypeScript files below a folder. */
export function readSourceTree(root: string): SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /(?<!\.d)\.ts$/.test(file))
    .map((file) => ({
      name: file.replaceAll(sep, "/").replace(/\.ts$/, ""),
      text: readFileSync(join(root, file), "utf8"),
    }));
}

/** What the files of a tree import, re-exports and `import()` included. */
export function importsOf(files: readonly SourceFile[]): Import[] {
  const names = new Set(files.map(({ name }) => name));
  return files.flatMap(({ name: from, text }) =>
    preProcessFile(text).importedFiles.map(({ fileName }) => {
      if (!fileName.startsWith(".")) return { from, to: packageOf(fileName), isExternal: true };
      // A file that is loaded by import() is named with its extension.
      const to = posix.join(posix.dirname(from), fileName.replace(/\.js$/, ""));
      return { from, to: names.has(to) ? to : posix.join(to, "index"), isExternal: false };
    }),
  );
}

/** `@scope/name/lib/file` is of the package `@scope/name`. */
function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
