import type { ApiWarning, EceClient } from "../api";

/** For the help of each command that asks the platform. */
export const ENVIRONMENT_HELP = `
The platform and the credentials come from the environment: ECE_ENDPOINT (several coordinators with commas between
them), ECE_API_KEY or ECE_USERNAME and ECE_PASSWORD, ECE_CA_CERTIFICATE_FILE.`;

/** Works with the platform that the environment names, and prints the client's warnings. */
export async function withPlatform<Result>(work: (client: EceClient) => Promise<Result>): Promise<Result> {
  const { connectFromEnvironment } = await import("../provider/index.js");
  const warnings: ApiWarning[] = [];
  const client = connectFromEnvironment((warning) => warnings.push(warning));
  try {
    return await work(client);
  } finally {
    for (const { summary, detail } of warnings) process.stderr.write(`Warning: ${summary}. ${detail}\n`);
  }
}
