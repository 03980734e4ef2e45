import { loadOpenApi } from "../support/openapi";

const openApi = loadOpenApi();
const TOKENS = "/api/v1/platform/configuration/security/enrollment-tokens";

// These show that the checks of client.test.ts can fail.
(openApi ? describe : describe.skip)("the check against the API description", () => {
  test.each([
    ["an unknown route", { method: "GET", path: "/api/v1/platform/hosts" }, "no operation"],
    ["an unknown method", { method: "PATCH", path: TOKENS }, "no operation"],
    ["an unknown query parameter", { method: "GET", path: TOKENS, query: { page: "1" } }, "page is not declared"],
    [
      "a query value of the wrong type",
      { method: "GET", path: "/api/v1/platform/infrastructure/allocators?size=x" },
      "size",
    ],
    ["a missing body", { method: "POST", path: TOKENS }, "body is missing"],
    ["a body where none goes", { method: "GET", path: TOKENS, body: {} }, "not declared"],
    ["a missing field", { method: "POST", path: TOKENS, body: { roles: [] } }, "persistent"],
    ["a misspelt field", { method: "POST", path: TOKENS, body: { persistent: true, validity: 1 } }, "validity"],
    [
      "a field of the wrong type",
      { method: "POST", path: TOKENS, body: { persistent: true, roles: "proxy" } },
      "array",
    ],
  ])("finds %s in a request", (_case, request, gist) => {
    expect(openApi?.checkRequest(request).join()).toContain(gist);
  });

  test.each([
    ["an undeclared status", 201, { token: "t" }, "declares no reply 201"],
    ["a missing field", 200, { token_id: "a" }, "token"],
    ["an unknown field", 200, { token: "t", expires: 1 }, "expires"],
    ["an error without a code", 400, { errors: [{ message: "no" }] }, "code"],
    ["an error of another form than ECE's", 403, { error: "no" }, "errors"],
  ])("finds %s in a reply", (_case, status, body, gist) => {
    expect(openApi?.checkResponse({ method: "POST", path: TOKENS, status, body }).join()).toContain(gist);
  });

  test("accepts a path with and without a region", () => {
    const regional = TOKENS.replace("/platform", "/regions/ece-region/platform");

    expect(openApi?.checkRequest({ method: "GET", path: TOKENS })).toEqual([]);
    expect(openApi?.checkRequest({ method: "GET", path: regional })).toEqual([]);
  });
});
