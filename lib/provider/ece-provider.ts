import type { Provider } from "../plugin/framework";
import { VERSION } from "../version";
import { EceError } from "../api";
import type { Ece } from "./platform/ece";
import { onItsPlatform } from "./platform/proof";
import { configureEce, validateProviderConfig, type ConnectionOptions } from "./configuration/connect";
import { providerSchema } from "./configuration/schema";
import { hostsDataSource } from "./data-sources/hosts";
import { platformDataSource } from "./data-sources/platform";
import { rolesTokensDataSource } from "./data-sources/roles-tokens";
import { ephemeralRolesToken } from "./ephemeral-resources/roles-token";
import { decodeRolesTokenFunction } from "./functions/decode-roles-token";
import { allocatorResource } from "./resources/allocator";
import { hostGuardResource } from "./resources/host-guard";
import { hostMachineResource } from "./resources/host-machine";
import { hostResource } from "./resources/host";
import { hostRolesResource } from "./resources/host-roles";
import { hostUserDataResource } from "./resources/host-user-data";
import { rolesTokenResource } from "./resources/roles-token";
import { rolesTokenRevocationResource } from "./resources/roles-token-revocation";

/** The provider `ece`: everything that it serves, a line each. */
export function eceProvider(options: ConnectionOptions = {}): Provider<Ece> {
  return {
    name: "ece",
    version: VERSION,
    schema: providerSchema,
    validateConfig: validateProviderConfig,
    configure: (request, diagnostics) => configureEce(request, diagnostics, options),
    explainError: explainEceError,
    takeWarnings: (ece) => ece.takeWarnings(),
    resources: {
      ece_allocator: onItsPlatform(allocatorResource),
      ece_host: onItsPlatform(hostResource),
      ece_host_machine: onItsPlatform(hostMachineResource),
      ece_host_guard: onItsPlatform(hostGuardResource),
      ece_host_roles: onItsPlatform(hostRolesResource),
      ece_host_user_data: hostUserDataResource,
      ece_roles_token: onItsPlatform(rolesTokenResource),
      ece_roles_token_revocation: onItsPlatform(rolesTokenRevocationResource),
    },
    dataSources: {
      ece_hosts: hostsDataSource,
      ece_platform: platformDataSource,
      ece_roles_tokens: rolesTokensDataSource,
    },
    ephemeralResources: {
      ece_roles_token: ephemeralRolesToken,
    },
    functions: {
      decode_roles_token: decodeRolesTokenFunction,
    },
  };
}

/** The error of the API, and what to do about it. */
function explainEceError(error: unknown): string | undefined {
  if (!(error instanceof EceError)) return undefined;
  return error.remedy === undefined ? error.message : `${error.message}\n\n${error.remedy}`;
}
