import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import packageJson from "../package.json";
import { VERSION } from "../lib/version";

const LIB = join(__dirname, "..", "lib");

/** What each layer may import of lib; `version` is a leaf that all may. */
const ALLOWED: { readonly [layer: string]: readonly string[] } = {
  index: ["constructs"],
  version: [],
  ece: [],
  delivery: [],
  api: ["ece"],
  "plugin/log": [],
  "plugin/framework": [],
  "plugin/protocol": ["plugin/framework", "plugin/log"],
  provider: ["plugin/framework", "plugin/protocol", "plugin/log", "api", "ece"],
  constructs: ["delivery", "ece"],
  simulator: [],
  cli: ["ece", "provider", "simulator", "api", "delivery"],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sourceFiles(): string[] {
  return readdirSync(LIB, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(LIB, file), "utf8");
  return [
    ...text.matchAll(/^(?:import|export) (type )?[^;]*?from "([^"]+)";|^import "([^"]+)";|\bimport\("([^"]+)"\)/gm),
  ].map(([, typeOnly, ...names]) => ({
    from: file,
    to: names.find((name) => name !== undefined) ?? "",
    typeOnly: typeOnly !== undefined,
  }));
}

function layerOf(file: string): string {
  const [first = "", second = ""] = file.replace(/\.ts$/, "").split(sep);
  return first === "plugin" ? `${first}/${second}` : first;
}

function isRelative({ to }: Import): boolean {
  return to.startsWith(".");
}

function targetOf({ from, to }: Import): string {
  return normalize(relative(LIB, join(LIB, dirname(from), to))).replace(/\/index\.js$/, "");
}

const imports = sourceFiles().flatMap(importsOf);

test("there are imports to check in every layer", () => {
  const layers = new Set(imports.map(({ from }) => layerOf(from)));

  expect([...layers].sort()).toEqual(
    Object.keys(ALLOWED)
      .filter((layer) => layer !== "version")
      .sort(),
  );
});

test("imports between layers run one way", () => {
  const wrong = imports
    .filter(isRelative)
    .map((each) => ({ ...each, layer: layerOf(each.from), target: layerOf(targetOf(each)) }))
    .filter(({ layer, target }) => layer !== target && target !== "version" && !ALLOWED[layer]?.includes(target));

  expect(wrong).toEqual([]);
});

test("a layer is entered through its index", () => {
  const wrong = imports
    .filter(isRelative)
    .map((each) => ({ ...each, target: targetOf(each) }))
    .filter(({ from, target }) => layerOf(from) !== layerOf(target) && target !== "version")
    .filter(({ target }) => layerOf(target) !== target);

  expect(wrong).toEqual([]);
});

test("the simulator shares no code with the client that it is the oracle of", () => {
  const shared = imports
    .filter(isRelative)
    .filter((each) => layerOf(each.from) === "simulator" && layerOf(targetOf(each)) === "api");

  expect(shared.filter(({ typeOnly }) => !typeOnly)).toEqual([]);
});

test("synth loads neither an HTTP client nor gRPC", () => {
  const packages = imports
    .filter((each) => ["constructs", "delivery", "index"].includes(layerOf(each.from)) && !isRelative(each))
    .map(({ to }) => to)
    .filter((name) => !name.startsWith("node:"));

  expect([...new Set(packages)].sort()).toEqual(
    expect.not.arrayContaining(["axios", "@grpc/grpc-js", "ssh2", "protobufjs"]),
  );
});

test("no source file has more than 450 lines", () => {
  const long = sourceFiles().filter((file) => readFileSync(join(LIB, file), "utf8").split("\n").length > 450);

  expect(long).toEqual([]);
});

test("the version is that of the package", () => {
  expect(VERSION).toBe(packageJson.version);
});
