import type { EceClient, PlatformInfo } from "../api";
import { DiagnosticError, type Diagnostics } from "../plugin/framework";

/**
 * The configured connection to one ECE platform, as every type gets it.
 *
 * While Terraform plans, the provider's configuration may hold values that are not known yet; then there is no client,
 * and whatever needs one says so.
 */
export class Ece {
  /** The id of each roles token that this process makes, as soon as it is known; undefined where that failed. */
  readonly tokenCreations: Promise<string | undefined>[] = [];
  private platformInfo: Promise<PlatformInfo> | undefined;
  private readonly warnings: { summary: string; detail: string }[] = [];

  constructor(private readonly knownClient: EceClient | undefined) {}

  get isKnown(): boolean {
    return this.knownClient !== undefined;
  }

  /** Throws while the provider's configuration is not known. */
  get client(): EceClient {
    if (this.knownClient === undefined) {
      throw new DiagnosticError(
        "The ECE provider is not configured yet",
        "Its configuration depends on values that Terraform learns only at apply. Apply those first, for example with -target.",
      );
    }
    return this.knownClient;
  }

  /** What `GET /platform` tells, asked once for the life of this process. */
  platform(signal: AbortSignal): Promise<PlatformInfo> {
    this.platformInfo ??= this.client.platform.get({ signal }).catch((error: unknown) => {
      this.platformInfo = undefined;
      throw error;
    });
    return this.platformInfo;
  }

  /** Keeps a warning that a later operation hands to Terraform. */
  warn(summary: string, detail: string): void {
    this.warnings.push({ summary, detail });
  }

  /** Moves the warnings kept so far into `diagnostics`, so that Terraform shows each once a process. */
  reportWarnings(diagnostics: Diagnostics): void {
    for (const { summary, detail } of this.warnings.splice(0)) diagnostics.addWarning(summary, detail);
  }
}
