import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { PACKAGE_ROOT } from "../support/sandbox";
import { anchors, readPages } from "./pages";

const pages = readPages();

test.each(pages.map((page) => [page.path, page] as const))("every link of %s leads somewhere", (path, { text }) => {
  const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [file = "", anchor] = target.split("#");
      const linked = file === "" ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(PACKAGE_ROOT, linked))) return true;
      const page = pages.find((each) => each.path === linked);
      return anchor !== undefined && page !== undefined && !anchors(page).has(anchor);
    });

  expect(broken).toEqual([]);
});

test("every page can be reached from the README", () => {
  const reached = new Set(["README.md"]);
  for (const path of reached) {
    const { text = "" } = pages.find((page) => page.path === path) ?? {};
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s#]+)/g)) reached.add(normalize(join(dirname(path), target)));
  }

  expect(pages.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
});
