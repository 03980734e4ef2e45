import type { EceError } from "../../../lib/api";
import { Deadline, ignoringNotFound, waitFor } from "../../../lib/provider/platform/wait";
import { eventually } from "../../support/eventually";
import { TestAuthority } from "../../support/certificates";
import { TestClock } from "../../support/test-clock";
import {
  createClient,
  failureOf,
  refusal,
  StubPlatform,
  stopAll,
  TimeLimits,
  type Answer,
} from "../../api/stub-platform";

afterEach(stopAll);

/** Probes that answer in turn: errors are thrown, everything else is given. */
function probing(...answers: unknown[]) {
  const calls = { count: 0 };
  const probe = async (): Promise<unknown> => {
    const answer = answers[Math.min(calls.count++, answers.length - 1)];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { probe, calls };
}

function options(totalMs = 60_000, signal = new AbortController().signal, clock = new TestClock()) {
  return { deadline: new Deadline(totalMs, clock), signal };
}

async function errorOf(answer: Answer): Promise<EceError> {
  const stub = await StubPlatform.start(() => answer);
  const limits = new TimeLimits();
  const client = createClient(stub.endpoint, { maxRetries: 0, startTimeLimit: limits.startTimeLimit });
  const failure = failureOf(client.platform.get());
  if (answer === "hang") {
    await eventually(() => stub.requests.length > 0);
    limits.expire();
  }
  return (await failure) as EceError;
}

test("gives what the first probe finds at once", async () => {
  const { probe, calls } = probing("found");

  expect(await waitFor(options(), probe)).toEqual({ found: "found" });
  expect(calls.count).toBe(1);
});

test("asks again until there is something to find", async () => {
  const { probe, calls } = probing(undefined, "found");

  expect(await waitFor(options(), probe)).toEqual({ found: "found" });
  expect(calls.count).toBe(2);
});

test("asks once even when there is no time at all, and then says that nothing was found", async () => {
  const { probe, calls } = probing(undefined);

  expect(await waitFor(options(0), probe)).toEqual({ found: undefined, lastError: undefined });
  expect(calls.count).toBe(1);
});

test.each<[string, Answer]>([
  ["an error of the platform's own", refusal(500, "internal.server.error")],
  ["a control plane that starts", refusal(503, "controller_route.controller_not_ready")],
  ["too many requests", refusal(429, "")],
  ["a broken connection", "reset"],
  ["no answer", "hang"],
  ["a page of HTML", { status: 502, body: "<html><title>Bad gateway</title></html>" }],
])("outlasts %s, and tells of it when time runs out", async (_what, answer) => {
  const error = await errorOf(answer);

  expect(await waitFor(options(), probing(error, "found").probe)).toEqual({ found: "found" });
  expect(await waitFor(options(0), probing(error).probe)).toEqual({ found: undefined, lastError: error });
});

test.each<[string, Answer]>([
  ["wrong credentials", refusal(401, "root.unauthenticated")],
  ["missing permissions", refusal(403, "root.unauthorized.rbac")],
  ["a thing that is not there", refusal(404, "runners.runner_not_found")],
])("gives up at once at %s", async (_what, answer) => {
  const error = await errorOf(answer);
  const { probe, calls } = probing(error, "found");

  expect(await failureOf(waitFor(options(), probe))).toBe(error);
  expect(calls.count).toBe(1);
});

test("gives up at once at a certificate that is not trusted, and at a bug", async () => {
  const stub = await StubPlatform.start(() => "hang", { tls: await (await TestAuthority.create()).issue() });
  const error = await failureOf(createClient(stub.endpoint).platform.get());
  const bug = new TypeError("undefined is not a function");

  expect(await failureOf(waitFor(options(), probing(error).probe))).toBe(error);
  expect(await failureOf(waitFor(options(), probing(bug).probe))).toBe(bug);
});

test("asks less and less often, and for the last time when the time is over", async () => {
  const clock = new TestClock();
  const times: number[] = [];

  await waitFor(options(30_000, undefined, clock), async () => void times.push(clock.now()));

  expect(times.map(Math.round)).toEqual([0, 500, 1250, 2375, 4063, 6594, 10_391, 16_086, 24_629, 30_000]);
});

test("a part of the time is at most as long as it is asked to be, and at most half of what is left", async () => {
  const { deadline } = options(60_000);
  const part = deadline.atMost(40_000);

  expect(deadline.atMost(10_000).remainingMs).toBe(10_000);
  expect(part.remainingMs).toBe(30_000);
  expect([deadline.text, part.text]).toEqual(["60 s", "30 s"]);
});

test("a deletion of what is not there has succeeded, other failures are thrown", async () => {
  const gone = await errorOf(refusal(404, "runners.runner_not_found"));
  const forbidden = await errorOf(refusal(403, "root.unauthorized.rbac"));

  expect(await ignoringNotFound(Promise.resolve())).toBe(true);
  expect(await ignoringNotFound(Promise.reject(gone))).toBe(false);
  expect(await failureOf(ignoringNotFound(Promise.reject(forbidden)))).toBe(forbidden);
});

test("ends with its signal, in a pause as well as in a probe", async () => {
  const inPause = new AbortController();
  const clock = new TestClock();
  const paused = clock.holdAtSleep();
  const pausing = failureOf(waitFor(options(3_600_000, inPause.signal, clock), probing(undefined).probe));
  const inProbe = new AbortController();
  const asking = failureOf(
    waitFor(options(3_600_000, inProbe.signal), async () => {
      inProbe.abort();
      throw new Error("cancelled");
    }),
  );

  await paused;
  inPause.abort();

  expect(await pausing).toMatchObject({ name: "AbortError" });
  expect(await asking).toMatchObject({ name: "AbortError" });
});
