import type { Services } from "../grpc/server";
import { int64, message, string } from "../wire/protobuf";
import { Severity, unservedCall } from "../wire/tfplugin6";
import { unary, type RpcTable } from "./rpc";

const empty = message({});
const healthCheck = {
  request: message({ service: string(1) }),
  response: message({ status: int64(1) }),
};
const SERVING = 1;
const SERVICE_UNKNOWN = 3;

// The field of the response that holds the diagnostics differs from call to call.
const UNSERVED: readonly [method: string, diagnosticsField: number, subject: string][] = [
  ["UpgradeResourceIdentity", 2, "resource identities"],
  ["GenerateResourceConfig", 2, "generated configuration"],
  ["RenewEphemeralResource", 1, "renewal of ephemeral resources"],
  ["ValidateListResourceConfig", 1, "list resources"],
  ["PlanAction", 1, "actions"],
  ["ValidateActionConfig", 1, "actions"],
  ["ValidateStateStoreConfig", 1, "state stores"],
  ["ConfigureStateStore", 1, "state stores"],
  ["LockState", 2, "state stores"],
  ["UnlockState", 1, "state stores"],
  ["GetStates", 2, "state stores"],
  ["DeleteState", 1, "state stores"],
];

/**
 * What HashiCorp's go-plugin expects of every plugin beside its own service: a call that ends it, a stream of its output
 * (silent here, because nothing but log lines leaves the process), a broker for further connections (never used), and a
 * health check.
 */
export function pluginServices(onShutdown: () => void): Services {
  return {
    "plugin.GRPCController": {
      Shutdown: unary({ request: empty, response: empty }, () => {
        // After this answer has been handed to HTTP/2.
        setImmediate(onShutdown);
        return {};
      }),
    },
    "plugin.GRPCStdio": { StreamStdio: { endsWithRequest: false } },
    "plugin.GRPCBroker": { StartStream: { endsWithRequest: true } },
    "grpc.health.v1.Health": {
      Check: unary(healthCheck, ({ service }) => ({ status: service === "plugin" ? SERVING : SERVICE_UNKNOWN })),
    },
  };
}

/**
 * Calls about what this framework does not have. Terraform makes none of them for the types that the schema announces;
 * another caller gets an error diagnostic, as from a provider in Go. Streaming calls are left to gRPC's UNIMPLEMENTED.
 */
export function unservedService(providerName: string): RpcTable {
  return Object.fromEntries(
    UNSERVED.map(([method, diagnosticsField, subject]) => [
      method,
      unary(unservedCall(diagnosticsField), ({ typeName }) => ({
        diagnostics: [
          {
            severity: Severity.ERROR,
            summary: `No support for ${subject}`,
            detail: `Terraform asked the provider "${providerName}" for ${method} of "${typeName}", and this provider has no ${subject}.`,
          },
        ],
      })),
    ]),
  );
}
