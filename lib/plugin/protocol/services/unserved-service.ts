import { unary, type Rpc } from "./rpc";
import { Severity, unservedCall } from "../wire/tfplugin6";

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
 * Calls about what this framework does not have. Terraform makes none of them for the types that the schema announces; whoever
 * does gets an error diagnostic, as from a provider in Go. Streaming calls among them are left to gRPC's UNIMPLEMENTED.
 */
export function unservedService(providerName: string): { readonly [method: string]: Rpc } {
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
