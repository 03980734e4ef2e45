import { PROVIDER_SOURCE } from "../../delivery";
import { VERSION } from "../../version";
import type { Findings, FoundAllocator, FoundHost, FoundToken, LeftOut } from "./findings";

const REVOKES =
  "A token is revoked when it goes from here. The token itself is not known: the platform tells it only once.";

/** A CDKTF program that declares what was found, and imports it. */
export function renderTypeScript(findings: Findings): string {
  const { hosts, tokens } = findings;
  const hasAllocators = hosts.some(({ allocator }) => allocator !== undefined);
  const names = [
    ...(hasAllocators ? ["Allocator"] : []),
    ...(hosts.length > 0 ? ["EceHost"] : []),
    "EceProvider",
    ...(hosts.length + tokens.length > 0 ? ["EceRole"] : []),
    ...(tokens.length > 0 ? ["RolesToken"] : []),
  ];
  return [
    ...comment("//", findings),
    `import { App, TerraformStack } from "cdktf";`,
    `import { ${names.join(", ")} } from "cdktf-ece";`,
    "",
    "const app = new App();",
    `const stack = new TerraformStack(app, "ece");`,
    `new EceProvider(stack, "ece");`,
    ...hosts.flatMap((host) => ["", ...typeScriptHost(host)]),
    ...(tokens.length > 0 ? ["", `// ${REVOKES}`] : []),
    ...tokens.map(
      ({ name, id, roles }) =>
        `new RolesToken(stack, ${text(idOf(name))}, { roles: ${roleList(roles)} }).importFrom(${text(id)});`,
    ),
    "",
    "app.synth();",
    "",
  ].join("\n");
}

function typeScriptHost(host: FoundHost): string[] {
  const { name, runnerId, roles, zone, allocator } = host;
  const lines = [
    `new EceHost(stack, ${text(idOf(name))}, {`,
    `  runnerId: ${text(runnerId)},`,
    `  roles: ${roleList(roles)},`,
    ...(zone === undefined ? [] : [`  availabilityZone: ${text(zone)},`]),
    "  adopt: true,",
    "});",
  ];
  if (allocator === undefined) return [...remarks("//", host), ...lines];
  const { allocatorId, tags, capacity } = allocator;
  return [
    ...remarks("//", host),
    `const ${name} = ${lines.join("\n")}`,
    `new Allocator(stack, ${text(idOf(allocator.name))}, {`,
    `  allocatorId: ${allocatorId === runnerId ? `${name}.runnerId` : text(allocatorId)},`,
    ...tagLines(tags, (key, value) => `    ${key}: ${value},`, "  tags: {", "  },"),
    ...(capacity === undefined ? [] : [`  capacity: ${capacity},`]),
    `}).importFrom(${text(allocatorId)});`,
  ];
}

/** The id of a construct: dashes, as is usual there. */
function idOf(name: string): string {
  return name.replaceAll("_", "-");
}

function roleList(roles: readonly string[]): string {
  return `[${roles.map((role) => `EceRole.${role.toUpperCase()}`).join(", ")}]`;
}

/** A Terraform configuration that declares what was found, with an import block for each. */
export function renderHcl(findings: Findings): string {
  const { hosts, tokens } = findings;
  return [
    ...comment("#", findings),
    "terraform {",
    "  required_providers {",
    "    ece = {",
    `      source  = ${text(PROVIDER_SOURCE)}`,
    `      version = ${text(VERSION)}`,
    "    }",
    "  }",
    "}",
    "",
    `provider "ece" {}`,
    "",
    ...hosts.flatMap(hclHost),
    ...(tokens.length > 0 ? [`# ${REVOKES}`, ""] : []),
    ...tokens.flatMap(hclToken),
  ].join("\n");
}

function hclHost(host: FoundHost): string[] {
  const { name, runnerId, roles, allocator } = host;
  return [
    ...remarks("#", host),
    ...imported("ece_host", name, runnerId, [`  runner_id = ${text(runnerId)}`]),
    ...imported("ece_host_roles", name, runnerId, [
      `  runner_id = ece_host.${name}.runner_id`,
      `  roles     = ${JSON.stringify(roles)}`,
    ]),
    ...(allocator === undefined ? [] : hclAllocator(host, allocator)),
  ];
}

function hclAllocator({ name, runnerId }: FoundHost, allocator: FoundAllocator): string[] {
  const { allocatorId, tags, capacity } = allocator;
  const id = allocatorId === runnerId ? `ece_host_roles.${name}.runner_id` : text(allocatorId);
  return imported("ece_allocator", allocator.name, allocatorId, [
    `  allocator_id = ${id}`,
    ...(capacity === undefined ? [] : [`  capacity     = ${capacity}`]),
    ...tagLines(tags, (key, value) => `    ${key} = ${value}`, "  tags = {", "  }"),
  ]);
}

function hclToken({ name, id, roles }: FoundToken): string[] {
  return imported("ece_roles_token", name, id, [`  roles = ${JSON.stringify(roles)}`]);
}

function imported(type: string, name: string, id: string, lines: readonly string[]): string[] {
  return [
    "import {",
    `  to = ${type}.${name}`,
    `  id = ${text(id)}`,
    "}",
    "",
    `resource "${type}" "${name}" {`,
    ...lines,
    "}",
    "",
  ];
}

function comment(sign: string, { endpoint, leftOut }: Findings): string[] {
  return [
    `What the ECE platform at ${endpoint} has, as cdktf-ece ${VERSION} found it.`,
    ...(leftOut.length > 0 ? ["Left out:"] : []),
    ...leftOut.map(describeLeftOut).map((line) => `- ${line}`),
  ].map((line) => `${sign} ${line.replace(/\s+/g, " ")}`);
}

/** What is left out, and why, on a line. */
export function describeLeftOut({ kind, id, reason }: LeftOut): string {
  return `${kind} ${id}: ${reason}`;
}

function remarks(sign: string, { connected, maintenance }: FoundHost): string[] {
  return [
    ...(connected ? [] : [`${sign} Not connected when it was found.`]),
    ...(maintenance ? [`${sign} In maintenance mode, which is left as it is.`] : []),
  ];
}

function tagLines(
  tags: FoundAllocator["tags"],
  line: (key: string, value: string) => string,
  begin: string,
  end: string,
): string[] {
  const entries = Object.entries(tags);
  if (entries.length === 0) return [];
  return [begin, ...entries.map(([key, value]) => line(text(key), text(value))), end];
}

/** A text between quotes, in TypeScript and in HCL, that Terraform does not take for a template. */
function text(value: string): string {
  return JSON.stringify(value.replaceAll("${", () => "$${").replaceAll("%{", "%%{"));
}
