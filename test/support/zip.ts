import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

const END_OF_DIRECTORY = Buffer.from("PK\x05\x06");
const DIRECTORY_ENTRY = 0x02014b50;
const DEFLATED = 8;

/** The unpacked content of every file in a zip archive, such as Terraform's plan files. */
export function unzip(archive: string): Buffer[] {
  const zip = readFileSync(archive);
  const contents: Buffer[] = [];
  let entry = zip.readUInt32LE(zip.lastIndexOf(END_OF_DIRECTORY) + 16);
  while (zip.readUInt32LE(entry) === DIRECTORY_ENTRY) {
    const header = zip.readUInt32LE(entry + 42);
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const packed = zip.subarray(start, start + zip.readUInt32LE(entry + 20));
    contents.push(zip.readUInt16LE(entry + 10) === DEFLATED ? inflateRawSync(packed) : packed);
    entry += 46 + zip.readUInt16LE(entry + 28) + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
  return contents;
}
