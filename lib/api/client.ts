import { VERSION } from "../version";
import { type ApiWarning, apiKeyWarning, connectionWarnings } from "./errors/warnings";
import {
  AllocatorsApi,
  AuthenticationApi,
  BlueprinterRolesApi,
  CoordinatorsApi,
  DeploymentsApi,
  EnrollmentTokensApi,
  PlatformApi,
  RunnersApi,
  SecurityDeploymentApi,
} from "./operations";
import { authorize, type Credentials } from "./transport/credentials";
import { checkCaCertificate, parseEndpoints } from "./transport/endpoint";
import { pauseMs } from "./transport/retry-policy";
import { startTimeLimit, type StartTimeLimit } from "./transport/time-limit";
import { type RequestLogEntry, Transport } from "./transport/transport";

/** Options of {@link EceClient}. */
export interface EceClientOptions {
  /**
   * Where the coordinators serve the API, for example `https://coordinator.example:12443`; a path is kept. Several
   * coordinators of one platform may be named, with commas between them: the next is asked when one cannot be reached.
   */
  readonly endpoint: string;
  /** The API key, or the user, of every request. */
  readonly credentials: Credentials;
  /**
   * PEM text of one or more certificate authorities to trust instead of the well-known ones. An intermediate authority
   * is enough.
   *
   * @default - the well-known certificate authorities
   */
  readonly caCertificate?: string;
  /**
   * The name that the platform's certificate must have, where it is reached by another, such as through a tunnel.
   *
   * @default - that of the endpoint
   */
  readonly tlsServerName?: string;
  /**
   * Do not check the platform's certificate. Anybody on the way can then pose as the platform.
   *
   * @default false
   */
  readonly insecure?: boolean;
  /**
   * How long one attempt may take, in milliseconds, from connecting to the last byte of the reply.
   *
   * @default 60_000
   */
  readonly requestTimeoutMs?: number;
  /**
   * How many attempts may follow the first, after pauses of 1, 2, 4, … seconds, or longer if the platform asks for it.
   *
   * @default 4
   */
  readonly maxRetries?: number;
  /**
   * The User-Agent header.
   *
   * @default - this package's name and version
   */
  readonly userAgent?: string;
  /**
   * The region in the paths of platform requests; empty for the short form without one.
   *
   * @default "ece-region"
   */
  readonly region?: string;
  /**
   * Called with each warning: by the constructor, and when a reply says that the API key expires soon.
   *
   * @default - warnings are dropped
   */
  readonly onWarning?: (warning: ApiWarning) => void;
  /**
   * Called after every attempt.
   *
   * @default - nothing is logged
   */
  readonly log?: (entry: RequestLogEntry) => void;
  /** @internal */
  readonly retryDelayMs?: typeof pauseMs;
  /** @internal */
  readonly startTimeLimit?: StartTimeLimit;
  /** @internal */
  readonly now?: () => Date;
}

/**
 * A client of one ECE platform. Proxies are taken from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.
 *
 * Every operation fails with an {@link EceError}: {@link EceApiError} if the platform refuses the request,
 * {@link EceConnectionError} or {@link EceTimeoutError} if it does not answer, {@link EceUnexpectedReplyError} if
 * something else does, {@link EceAbortedError} if the caller's signal aborts.
 *
 * @example
 * const ece = new EceClient({ endpoint: "https://10.0.0.10:12443", credentials: { kind: "api-key", apiKey } });
 * const { token, tokenId } = await ece.enrollmentTokens.create({ roles: ["allocator"], persistent: true });
 */
export class EceClient {
  readonly enrollmentTokens: EnrollmentTokensApi;
  readonly runners: RunnersApi;
  readonly allocators: AllocatorsApi;
  readonly coordinators: CoordinatorsApi;
  readonly blueprinterRoles: BlueprinterRolesApi;
  readonly platform: PlatformApi;
  readonly authentication: AuthenticationApi;
  readonly securityDeployment: SecurityDeploymentApi;
  readonly deployments: DeploymentsApi;
  readonly #endpoints: readonly string[];
  readonly #transport: Transport;

  /**
   * Checks the options, and sends nothing yet.
   *
   * @throws {@link EceError} for an invalid endpoint, API key, CA certificate or proxy.
   */
  constructor(options: EceClientOptions) {
    const {
      credentials,
      caCertificate,
      tlsServerName,
      insecure = false,
      region = "ece-region",
      now = () => new Date(),
    } = options;
    const warn = options.onWarning ?? (() => undefined);
    const endpoints = parseEndpoints(options.endpoint);
    this.#endpoints = endpoints;
    const platformPath = `${region && `/regions/${encodeURIComponent(region)}`}/platform`;
    if (caCertificate !== undefined) checkCaCertificate(caCertificate);
    let keyIsWatched = credentials.kind === "api-key";
    this.#transport = new Transport({
      endpoints,
      securityDeploymentPath: `${platformPath}/configuration/security/deployment`,
      caCertificate,
      tlsServerName,
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
    for (const warning of connectionWarnings(endpoints, insecure)) warn(warning);

    const requester = authorize(this.#transport, credentials, now);
    this.enrollmentTokens = new EnrollmentTokensApi(requester, platformPath);
    this.runners = new RunnersApi(requester, platformPath);
    this.allocators = new AllocatorsApi(requester, platformPath);
    this.coordinators = new CoordinatorsApi(requester, platformPath);
    this.blueprinterRoles = new BlueprinterRolesApi(requester, platformPath);
    this.platform = new PlatformApi(requester, platformPath);
    this.authentication = new AuthenticationApi(requester);
    this.deployments = new DeploymentsApi(requester);
    this.securityDeployment = new SecurityDeploymentApi(requester, platformPath);
  }

  /** The address of the platform, without a slash at its end; of several, the one that is asked. */
  get endpoint(): string {
    return this.#transport.endpoint;
  }

  /** The addresses of the platform's coordinators, in the order in which they were given. */
  get endpoints(): readonly string[] {
    return this.#endpoints;
  }

  /** Closes the connections to the platform; requests on them fail. */
  close(): void {
    this.#transport.close();
  }
}
