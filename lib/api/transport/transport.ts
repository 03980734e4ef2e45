/**
 * The way of a request to the platform and back: credentials, proxy, TLS, time limits, retries, and the reply's JSON.
 *
 * May import errors, models, json and `ece`. Only this room and errors know axios.
 */
import axios, { AxiosError, type AxiosInstance, type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import axiosRetry from "axios-retry";
import { EceAbortedError, type EceError, type RequestIdentity } from "../errors/errors";
import {
  completeReply,
  DEADLINE_CODE,
  type EndpointFailure,
  type ErrorContext,
  noneReachedError,
  toEceError,
  unexpectedReplyError,
} from "../errors/from-axios";
import { redact } from "../../ece";
import { tryParseJson } from "../json";
import { type ConnectionSettings, Coordinator } from "./coordinator";
import { Coordinators } from "./coordinators";
import { WrongShape } from "./reply";
import { type ApiRequest, changesSomething, isRepeatable, type Requester } from "./request";
import { isPassing, mayMoveOn, mayRetry } from "./retry-policy";

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
export interface TransportOptions extends ConnectionSettings {
  /** The addresses of one platform, in the order in which they are tried. */
  readonly endpoints: readonly [string, ...string[]];
  /** The path of the security deployment, by which several endpoints prove that they are of one platform. */
  readonly securityDeploymentPath: string;
  readonly maxRetries: number;
  readonly userAgent: string;
  /** What must not appear in an error, in addition to the Authorization header. */
  readonly secrets: readonly string[];
  pauseMs(retry: number, error: AxiosError): number;
  onHeaders(headers: Readonly<Record<string, unknown>>): void;
  log?(entry: RequestLogEntry): void;
}

/** A request on its way, over all of its attempts. */
interface Sending {
  readonly identity: RequestIdentity;
  readonly repeatable: boolean;
  readonly changes: boolean;
  attempts: number;
  /** How the coordinators failed that were asked since the last pause. */
  failures: EndpointFailure[];
  /** The one that may have got a request that changes something: no other gets it then. */
  onlyAt?: Coordinator;
}

/** A platform of thousands of hosts stays far below this. */
const LARGEST_REPLY_BYTES = 64 * 1024 * 1024;

const sendOverHttp = axios.getAdapter("http");

/** Sends requests with axios, and retries. Throws only errors of this layer, never axios', which hold the request. */
export class Transport implements Requester {
  readonly #http: AxiosInstance;
  readonly #coordinators: Coordinators;
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
    const [first, ...others] = options.endpoints;
    const connect = (endpoint: string): Coordinator => new Coordinator(endpoint, options);
    this.#coordinators = new Coordinators([connect(first), ...others.map(connect)]);
    this.#http = axios.create({
      headers: { accept: "application/json", "user-agent": options.userAgent },
      maxRedirects: 0,
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

  /** The address that is asked: the first, until another one answered in its place. */
  get endpoint(): string {
    return this.#coordinators.endpoint;
  }

  async request<T>(request: ApiRequest<T>): Promise<T> {
    const sending: Sending = {
      identity: { method: request.method, path: redact(`/api/v1${request.path}`) },
      repeatable: isRepeatable(request),
      changes: changesSomething(request),
      attempts: 0,
      failures: [],
    };
    if (request.signal?.aborted) throw new EceAbortedError(sending.identity);
    const reply = await this.#send(request, sending);
    try {
      return request.decode(reply.data.trim() === "" ? {} : tryParseJson(reply.data));
    } catch (error) {
      if (!(error instanceof WrongShape)) throw error;
      throw unexpectedReplyError(reply, error.message, this.#contextOf(request, sending));
    }
  }

  /** Closes the connections; requests on them fail. */
  close(): void {
    this.#coordinators.close();
  }

  #contextOf(request: ApiRequest<unknown>, { identity }: Sending): ErrorContext {
    const { requestTimeoutMs: timeoutMs } = this.#options;
    const secrets = [...this.#options.secrets, request.authorization?.split(" ")[1] ?? ""];
    return { request: identity, endpoint: this.endpoint, timeoutMs, secrets };
  }

  async #send(request: ApiRequest<unknown>, sending: Sending): Promise<AxiosResponse<string>> {
    const { method, path, query, body, authorization, signal } = request;
    const { trustsRefusals = true } = request;
    const policy = { repeatable: sending.repeatable, trustsRefusals };
    try {
      return await this.#http.request<string>({
        method,
        url: path,
        params: query,
        signal,
        headers: { ...(authorization && { authorization }), ...(body !== undefined && JSON_BODY) },
        data: body === undefined ? undefined : JSON.stringify(body),
        adapter: (config) => this.#askInTurn(config, sending),
        "axios-retry": {
          retryCondition: () => sending.failures.some(({ error, endpoint }) => mayRetry(error, endpoint, policy)),
        },
      });
    } catch (error) {
      throw axios.isAxiosError(error) ? this.#errorOf(error, request, sending) : error;
    }
  }

  #errorOf(error: AxiosError, request: ApiRequest<unknown>, sending: Sending): EceError {
    const context = this.#contextOf(request, sending);
    const [last] = sending.failures.slice(-1);
    // Cancelled in a pause, or by one coordinator's own words.
    if (last === undefined || last.error !== error) return toEceError(error, context);
    const wentOn = mayMoveOn(error, last.endpoint, sending);
    return wentOn && sending.failures.length > 1
      ? noneReachedError(sending.failures, context)
      : toEceError(error, { ...context, endpoint: last.endpoint });
  }

  /** Sends once to the chosen coordinator, or else to the next one that can be reached. */
  async #askInTurn(config: InternalAxiosRequestConfig, sending: Sending): Promise<AxiosResponse> {
    sending.failures = [];
    const candidates = sending.onlyAt ? [sending.onlyAt] : this.#coordinators.inOrder();
    let failure: AxiosError | undefined;
    for (const coordinator of candidates) {
      const { endpoint } = coordinator;
      let isSent = false;
      try {
        if (config.headers.has("authorization") && this.#coordinators.mustProve(coordinator))
          await this.#prove(coordinator, config, sending);
        isSent = true;
        const reply = await this.#attempt(coordinator, config, sending);
        this.#coordinators.choose(coordinator);
        return reply;
      } catch (error) {
        if (!axios.isAxiosError(error)) throw error;
        // Retries start from this attempt's configuration, which must not hold its time limit or address.
        error.config = config;
        failure = error;
        sending.failures.push({ endpoint, error });
        if (mayMoveOn(error, endpoint, { changes: sending.changes && isSent })) continue;
        if (sending.changes && isSent) sending.onlyAt = coordinator;
        if (completeReply(error)) this.#coordinators.choose(coordinator);
        throw error;
      }
    }
    throw failure ?? new AxiosError("no endpoint");
  }

  /** Lets a coordinator show its platform. What it says of the credentials is its answer to the request as well. */
  async #prove(coordinator: Coordinator, config: InternalAxiosRequestConfig, sending: Sending): Promise<void> {
    const url = this.#options.securityDeploymentPath;
    const identity = { method: "GET", path: `/api/v1${url}` };
    const read = { ...config, method: "get", url, params: undefined, data: undefined };
    try {
      const reply = await this.#attempt(coordinator, read, { ...sending, identity, repeatable: true });
      this.#coordinators.admit(coordinator, String(reply.data));
    } catch (error) {
      const reply = axios.isAxiosError(error) ? completeReply(error) : undefined;
      if (!reply || reply.status === 401 || reply.status === 429 || isPassing(reply)) throw error;
      this.#coordinators.admit(coordinator, undefined);
    }
  }

  /** Sends to one coordinator, within a time limit of our own: that of axios ends when a reply begins. */
  async #attempt(
    coordinator: Coordinator,
    config: InternalAxiosRequestConfig,
    sending: Sending,
  ): Promise<AxiosResponse> {
    const attempt = ++sending.attempts;
    const limit = this.#options.startTimeLimit(this.#options.requestTimeoutMs);
    const caller = config.signal as AbortSignal | undefined;
    const signal = caller ? AbortSignal.any([caller, limit.signal]) : limit.signal;
    const start = performance.now();
    const report = (outcome: Pick<RequestLogEntry, "status" | "error">): void =>
      this.#options.log?.({
        ...sending.identity,
        attempt,
        durationMs: Math.round(performance.now() - start),
        ...outcome,
      });
    try {
      const reply = await sendOverHttp({ ...coordinator.address(config, sending), signal });
      report({ status: reply.status });
      this.#options.onHeaders(reply.headers);
      return reply;
    } catch (thrown) {
      const timedOut = limit.signal.aborted && !caller?.aborted;
      const error: unknown = timedOut ? new AxiosError("timed out", DEADLINE_CODE) : thrown;
      if (!axios.isAxiosError(error)) throw error;
      report(error.response ? { status: error.response.status } : { error: error.code ?? error.message });
      throw error;
    } finally {
      limit.end();
    }
  }
}

const JSON_BODY = { "content-type": "application/json" };
