import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../support/sandbox";

/** A page of the documentation: its path below the package, and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** A code block: its language, its text without indentation, and where it stands. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** `PATH:LINE` of its first line. */
  readonly place: string;
}

/** README, CONTRIBUTING and everything in docs/. */
export function readPages(): Page[] {
  const inDocs = readdirSync(join(PACKAGE_ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => `docs/${path}`);
  return ["README.md", "CONTRIBUTING.md", ...inDocs.sort()].map((path) => ({
    path,
    text: readFileSync(join(PACKAGE_ROOT, path), "utf8"),
  }));
}

/** The fenced code blocks of a page. */
export function codeBlocks({ path, text }: Page): CodeBlock[] {
  const fences = /^( *)```([\w-]*)\n([^]*?)^\1```$/gm;
  return [...text.matchAll(fences)].map(({ 1: indent = "", 2: language = "", 3: code = "", index }) => ({
    language,
    text: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    place: `${path}:${text.slice(0, index).split("\n").length + 1}`,
  }));
}

/** The names by which a page's headings are linked to, as GitHub makes them. */
export function anchors({ text }: Page): Set<string> {
  const headings = text.replaceAll(/^```[^]*?^```$/gm, "").matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(" ", "-"),
    ),
  );
}
