import { readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../package.json";
import { VERSION } from "../lib/version";
import {
  type Allowed,
  circles,
  foldersWithoutOpening,
  layerOf,
  leavingTheLayer,
  notOnlyBy,
  pastTheIndex,
  wrongLayers,
  wrongPackages,
  wrongRooms,
} from "./support/architecture-rules";
import { type Import, type SourceFile, importsOf, readSourceTree } from "./support/source-tree";
import { PACKAGE_ROOT, Sandbox } from "./support/sandbox";

/** What each layer may import of lib; `version` is a leaf that all may. */
const LAYERS: Allowed = {
  index: ["constructs"],
  version: [],
  ece: [],
  delivery: [],
  api: ["ece"],
  machine: [],
  "plugin/log": [],
  "plugin/framework": [],
  "plugin/protocol": ["plugin/framework", "plugin/log"],
  provider: ["plugin/framework", "plugin/protocol", "plugin/log", "api", "machine", "ece"],
  constructs: ["delivery", "ece"],
  // It is the oracle of the client's tests: with shared code, both could be wrong alike.
  simulator: [],
  cli: ["provider", "simulator", "api", "delivery", "ece"],
};

/** What the rooms of a layer may import of each other; those that are not named are free. */
const ROOMS: { readonly [layer: string]: Allowed } = {
  api: {
    operations: ["transport", "errors", "models", "json"],
    transport: ["errors", "models", "json"],
    errors: ["models", "json"],
    models: [],
    json: [],
  },
  constructs: {
    host: ["install", "bindings", "checks", "cdktf-values"],
    install: ["bindings", "scripts", "checks", "cdktf-values"],
    bindings: ["checks", "cdktf-values"],
    scripts: [],
    checks: ["cdktf-values"],
    "cdktf-values": [],
  },
  "plugin/protocol": {
    wire: [],
    grpc: [],
    services: ["wire", "grpc"],
  },
  simulator: {
    platform: [],
    coordinator: ["platform"],
    host: ["platform"],
  },
};

/** The packages that each layer may import. */
const PACKAGES: Allowed = {
  constructs: ["cdktf", "constructs"],
  api: ["axios", "axios-retry", "https-proxy-agent", "proxy-from-env"],
  "plugin/protocol": ["@bufbuild/protobuf", "@msgpack/msgpack"],
  machine: ["ssh2"],
  simulator: ["@peculiar/x509", "reflect-metadata", "jsonwebtoken", "shell-quote", "ssh2"],
  cli: ["commander"],
};

const files = readSourceTree(join(PACKAGE_ROOT, "lib"));
const imports = importsOf(files);

/** An import of one file of the tree by another. */
function inside(from: string, to: string): Import {
  return { from, to, isExternal: false };
}

function outside(from: string, to: string): Import {
  return { from, to, isExternal: true };
}

describe("layers", () => {
  test("each has its rules", () => {
    expect([...new Set(files.map(({ name }) => layerOf(name)))].sort()).toEqual(Object.keys(LAYERS).sort());
  });

  test("import each other one way only", () => {
    expect(wrongLayers(imports, LAYERS)).toEqual([]);
  });

  test("a layer above, or one without rules, is refused", () => {
    const wrong = [inside("api/client", "provider/index"), inside("novel/file", "ece/index")];

    expect(wrongLayers([...wrong, inside("provider/main", "api/index")], LAYERS)).toHaveLength(wrong.length);
  });

  test("are entered through their index", () => {
    expect(pastTheIndex(imports)).toEqual([]);
  });

  test("a file behind the index of another layer is refused", () => {
    const wrong = [inside("provider/main", "api/client"), inside("cli/main", "plugin/log/log")];

    expect(pastTheIndex([...wrong, inside("api/client", "api/models"), inside("api/client", "version")])).toHaveLength(
      wrong.length,
    );
  });

  test("ece and the log import nothing", () => {
    expect([...leavingTheLayer(imports, "ece"), ...leavingTheLayer(imports, "plugin/log")]).toEqual([]);
  });

  test("a leaf that imports a module of Node, a package or a layer is refused", () => {
    const wrong = [outside("ece/roles", "node:fs"), outside("ece/roles", "cdktf"), inside("ece/roles", "api/index")];

    expect(leavingTheLayer([...wrong, inside("ece/index", "ece/roles")], "ece")).toHaveLength(wrong.length);
  });

  test("the protocol is behind one file of the provider", () => {
    expect(notOnlyBy(imports, "provider/main", "plugin/protocol")).toEqual([]);
  });

  test("the protocol behind another file of the provider is refused", () => {
    const wrong = inside("provider/tokens/create", "plugin/protocol/index");

    expect(notOnlyBy([wrong, { ...wrong, from: "provider/main" }], "provider/main", "plugin/protocol")).toHaveLength(1);
  });
});

describe("rooms", () => {
  test.each(Object.entries(ROOMS))("of %s import each other one way only", (layer, allowed) => {
    expect(wrongRooms(imports, layer, allowed)).toEqual([]);
  });

  test.each([
    ["api", "transport/request", "operations/runners"],
    ["api", "errors/errors", "transport/reply"],
    ["constructs", "bindings/host", "host/host-spec"],
    ["constructs", "install/ssh-install", "host/ece-host"],
    ["constructs", "scripts/paths", "checks"],
    ["plugin/protocol", "wire/value-codec", "services/rpc"],
    ["simulator", "platform/platform", "coordinator/faults"],
  ])("of %s: %s must not import %s", (layer, from, to) => {
    expect(wrongRooms([inside(`${layer}/${from}`, `${layer}/${to}`)], layer, ROOMS[layer]!)).toHaveLength(1);
  });

  test("an import within a room, of an allowed room, or by a room without rules is allowed", () => {
    const right = [
      inside("api/transport/reply", "api/transport/request"),
      inside("api/operations/runners", "api/transport/request"),
      inside("api/index", "api/operations/runners"),
    ];

    expect(wrongRooms(right, "api", ROOMS.api!)).toEqual([]);
  });

  test("the framework's vocabulary does not know its server", () => {
    expect(wrongRooms(imports, "plugin/framework", vocabularyOf(files))).toEqual([]);
  });

  test("a word of the framework that imports the server is refused, its index is not", () => {
    const wrong = inside("plugin/framework/schema", "plugin/framework/server/plan");
    const right = inside("plugin/framework/index", "plugin/framework/server/server");
    const vocabulary = vocabularyOf([{ name: wrong.from, text: "" }]);

    expect(wrongRooms([wrong, right], "plugin/framework", vocabulary)).toHaveLength(1);
  });
});

/** Every file beside `server` and the index, which may import each other. */
function vocabularyOf(tree: readonly SourceFile[]): Allowed {
  const words = tree
    .map(({ name }) => /^plugin\/framework\/([^/]+)$/.exec(name)?.[1])
    .filter((word) => word !== undefined && word !== "index") as string[];
  return Object.fromEntries(words.map((word) => [word, words]));
}

describe("packages", () => {
  test("are imported only by the layers that may", () => {
    expect(wrongPackages(imports, PACKAGES)).toEqual([]);
  });

  test.each([
    ["constructs/host-key", "jsonwebtoken"],
    ["constructs/host-key", "@cdktf/provider-aws"],
    ["provider/main", "@msgpack/msgpack"],
    ["delivery/mirror", "axios"],
  ])("%s must not import %s", (from, to) => {
    expect(wrongPackages([outside(from, to), outside(from, "node:fs")], PACKAGES)).toHaveLength(1);
  });
});

describe("files", () => {
  test("import each other in no circle", () => {
    expect(circles(imports)).toEqual([]);
  });

  test("circles of any length are found, each once", () => {
    const chain = [inside("a", "b"), inside("b", "c"), inside("d", "a")];

    expect(circles(chain)).toEqual([]);
    expect(circles([...chain, inside("c", "a"), inside("e", "e")])).toEqual([["a", "b", "c"], ["e"]]);
  });

  test("have no more than 450 lines", () => {
    expect(files.filter(({ text }) => text.split("\n").length > 450).map(({ name }) => name)).toEqual([]);
  });
});

describe("folders", () => {
  test("open with a comment that says what they are", () => {
    expect(foldersWithoutOpening(files)).toEqual([]);
  });

  test.each([
    ["nothing", "export const A = 1;\n"],
    ["the comment of its first declaration", "/** The first letter. */\nexport const A = 1;\n"],
  ])("one that opens with %s is refused", (_, text) => {
    expect(foldersWithoutOpening([{ name: "letters/a", text }])).toEqual(["letters"]);
  });

  test("one with an index opens there", () => {
    const index = { name: "letters/index", text: `/**\n * Letters.\n */\nexport { A } from "./a";\n` };
    const a = { name: "letters/a", text: "/** The first. */\n\nexport const A = 1;\n" };

    expect(foldersWithoutOpening([index, a])).toEqual([]);
    expect(foldersWithoutOpening([{ ...index, text: `export { A } from "./a";\n` }, a])).toEqual(["letters"]);
  });
});

test("imports of every form are read", () => {
  const text = `import "./a";
import type { B } from "./b";
export * from "./c";
export type { D } from "@scope/d/lib/d";
const e = import("e/e.js");
let f: import("./f").F;
// import "./g";`;
  const tree = ["h", "a", "b/index", "c", "f"].map((name) => ({ name, text: name === "h" ? text : "" }));

  expect(importsOf(tree).map(({ to }) => to)).toEqual(["a", "b/index", "c", "@scope/d", "e", "f"]);
});

describe("loading", () => {
  test.each([
    ["the package's door", ["-e", `require("./dist/index.js")`], /axios|@bufbuild|ssh2|commander|jsonwebtoken/],
    ["the provider", ["-e", `require("./dist/provider/index.js")`], /@bufbuild|@peculiar|ssh2/],
    ["cdktf-ece --version", ["dist/cli/main.js", "--version"], /@bufbuild|ssh2|axios/],
  ])("%s loads only what it needs", async (_, args, needless) => {
    const sandbox = new Sandbox();
    const report = sandbox.writeFile(
      "report.cjs",
      `process.on("exit", () => process.stderr.write(Object.keys(require.cache).join("\\n")));`,
    );

    const { exitCode, stderr } = await sandbox.run(process.execPath, ["--require", report, ...args], {
      cwd: PACKAGE_ROOT,
    });
    sandbox.remove();

    const packages = new Set(
      stderr.split("\n").map((file) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]),
    );
    expect(exitCode).toBe(0);
    expect(stderr).toContain("/dist/version.js");
    expect([...packages].filter((name) => name !== undefined && needless.test(name))).toEqual([]);
  });
});

test("the version is that of the package", () => {
  expect(VERSION).toBe(packageJson.version);
  expect(readFileSync(join(PACKAGE_ROOT, "CHANGELOG.md"), "utf8")).toContain(`## ${VERSION}`);
});
