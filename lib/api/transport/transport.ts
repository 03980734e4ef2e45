/**
 * The way of a request to the platform and back: credentials, proxy, TLS, time limits, retries, and the reply's JSON.
 *
 * May import errors, models, json and `ece`. Only this room and errors know axios.
 */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios, { AxiosError, type AxiosInstance, type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import axiosRetry from "axios-retry";
import { EceAbortedError } from "../errors/errors";
import { DEADLINE_CODE, type ErrorContext, toEceError, unexpectedReplyError } from "../errors/from-axios";
import { redact } from "../../ece";
import { tryParseJson } from "../json";
import { type Proxy, proxyFor, TunnelAgent } from "./proxy";
import { WrongShape } from "./reply";
import { type ApiRequest, isRepeatable, type Requester } from "./request";
import { mayRetry } from "./retry-policy";
import type { StartTimeLimit } from "./time-limit";

/** One attempt at a request, for debug logs. It holds no secret. */
export interface RequestLogEntry {
  readonly method: string;
  /** Without host and query. */
  readonly path: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** From the start of the attempt to the end of the reply. */
  readonly durationMs: number;
  /** The HTTP status; undefined if no reply came. */
  readonly status?: number;
  /** Why no reply came: Node's error code, or a message. */
  readonly error?: string;
}

/** What {@link Transport} needs to know of the client. */
export interface TransportOptions {
  readonly endpoint: string;
  readonly caCertificate?: string;
  readonly insecure: boolean;
  readonly requestTimeoutMs: number;
  readonly maxRetries: number;
  readonly userAgent: string;
  /** What must not appear in an error, in addition to the Authorization header. */
  readonly secrets: readonly string[];
  pauseMs(retry: number, error: AxiosError): number;
  readonly startTimeLimit: StartTimeLimit;
  onHeaders(headers: Readonly<Record<string, unknown>>): void;
  log?(entry: RequestLogEntry): void;
}

/** A platform of thousands of hosts stays far below this. */
const LARGEST_REPLY_BYTES = 64 * 1024 * 1024;

const sendOverHttp = axios.getAdapter("http");

/** Sends requests with axios, and retries. Throws only errors of this layer, never axios', which hold the request. */
export class Transport implements Requester {
  readonly #http: AxiosInstance;
  readonly #keptAlive: Agents;
  readonly #oneShot: Agents;

  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
    const proxy = proxyFor(options.endpoint);
    this.#keptAlive = createAgents(options, proxy, true);
    // For requests that must not be repeated: the server may close a kept connection just as one is sent on it.
    this.#oneShot = createAgents(options, proxy, false);
    this.#http = axios.create({
      baseURL: `${options.endpoint}/api/v1`,
      headers: { accept: "application/json", "user-agent": options.userAgent },
      maxRedirects: 0,
      // Over https the agent handles the proxy.
      proxy: (options.endpoint.startsWith("http:") && proxy) || false,
      maxContentLength: LARGEST_REPLY_BYTES,
      responseType: "text",
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
    });
    axiosRetry(this.#http, {
      retries: options.maxRetries,
      retryDelay: (retry, error) => options.pauseMs(retry, error),
    });
  }

  async request<T>(request: ApiRequest<T>): Promise<T> {
    const context = this.#contextOf(request);
    if (request.signal?.aborted) throw new EceAbortedError(context.request);
    const reply = await this.#send(request, context);
    try {
      return request.decode(reply.data.trim() === "" ? {} : tryParseJson(reply.data));
    } catch (error) {
      if (error instanceof WrongShape) throw unexpectedReplyError(reply, error.message, context);
      throw error;
    }
  }

  /** Closes the connections; requests on them fail. */
  close(): void {
    for (const { httpAgent, httpsAgent } of [this.#keptAlive, this.#oneShot]) {
      httpAgent.destroy();
      httpsAgent.destroy();
    }
  }

  #contextOf(request: ApiRequest<unknown>): ErrorContext {
    const { endpoint, requestTimeoutMs: timeoutMs } = this.#options;
    const secrets = [...this.#options.secrets, request.authorization?.split(" ")[1] ?? ""];
    const identity = { method: request.method, path: redact(`/api/v1${request.path}`) };
    return { request: identity, endpoint, timeoutMs, secrets };
  }

  async #send(request: ApiRequest<unknown>, context: ErrorContext): Promise<AxiosResponse<string>> {
    const { method, path, query, body, authorization, signal } = request;
    const { trustsRefusals = true } = request;
    const repeatable = isRepeatable(request);
    let attempt = 0;
    try {
      return await this.#http.request<string>({
        ...(repeatable ? this.#keptAlive : this.#oneShot),
        method,
        url: path,
        params: query,
        signal,
        headers: { ...(authorization && { authorization }), ...(body !== undefined && JSON_BODY) },
        data: body === undefined ? undefined : JSON.stringify(body),
        adapter: (config) => this.#attempt(config, context, ++attempt),
        "axios-retry": { retryCondition: (error) => mayRetry(error, context.endpoint, { repeatable, trustsRefusals }) },
      });
    } catch (error) {
      throw axios.isAxiosError(error) ? toEceError(error, context) : error;
    }
  }

  /** Sends once, within a time limit of our own: that of axios ends when a reply begins. */
  async #attempt(
    config: InternalAxiosRequestConfig,
    { request }: ErrorContext,
    attempt: number,
  ): Promise<AxiosResponse> {
    const limit = this.#options.startTimeLimit(this.#options.requestTimeoutMs);
    const caller = config.signal as AbortSignal | undefined;
    const signal = caller ? AbortSignal.any([caller, limit.signal]) : limit.signal;
    const start = performance.now();
    const report = (outcome: Pick<RequestLogEntry, "status" | "error">): void =>
      this.#options.log?.({ ...request, attempt, durationMs: Math.round(performance.now() - start), ...outcome });
    try {
      const reply = await sendOverHttp({ ...config, signal });
      report({ status: reply.status });
      this.#options.onHeaders(reply.headers);
      return reply;
    } catch (thrown) {
      const timedOut = limit.signal.aborted && !caller?.aborted;
      const error: unknown = timedOut ? new AxiosError("timed out", DEADLINE_CODE) : thrown;
      if (!axios.isAxiosError(error)) throw error;
      report(error.response ? { status: error.response.status } : { error: error.code ?? error.message });
      // Retries start from this attempt's configuration, which must not hold its time limit.
      error.config = config;
      throw error;
    } finally {
      limit.end();
    }
  }
}

const JSON_BODY = { "content-type": "application/json" };

interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpAgent;
}

function createAgents(options: TransportOptions, proxy: Proxy | undefined, keepAlive: boolean): Agents {
  const { caCertificate, insecure, requestTimeoutMs, startTimeLimit } = options;
  const tls = {
    ca: caCertificate,
    rejectUnauthorized: !insecure,
    // People are told to trust the last certificate that the server shows, which need not be a root.
    allowPartialTrustChain: true,
  };
  const httpsAgent = proxy
    ? new TunnelAgent(proxy, { keepAlive, tls, startTimeLimit: () => startTimeLimit(requestTimeoutMs) })
    : new HttpsAgent({ keepAlive, ...tls });
  return { httpAgent: new HttpAgent({ keepAlive }), httpsAgent };
}
