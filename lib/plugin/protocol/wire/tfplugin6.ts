/*
 * The bytes of the protocol. This folder imports the framework's types and no other folder of `protocol`.
 *
 * This file has the messages of Terraform's plugin protocol, version 6, as far as they are served here. Names and field
 * numbers are those of https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin6.proto.
 */
import { bool, byName, bytes, int64, many, message, one, string, strings, type MessageType } from "./protobuf";

/** The messages of one method. */
export interface MethodMessages<Request extends object, Response extends object> {
  readonly request: MessageType<Request>;
  readonly response: MessageType<Response>;
}

export const Severity = { ERROR: 1, WARNING: 2 } as const;
export const NestingMode = { SINGLE: 1 } as const;
/** How the objects of a nested attribute are gathered. */
export const ObjectNesting = { SINGLE: 1, LIST: 2, SET: 3, MAP: 4 } as const;
export const StringKind = { MARKDOWN: 1 } as const;

const nothing = message({});

/** A value whose type both sides know from the schema. */
export const dynamicValue = message({ msgpack: bytes(1), json: bytes(2) });

const attributePathStep = message({ attributeName: string(1), elementKeyString: string(2), elementKeyInt: int64(3) });
export const attributePath = message({ steps: many(1, attributePathStep) });

export const diagnostic = message({
  severity: int64(1),
  summary: string(2),
  detail: string(3),
  attribute: one(4, attributePath),
});

const functionError = message({ text: string(1), functionArgument: int64(2) });
// `flatmap` is how Terraform before 0.12 stored a state.
const rawState = message({ json: bytes(1), flatmap: strings(2) });

const attributeFields = {
  name: string(1),
  type: bytes(2),
  description: string(3),
  required: bool(4),
  optional: bool(5),
  computed: bool(6),
  sensitive: bool(7),
  descriptionKind: int64(8),
  deprecated: bool(9),
};
// The protocol's attributes nest to any depth, as its blocks do; the framework's only once.
const nestedObject = message({ attributes: many(1, message(attributeFields)), nesting: int64(3) });
const attribute = message({ ...attributeFields, nestedType: one(10, nestedObject) });
const innerBlock = message({ attributes: many(2, attribute), description: string(4), descriptionKind: int64(5) });
const nestedBlock = message({ typeName: string(1), block: one(2, innerBlock), nesting: int64(3) });
const block = message({
  version: int64(1),
  attributes: many(2, attribute),
  blockTypes: many(3, nestedBlock),
  description: string(4),
  descriptionKind: int64(5),
});
export const schema = message({ version: int64(1), block: one(2, block) });

const parameter = message({ name: string(1), type: bytes(2), description: string(5), descriptionKind: int64(6) });
const returns = message({ type: bytes(1) });
export const functionDefinition = message({
  parameters: many(1, parameter),
  return: one(3, returns),
  summary: string(4),
  description: string(5),
  descriptionKind: int64(6),
});

const serverCapabilities = message({
  planDestroy: bool(1),
  getProviderSchemaOptional: bool(2),
  moveResourceState: bool(3),
});

const typeMetadata = message({ typeName: string(1) });
const functionMetadata = message({ name: string(1) });

export const getMetadata = {
  request: nothing,
  response: message({
    serverCapabilities: one(1, serverCapabilities),
    dataSources: many(3, typeMetadata),
    resources: many(4, typeMetadata),
    functions: many(5, functionMetadata),
    ephemeralResources: many(6, typeMetadata),
  }),
};

export const getProviderSchema = {
  request: nothing,
  response: message({
    provider: one(1, schema),
    resourceSchemas: byName(2, schema),
    dataSourceSchemas: byName(3, schema),
    serverCapabilities: one(6, serverCapabilities),
    functions: byName(7, functionDefinition),
    ephemeralResourceSchemas: byName(8, schema),
  }),
};

