import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { DiagnosticError } from "../../plugin/framework";

/** What cloud-init takes a part for, by how it begins. */
const CONTENT_TYPES: readonly (readonly [start: string, contentType: string])[] = [
  ["#cloud-config", "text/cloud-config"],
  ["#!", "text/x-shellscript"],
  ["#cloud-boothook", "text/cloud-boothook"],
  ["#include", "text/x-include-url"],
  ["## template: jinja", "text/jinja2"],
];

/** How parts may begin, for messages. */
export const PART_STARTS = CONTENT_TYPES.map(([start]) => `\`${start}\``).join(", ");

/** The forms in which clouds take user data. */
export const ENCODINGS = ["base64gzip", "base64", "raw"] as const;

/** How user data is put together. */
export interface UserDataForm {
  readonly encoding: string;
  /** How many bytes the cloud takes: of what it hands to the VM, without the base64 around it. */
  readonly maxBytes: number;
}

/** The content type of a part; undefined where cloud-init would not know what to do with it. */
export function tryContentTypeOf(part: string): string | undefined {
  return CONTENT_TYPES.find(([start]) => part.startsWith(start))?.[1];
}

/** User data of several parts in their order, as a cloud takes it. Throws where it is too large, or a part is of no kind. */
export function renderUserData(parts: readonly string[], { encoding, maxBytes }: UserDataForm): string {
  const text = Buffer.from(combine(parts));
  const bytes = encoding === "base64gzip" ? gzipSync(text, { level: 9 }) : text;
  if (bytes.length > maxBytes) throw tooLarge(bytes.length, { encoding, maxBytes });
  return bytes.toString(encoding === "raw" ? "utf8" : "base64");
}

/** One part is left as it is; more become a MIME message, in which lists of cloud-config are appended to each other. */
function combine(parts: readonly string[]): string {
  const [only] = parts;
  const rendered = parts.map(renderPart);
  if (parts.length === 1 && only !== undefined) return only;
  const boundary = `part-${createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32)}`;
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n`,
    ...rendered.map((part) => `--${boundary}\n${part}`),
    `--${boundary}--\n`,
  ].join("\n");
}

function renderPart(part: string, index: number): string {
  const contentType = tryContentTypeOf(part);
  if (contentType === undefined) {
    throw new DiagnosticError(
      "Unable to put the user data together",
      `Part ${index + 1} begins with none of ${PART_STARTS}, so cloud-init would not know what it is.`,
      ["parts", index],
    );
  }

  const isAscii = Buffer.byteLength(part) === part.length;
  const headers = [
    `Content-Type: ${contentType}; charset="utf-8"`,
    `Content-Transfer-Encoding: ${isAscii ? "7bit" : "base64"}`,
    // Without it, a later list (runcmd, write_files) takes the place of an earlier one.
    ...(contentType === "text/cloud-config" ? ["Merge-Type: list(append)+dict(no_replace,recurse_list)+str()"] : []),
  ];
  return `${headers.join("\n")}\n\n${isAscii ? part : Buffer.from(part).toString("base64")}`;
}

function tooLarge(bytes: number, { encoding, maxBytes }: UserDataForm): DiagnosticError {
  const advice = encoding === "base64gzip" ? "" : ' Take the encoding "base64gzip", or';
  return new DiagnosticError(
    "The user data is too large",
    `It has ${bytes} bytes, and the cloud is said to take ${maxBytes}.${advice} ${advice === "" ? "Make" : "make"} its parts smaller, as by fetching what is large from a storage of yours; or raise max_bytes (maxBytes) where your cloud takes more.`,
    ["max_bytes"],
  );
}
