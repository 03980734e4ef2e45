import type { AttributePath, Type } from "../../../../lib/plugin/framework";
import { encodeDiagnostics, encodePath } from "../../../../lib/plugin/protocol/wire/diagnostic-codec";
import { diagnostic } from "../../../../lib/plugin/protocol/wire/tfplugin6";

const type: Type = {
  object: {
    name: "string",
    roles: { set: "string" },
    tags: { map: "string" },
    hosts: { list: { object: { zone: "string" } } },
    pair: { tuple: ["string", { map: "string" }] },
    timeouts: { object: { create: "string" } },
  },
};

test.each<[AttributePath, object[]]>([
  [["name"], [{ attributeName: "name" }]],
  [
    ["timeouts", "create"],
    [{ attributeName: "timeouts" }, { attributeName: "create" }],
  ],
  [
    ["tags", "env"],
    [{ attributeName: "tags" }, { elementKeyString: "env" }],
  ],
  [
    ["hosts", 0, "zone"],
    [{ attributeName: "hosts" }, { elementKeyInt: 0 }, { attributeName: "zone" }],
  ],
  [
    ["pair", 1, "k"],
    [{ attributeName: "pair" }, { elementKeyInt: 1 }, { elementKeyString: "k" }],
  ],
  [[], []],
])("%j is a step for each part", (path, steps) => {
  expect(encodePath(path, type)).toEqual({ steps });
});

test.each<[AttributePath, object[]]>([
  [["roles", 1], [{ attributeName: "roles" }]],
  [["roles", "allocator"], [{ attributeName: "roles" }]],
  [["name", "first"], [{ attributeName: "name" }]],
  [["constructor"], []],
])("%j goes only as far as Terraform can follow", (path, steps) => {
  expect(encodePath(path, type)).toEqual({ steps });
});

test("severities, texts and the first element of a list reach Terraform", () => {
  const [error, warning] = encodeDiagnostics(
    [
      { severity: "error", summary: "Unable to create", detail: "Refused.", path: ["hosts", 0] },
      { severity: "warning", summary: "Deprecated", detail: "Use another." },
    ],
    type,
  );

  expect(diagnostic.decode(diagnostic.encode(error!))).toMatchObject({
    severity: 1,
    summary: "Unable to create",
    detail: "Refused.",
  });
  // hosts, then element_key_int = 0, which has to be said in so many bytes.
  expect(diagnostic.encode({ attribute: error!.attribute }).toString("hex")).toBe("220d0a070a05686f7374730a021800");
  expect(warning).toEqual({ severity: 2, summary: "Deprecated", detail: "Use another.", attribute: undefined });
});
