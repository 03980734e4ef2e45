import { invalidRequest, ok, type Reply, route, type Route } from "../http";
import { ApiError, type Session, type Users } from "../../platform";

const AUTH = "/users/auth";

/** Operations as the API description names them: some of those that every role allows, and of those that change a platform. */
const READS = ["get-platform", "get-runners", "get-allocators", "get-enrollment-tokens"];
const CHANGES = [
  ...["create-enrollment-token", "delete-enrollment-token", "set-runner-roles", "delete-runner", "delete-allocator"],
  ...["add-blueprinter-blessing", "start-allocator-maintenance-mode", "stop-allocator-maintenance-mode"],
  ...["move-clusters", "move-clusters-by-type", "demote-coordinator"],
];

/** The routes that need no credentials. */
export function loginRoutes(users: Users): Route[] {
  return [
    route("POST", `${AUTH}/_login`, (request) => {
      const { username, password } = request.object();
      if (typeof username !== "string" || typeof password !== "string")
        throw invalidRequest("username and password are required");

      return showSession(users.login(username, password));
    }),
    route("GET", `${AUTH}/methods`, () => ok({ password: true, saml: false, openid: false, sso_methods: [] })),
  ];
}

/** The routes about the caller's own credentials. */
export function sessionRoutes(users: Users): Route[] {
  return [
    route("GET", AUTH, ({ authorization }) => {
      const expiresAt = users.identify(authorization)?.expiresAt?.toISOString();
      return ok({
        has_elevated_permissions: true,
        refresh_token_url: `/api/v1${AUTH}/_refresh`,
        ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
      });
    }),
    route("GET", "/user", ({ authorization }) => {
      const caller = users.identify(authorization);
      const permissions = users.role === "ece_platform_admin" ? [...READS, ...CHANGES] : READS;
      return ok({
        user_name: caller?.scheme === "ApiKey" ? "operator" : users.username,
        builtin: caller?.scheme !== "ApiKey",
        security: {
          roles: [users.role],
          enabled: true,
          ...(users.tellsPermissions && { permissions }),
        },
      });
    }),
    route("POST", `${AUTH}/_refresh`, ({ authorization }) => {
      if (users.identify(authorization)?.scheme !== "Bearer")
        throw new ApiError(401, "root.unauthorized", "Only a session can be refreshed");

      return showSession(users.openSession());
    }),
    route("POST", `${AUTH}/_logout`, ({ authorization = "" }) => {
      users.closeSession(authorization.replace(/^Bearer /, ""));
      return ok({});
    }),
  ];
}

function showSession({ token, expiresAt }: Session): Reply {
  return ok({ token, session_expiration_time: expiresAt.toISOString() });
}
