import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../support/sandbox";
import { HOST_CHANGES, renderHostChanges } from "./host-changes";

/** Tables are aligned by the formatter. */
function words(text: string): string {
  return text.replace(/[ -]+/g, " ");
}

function propsOf(file: string, prefix = ""): string[] {
  const source = readFileSync(join(PACKAGE_ROOT, "lib", "constructs", file), "utf8");
  return [...source.matchAll(/^ {2}readonly ([a-z]\w*)\??:/gm)].map(([, name]) => `${prefix}${name}`);
}

test("the page of what replaces a host is what is tried (npm run docs)", () => {
  const page = readFileSync(join(PACKAGE_ROOT, "docs", "what-replaces-a-host.md"), "utf8");

  expect(words(page)).toBe(words(renderHostChanges()));
});

test("every prop of EceHost and of its SSH stands there", () => {
  const named = HOST_CHANGES.map(({ prop, meaning }) => `\`${prop}\` ${meaning}`).join("\n");
  const all = [...propsOf("host/ece-host-config.ts"), ...propsOf("install/ssh-options.ts", "install.")];

  expect(all.length).toBeGreaterThan(30);
  expect(all.filter((prop) => !named.includes(`\`${prop}\``) && !named.includes(`\`${prop.split(".")[1]}\``))).toEqual(
    [],
  );
});
