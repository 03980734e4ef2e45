/** A non-fatal problem that the caller should report. */
export interface ApiWarning {
  /** Which one, for programs. */
  readonly kind: "insecure" | "plain-http" | "api-key-expires";
  /** What it is about, in a few words. */
  readonly summary: string;
  /** What follows from it, and what to do. */
  readonly detail: string;
}

const SOON_MS = 14 * 24 * 60 * 60 * 1000;

/** The warnings that follow from the settings alone. */
export function connectionWarnings(endpoints: readonly string[], insecure: boolean): ApiWarning[] {
  const plain = endpoints.find((endpoint) => endpoint.startsWith("http:"));
  if (plain !== undefined) {
    return [
      {
        kind: "plain-http",
        summary: "Credentials and roles tokens travel unencrypted",
        detail: `The endpoint ${plain} speaks plain http, so anybody on the way can read and use them. Use https, on port 12443 of the coordinators.`,
      },
    ];
  }
  if (!insecure) return [];
  return [
    {
      kind: "insecure",
      summary: "The platform's certificate is not checked",
      detail: `With insecure set, anybody on the way to ${endpoints.join(" or ")} can pose as the platform and take the credentials. Give the platform's certificate authority instead (ca_certificate_file).`,
    },
  ];
}

/** The warning for an API key that expires within 14 days, by the reply header X-Elastic-Api-Key-Expiration. */
export function apiKeyWarning(header: unknown, now: Date): ApiWarning | undefined {
  const expiry = parseInstant(header);
  if (expiry === undefined || expiry.getTime() - now.getTime() > SOON_MS) return undefined;
  return {
    kind: "api-key-expires",
    summary: `The ECE API key expires on ${expiry.toISOString().slice(0, 10)}`,
    detail: `After ${expiry.toISOString()} the platform refuses it. Make a new one in the Cloud UI (user settings, API keys) and replace it where it is configured.`,
  };
}

/** The header's form is documented nowhere, so it may be a date, or seconds or milliseconds since 1970. */
function parseInstant(header: unknown): Date | undefined {
  if (typeof header !== "string") return undefined;
  const number = Number(header);
  const instant = Number.isNaN(number) ? new Date(header) : new Date(number < 1e11 ? number * 1000 : number);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}
