import { gunzipSync } from "node:zlib";
import { tryText } from "../../../lib/plugin/framework";
import { errorsOf } from "../../support/diagnostics";
import { useProviderSession, type Outcome } from "../../support/provider-session";
import { Sandbox } from "../../support/sandbox";
import { useEach } from "../../support/use-each";
import { useSimulator } from "../../support/use-simulator";

const TYPE = "ece_host_user_data";
const INSTALL = "#cloud-config\nruncmd: [install]\n";
const MOUNTS = "#cloud-config\nruncmd: [mount]\n";
const CONFIG = { host_id: "host-1", parts: [INSTALL] };

const simulator = useSimulator();
const sandbox = useEach(
  () => new Sandbox(),
  (each) => each.remove(),
);
const session = useProviderSession(simulator);

function text(state: Outcome["state"]): string {
  return tryText(state?.user_data) ?? "";
}

function textOf({ state }: Outcome): string {
  return gunzipSync(Buffer.from(text(state), "base64")).toString();
}

test("one part is handed on as it is, gzipped and in base64 unless another form is asked for", async () => {
  const gzipped = await session().apply(TYPE, CONFIG);
  const base64 = await session().apply(TYPE, { ...CONFIG, encoding: "base64" });
  const raw = await session().apply(TYPE, { ...CONFIG, encoding: "raw" });

  expect(textOf(gzipped)).toBe(INSTALL);
  expect(Buffer.from(text(base64.state), "base64").toString()).toBe(INSTALL);
  expect(raw.state?.user_data).toBe(INSTALL);
});

test("several parts keep their order, tell their kind, and append their lists", async () => {
  const parts = [MOUNTS, "#!/bin/sh\necho Größe\n", INSTALL];

  const made = await session().apply(TYPE, { ...CONFIG, parts, encoding: "raw" });

  const [head, ...sections] = text(made.state).split(/^--part-.*\n/m);
  expect(head).toMatch(/^Content-Type: multipart\/mixed; boundary="part-[0-9a-f]{32}"\nMIME-Version: 1.0\n\n$/);
  expect(sections.map((section) => /^Content-Type: (\S+);/.exec(section)?.[1])).toEqual([
    "text/cloud-config",
    "text/x-shellscript",
    "text/cloud-config",
    undefined,
  ]);
  expect(sections[0]).toContain("\nMerge-Type: list(append)+dict(no_replace,recurse_list)+str()\n\n#cloud-config");
  expect(sections[1]).toContain(`base64\n\n${Buffer.from(parts[1]!).toString("base64")}`);
});

test("it is frozen until its host is replaced, and then made of the arguments as they are", async () => {
  const made = await session().apply(TYPE, CONFIG);
  const changed = { ...CONFIG, parts: [MOUNTS, INSTALL], encoding: "raw", max_bytes: 9 };

  const kept = await session().plan(TYPE, changed, made);
  const replaced = await session().plan(TYPE, { ...changed, host_id: "host-2", max_bytes: 9_000 }, made);

  expect(kept).toMatchObject({ diagnostics: [], requiresReplace: [] });
  expect(kept.plan).toEqual(made.state);
  expect(replaced).toMatchObject({ diagnostics: [], requiresReplace: [["host_id"]] });
  expect(replaced.plan).toMatchObject({ parts: [MOUNTS, INSTALL], encoding: "raw" });
});

test("what is larger than the cloud takes is refused before there is a VM", async () => {
  const noise = Array.from({ length: 4_000 }, (_, n) => (n * 7_919 * n).toString(36)).join("");
  const parts = [`#cloud-config\n# ${noise}\n`];

  const gzipped = await session().apply(TYPE, { ...CONFIG, parts, max_bytes: 1_000 });
  const raw = await session().apply(TYPE, { ...CONFIG, parts, encoding: "raw" });

  expect(errorsOf(gzipped)).toMatch(/It has \d+ bytes, and the cloud is said to take 1000\. Make its parts smaller/);
  expect(errorsOf(raw)).toContain('Take the encoding "base64gzip", or make its parts smaller');
  expect([gzipped.state, raw.state]).toEqual([null, null]);
});

test("a part that cloud-init would not know is refused, without a word of it", async () => {
  const config = { encoding: null, max_bytes: null, ...CONFIG, parts: [INSTALL, "secret: 1"] };

  const refused = await session().server.validateResourceConfig({ typeName: TYPE, config });

  expect(errorsOf(refused)).toContain("parts[1] begins with none of `#cloud-config`");
  expect(errorsOf(refused)).not.toContain("secret");
});

test("is imported with its arguments, after which a plan changes nothing, and not by an id alone", async () => {
  const bare = await session().import(TYPE, "host-1");
  const imported = await session().import(TYPE, `file:${sandbox().writeFile("vm.json", JSON.stringify(CONFIG))}`);
  const { plan } = await session().plan(TYPE, CONFIG, imported);

  expect(errorsOf(bare)).toContain("The platform does not know it");
  expect(imported.diagnostics).toEqual([]);
  expect(textOf(imported)).toBe(INSTALL);
  expect(plan).toEqual(imported.state);
});
