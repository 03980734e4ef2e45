import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../support/sandbox";

/** What `terraform providers schema -json` tells of a provider, as far as the pages need it. */
export interface ProviderSchema {
  readonly provider: TypeSchema;
  readonly resource_schemas: Readonly<Record<string, TypeSchema>>;
  readonly data_source_schemas: Readonly<Record<string, TypeSchema>>;
  readonly ephemeral_resource_schemas: Readonly<Record<string, TypeSchema>>;
  readonly functions: Readonly<Record<string, FunctionSchema>>;
}

interface TypeSchema {
  readonly block: Block;
}

interface Block {
  readonly description?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, { readonly nesting_mode: string; readonly block: Block }>>;
}

interface Attribute {
  readonly type?: Type;
  readonly nested_type?: { readonly nesting_mode: string; readonly attributes: Readonly<Record<string, Attribute>> };
  readonly description?: string;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
}

type Type = string | readonly [string, Type | Readonly<Record<string, Type>>];

interface FunctionSchema {
  readonly summary: string;
  readonly description: string;
  readonly return_type: Type;
  readonly parameters: readonly { readonly name: string; readonly description: string; readonly type: Type }[];
}

interface Kind {
  readonly folder: string;
  readonly title: string;
  readonly example: string;
}

const RESOURCE: Kind = { folder: "resources", title: "Resource", example: "resource.tf" };
const DATA_SOURCE: Kind = { folder: "data-sources", title: "Data Source", example: "data-source.tf" };
const EPHEMERAL: Kind = {
  folder: "ephemeral-resources",
  title: "Ephemeral Resource",
  example: "ephemeral-resource.tf",
};

/** The reference pages in the registry's layout, by their paths; examples come from `examples/`. */
export function renderReference(schema: ProviderSchema): ReadonlyMap<string, string> {
  const kinds = [
    [RESOURCE, schema.resource_schemas],
    [DATA_SOURCE, schema.data_source_schemas],
    [EPHEMERAL, schema.ephemeral_resource_schemas],
  ] as const;
  const types = kinds.flatMap(([kind, schemas]) =>
    Object.entries(schemas).map(([type, { block }]) => [pathOf(kind, type), renderType(kind, type, block)] as const),
  );
  const functions = Object.entries(schema.functions).map(
    ([name, signature]) => [`docs/functions/${name}.md`, renderFunction(name, signature)] as const,
  );
  return new Map([["docs/index.md", renderProvider(schema)], ...types, ...functions]);
}

function pathOf({ folder }: Kind, type: string): string {
  return `docs/${folder}/${type.replace(/^ece_/, "")}.md`;
}

function renderProvider(schema: ProviderSchema): string {
  const list = (kind: Kind, schemas: Readonly<Record<string, TypeSchema>>) =>
    Object.entries(schemas).map(
      ([type, { block }]) =>
        `- [\`${type}\`](${pathOf(kind, type).replace("docs/", "")}) (${kind.title.toLowerCase()}): ${firstSentence(block.description)}`,
    );
  const functions = Object.entries(schema.functions).map(
    ([name, { summary }]) => `- [\`provider::ece::${name}\`](functions/${name}.md) (function): ${summary}.`,
  );
  return page(
    ["ece Provider", "Elastic Cloud Enterprise hosts together with their roles tokens."],
    "# ece Provider",
    "Elastic Cloud Enterprise hosts together with their roles tokens. [How it works](how-it-works.md) tells how the types play together, and [the provider's settings](provider.md) how they are found.",
    example("provider/provider.tf"),
    "## Types",
    [
      ...list(RESOURCE, schema.resource_schemas),
      ...list(DATA_SOURCE, schema.data_source_schemas),
      ...list(EPHEMERAL, schema.ephemeral_resource_schemas),
      ...functions,
    ].join("\n"),
    renderSchema(schema.provider.block),
  );
}

function renderType(kind: Kind, type: string, block: Block): string {
  const { description = "" } = block;
  const importFile = `${kind.folder}/${type}/import.sh`;
  return page(
    [`${type} ${kind.title}`, firstSentence(description)],
    `# ${type} (${kind.title})`,
    description,
    example(`${kind.folder}/${type}/${kind.example}`),
    renderSchema(block),
    ...(existsSync(join(PACKAGE_ROOT, "examples", importFile)) ? ["## Import", code("shell", importFile)] : []),
  );
}

