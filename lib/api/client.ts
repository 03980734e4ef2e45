import { VERSION } from "../version";
import { AllocatorsApi } from "./operations/allocators";
import { AuthenticationApi } from "./operations/authentication";
import { BlueprinterRolesApi } from "./operations/blueprinter-roles";
import { CoordinatorsApi } from "./operations/coordinators";
import { authorize, type Credentials } from "./transport/credentials";
import { checkCaCertificate, parseEndpoint } from "./transport/endpoint";
import { EnrollmentTokensApi } from "./operations/enrollment-tokens";
import { PlatformApi } from "./operations/platform";
import { pauseMs } from "./transport/retry-policy";
import { RunnersApi } from "./operations/runners";
import { SecurityDeploymentApi } from "./operations/security-deployment";
import { startTimeLimit, type StartTimeLimit } from "./transport/time-limit";
import { type RequestLogEntry, Transport } from "./transport/transport";
import { type ApiWarning, apiKeyWarning, connectionWarnings } from "./errors/warnings";

export interface EceClientOptions {
  /** Where the coordinators serve the API, for example `https://coordinator.example:12443`; a path is kept. */
  readonly endpoint: string;
  readonly credentials: Credentials;
  /**
   * PEM text of the certificate authorities to trust, instead of the well-known ones.
   *
   * @default - the well-known certificate authorities
   */
  readonly caCertificate?: string;
  /**
   * Do not check the platform's certificate.
   *
   * @default false
   */
  readonly insecure?: boolean;
  /**
   * How long one attempt may take, from connecting to the last byte of the reply.
   *
   * @default 60_000
   */
  readonly requestTimeoutMs?: number;
  /**
   * How many attempts may follow the first.
   *
   * @default 4
   */
  readonly maxRetries?: number;
  /** @default - this package's name and version */
  readonly userAgent?: string;
  /**
   * The region in the paths of platform requests; empty for the short form without one.
   *
   * @default "ece-region"
   */
  readonly region?: string;
  /** @default - warnings are dropped */
  readonly onWarning?: (warning: ApiWarning) => void;
  /** @default - nothing is logged */
  readonly log?: (entry: RequestLogEntry) => void;
  /** @internal */
  readonly retryDelayMs?: typeof pauseMs;
  /** @internal */
  readonly startTimeLimit?: StartTimeLimit;
  /** @internal */
  readonly now?: () => Date;
}

/**
 * A client of one ECE platform. Proxies are taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
 *
 * @example
 * const ece = new EceClient({ endpoint: "https://10.0.0.10:12443", credentials: { kind: "api-key", apiKey } });
 * const { token, tokenId } = await ece.enrollmentTokens.create({ roles: ["allocator"], persistent: true });
 */
export class EceClient {
  /** The address of the platform, without a slash at its end. */
  readonly endpoint: string;
  readonly enrollmentTokens: EnrollmentTokensApi;
  readonly runners: RunnersApi;
  readonly allocators: AllocatorsApi;
  readonly coordinators: CoordinatorsApi;
  readonly blueprinterRoles: BlueprinterRolesApi;
  readonly platform: PlatformApi;
  readonly authentication: AuthenticationApi;
  readonly securityDeployment: SecurityDeploymentApi;
  readonly #transport: Transport;

  constructor(options: EceClientOptions) {
    const { credentials, caCertificate, insecure = false, region = "ece-region", now = () => new Date() } = options;
    const warn = options.onWarning ?? (() => undefined);
    this.endpoint = parseEndpoint(options.endpoint);
    if (caCertificate !== undefined) checkCaCertificate(caCertificate);
    let keyIsWatched = credentials.kind === "api-key";
    this.#transport = new Transport({
      endpoint: this.endpoint,
      caCertificate,
      insecure,
      requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
      maxRetries: options.maxRetries ?? 4,
      userAgent: options.userAgent ?? `cdktf-ece/${VERSION}`,
      secrets: "password" in credentials ? [credentials.password] : [],
      pauseMs: options.retryDelayMs ?? pauseMs,
      startTimeLimit: options.startTimeLimit ?? startTimeLimit,
      log: options.log,
      onHeaders: (headers) => {
        const warning = keyIsWatched && apiKeyWarning(headers["x-elastic-api-key-expiration"], now());
        if (!warning) return;
        keyIsWatched = false;
        warn(warning);
      },
    });
    for (const warning of connectionWarnings(this.endpoint, insecure)) warn(warning);

    const requester = authorize(this.#transport, credentials, now);
    const platformPath = `${region && `/regions/${encodeURIComponent(region)}`}/platform`;
    this.enrollmentTokens = new EnrollmentTokensApi(requester, platformPath);
    this.runners = new RunnersApi(requester, platformPath);
    this.allocators = new AllocatorsApi(requester, platformPath);
    this.coordinators = new CoordinatorsApi(requester, platformPath);
    this.blueprinterRoles = new BlueprinterRolesApi(requester, platformPath);
    this.platform = new PlatformApi(requester, platformPath);
    this.authentication = new AuthenticationApi(requester);
    this.securityDeployment = new SecurityDeploymentApi(requester, platformPath);
  }

  /** Closes the connections to the platform. */
  close(): void {
    this.#transport.close();
  }
}