export const getFunctions = { request: nothing, response: message({ functions: byName(1, functionDefinition) }) };

/** Answered with the empty message: no resource here has an identity beside its id. */
export const getResourceIdentitySchemas = { request: nothing, response: nothing };

export const stopProvider = { request: nothing, response: message({ error: string(1) }) };

export const validateProviderConfig = {
  request: message({ config: one(1, dynamicValue) }),
  response: message({ diagnostics: many(2, diagnostic) }),
};

/** ValidateResourceConfig, ValidateDataResourceConfig and ValidateEphemeralResourceConfig. */
export const validateTypeConfig = {
  request: message({ typeName: string(1), config: one(2, dynamicValue) }),
  response: message({ diagnostics: many(1, diagnostic) }),
};

export const configureProvider = {
  request: message({ terraformVersion: string(1), config: one(2, dynamicValue) }),
  response: message({ diagnostics: many(1, diagnostic) }),
};

export const upgradeResourceState = {
  request: message({ typeName: string(1), version: int64(2), rawState: one(3, rawState) }),
  response: message({ upgradedState: one(1, dynamicValue), diagnostics: many(2, diagnostic) }),
};

export const readResource = {
  request: message({ typeName: string(1), currentState: one(2, dynamicValue), private: bytes(3) }),
  response: message({ newState: one(1, dynamicValue), diagnostics: many(2, diagnostic), private: bytes(3) }),
};

export const planResourceChange = {
  request: message({
    typeName: string(1),
    priorState: one(2, dynamicValue),
    proposedNewState: one(3, dynamicValue),
    config: one(4, dynamicValue),
    priorPrivate: bytes(5),
  }),
  response: message({
    plannedState: one(1, dynamicValue),
    requiresReplace: many(2, attributePath),
    plannedPrivate: bytes(3),
    diagnostics: many(4, diagnostic),
  }),
};

export const applyResourceChange = {
  request: message({
    typeName: string(1),
    priorState: one(2, dynamicValue),
    plannedState: one(3, dynamicValue),
    config: one(4, dynamicValue),
    plannedPrivate: bytes(5),
  }),
  response: message({ newState: one(1, dynamicValue), private: bytes(2), diagnostics: many(3, diagnostic) }),
};

const importedResource = message({ typeName: string(1), state: one(2, dynamicValue), private: bytes(3) });
export const importResourceState = {
  request: message({ typeName: string(1), id: string(2) }),
  response: message({ importedResources: many(1, importedResource), diagnostics: many(2, diagnostic) }),
};

export const moveResourceState = {
  request: message({ sourceTypeName: string(2), targetTypeName: string(5) }),
  response: message({ targetState: one(1, dynamicValue), diagnostics: many(2, diagnostic), targetPrivate: bytes(3) }),
};

export const readDataSource = {
  request: message({ typeName: string(1), config: one(2, dynamicValue) }),
  response: message({ state: one(1, dynamicValue), diagnostics: many(2, diagnostic) }),
};

export const openEphemeralResource = {
  request: message({ typeName: string(1), config: one(2, dynamicValue) }),
  response: message({ diagnostics: many(1, diagnostic), result: one(3, dynamicValue), private: bytes(4) }),
};

export const closeEphemeralResource = {
  request: message({ typeName: string(1), private: bytes(2) }),
  response: message({ diagnostics: many(1, diagnostic) }),
};

export const callFunction = {
  request: message({ name: string(1), arguments: many(2, dynamicValue) }),
  response: message({ result: one(1, dynamicValue), error: one(2, functionError) }),
};

/** A call about what the framework does not have: only the type's name is read, and only diagnostics are answered. */
export function unservedCall(diagnosticsField: number) {
  return {
    request: message({ typeName: string(1) }),
    response: message({ diagnostics: many(diagnosticsField, diagnostic) }),
  };
}

/** The content of a message of this type. */
export type MessageOf<M> = M extends MessageType<infer T> ? T : never;
