import { EceApiError, EceClient, EceConnectionError, type EceClientOptions } from "../../../lib/api";
import { Simulator } from "../../../lib/simulator";
import { useEach } from "../../support/use-each";
import { useSimulator } from "../../support/use-simulator";
import { createClient, failureOf, inTurn, refusal, stopAll, StubPlatform, TimeLimits } from "../stub-platform";

const simulator = useSimulator({ coordinators: 3 });
const other = useEach(
  () => Simulator.start(),
  (platform) => platform.stop(),
);
const TOKEN = { roles: ["allocator"], persistent: true };
const TOKENS_PATH = "/platform/configuration/security/enrollment-tokens";
const DEPLOYMENT_PATH = "/platform/configuration/security/deployment";

afterEach(stopAll);

/** A client with each coordinator of the simulated platform, without pauses. */
function connect(options: Partial<EceClientOptions> = {}, endpoint = simulator().endpoints.join(", ")): EceClient {
  const { apiKey, caCertificate } = simulator();
  return createClient(endpoint, { credentials: { kind: "api-key", apiKey }, caCertificate, ...options });
}

/** Which coordinators got requests at a path, in turn. */
function askedFor(path: string, method = "GET"): number[] {
  return simulator()
    .requests.filter((request) => request.path.startsWith(path) && request.method === method)
    .map(({ coordinator }) => coordinator);
}

test("the first coordinator is asked as long as it answers", async () => {
  const client = connect();

  await client.enrollmentTokens.list();
  await client.platform.get();

  expect(client.endpoint).toBe(simulator().endpoints[0]);
  expect(new Set(simulator().requests.map(({ coordinator }) => coordinator))).toEqual(new Set([1]));
});

test("where the first is away, the next is asked at once, and stays the chosen one", async () => {
  await simulator().stopCoordinator(1);
  const client = connect({ maxRetries: 0 });

  await client.enrollmentTokens.list();
  await simulator().startCoordinator(1);
  await client.enrollmentTokens.create(TOKEN);

  expect(client.endpoint).toBe(simulator().endpoints[1]);
  expect(askedFor(TOKENS_PATH)).toEqual([2]);
  expect(askedFor(TOKENS_PATH, "POST")).toEqual([2]);
});

test("a coordinator that goes away in mid-work is followed by the next, for changes as well", async () => {
  const client = connect({ maxRetries: 0 });
  await client.enrollmentTokens.list();
  await simulator().stopCoordinator(1);

  const { tokenId } = await client.enrollmentTokens.create(TOKEN);
  await client.enrollmentTokens.delete(tokenId!);

  expect(askedFor(TOKENS_PATH, "POST")).toEqual([2]);
  expect(askedFor(TOKENS_PATH, "DELETE")).toEqual([2]);
});

test.each([502, 503, 504])("a read moves on from %d", async (status) => {
  simulator().faults.add({ path: TOKENS_PATH, kind: "status", status, coordinator: 1 });

  const client = connect({ maxRetries: 0 });

  expect(await client.enrollmentTokens.list()).toHaveLength(3);
  expect(askedFor(TOKENS_PATH)).toEqual([1, 2]);
});

test("a read moves on from a coordinator that does not answer in time", async () => {
  const limits = new TimeLimits();
  const stub = await StubPlatform.start(() => {
    limits.expire();
    return "hang";
  });
  const client = connect({ startTimeLimit: limits.startTimeLimit }, `${stub.endpoint},${simulator().endpoint}`);

  expect(await client.enrollmentTokens.list()).toHaveLength(3);
  expect(client.endpoint).toBe(simulator().endpoint);
});

test.each(["reset-before", "reset-after-commit", "status", "status-after-commit"] as const)(
  "a token is asked for once, whatever becomes of it: %s",
  async (kind) => {
    const client = connect();
    simulator().faults.add({ method: "POST", path: TOKENS_PATH, kind, coordinator: 1 });

    const failure = await failureOf(client.enrollmentTokens.create(TOKEN));

    expect(failure).toMatchObject({ outcomeUnknown: true });
    expect(askedFor(TOKENS_PATH, "POST")).toEqual([1]);
  },
);

