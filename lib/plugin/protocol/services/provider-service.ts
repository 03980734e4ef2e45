/*
 * The gRPC services of a plugin: Terraform's own and those of go-plugin. This folder translates calls with `wire` and
 * has them answered by the framework's ProviderServer; it imports `grpc`, and nothing of `process`.
 */
import {
  DiagnosticError,
  mapEntries,
  type ObjectValue,
  type Provider,
  type ProviderServer,
  type Reply,
  type Value,
} from "../../framework";
import { objectCodec, UnreadableCall, type ObjectCodec } from "../wire/object-codec";
import { encodeFunction, encodeSchema } from "../wire/schema-codec";
import type { Partially } from "../wire/protobuf";
import * as tfplugin6 from "../wire/tfplugin6";
import { decodeValue, encodeValue } from "../wire/value-codec";
import type { UnaryMethod } from "../grpc/server";
import { unary, type RpcTable } from "./rpc";

/** Finds the codec of a type, or throws: Terraform asks only for types that the schema announces. */
type CodecOf = (typeName: string) => ObjectCodec;

// getProviderSchemaOptional: every call can be answered without a GetProviderSchema before it.
const CAPABILITIES = { planDestroy: true, getProviderSchemaOptional: true, moveResourceState: true };

/**
 * The service `tfplugin6.Provider`: each of Terraform's calls is decoded, answered by the {@link ProviderServer}, and
 * encoded. One table for each kind of thing that a provider has.
 */
export function providerService(server: ProviderServer): RpcTable {
  return {
    ...providerCalls(server),
    ...resourceCalls(server),
    ...dataSourceCalls(server),
    ...ephemeralResourceCalls(server),
    ...functionCalls(server),
  };
}

function providerCalls(server: ProviderServer): RpcTable {
  const { provider } = server;
  const { resources, dataSources, ephemeralResources, functions } = provider;
  const { decodeExisting, diagnostics } = objectCodec(provider.schema);
  const typeNames = (types: { readonly [typeName: string]: unknown }) =>
    Object.keys(types).map((typeName) => ({ typeName }));

  return {
    GetMetadata: unary(tfplugin6.getMetadata, () => ({
      serverCapabilities: CAPABILITIES,
      resources: typeNames(resources),
      dataSources: typeNames(dataSources),
      ephemeralResources: typeNames(ephemeralResources),
      functions: Object.keys(functions).map((name) => ({ name })),
    })),

    GetProviderSchema: unary(tfplugin6.getProviderSchema, () => ({
      serverCapabilities: CAPABILITIES,
      provider: encodeSchema(provider.schema),
      resourceSchemas: mapEntries(resources, ({ schema }) => encodeSchema(schema)),
      dataSourceSchemas: mapEntries(dataSources, ({ schema }) => encodeSchema(schema)),
      ephemeralResourceSchemas: mapEntries(ephemeralResources, ({ schema }) => encodeSchema(schema)),
      functions: mapEntries(functions, encodeFunction),
    })),

    ValidateProviderConfig: answered(tfplugin6.validateProviderConfig, async ({ config }) => {
      const reply = await server.validateProviderConfig({ config: decodeExisting(config) });
      return { diagnostics: diagnostics(reply.diagnostics) };
    }),

    ConfigureProvider: answered(tfplugin6.configureProvider, async ({ terraformVersion, config }) => {
      const reply = await server.configureProvider({ config: decodeExisting(config), terraformVersion });
      return { diagnostics: diagnostics(reply.diagnostics) };
    }),

    StopProvider: unary(tfplugin6.stopProvider, () => {
      server.stop();
      return {};
    }),
  };
}

