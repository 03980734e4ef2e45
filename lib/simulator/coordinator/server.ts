import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { ServerCertificate } from "./certificate";
import { CoordinatorApi } from "./api";
import { type Fault, Faults } from "./faults";
import { errorReply, isObject, type Reply } from "./http";
import { ApiError, type Platform } from "../platform";
import type { HostControl } from "./routes";
import { type Call, parseTarget, type RecordedRequest, recordRequest } from "./request-log";

const LOOPBACK = "127.0.0.1";
const HTML_PAGE =
  "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to go on.</body></html>";

/**
 * The coordinators' HTTPS servers, each at a port of its own: they pass calls to the one API, record them, and apply
 * injected faults.
 */
export class CoordinatorServer {
  readonly faults = new Faults();
  readonly requests: RecordedRequest[] = [];
  readonly api: CoordinatorApi;
  readonly #platform: Platform;
  readonly #certificate: ServerCertificate;
  /** Those that listen or did, by their place from 1. */
  readonly #servers = new Map<number, { readonly server: Server; readonly port: number }>();
  readonly #stopping = new AbortController();
  /** How each GET was answered first. */
  readonly #firstReplies = new Map<string, Reply>();

  constructor(platform: Platform, certificate: ServerCertificate, hosts: HostControl) {
    this.#platform = platform;
    this.api = new CoordinatorApi(platform, this.faults, this.requests, hosts);
    this.#certificate = certificate;
  }

  /** Lets the coordinator at a place, from 1, listen on loopback, and returns its port; 0 stands for a free one. */
  async listen(port: number, coordinator = 1): Promise<number> {
    const { chain: cert, privateKey: key } = this.#certificate;
    const server = createServer({ cert, key }, (request, response) => {
      // This fails only when the caller has hung up or the server stops: there is nobody left to answer.
      this.#serve(request, response, coordinator).catch(() => response.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, LOOPBACK, resolve);
    });
    const taken = (server.address() as AddressInfo).port;
    this.#servers.set(coordinator, { server, port: taken });
    return taken;
  }

  /** Lets a coordinator go away: nothing listens at its port, and its connections break. */
  async leave(coordinator: number): Promise<void> {
    const { server } = this.#at(coordinator);
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Lets a coordinator that went away listen at its port again. */
  async comeBack(coordinator: number): Promise<void> {
    await this.listen(this.#at(coordinator).port, coordinator);
  }

  /** Stops the servers and drops every connection, including those of delayed calls. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#servers.keys()].map((coordinator) => this.leave(coordinator)));
  }

  #at(coordinator: number): { readonly server: Server; readonly port: number } {
    const found = this.#servers.get(coordinator);
    if (found === undefined) throw new RangeError(`there is no coordinator ${coordinator}`);
    return found;
  }

  async #serve(request: IncomingMessage, response: ServerResponse, coordinator: number): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url ?? "/", "https://simulator");
    const call: Call = {
      method: request.method ?? "GET",
      target: parseTarget(pathname),
      query,
      authorization: request.headers.authorization,
      body: await text(request),
    };
    const { scope, path } = call.target;
    if (scope === "control") {
      sendJson(response, this.api.answer(call));
      return;
    }
    const record = recordRequest(call, this.#platform.clock.now(), coordinator);
    this.requests.push(record);
    const fault = scope === "api" ? this.faults.take(call.method, path, coordinator) : undefined;
    record.status = await this.#answer(call, fault, response, coordinator);
  }

  #carryOut(call: Call): Reply {
    const reply = this.api.answer(call);
    const key = `${call.target.path}?${call.query.toString()}`;
    if (call.method === "GET" && reply.status === 200 && !this.#firstReplies.has(key))
      this.#firstReplies.set(key, structuredClone(reply));

    return reply;
  }

  /** Answers the call, applying the fault, if any. Returns the status, if one was sent. */
  async #answer(
    call: Call,
    fault: Fault | undefined,
    response: ServerResponse,
    coordinator: number,
  ): Promise<number | undefined> {
    switch (fault?.kind) {
      case "status":
        return sendJson(response, statusReply(fault));
      case "status-after-commit":
        this.#carryOut(call);
        return sendJson(response, statusReply(fault));
      case "html":
        return sendText(response, fault, "text/html", HTML_PAGE);
      case "empty":
        return sendText(response, fault, "application/json", "");
      case "reset-before":
        response.socket?.destroy();
        return undefined;
      case "reset-after-commit":
        this.#carryOut(call);
        response.socket?.destroy();
        return undefined;
      case "delay":
        await delay(fault.milliseconds ?? 1000, undefined, { signal: this.#stopping.signal });
        return sendJson(response, this.#carryOut(call));
      case "delay-after-commit": {
        const reply = this.#carryOut(call);
        await delay(fault.milliseconds ?? 1000, undefined, { signal: this.#stopping.signal });
        return sendJson(response, reply);
      }
      case "truncated": {
        const { status, body } = this.#carryOut(call);
        const whole = JSON.stringify(body);
        return sendText(response, { ...fault, status }, "application/json", whole.slice(0, whole.length / 2));
      }
      case "plain-text": {
        const { status, body } = this.#carryOut(call);
        return sendText(response, { ...fault, status }, "text/plain", JSON.stringify(body));
      }
      case "drip":
        return this.#drip(this.#carryOut(call), fault, response);
      case "stale": {
        const reply = this.#carryOut(call);
        const first = this.#firstReplies.get(`${call.target.path}?${call.query.toString()}`);
        return sendJson(response, call.method === "GET" && first !== undefined ? first : reply);
      }
      case "partial-list": {
        const { body, ...reply } = this.#carryOut(call);
        return sendJson(response, { ...reply, body: halfOfLists(body) });
      }
      case "leave": {
        const reply = this.#carryOut(call);
        response.once("close", () => void this.leave(coordinator));
        return sendJson(response, { ...reply, headers: { ...reply.headers, Connection: "close" } });
      }
      case undefined:
        return sendJson(response, this.#carryOut(call));
    }
  }

  async #drip({ status, body }: Reply, { milliseconds = 1000 }: Fault, response: ServerResponse): Promise<number> {
    response.writeHead(status, { "Content-Type": "application/json; charset=UTF-8" });
    for (const byte of Buffer.from(JSON.stringify(body))) {
      if (response.destroyed) break;
      response.write(Buffer.of(byte));
      await delay(milliseconds, undefined, { signal: this.#stopping.signal });
    }
    response.end();
    return status;
  }
}

/** The value without the second half of each list at its top. */
function halfOfLists(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      Array.isArray(entry) ? entry.slice(0, Math.floor(entry.length / 2)) : entry,
    ]),
  );
}

function statusReply({ status = 503, code = "simulator.fault", message, headers }: Fault): Reply {
  return {
    ...errorReply(new ApiError(status, code, message ?? `The simulator was asked to answer ${status}`)),
    headers,
  };
}

function sendJson(response: ServerResponse, { status, body, headers }: Reply): number {
  response.writeHead(status, { "Content-Type": "application/json; charset=UTF-8", ...headers });
  response.end(JSON.stringify(body));
  return status;
}

function sendText(response: ServerResponse, { status = 200, headers }: Fault, type: string, body: string): number {
  response.writeHead(status, { "Content-Type": `${type}; charset=UTF-8`, ...headers }).end(body);
  return status;
}
