import { EceApiError, EceConnectionError, EceError, type ApiWarning, type EceClient } from "../../api";
import { Diagnostics } from "../../plugin/framework";
import { tryConnectFromEnvironment } from "../configuration/connect";
import type { Finding } from "./finding";

/** What the provider asks of the platform that not every user may do, as Elastic's API description names it. */
const CHANGES = [
  ...["create-enrollment-token", "delete-enrollment-token", "set-runner-roles", "delete-runner", "delete-allocator"],
  ...["add-blueprinter-blessing", "start-allocator-maintenance-mode", "stop-allocator-maintenance-mode"],
  ...["move-clusters-by-type", "demote-coordinator"],
];
const ADMIN_ROLE = "ece_platform_admin";

/** What was found of the platform that the environment names, and the connection, where there is one. */
export interface ExaminedPlatform {
  readonly findings: readonly Finding[];
  readonly client?: EceClient;
}

/** Looks at the settings in the environment, at each coordinator that they name, and at what their user may do. */
export async function examinePlatform(): Promise<ExaminedPlatform> {
  const diagnostics = new Diagnostics();
  const warnings: ApiWarning[] = [];
  const options = { maxRetries: 0, onWarning: (warning: ApiWarning) => void warnings.push(warning) };
  const client = tryConnectFromEnvironment(diagnostics, options);
  if (client === undefined) {
    const findings = [...diagnostics].map(({ summary, detail }): Finding => ({
      subject: "settings",
      verdict: "fault",
      found: summary,
      remedy: detail,
    }));
    return { findings };
  }
  const coordinators: Finding[] = [];
  for (const endpoint of client.endpoints) coordinators.push(await examineCoordinator(endpoint));
  if (coordinators.every(({ verdict }) => verdict === "fault")) return { findings: coordinators };

  const findings = [...coordinators, await examineVersion(client), await examineRights(client)];
  const told = warnings.map(({ summary, detail }): Finding => ({
    subject: "credentials",
    verdict: "advice",
    found: summary,
    remedy: detail,
  }));
  return { findings: [...findings, ...told], client };
}

/** One coordinator by itself, since the provider would go on to the next one. */
async function examineCoordinator(endpoint: string): Promise<Finding> {
  const subject = `coordinator ${endpoint}`;
  const client = tryConnectFromEnvironment(new Diagnostics(), { endpoint, maxRetries: 0 });
  try {
    await client?.authentication.whoAmI();
    const isEncrypted = endpoint.startsWith("https:");
    return { subject, verdict: "well", found: `answers${isEncrypted ? ", with a certificate that is accepted" : ""}` };
  } catch (error) {
    // It answers, and the rights are looked at by themselves.
    if (error instanceof EceApiError && error.status === 403) return { subject, verdict: "well", found: "answers" };
    return faultOf(subject, error);
  } finally {
    client?.close();
  }
}

async function examineVersion(client: EceClient): Promise<Finding> {
  const subject = "platform";
  try {
    const { version } = await client.platform.get();
    return { subject, verdict: "well", found: `runs ECE ${version}` };
  } catch (error) {
    return faultOf(subject, error);
  }
}

/** Asked of the user's own record: making a token to see whether it can be made would leave one. */
async function examineRights(client: EceClient): Promise<Finding> {
  const subject = "rights";
  const unknown = (found: string): Finding => ({
    subject,
    verdict: "advice",
    found,
    remedy: "Make sure that the user has the role Platform admin: without it, the first apply is refused.",
  });
  try {
    const { user_name: name, security } = await client.authentication.currentUser();
    const { permissions, roles = [] } = security;
    if (permissions === undefined && roles.length === 0)
      return unknown(`the platform does not tell what ${name} may do`);
    const missing = permissions
      ? CHANGES.filter((operation) => !permissions.includes(operation))
      : roles.includes(ADMIN_ROLE)
        ? []
        : CHANGES;
    if (missing.length === 0) return { subject, verdict: "well", found: `${name} may do all that a deploy asks for` };
    return {
      subject,
      verdict: "fault",
      found: `${name} has the role ${roles.join(", ") || "of nobody"} and may not ${missing.join(", ")}`,
      remedy: "Give the user the role Platform admin, or use the API key of one who has it.",
    };
  } catch (error) {
    if (error instanceof EceApiError && error.status !== 401)
      return unknown(`the platform does not tell what its user may do (${error.status})`);
    return faultOf(subject, error);
  }
}

/** An error of the client as a finding; of a connection, what kind of failure it is. */
export function faultOf(subject: string, error: unknown): Finding {
  if (!(error instanceof EceError)) throw error;
  const found = error instanceof EceConnectionError ? `${error.reason}: ${error.message}` : error.message;
  return { subject, verdict: "fault", found, ...(error.remedy !== undefined && { remedy: error.remedy }) };
}
