import { decodeRolesToken } from "../../../lib/api";
import { ProviderSession, useProviderSession } from "../../support/provider-session";
import { useSimulator } from "../../support/use-simulator";

const TYPE = "ece_roles_token";

const simulator = useSimulator();
const session = useProviderSession(simulator);

function minted(): object[] {
  return simulator().requests.filter(({ method }) => method === "POST");
}

function join(runnerId: string): void {
  const { token } = simulator().platform.tokens.mint({ roles: ["proxy"], persistent: true });
  const joined = simulator().platform.join({
    runnerId,
    hostIp: runnerId,
    coordinatorHost: "127.0.0.1",
    rolesToken: token,
    roles: ["proxy"],
    availabilityZone: "ece-zone-1",
    version: simulator().platform.version,
  });
  expect(joined).toEqual({ joined: true });
}

test("gives a token that expires, and when", async () => {
  const { result, diagnostics } = await session().open(TYPE, { roles: ["allocator"], validity_in_seconds: 120 });

  const { expiresAt, roles } = decodeRolesToken(result?.token as string);
  expect(diagnostics).toEqual([]);
  expect(roles).toEqual(["allocator"]);
  expect(result?.expires_at).toBe(expiresAt?.toISOString());
  expect(minted()).toMatchObject([{ body: { persistent: false, roles: ["allocator"], validity_in_seconds: 120 } }]);
});

test("leaves the validity to the platform unless it is asked for", async () => {
  await session().open(TYPE, { roles: ["allocator"], applying: true });

  expect(minted()).toEqual([expect.objectContaining({ body: { persistent: false, roles: ["allocator"] } })]);
});

test("makes none outside an apply, and asks the platform nothing", async () => {
  const { result } = await session().open(TYPE, { roles: ["allocator"], applying: false, for_runners: ["10.0.0.11"] });

  expect(result).toMatchObject({ token: null, expires_at: null });
  expect(simulator().requests).toEqual([]);
});

test("makes none where the platform knows every host, be it connected or not", async () => {
  join("10.0.0.11");
  join("10.0.0.12");
  simulator().platform.disconnect("10.0.0.12");

  const forAll = await session().open(TYPE, {
    roles: ["proxy"],
    applying: true,
    for_runners: ["10.0.0.11", "10.0.0.12"],
  });
  const forNobody = await session().open(TYPE, { roles: ["proxy"], applying: true, for_runners: [] });

  expect(forAll.result).toMatchObject({ token: null });
  expect(forNobody.result).toMatchObject({ token: null });
  expect(minted()).toEqual([]);
});

test("makes one where a single host is missing", async () => {
  join("10.0.0.11");

  const { result } = await session().open(TYPE, {
    roles: ["proxy"],
    applying: true,
    for_runners: ["10.0.0.11", "10.0.0.13"],
  });

  expect(result?.token).toEqual(expect.any(String));
  expect(minted()).toHaveLength(1);
});

describe("for a platform", () => {
  const wanted = { roles: ["proxy"], applying: true };

  async function platformId(): Promise<string> {
    const { state } = await session().apply("ece_host", { runner_id: "10.0.0.99" });
    return state?.platform_id as string;
  }

  test("makes one there", async () => {
    const { result, diagnostics } = await session().open(TYPE, { ...wanted, platform_id: await platformId() });

    expect(diagnostics).toEqual([]);
    expect(result?.token).toEqual(expect.any(String));
  });

  test("makes none on another, and looks there before it asks for hosts", async () => {
    const { result, diagnostics } = await session().open(TYPE, {
      ...wanted,
      platform_id: "security-cluster:another",
      for_runners: ["10.0.0.11"],
    });

    expect(result).toBeNull();
    expect(diagnostics).toMatchObject([
      { severity: "error", summary: "This is another ECE platform", path: ["platform_id"] },
    ]);
    expect(simulator().requests.filter(({ path }) => path.includes("runners"))).toEqual([]);
    expect(minted()).toEqual([]);
  });

  test.each([403, 404, 503])("makes none where the platform answers %i to who it is", async (status) => {
    const id = await platformId();
    simulator().faults.add({
      method: "GET",
      path: "/platform/configuration/security",
      kind: "status",
      status,
      times: 99,
    });

    const { result, diagnostics } = await (
      await ProviderSession.start(simulator())
    ).open(TYPE, {
      ...wanted,
      platform_id: id,
    });

    expect(result).toBeNull();
    expect(diagnostics).toMatchObject([{ summary: "Unable to prove that this is the right ECE platform" }]);
    expect(minted()).toEqual([]);
  });

  test("asks nothing outside an apply", async () => {
    const { result } = await session().open(TYPE, { ...wanted, applying: false, platform_id: "token:another" });

    expect(result).toMatchObject({ token: null, platform_id: "token:another" });
    expect(simulator().requests).toEqual([]);
  });
});

test("a lost answer is an error, and not asked for again", async () => {
  simulator().faults.add({ method: "POST", path: "/platform", kind: "reset-after-commit" });

  const { result, diagnostics } = await session().open(TYPE, { roles: ["proxy"] });

  expect(result).toBeNull();
  expect(diagnostics).toMatchObject([{ severity: "error" }]);
  expect(minted()).toHaveLength(1);
});

test.each([
  [{ roles: [] }, ["roles"]],
  [{ roles: ["director", "controller"] }, ["roles"]],
  [{ roles: ["proxy"], platform_id: "https://coordinator:12443" }, ["platform_id"]],
  [{ roles: ["proxy"], validity_in_seconds: 0 }, ["validity_in_seconds"]],
  [{ roles: ["proxy"], validity_in_seconds: 1.5 }, ["validity_in_seconds"]],
  [{ roles: ["proxy"], validity_in_seconds: 2 ** 31 }, ["validity_in_seconds"]],
])("%j is refused offline", async (config, path) => {
  const { diagnostics } = await new ProviderSession().server.validateEphemeralResourceConfig({
    typeName: TYPE,
    config: { validity_in_seconds: null, applying: null, for_runners: null, platform_id: null, ...config },
  });

  expect(diagnostics).toMatchObject([{ severity: "error", path }]);
});