test("a change that a coordinator may have got goes to no other, though that one goes away", async () => {
  const client = connect({
    maxRetries: 2,
    // Between the first attempt and the second, nothing listens any more.
    log: ({ method }) => void (method === "DELETE" && simulator().stopCoordinator(1)),
  });
  const { tokenId } = await client.enrollmentTokens.create(TOKEN);
  simulator().faults.add({ method: "DELETE", path: TOKENS_PATH, kind: "reset-after-commit", coordinator: 1 });

  const failure = await failureOf(client.enrollmentTokens.delete(tokenId!));

  expect(failure).toBeInstanceOf(EceConnectionError);
  expect(askedFor(TOKENS_PATH, "DELETE")).toEqual([1]);
});

test("where none is reached, the error names each with its reason", async () => {
  await Promise.all([1, 2].map((place) => simulator().stopCoordinator(place)));
  const [first = "", second = ""] = simulator().endpoints;
  const client = connect({ maxRetries: 1 }, [first, second, "https://nowhere.invalid"].join(","));

  const failure = await failureOf(client.enrollmentTokens.create(TOKEN));

  expect(failure).toMatchObject({ reason: "refused", outcomeUnknown: false });
  expect((failure as Error).message).toMatch(
    `none of the endpoints was reached: ${first} (connect ECONNREFUSED ${first.slice("https://".length)}); ${second} (connect ECONNREFUSED`,
  );
  expect((failure as Error).message).toContain("https://nowhere.invalid (getaddrinfo ");
  expect((failure as EceConnectionError).remedy).toContain("a coordinator runs at one of the endpoints");
});

test("what a coordinator answers is the answer: none else is asked for another one", async () => {
  await simulator().stopCoordinator(1);
  const client = connect({ credentials: { kind: "api-key", apiKey: "wrong" } });

  const failure = await failureOf(client.enrollmentTokens.list());

  expect(failure).toBeInstanceOf(EceApiError);
  expect(failure).toMatchObject({ status: 401 });
  expect(new Set(simulator().requests.map(({ coordinator }) => coordinator))).toEqual(new Set([2]));
});

test("a certificate that is not trusted is told, and not passed over", async () => {
  const client = connect({}, `${other().endpoint},${simulator().endpoint}`);

  const failure = await failureOf(client.enrollmentTokens.list());

  expect(failure).toMatchObject({ reason: "certificate" });
  expect((failure as EceConnectionError).remedy).toContain(other().endpoint.slice("https://".length));
  expect(simulator().requests).toEqual([]);
});

describe("one platform", () => {
  test("an endpoint that shows another security deployment is refused with both ids", async () => {
    const [one, two] = [await deploymentOnly("sec-1"), await deploymentOnly("sec-2")];
    const [first, second] = [one.endpoint, two.endpoint];
    const client = createClient(`${first},${second}`);
    await client.enrollmentTokens.list();
    await one.stop();

    const failure = await failureOf(client.enrollmentTokens.create(TOKEN));

    expect((failure as Error).message).toBe(
      `The endpoints are of different platforms: the security deployment at ${first} is sec-1, that at ${second} is sec-2.`,
    );
    expect(two.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  test("one that cannot be told to be of the same platform gets nothing else", async () => {
    const one = await deploymentOnly("sec-1");
    const two = await StubPlatform.start(inTurn(refusal(404, "security_deployment.not_found")));
    const [first, second] = [one.endpoint, two.endpoint];
    const client = createClient(`${first},${second}`, { maxRetries: 0 });
    await client.enrollmentTokens.list();
    await one.stop();

    const failure = await failureOf(client.enrollmentTokens.list());

    expect((failure as Error).message).toContain(
      `${second} (it is not certain that it is of the platform of ${first})`,
    );
    expect(two.requests).toHaveLength(1);
  });

  test("a single endpoint is not asked which platform it is", async () => {
    await connect({}, simulator().endpoint).enrollmentTokens.list();

    expect(askedFor(DEPLOYMENT_PATH)).toEqual([]);
  });
});

/** A platform that knows its security deployment, and otherwise no tokens. */
function deploymentOnly(id: string): Promise<StubPlatform> {
  return StubPlatform.start(({ path }) => ({
    body: path.endsWith(DEPLOYMENT_PATH) ? { cluster_id: id } : { tokens: [] },
  }));
}
