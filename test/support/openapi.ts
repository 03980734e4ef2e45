import { readFileSync } from "node:fs";
import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";

/** A request as it went over the wire. */
export interface WireRequest {
  readonly method: string;
  /** With or without `/api/v1`, the region and the query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined for none. */
  readonly body?: unknown;
}

export interface WireReply {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "body" | "formData" | "header";
  readonly required?: boolean;
  readonly type?: string;
  readonly schema?: object;
}

interface Response {
  readonly schema?: object;
  readonly headers?: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, Response>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions: Readonly<Record<string, object>>;
}

/**
 * Elastic's own description of the API, to check requests and replies against.
 *
 * Stricter than its text: an object that declares properties may have no others, so that a misspelt one is found.
 */
export class OpenApi {
  readonly #ajv = new Ajv({ strict: false, allErrors: true });
  readonly #compiled = new Map<string, ValidateFunction>();

  readonly #description: Description;

  constructor(description: Description) {
    this.#description = description;

    for (const format of ["int32", "int64", "float", "double", "byte", "uri"]) this.#ajv.addFormat(format, true);
    this.#ajv.addFormat("date-time", (text) => !Number.isNaN(Date.parse(text)) && text.includes("T"));
    this.#ajv.addSchema({ $id: "ece", definitions: closeObjects(description.definitions) });
  }

  /** What is wrong with a request; empty when nothing is. */
  checkRequest({ method, path, query, body }: WireRequest): string[] {
    const operation = this.#find(method, path);
    if (!operation) return [`${method} ${path} is no operation of the API`];
    const parameters = operation.parameters ?? [];
    const given = { ...queryOf(path), ...query };
    const declared = parameters.filter((parameter) => parameter.in === "query");
    const bodyParameter = parameters.find((parameter) => parameter.in === "body");
    return [
      ...Object.entries(given).flatMap(([name, value]) => {
        const parameter = declared.find((each) => each.name === name);
        return parameter ? checkText(parameter, value) : [`the query parameter ${name} is not declared`];
      }),
      ...declared.filter(({ name, required }) => required && !(name in given)).map(({ name }) => `${name} is missing`),
      ...this.#checkBody(bodyParameter, body),
    ];
  }

  /** What is wrong with a reply; empty when nothing is. */
  checkResponse({ method, path, status, body }: WireReply): string[] {
    const operation = this.#find(method, path);
    if (!operation) return [`${method} ${path} is no operation of the API`];
    const declared = operation.responses[String(status)];
    // Authentication and permissions can refuse any request, in the form of every other refusal.
    if (!declared && status < 400) return [`${method} ${path} declares no reply ${status}`];
    return this.#validate(declared?.schema ?? { $ref: "#/definitions/BasicFailedReply" }, body, "reply");
  }

  /** The codes of the refusals that an operation declares. */
  errorCodes(method: string, path: string): string[] {
    const responses = Object.values(this.#find(method, path)?.responses ?? {});
    return responses.flatMap(({ headers }) => headers?.["x-cloud-error-codes"]?.enum ?? []);
  }

  #checkBody(parameter: Parameter | undefined, body: unknown): string[] {
    if (body === undefined) return parameter?.required ? ["the body is missing"] : [];
    return parameter ? this.#validate(parameter.schema ?? {}, body, "body") : ["a body is not declared"];
  }

  #find(method: string, path: string): Operation | undefined {
    const steps = templateSteps(path);
    // The description names what is fixed as well as what is not: /runners/_search is no runner.
    const matches = Object.entries(this.#description.paths)
      .filter(([template, operations]) => operations[method.toLowerCase()] && fits(template.split("/"), steps))
      .sort(([one], [other]) => one.split("{").length - other.split("{").length);
    return matches[0]?.[1][method.toLowerCase()];
  }

  #validate(schema: object, value: unknown, what: string): string[] {
    const text = JSON.stringify(closeObjects(schema)).replaceAll('"#/definitions/', '"ece#/definitions/');
    const validator = this.#compiled.get(text) ?? this.#ajv.compile(JSON.parse(text) as object);
    this.#compiled.set(text, validator);
    return validator(value) ? [] : (validator.errors ?? []).map((error) => describe(what, error));
  }
}

/** The API description that the environment variable ECE_OPENAPI names; undefined when it names none. */
export function loadOpenApi(): OpenApi | undefined {
  const file = process.env.ECE_OPENAPI;
  return file ? new OpenApi(JSON.parse(readFileSync(file, "utf8")) as Description) : undefined;
}

function templateSteps(path: string): string[] {
  const [withoutQuery = ""] = path.split("?");
  return withoutQuery
    .replace(/^\/api\/v1/, "")
    .replace(/^\/regions\/[^/]+(?=\/platform)/, "")
    .split("/");
}

function fits(template: readonly string[], steps: readonly string[]): boolean {
  return (
    template.length === steps.length &&
    template.every((part, index) => (part.startsWith("{") ? steps[index] !== "" : part === steps[index]))
  );
}

function queryOf(path: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(path.split("?")[1] ?? ""));
}

function checkText({ name, type }: Parameter, value: string): string[] {
  const isValid =
    type === "boolean" ? /^(true|false)$/.test(value) : type === "integer" ? /^-?\d+$/.test(value) : value !== "";
  return isValid ? [] : [`the query parameter ${name} is no ${type}: ${value}`];
}

function describe(what: string, { instancePath, message, params }: ErrorObject): string {
  return `${what}${instancePath} ${message} ${JSON.stringify(params)}`;
}

function closeObjects<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closeObjects) as T;
  if (typeof schema !== "object" || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closeObjects<unknown>(value)]));
  const isOpen = "properties" in closed && typeof closed.properties === "object" && !("additionalProperties" in closed);
  return (isOpen && closed.type === "object" ? { ...closed, additionalProperties: false } : closed) as T;
}
