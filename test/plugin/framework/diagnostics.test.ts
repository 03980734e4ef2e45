import { DiagnosticError, Diagnostics, formatPath } from "../../../lib/plugin/framework";

test("formatPath() writes names with dots and indexes with brackets", () => {
  expect(formatPath(["drain", "force"])).toBe("drain.force");
  expect(formatPath(["hosts", 0, "roles"])).toBe("hosts[0].roles");
});

test("diagnostics keep their order, and each is kept once", () => {
  const diagnostics = new Diagnostics();

  diagnostics.addWarning("Old", "Renew it.");
  diagnostics.addError("Bad", "Mend it.", ["a"]);
  diagnostics.append([...diagnostics, { severity: "error", summary: "Bad", detail: "Mend it.", path: ["b"] }]);

  expect([...diagnostics].map(({ summary, path }) => [summary, path])).toEqual([
    ["Old", undefined],
    ["Bad", ["a"]],
    ["Bad", ["b"]],
  ]);
});

test("only errors count as errors", () => {
  const diagnostics = new Diagnostics();

  diagnostics.addWarning("Old", "Renew it.");
  expect(diagnostics.hasErrors).toBe(false);

  diagnostics.addError("Bad", "Mend it.");
  expect(diagnostics.hasErrors).toBe(true);
});

test("the message of a DiagnosticError has its summary and its detail", () => {
  expect(new DiagnosticError("Unable to drain", "No room.", ["drain"]).message).toBe("Unable to drain: No room.");
});
