import type { Attribute, ProviderFunction, Schema } from "../../framework";
import { NestingMode, type functionDefinition, type MessageOf, type schema } from "./tfplugin6";
import type { Partially } from "./protobuf";
import { encodeType } from "./type-codec";

/** A schema as Terraform reads it. An attribute with a default is optional and computed. */
export function encodeSchema({ version, description, attributes, blocks = {} }: Schema) {
  return {
    version,
    block: {
      version,
      description,
      attributes: encodeAttributes(attributes),
      blockTypes: Object.entries(blocks).map(([typeName, block]) => ({
        typeName,
        nesting: NestingMode.SINGLE,
        block: { description: block.description, attributes: encodeAttributes(block.attributes) },
      })),
    },
  } satisfies Partially<MessageOf<typeof schema>>;
}

/** A function's signature as Terraform reads it. */
export function encodeFunction({ parameters, returns, summary, description }: ProviderFunction) {
  return {
    parameters: parameters.map(({ name, type, description }) => ({ name, type: encodeType(type), description })),
    return: { type: encodeType(returns) },
    summary,
    description,
  } satisfies Partially<MessageOf<typeof functionDefinition>>;
}

function encodeAttributes(attributes: { readonly [name: string]: Attribute }) {
  return Object.entries(attributes).map(([name, attribute]) => ({
    name,
    type: encodeType(attribute.type),
    description: attribute.description,
    required: attribute.required,
    optional: attribute.optional ?? (attribute.default !== undefined ? true : undefined),
    computed: attribute.computed ?? (attribute.default !== undefined ? true : undefined),
    sensitive: attribute.sensitive,
    deprecated: attribute.deprecated,
  }));
}
