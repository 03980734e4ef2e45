import { renderTemplate, TemplateError } from "../../../../lib/simulator/host/engine/go-template";

const container = {
  Names: "postgres",
  Labels: "app=db,tier=1",
  State: { Running: true },
  None: [],
  Config: { Labels: { app: "db" }, Image: "postgres:16", Env: ["A=b", "C=d"] },
  Mounts: [
    { Source: "/data/a", Destination: "/a" },
    { Source: "/data/logs", Destination: "/app/logs" },
  ],
};

test.each([
  ["{{.Names}}", "postgres"],
  ["{{ .Names }}\\t{{.State.Running}}", "postgres\ttrue"],
  ["name={{.Names}};", "name=postgres;"],
  ["{{json .State}}", '{"Running":true}'],
  ['{{index .Config.Labels "app"}}', "db"],
  ['{{index .Config.Labels "none"}}', ""],
  ['{{.Label "tier"}}', "1"],
  ['{{range .Mounts}}{{if eq .Destination "/app/logs"}}{{.Source}}{{end}}{{end}}', "/data/logs"],
  ["{{range .Config.Env}}{{println .}}{{end}}", "A=b\nC=d\n"],
  ["{{range $i, $e := .Config.Env}}{{if $i}} {{end}}{{$e}}{{end}}", "A=b C=d"],
  ["{{range .Mounts}}{{$.Names}}:{{.Source}} {{end}}", "postgres:/data/a postgres:/data/logs "],
  ["{{range .None}}x{{else}}none{{end}}", "none"],
  ["{{with .State}}{{.Running}}{{end}}", "true"],
  ["{{if not .State.Running}}a{{else if and .Names true}}b{{else}}c{{end}}", "b"],
  ["{{if or (eq .Names `mysql`) (ne (len .Mounts) 2)}}a{{end}}", ""],
  ["{{(index .Mounts 1).Source}} {{index .Config.Env 0 | upper}}", "/data/logs A=B"],
  ["a {{- /* nothing */ -}} b{{json .Config.Env}}", 'ab["A=b","C=d"]'],
])("%s renders as %s", (template, text) => {
  expect(renderTemplate(template, container)).toBe(text);
});

test.each([
  "{{.Nmaes}}",
  "{{range .Names}}",
  "{{.State.Running.Deep}}",
  "{{if .Names}}",
  "{{end}}",
  "{{env .Names}}",
  "{{.Names",
])("%s is an error", (template) => {
  expect(() => renderTemplate(template, container)).toThrow(TemplateError);
});
