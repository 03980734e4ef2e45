import { renderTemplate, TemplateError } from "../../../../lib/simulator/host/engine/container-output";

const container = {
  Names: "postgres",
  Labels: "app=db,tier=1",
  State: { Running: true },
  Config: { Labels: { app: "db" } },
};

test.each([
  ["{{.Names}}", "postgres"],
  ["{{ .Names }}\\t{{.State.Running}}", "postgres\ttrue"],
  ["name={{.Names}};", "name=postgres;"],
  ["{{json .State}}", '{"Running":true}'],
  ['{{index .Config.Labels "app"}}', "db"],
  ['{{index .Config.Labels "none"}}', ""],
  ['{{.Label "tier"}}', "1"],
])("%s renders as %s", (template, text) => {
  expect(renderTemplate(template, container)).toBe(text);
});

test.each(["{{.Nmaes}}", "{{range .Names}}", "{{.State.Running.Deep}}"])("%s is an error", (template) => {
  expect(() => renderTemplate(template, container)).toThrow(TemplateError);
});
