/** A `--format` that cannot be rendered. */
export class TemplateError extends Error {
  override readonly name = "TemplateError" as const;
}

/**
 * Renders the Go templates that people give to `--format`: fields, `range`, `if`, `with`, `else`, variables of a range,
 * pipes, and the functions in {@link FUNCTIONS}. Anything else is a {@link TemplateError}.
 */
export function renderTemplate(template: string, data: Readonly<Record<string, unknown>>): string {
  const parser = new TemplateParser(split(template.replaceAll("\\t", "\t").replaceAll("\\n", "\n")));
  const nodes = parser.parse();
  return render(nodes, { dot: data, root: data, variables: new Map() });
}

interface Scope {
  readonly dot: unknown;
  readonly root: unknown;
  readonly variables: ReadonlyMap<string, unknown>;
}

type Expression = (scope: Scope) => unknown;
type Node = (scope: Scope) => string;
type Piece = { readonly text: string } | { readonly action: string };

function render(nodes: readonly Node[], scope: Scope): string {
  return nodes.map((node) => node(scope)).join("");
}

/** Cuts a template into texts and actions. `{{-` and `-}}` take the white space beside them away. */
function split(template: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  let trims = false;
  const addText = (text: string): void => {
    if (text !== "") pieces.push({ text });
  };
  for (const match of template.matchAll(/\{\{(- )?\s*((?:"(?:\\.|[^"\\])*"|`[^`]*`|[^"`])*?)\s*( -)?\}\}/g)) {
    const before = template.slice(end, match.index);
    const trimmed = trims ? before.trimStart() : before;
    addText(match[1] === undefined ? trimmed : trimmed.trimEnd());
    pieces.push({ action: match[2] ?? "" });
    trims = match[3] !== undefined;
    end = match.index + match[0].length;
  }
  const rest = template.slice(end);
  if (rest.includes("{{")) throw new TemplateError(`unclosed action in ${rest}`);

  addText(trims ? rest.trimStart() : rest);
  return pieces;
}

const WORD = /^\s*("(?:\\.|[^"\\])*"|`[^`]*`|\(|\)(?:\.\w+)*|\||:=|,|[^\s()|,"`]+)/;

class TemplateParser {
  #pieces: readonly Piece[];

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  parse(): Node[] {
    const { nodes, end } = this.#parseBlock();
    if (end !== "") throw new TemplateError(`unexpected {{${end}}}`);

    return nodes;
  }

  /** Parses up to the end of the template, to `end` or to `else`. */
  #parseBlock(): { nodes: Node[]; end: string } {
    const nodes: Node[] = [];
    for (;;) {
      const [piece, ...rest] = this.#pieces;
      this.#pieces = rest;
      if (piece === undefined) return { nodes, end: "" };
      if ("text" in piece) {
        nodes.push(() => piece.text);
        continue;
      }
      const [keyword = ""] = piece.action.split(/\s/, 1);
      const argument = piece.action.slice(keyword.length);
      if (keyword === "end" || keyword === "else") return { nodes, end: piece.action };
      if (keyword === "range") nodes.push(this.#parseRange(argument));
      else if (keyword === "if" || keyword === "with") nodes.push(this.#parseCondition(argument, keyword === "with"));
      else if (!piece.action.startsWith("/*")) nodes.push(printed(parseExpression(piece.action)));
    }
  }

  #parseRange(argument: string): Node {
    const { names = "", list = argument } =
      /^\s*(?<names>\$\w+(?:\s*,\s*\$\w+)?)\s*:=(?<list>.*)$/s.exec(argument)?.groups ?? {};
    const [first, second] = names.split(",").map((name) => name.trim());
    const expression = parseExpression(list);
    const { body, otherwise } = this.#parseBranches();
    return (scope) => {
      const entries = entriesOf(expression(scope));
      if (entries.length === 0) return render(otherwise, scope);
      return entries
        .map(([key, value]) => {
          const variables = new Map(scope.variables);
          if (second !== undefined) variables.set(first ?? "", key).set(second, value);
          else if (first !== undefined && first !== "") variables.set(first, value);
          return render(body, { ...scope, dot: value, variables });
        })
        .join("");
    };
  }

  #parseCondition(argument: string, setsDot: boolean): Node {
    const expression = parseExpression(argument);
    const { body, otherwise } = this.#parseBranches();
    return (scope) => {
      const value = expression(scope);
      if (!isTrue(value)) return render(otherwise, scope);
      return render(body, setsDot ? { ...scope, dot: value } : scope);
    };
  }

  #parseBranches(): { body: Node[]; otherwise: Node[] } {
    const { nodes: body, end } = this.#parseBlock();
    if (end === "end") return { body, otherwise: [] };
    const chained = /^else\s+if\b(?<condition>.*)$/s.exec(end)?.groups?.condition;
    if (chained !== undefined) return { body, otherwise: [this.#parseCondition(chained, false)] };
    if (end !== "else") throw new TemplateError("unexpected end of the format: {{end}} is missing");
    const { nodes: otherwise, end: last } = this.#parseBlock();
    if (last !== "end") throw new TemplateError("unexpected end of the format: {{end}} is missing");
    return { body, otherwise };
  }
}

function printed(expression: Expression): Node {
  return (scope) => text(expression(scope));
}

/** Parses a pipeline: commands with bars between them, each with its arguments. */
function parseExpression(source: string): Expression {
  const words: string[] = [];
  for (let rest = source; rest.trim() !== "";) {
    const match = WORD.exec(rest);
    if (match?.[1] === undefined) throw new TemplateError(`cannot read {{${source.trim()}}}`);
    words.push(match[1]);
    rest = rest.slice(match[0].length);
  }
  const pipeline = parsePipeline(words, source);
  if (words.length > 0) throw new TemplateError(`cannot read {{${source.trim()}}}`);
  return pipeline;
}

function parsePipeline(words: string[], source: string): Expression {
  let piped: Expression | undefined;
  do {
    const terms: Expression[] = [];
    const name = words[0] ?? "";
    const implementation = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (implementation !== undefined) words.shift();
    while (words.length > 0 && words[0] !== "|" && !words[0]?.startsWith(")")) terms.push(parseTerm(words, source));
    if (piped !== undefined) terms.push(piped);
    piped = implementation === undefined ? onlyTerm(terms, source) : call(implementation, terms);
  } while (words[0] === "|" && words.shift() !== undefined);
  return piped;
}

function call(implementation: (...values: unknown[]) => unknown, terms: readonly Expression[]): Expression {
  return (scope) => implementation(...terms.map((term) => term(scope)));
}

/** The value of a command without a function; `.Label "key"` is a method of the rows of a list. */
function onlyTerm(terms: readonly Expression[], source: string): Expression {
  const [term, argument, more] = terms;
  if (term === undefined || more !== undefined) throw new TemplateError(`cannot read {{${source.trim()}}}`);
  if (argument === undefined) return term;
  return (scope) => {
    const method = term(scope);
    if (typeof method !== "function") throw new TemplateError(`cannot render {{${source.trim()}}}: it is no function`);
    return (method as (value: unknown) => unknown)(argument(scope));
  };
}

function parseTerm(words: string[], source: string): Expression {
  const word = words.shift() ?? "";
  if (word === "(") {
    const inner = parsePipeline(words, source);
    const close = words.shift();
    if (close === undefined) throw new TemplateError(`unclosed parenthesis in {{${source.trim()}}}`);
    return (scope) => valueAt(inner(scope), close.slice(1), source);
  }
  if (word.startsWith('"')) {
    const literal = JSON.parse(word) as string;
    return () => literal;
  }
  if (word.startsWith("`")) return () => word.slice(1, -1);
  if (/^-?\d+$/.test(word)) return () => Number(word);
  if (word === "true" || word === "false") return () => word === "true";
  const { variable, path = "" } = /^(?<variable>\$\w*)?(?<path>(?:\.\w*)*)$/.exec(word)?.groups ?? {};
  if (variable === undefined && !path.startsWith("."))
    throw new TemplateError(`function "${word}" of {{${source.trim()}}} is not defined`);
  return (scope) => valueAt(startOf(variable, scope), path, source);
}

function startOf(variable: string | undefined, scope: Scope): unknown {
  if (variable === undefined) return scope.dot;
  if (variable === "$") return scope.root;
  if (!scope.variables.has(variable)) throw new TemplateError(`undefined variable "${variable}"`);
  return scope.variables.get(variable);
}

function valueAt(start: unknown, path: string, source: string): unknown {
  let value = start;
  for (const field of path.split(".").filter((name) => name !== "")) {
    if (field === "Label" && isRecord(value) && typeof value.Labels === "string") {
      value = labelGetter(value.Labels);
      continue;
    }
    if (!isRecord(value) || !(field in value))
      throw new TemplateError(`cannot render {{${source.trim()}}}: there is no field ${field}`);

    value = value[field];
  }
  return value;
}

function labelGetter(labels: string): (key: unknown) => string {
  return (key) => {
    const label = labels.split(",").find((entry) => entry.startsWith(`${text(key)}=`));
    return label?.slice(text(key).length + 1) ?? "";
  };
}

/** The functions that templates can call. */
const FUNCTIONS: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  and: (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1),
  eq: (value, ...others) => others.some((other) => other === value),
  index: (value, ...keys) => keys.reduce(indexed, value),
  join: (list, separator) =>
    entriesOf(list)
      .map(([, entry]) => text(entry))
      .join(text(separator)),
  json: (value) => JSON.stringify(value),
  len: (value) => (typeof value === "string" ? value.length : entriesOf(value).length),
  lower: (value) => text(value).toLowerCase(),
  ne: (value, other) => value !== other,
  not: (value) => !isTrue(value),
  or: (...values) => values.find(isTrue) ?? values.at(-1),
  print: (...values) => values.map(text).join(""),
  println: (...values) => `${values.map(text).join(" ")}\n`,
  split: (value, separator) => text(value).split(text(separator)),
  upper: (value) => text(value).toUpperCase(),
};

function indexed(value: unknown, key: unknown): unknown {
  if (Array.isArray(value)) {
    if (typeof key !== "number" || key < 0 || key >= value.length)
      throw new TemplateError(`error calling index: index out of range: ${text(key)}`);

    return value[key] as unknown;
  }
  return isRecord(value) ? value[text(key)] : undefined;
}

function entriesOf(value: unknown): [unknown, unknown][] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((entry: unknown, index) => [index, entry]);
  if (isRecord(value)) return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  throw new TemplateError(`range can't iterate over ${text(value)}`);
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isRecord(value) ? Object.keys(value).length > 0 : Boolean(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
