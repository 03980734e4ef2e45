import { join } from "node:path";
import { diagnosticTextsOf, warningTextsOf } from "../support/diagnostic-texts";
import { PACKAGE_ROOT } from "../support/sandbox";
import { readSourceTree } from "../support/source-tree";
import { readPages } from "./pages";

/** Summaries that come from elsewhere: each is found there. */
const PASSED_ON = "…";

/** The first lines of all errors and warnings; what is filled in is `…`. */
function summaries(): string[] {
  const files = ["lib/provider", "lib/plugin/framework"].flatMap((folder) =>
    readSourceTree(join(PACKAGE_ROOT, folder)).map(({ name }) => join(PACKAGE_ROOT, folder, `${name}.ts`)),
  );
  const texts = files.flatMap((file) => [...diagnosticTextsOf(file), ...warningTextsOf(file)]);
  const withGaps = texts.map(({ summary }) => summary.replaceAll(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, "…"));
  return [...new Set(withGaps)].filter((summary) => summary !== PASSED_ON).sort();
}

const SUMMARIES = summaries();

/** The entries of the page; several messages may share one, with commas between them. */
function entries(): string[] {
  const page = readPages().find(({ path }) => path === "docs/troubleshooting.md");
  const headings = [...(page?.text ?? "").matchAll(/^### (.*)$/gm)].map(([, heading = ""]) => heading);
  const known = new Set(SUMMARIES);
  return headings.flatMap((heading) => (known.has(heading) ? [heading] : heading.split(", ")));
}

test("every error and warning of the provider has an entry, and every entry is one of them", () => {
  expect(SUMMARIES.length).toBeGreaterThan(60);
  expect(entries().sort()).toEqual(SUMMARIES);
});
