// The notices that a bundle owes to those whose code is in it, told from what esbuild read.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const HEADING = `The Terraform provider of this package holds code of these packages, each under its own licence.\n`;

/** One text with the licence of each package; a package without a file of it gets the name of its licence. */
export function noticesOf({ inputs }) {
  const folders = Object.keys(inputs).map((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]);
  const notices = [...new Set(folders)].filter((folder) => folder !== undefined).map(noticeOf);
  return [HEADING, ...new Set(notices.sort())].join(`\n${"-".repeat(80)}\n\n`);
}

function noticeOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const by = typeof author === "string" ? author : author?.name;
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  const text = texts.length > 0 ? texts.join("\n\n") : `Licence: ${license}${by === undefined ? "" : `, by ${by}`}`;
  return `${name} ${version}\n\n${text}\n`;
}