function renderFunction(name: string, { summary, description, parameters, return_type }: FunctionSchema): string {
  const names = parameters.map((parameter) => `${parameter.name} ${typeName(parameter.type)}`).join(", ");
  return page(
    [`${name} Function`, summary],
    `# ${name} (Function)`,
    description,
    example(`functions/${name}/function.tf`),
    "## Signature",
    `\`\`\`text\n${name}(${names}) ${typeName(return_type)}\n\`\`\``,
    "## Arguments",
    parameters.map((each) => `1. \`${each.name}\` (${titleCase(typeName(each.type))}) ${each.description}`).join("\n"),
  );
}

function page([title, description]: readonly [string, string], ...sections: readonly string[]): string {
  const head = `---\npage_title: "${title}"\ndescription: ${JSON.stringify(description)}\n---`;
  return `${[head, ...sections.filter((section) => section !== "")].join("\n\n")}\n`;
}

/** An example of those that a test plans; a type without one is only there for old states. */
function example(file: string): string {
  return existsSync(join(PACKAGE_ROOT, "examples", file)) ? `## Example\n\n${code("terraform", file)}` : "";
}

function code(language: string, file: string): string {
  return `\`\`\`${language}\n${readFileSync(join(PACKAGE_ROOT, "examples", file), "utf8").trim()}\n\`\`\``;
}

function renderSchema(block: Block): string {
  return ["## Schema", ...sectionsOf(block.attributes, block.block_types, "")].join("\n\n");
}

/** Lists of arguments and results, then one part for each object among them. */
function sectionsOf(
  attributes: Readonly<Record<string, Attribute>> = {},
  blocks: Block["block_types"] = {},
  path: string,
): string[] {
  const entries = Object.entries(attributes);
  const lines = (wanted: (attribute: Attribute) => boolean) =>
    entries.filter(([, attribute]) => wanted(attribute)).map(([name, attribute]) => lineOf(name, attribute, path));
  const blockLines = Object.entries(blocks).map(
    ([name, { block }]) => `- \`${name}\` (Block) ${withLink(block.description, path, name)}`,
  );
  const lists = [
    ["Required", lines(({ required }) => required === true)],
    ["Optional", [...lines(({ optional }) => optional === true), ...blockLines]],
    ["Read-Only", lines(({ required, optional }) => !required && !optional)],
  ] as const;
  const nested = [
    ...entries.flatMap(([name, { nested_type: object }]) =>
      object ? [[name, sectionsOf(object.attributes, {}, `${path}${name}.`)] as const] : [],
    ),
    ...Object.entries(blocks).map(
      ([name, { block }]) => [name, sectionsOf(block.attributes, block.block_types, `${path}${name}.`)] as const,
    ),
  ];
  return [
    ...lists.flatMap(([title, list]) =>
      list.length > 0 ? [`${path === "" ? "###" : "####"} ${title}`, list.join("\n")] : [],
    ),
    ...nested.flatMap(([name, sections]) => [`### Nested schema for \`${path}${name}\``, ...sections]),
  ];
}

function lineOf(name: string, { type, nested_type, description, sensitive }: Attribute, path: string): string {
  const kind = nested_type
    ? `${titleCase(nested_type.nesting_mode)} of Object`
    : titleCase(typeName(type ?? "dynamic"));
  const text = nested_type ? withLink(description, path, name) : (description ?? "");
  return `- \`${name}\` (${kind}${sensitive ? ", Sensitive" : ""}) ${text}`;
}

function withLink(description = "", path: string, name: string): string {
  const anchor = `nested-schema-for-${`${path}${name}`.toLowerCase().replaceAll(".", "")}`;
  return `${description} See [below](#${anchor}).`;
}

function typeName(type: Type): string {
  if (typeof type === "string") return type;
  const [kind, inner] = type;
  return kind === "object" || kind === "tuple" ? kind : `${kind} of ${typeName(inner as Type)}`;
}

function titleCase(text: string): string {
  return text.replaceAll(/\b(?!of\b)[a-z]/g, (letter) => letter.toUpperCase());
}

function firstSentence(text = ""): string {
  return /^[^]*?[.](?= |$)/.exec(text)?.[0] ?? text;
}
