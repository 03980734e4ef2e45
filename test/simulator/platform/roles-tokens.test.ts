import * as jwt from "jsonwebtoken";
import { SimulatedClock } from "../../../lib/simulator";
import { RolesTokens } from "../../../lib/simulator/platform/roles-tokens";

const INVALID = expect.objectContaining({ status: 400, code: "enrollment_tokens.invalid_token_request" }) as Error;

function createTokens() {
  const clock = new SimulatedClock();
  return { clock, tokens: new RolesTokens(clock) };
}

describe("mint()", () => {
  test("creates a persistent token whose claims are its id and its roles, without an expiry", () => {
    const { tokens } = createTokens();

    const { id, token } = tokens.mint({ persistent: true, roles: ["proxy", "allocator", "proxy"] });

    expect(jwt.decode(token, { complete: true })?.header).toEqual({ alg: "HS256", typ: "JWT" });
    expect(jwt.decode(token)).toEqual({ sub: id, roles: ["proxy", "allocator"], iss: "current", persistent: true });
  });

  test.each([
    [undefined, 3600],
    [120, 120],
  ])("creates an ephemeral token of validity %p that expires after %p seconds", (validityInSeconds, expected) => {
    const { clock, tokens } = createTokens();
    clock.advance(1000);
    const now = clock.now().getTime() / 1000;

    const { token } = tokens.mint({ persistent: false, roles: ["allocator"], validityInSeconds });

    const claims = jwt.decode(token) as jwt.JwtPayload;
    expect(claims.persistent).toBeUndefined();
    expect(Math.abs(Number(claims.exp) - now - expected)).toBeLessThan(60);
  });

  test.each([
    ["an unknown role", { persistent: true, roles: ["allocator,proxy"] }],
    ["an internal role", { persistent: true, roles: ["beats-runner"] }],
    ["a validity for a persistent token", { persistent: true, roles: [], validityInSeconds: 60 }],
    ["a validity of 0", { persistent: false, roles: [], validityInSeconds: 0 }],
    ["a validity beyond 32 bits", { persistent: false, roles: [], validityInSeconds: 2 ** 31 }],
    ["a validity of half a second", { persistent: false, roles: [], validityInSeconds: 0.5 }],
  ])("refuses %s", (_case, request) => {
    const { tokens } = createTokens();

    expect(() => tokens.mint(request)).toThrow(INVALID);
    expect(tokens.all()).toEqual([]);
  });
});

describe("revoke()", () => {
  test.each(["id", "token"] as const)("accepts a persistent token's %s", (name) => {
    const { tokens } = createTokens();
    const minted = tokens.mint({ persistent: true, roles: [] });

    tokens.revoke(minted[name]);

    expect(tokens.list()).toEqual([]);
    expect(tokens.isLive(minted)).toBe(false);
  });

  test("does not find a revoked token, an ephemeral token, or an unknown id", () => {
    const { tokens } = createTokens();
    const persistent = tokens.mint({ persistent: true, roles: [] });
    const ephemeral = tokens.mint({ persistent: false, roles: [] });
    tokens.revoke(persistent.id);

    for (const name of [persistent.id, ephemeral.id, ephemeral.token, "made-up"]) {
      expect(() => tokens.revoke(name)).toThrow(
        expect.objectContaining({ status: 404, code: "enrollment_tokens.invalid_token_id" }) as Error,
      );
    }
    expect(tokens.isLive(ephemeral)).toBe(true);
  });
});

test("list() leaves out ephemeral tokens", () => {
  const { tokens } = createTokens();
  const persistent = tokens.mint({ persistent: true, roles: [] });
  tokens.mint({ persistent: false, roles: [] });

  expect(tokens.list()).toEqual([persistent]);
});

test("isLive() is false once an ephemeral token has expired", () => {
  const { clock, tokens } = createTokens();
  const token = tokens.mint({ persistent: false, roles: [], validityInSeconds: 60 });
  const before = tokens.isLive(token);

  clock.advance(60);

  expect([before, tokens.isLive(token)]).toEqual([true, false]);
});