function resourceCalls(server: ProviderServer): RpcTable {
  const codecOf = codecsOf(server.provider, "resource", server.provider.resources);

  return {
    GetResourceIdentitySchemas: unary(tfplugin6.getResourceIdentitySchemas, () => ({})),

    ValidateResourceConfig: validation(codecOf, (call) => server.validateResourceConfig(call)),

    UpgradeResourceState: answered(tfplugin6.upgradeResourceState, async ({ typeName, version, rawState }) => {
      const { encode, diagnostics } = codecOf(typeName);
      if (!rawState?.json.length) {
        throw new Error(
          `the stored state of "${typeName}" is not JSON; states from before Terraform 0.12 cannot be read`,
        );
      }
      const state = JSON.parse(Buffer.from(rawState.json).toString("utf8")) as { [key: string]: unknown };
      const reply = await server.upgradeResourceState({ typeName, version, state });
      return { upgradedState: encode(reply.state), diagnostics: diagnostics(reply.diagnostics) };
    }),

    ReadResource: answered(tfplugin6.readResource, async ({ typeName, currentState, private: privateState }) => {
      const { decodeExisting, encode, diagnostics } = codecOf(typeName);
      const reply = await server.readResource({ typeName, state: decodeExisting(currentState), privateState });
      return {
        newState: encode(reply.state),
        private: reply.privateState,
        diagnostics: diagnostics(reply.diagnostics),
      };
    }),

    PlanResourceChange: answered(tfplugin6.planResourceChange, async (request) => {
      const { typeName } = request;
      const { decode, encode, diagnostics, paths } = codecOf(typeName);
      const reply = await server.planResourceChange({
        typeName,
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

    ApplyResourceChange: answered(tfplugin6.applyResourceChange, async (request) => {
      const { typeName } = request;
      const { decode, encode, diagnostics } = codecOf(typeName);
      const reply = await server.applyResourceChange({
        typeName,
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

    ImportResourceState: answered(tfplugin6.importResourceState, async ({ typeName, id }) => {
      const { diagnostics } = codecOf(typeName);
      const reply = await server.importResourceState({ typeName, id });
      return {
        importedResources: reply.imported.map((imported) => ({
          typeName: imported.typeName,
          state: codecOf(imported.typeName).encode(imported.state),
          private: imported.privateState,
        })),
        diagnostics: diagnostics(reply.diagnostics),
      };
    }),

    MoveResourceState: answered(tfplugin6.moveResourceState, async ({ sourceTypeName, targetTypeName }) => {
      const { encode, diagnostics } = codecOf(targetTypeName);
      const reply = await server.moveResourceState({ sourceTypeName, targetTypeName });
      return {
        targetState: encode(reply.state),
        targetPrivate: reply.privateState,
        diagnostics: diagnostics(reply.diagnostics),
      };
    }),
  };
}

function dataSourceCalls(server: ProviderServer): RpcTable {
  const codecOf = codecsOf(server.provider, "data source", server.provider.dataSources);

  return {
    // The protocol calls a data source a data resource here.
    ValidateDataResourceConfig: validation(codecOf, (call) => server.validateDataSourceConfig(call)),

    ReadDataSource: answered(tfplugin6.readDataSource, async ({ typeName, config }) => {
      const { decodeExisting, encode, diagnostics } = codecOf(typeName);
      const reply = await server.readDataSource({ typeName, config: decodeExisting(config) });
      return { state: encode(reply.state), diagnostics: diagnostics(reply.diagnostics) };
    }),
  };
}

function ephemeralResourceCalls(server: ProviderServer): RpcTable {
  const codecOf = codecsOf(server.provider, "ephemeral resource", server.provider.ephemeralResources);

  return {
    ValidateEphemeralResourceConfig: validation(codecOf, (call) => server.validateEphemeralResourceConfig(call)),

    OpenEphemeralResource: answered(tfplugin6.openEphemeralResource, async ({ typeName, config }) => {
      const { decodeExisting, encode, diagnostics } = codecOf(typeName);
      const reply = await server.openEphemeralResource({ typeName, config: decodeExisting(config) });
      return {
        result: encode(reply.result),
        private: reply.privateState,
        diagnostics: diagnostics(reply.diagnostics),
      };
    }),

    CloseEphemeralResource: answered(tfplugin6.closeEphemeralResource, async ({ typeName, private: privateState }) => {
      const { diagnostics } = codecOf(typeName);
      const reply = await server.closeEphemeralResource({ typeName, privateState });
      return { diagnostics: diagnostics(reply.diagnostics) };
    }),
  };
}

function functionCalls(server: ProviderServer): RpcTable {
  const { functions } = server.provider;

  return {
    GetFunctions: unary(tfplugin6.getFunctions, () => ({ functions: mapEntries(functions, encodeFunction) })),

    CallFunction: unary(tfplugin6.callFunction, async ({ name, arguments: wires }) => {
      const called = Object.hasOwn(functions, name) ? functions[name] : undefined;
      const values: Value[] = [];
      for (const [index, { type }] of (called?.parameters ?? []).entries()) {
        try {
          values.push(decodeValue(wires[index] ?? null, type));
        } catch (error) {
          return { error: { text: (error as Error).message, functionArgument: index } };
        }
      }
      const { result, error } = await server.callFunction({ name, arguments: values });
      if (error) return { error: { text: error.text, functionArgument: error.argument } };
      return { result: encodeValue(result ?? null, called?.returns ?? "dynamic") };
    }),
  };
}

/** The call that validates a configuration; its messages are the same for every kind of type. */
function validation(
  codecOf: CodecOf,
  validate: (call: { readonly typeName: string; readonly config: ObjectValue }) => Promise<Reply>,
): UnaryMethod {
  return answered(tfplugin6.validateTypeConfig, async ({ typeName, config }) => {
    const { decodeExisting, diagnostics } = codecOf(typeName);
    const reply = await validate({ typeName, config: decodeExisting(config) });
    return { diagnostics: diagnostics(reply.diagnostics) };
  });
}

/** A call whose response has diagnostics: one that cannot be read is answered by them, as providers in Go do. */
function answered<
  Request extends object,
  Response extends { readonly diagnostics: readonly tfplugin6.MessageOf<typeof tfplugin6.diagnostic>[] },
>(
  messages: tfplugin6.MethodMessages<Request, Response>,
  handle: (request: Request) => Partially<Response> | Promise<Partially<Response>>,
) {
  return unary(messages, async (request): Promise<Partially<Response>> => {
    try {
      return await handle(request);
    } catch (error) {
      if (!(error instanceof UnreadableCall)) throw error;
      // Of the response, the compiler knows no more than that it has this field.
      return { diagnostics: error.diagnostics } as unknown as Partially<Response>;
    }
  });
}

function codecsOf(
  { name, version }: Provider,
  kind: string,
  types: Provider["resources"] | Provider["dataSources"] | Provider["ephemeralResources"],
): CodecOf {
  return (typeName) => {
    const found = Object.hasOwn(types, typeName) ? types[typeName] : undefined;
    if (!found) {
      throw new UnreadableCall(
        new DiagnosticError(
          `Unknown ${kind} ${typeName}`,
          `Version ${version} of the provider ${name} has no ${kind} type "${typeName}".`,
        ),
      );
    }
    return objectCodec(found.schema);
  };
}
