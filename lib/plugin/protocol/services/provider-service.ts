import {
  schemaType,
  type AttributePath,
  type Diagnostic,
  type ObjectValue,
  type ProviderServer,
  type Schema,
} from "../../framework";
import { encodeDiagnostics, encodePath } from "../wire/diagnostic-codec";
import type { MessageOf } from "../wire/tfplugin6";
import { unary, type Rpc } from "./rpc";
import { encodeFunction, encodeSchema } from "../wire/schema-codec";
import * as tfplugin6 from "../wire/tfplugin6";
import { decodeObject, decodeValue, encodeValue } from "../wire/value-codec";

type DynamicValue = MessageOf<typeof tfplugin6.dynamicValue>;
type Kind = "resource" | "data source" | "ephemeral resource";

const CAPABILITIES = { planDestroy: true, getProviderSchemaOptional: true, moveResourceState: true };

/** Terraform's calls, each decoded, answered by the {@link ProviderServer}, and encoded. */
export function providerService(server: ProviderServer): { readonly [method: string]: Rpc } {
  const { provider } = server;
  const { resources, dataSources, ephemeralResources, functions } = provider;
  const schemas = { resource: resources, "data source": dataSources, "ephemeral resource": ephemeralResources };

  /** How the values and the findings of one type are read and written. */
  const codec = (schema: Schema) => {
    const type = schemaType(schema);
    return {
      decode: (wire: DynamicValue | null) => decodeObject(wire, type),
      decodeExisting: (wire: DynamicValue | null): ObjectValue => {
        const object = decodeObject(wire, type);
        if (object === null) throw new Error("Terraform sent no object where there must be one");
        return object;
      },
      encode: (value: ObjectValue | null) => encodeValue(value, type),
      diagnostics: (list: readonly Diagnostic[]) => encodeDiagnostics(list, type),
      paths: (paths: readonly AttributePath[]) => paths.map((path) => encodePath(path, type)),
    };
  };
  const providerCodec = codec(provider.schema);
  const codecOf = (kind: Kind, typeName: string) => {
    const types = schemas[kind];
    const found = Object.hasOwn(types, typeName) ? types[typeName] : undefined;
    if (!found) throw new Error(`the provider "${provider.name}" ${provider.version} has no ${kind} "${typeName}"`);
    return codec(found.schema);
  };

  const validateType = (
    kind: Kind,
    validate: (request: { typeName: string; config: ObjectValue }) => Promise<{ diagnostics: readonly Diagnostic[] }>,
  ) =>
    unary(tfplugin6.validateTypeConfig, async ({ typeName, config }) => {
      const { decodeExisting, diagnostics } = codecOf(kind, typeName);
      const reply = await validate({ typeName, config: decodeExisting(config) });
      return { diagnostics: diagnostics(reply.diagnostics) };
    });

  return {
    GetMetadata: unary(tfplugin6.getMetadata, () => ({
      serverCapabilities: CAPABILITIES,
      resources: Object.keys(resources).map((typeName) => ({ typeName })),
      dataSources: Object.keys(dataSources).map((typeName) => ({ typeName })),
      ephemeralResources: Object.keys(ephemeralResources).map((typeName) => ({ typeName })),
      functions: Object.keys(functions).map((name) => ({ name })),
    })),

    GetProviderSchema: unary(tfplugin6.getProviderSchema, () => ({
      serverCapabilities: CAPABILITIES,
      provider: encodeSchema(provider.schema),
      resourceSchemas: mapValues(resources, ({ schema }) => encodeSchema(schema)),
      dataSourceSchemas: mapValues(dataSources, ({ schema }) => encodeSchema(schema)),
      ephemeralResourceSchemas: mapValues(ephemeralResources, ({ schema }) => encodeSchema(schema)),
      functions: mapValues(functions, encodeFunction),
    })),

    GetResourceIdentitySchemas: unary(tfplugin6.getResourceIdentitySchemas, () => ({})),

    ValidateProviderConfig: unary(tfplugin6.validateProviderConfig, async ({ config }) => {
      const reply = await server.validateProviderConfig({ config: providerCodec.decodeExisting(config) });
      return { diagnostics: providerCodec.diagnostics(reply.diagnostics) };
    }),

    ConfigureProvider: unary(tfplugin6.configureProvider, async ({ terraformVersion, config }) => {
      const reply = await server.configureProvider({ config: providerCodec.decodeExisting(config), terraformVersion });
      return { diagnostics: providerCodec.diagnostics(reply.diagnostics) };
    }),

    ValidateResourceConfig: validateType("resource", (request) => server.validateResourceConfig(request)),

    UpgradeResourceState: unary(tfplugin6.upgradeResourceState, async ({ typeName, version, rawState }) => {
      const { encode, diagnostics } = codecOf("resource", typeName);
      if (!rawState?.json.length) {
        throw new Error(
          `the stored state of "${typeName}" is not JSON; states from before Terraform 0.12 cannot be read`,
        );
      }
      const state = JSON.parse(Buffer.from(rawState.json).toString("utf8")) as { [key: string]: unknown };
      const reply = await server.upgradeResourceState({ typeName, version, state });
      return { upgradedState: encode(reply.state), diagnostics: diagnostics(reply.diagnostics) };
    }),

    ReadResource: unary(tfplugin6.readResource, async ({ typeName, currentState, private: privateState }) => {
      const { decodeExisting, encode, diagnostics } = codecOf("resource", typeName);
      const reply = await server.readResource({ typeName, state: decodeExisting(currentState), privateState });
      return {
        newState: encode(reply.state),
        private: reply.privateState,
        diagnostics: diagnostics(reply.diagnostics),
      };
    }),

    PlanResourceChange: unary(tfplugin6.planResourceChange, async (request) => {
      const { decode, encode, diagnostics, paths } = codecOf("resource", request.typeName);
      const reply = await server.planResourceChange({
        typeName: request.typeName,
        priorState: decode(request.priorState),
        proposedNewState: decode(request.proposedNewState),
        config: decode(request.config),
        privateState: request.priorPrivate,
      });
      return {
        plannedState: encode(reply.plan),
        requiresReplace: paths(reply.requiresReplace),
        plannedPrivate: reply.privateState,
        diagnostics: diagnostics(reply.diagnostics),
      };
    }),

    ApplyResourceChange: unary(tfplugin6.applyResourceChange, async (request) => {
      const { decode, encode, diagnostics } = codecOf("resource", request.typeName);
      const reply = await server.applyResourceChange({
        typeName: request.typeName,
        priorState: decode(request.priorState),
        plan: decode(request.plannedState),
        config: decode(request.config),
        privateState: request.plannedPrivate,
      });
      return {
        newState: encode(reply.state),
        private: reply.privateState,
        diagnostics: diagnostics(reply.diagnostics),
      };
    }),

    ImportResourceState: unary(tfplugin6.importResourceState, async ({ typeName, id }) => {
      const { diagnostics } = codecOf("resource", typeName);
      const reply = await server.importResourceState({ typeName, id });
      return {
        importedResources: reply.imported.map((imported) => ({
          typeName: imported.typeName,
          state: codecOf("resource", imported.typeName).encode(imported.state),
          private: imported.privateState,
        })),
        diagnostics: diagnostics(reply.diagnostics),
      };
    }),

    MoveResourceState: unary(tfplugin6.moveResourceState, async ({ sourceTypeName, targetTypeName }) => {
      const { encode, diagnostics } = codecOf("resource", targetTypeName);
      const reply = await server.moveResourceState({ sourceTypeName, targetTypeName });
      return {
        targetState: encode(reply.state),
        targetPrivate: reply.privateState,
        diagnostics: diagnostics(reply.diagnostics),
      };
    }),

    ValidateDataResourceConfig: validateType("data source", (request) => server.validateDataSourceConfig(request)),

    ReadDataSource: unary(tfplugin6.readDataSource, async ({ typeName, config }) => {
      const { decodeExisting, encode, diagnostics } = codecOf("data source", typeName);
      const reply = await server.readDataSource({ typeName, config: decodeExisting(config) });
      return { state: encode(reply.state), diagnostics: diagnostics(reply.diagnostics) };
    }),

    ValidateEphemeralResourceConfig: validateType("ephemeral resource", (request) =>
      server.validateEphemeralResourceConfig(request),
    ),

    OpenEphemeralResource: unary(tfplugin6.openEphemeralResource, async ({ typeName, config }) => {
      const { decodeExisting, encode, diagnostics } = codecOf("ephemeral resource", typeName);
      const reply = await server.openEphemeralResource({ typeName, config: decodeExisting(config) });
      return {
        result: encode(reply.result),
        private: reply.privateState,
        diagnostics: diagnostics(reply.diagnostics),
      };
    }),

    CloseEphemeralResource: unary(tfplugin6.closeEphemeralResource, async ({ typeName, private: privateState }) => {
      const { diagnostics } = codecOf("ephemeral resource", typeName);
      const reply = await server.closeEphemeralResource({ typeName, privateState });
      return { diagnostics: diagnostics(reply.diagnostics) };
    }),

    GetFunctions: unary(tfplugin6.getFunctions, () => ({ functions: mapValues(functions, encodeFunction) })),

    CallFunction: unary(tfplugin6.callFunction, async ({ name, arguments: wires }) => {
      const called = Object.hasOwn(functions, name) ? functions[name] : undefined;
      if (!called) throw new Error(`the provider "${provider.name}" ${provider.version} has no function "${name}"`);
      const { result, error } = await server.callFunction({
        name,
        arguments: called.parameters.map(({ type }, index) => decodeValue(wires[index] ?? null, type)),
      });
      if (error) return { error: { text: error.text, functionArgument: error.argument } };
      return { result: encodeValue(result ?? null, called.returns) };
    }),

    StopProvider: unary(tfplugin6.stopProvider, () => {
      server.stop();
      return {};
    }),
  };
}

function mapValues<From, To>(entries: { readonly [name: string]: From }, convert: (value: From) => To) {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, convert(value)]));
}
