import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { ServerCertificate } from "./certificate";
import { CoordinatorApi } from "./api";
import { type Fault, Faults } from "./faults";
import { errorReply, type Reply } from "./http";
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
    record.status = await this.#answer(call, fault, response);
  }

  /** Answers the call, applying the fault, if any. Returns the status, if one was sent. */
  async #answer(call: Call, fault: Fault | undefined, response: ServerResponse): Promise<number | undefined> {
    switch (fault?.kind) {
      case "status":
        return sendJson(response, statusReply(fault));
      case "status-after-commit":
        this.api.answer(call);
        return sendJson(response, statusReply(fault));
      case "html":
        return sendHtml(response, fault);
      case "reset-before":
        response.socket?.destroy();
        return undefined;
      case "reset-after-commit":
        this.api.answer(call);
        response.socket?.destroy();
        return undefined;
      case "delay":
        await delay(fault.milliseconds ?? 1000, undefined, { signal: this.#stopping.signal });
        return sendJson(response, this.api.answer(call));
      case "delay-after-commit": {
        const reply = this.api.answer(call);
        await delay(fault.milliseconds ?? 1000, undefined, { signal: this.#stopping.signal });
        return sendJson(response, reply);
      }
      case undefined:
        return sendJson(response, this.api.answer(call));
    }
  }
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

function sendHtml(response: ServerResponse, { status = 200, headers }: Fault): number {
  response.writeHead(status, { "Content-Type": "text/html; charset=UTF-8", ...headers }).end(HTML_PAGE);
  return status;
}
