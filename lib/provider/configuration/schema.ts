import { RULES, USER_ROLES } from "../../ece";
import { validators, type Schema, type Validator } from "../../plugin/framework";
import { isPlatformId } from "../platform/identity";

/** The environment variables of each argument, the first of which wins: our own name, then those of elastic/ec and ecctl. */
export const ENVIRONMENT = {
  endpoint: ["ECE_ENDPOINT", "EC_ENDPOINT", "EC_HOST"],
  api_key: ["ECE_API_KEY", "EC_API_KEY"],
  username: ["ECE_USERNAME", "EC_USERNAME", "EC_USER"],
  password: ["ECE_PASSWORD", "EC_PASSWORD", "EC_PASS"],
  login: ["ECE_LOGIN", "EC_LOGIN"],
  ca_certificate: ["ECE_CA_CERTIFICATE", "EC_CA_CERTIFICATE"],
  ca_certificate_file: ["ECE_CA_CERTIFICATE_FILE", "EC_CA_CERTIFICATE_FILE"],
  tls_server_name: ["ECE_TLS_SERVER_NAME", "EC_TLS_SERVER_NAME"],
  insecure: ["ECE_INSECURE", "EC_INSECURE"],
  request_timeout_seconds: ["ECE_REQUEST_TIMEOUT_SECONDS", "EC_REQUEST_TIMEOUT_SECONDS"],
  max_retries: ["ECE_MAX_RETRIES", "EC_MAX_RETRIES"],
} as const;

/** An argument of the provider. */
export type Argument = keyof typeof ENVIRONMENT;

/** The environment variables of the arguments of the block `ssh`. */
export const SSH_ENVIRONMENT = {
  private_key_file: "ECE_SSH_PRIVATE_KEY_FILE",
  bastion_private_key_file: "ECE_SSH_BASTION_PRIVATE_KEY_FILE",
} as const;

/** The values of arguments that neither the configuration nor the environment sets. */
export const DEFAULTS = { request_timeout_seconds: 60, max_retries: 4 } as const;

// No reply of the API takes an hour: a longer time is a mistake, such as one given in milliseconds.
const LONGEST_TIMEOUT_SECONDS = 3600;
const FILE_NOTE = "`file:PATH` reads it from a file.";

function environmentNote(argument: Argument): string {
  return `Environment: ${ENVIRONMENT[argument].map((name) => `\`${name}\``).join(", ")}.`;
}

const platformIds: Validator = (value) => {
  const invalid = Array.isArray(value) ? value.filter((id) => typeof id !== "string" || !isPlatformId(id)) : [];
  return invalid.length === 0
    ? undefined
    : `Must be ids as the error "This is another ECE platform" names them, such as "security-cluster:ID"; got ${invalid.map((id) => JSON.stringify(id)).join(", ")}.`;
};

const tlsServerNames: Validator = (value) =>
  typeof value === "string" && RULES.tlsServerName.pattern.test(value)
    ? undefined
    : `Must be ${RULES.tlsServerName.allowed}.`;

export const providerSchema = {
  description:
    "Elastic Cloud Enterprise (ECE): roles tokens and hosts. Every argument can come from the environment; keep credentials there.",
  attributes: {
    endpoint: {
      type: "string",
      optional: true,
      description: `Where the ECE API is, such as \`https://coordinator.example:12443\`. Several coordinators of one platform may be named, with commas between them: the next is asked when one cannot be reached. ${environmentNote("endpoint")}`,
    },
    api_key: {
      type: "string",
      optional: true,
      sensitive: true,
      description: `An API key of a user with the role Platform admin; instead of a username and password. ${FILE_NOTE} ${environmentNote("api_key")}`,
    },
    username: {
      type: "string",
      optional: true,
      description: `A user with the role Platform admin, such as \`admin\`. ${environmentNote("username")}`,
    },
    password: {
      type: "string",
      optional: true,
      sensitive: true,
      description: `The password of that user. ${FILE_NOTE} ${environmentNote("password")}`,
    },
    login: {
      type: "bool",
      optional: true,
      description: `Exchange the username and password for a short-lived bearer token instead of sending them with every request (default: \`false\`). ${environmentNote("login")}`,
    },
    ca_certificate: {
      type: "string",
      optional: true,
      description: `The certificate authority of the endpoint, as PEM. ${environmentNote("ca_certificate")}`,
    },
    ca_certificate_file: {
      type: "string",
      optional: true,
      description: `The path of a PEM file with the certificate authority of the endpoint. ${environmentNote("ca_certificate_file")}`,
    },
    tls_server_name: {
      type: "string",
      optional: true,
      validators: [tlsServerNames],
      description: `The name that the certificate of the endpoint must have, where the endpoint is reached by another, as through a tunnel (default: that of the endpoint). ${environmentNote("tls_server_name")}`,
    },
    insecure: {
      type: "bool",
      optional: true,
      description: `Accept any certificate (default: \`false\`): whoever stands in between can read every token. ${environmentNote("insecure")}`,
    },
    request_timeout_seconds: {
      type: "number",
      optional: true,
      validators: [validators.wholeNumber({ atLeast: 1, atMost: LONGEST_TIMEOUT_SECONDS })],
      description: `How long one request to the API may take (default: \`${DEFAULTS.request_timeout_seconds}\`). ${environmentNote("request_timeout_seconds")}`,
    },
    max_retries: {
      type: "number",
      optional: true,
      validators: [validators.wholeNumber({ atLeast: 0 })],
      description: `How often a request that can be repeated safely is repeated after a transient error (default: \`${DEFAULTS.max_retries}\`). ${environmentNote("max_retries")}`,
    },
  },
  blocks: {
    ssh: {
      description:
        "How the provider reaches the machines of hosts. Nothing of it is stored: keys are looked for where Terraform runs.",
      attributes: {
        private_key_file: {
          type: "string",
          optional: true,
          description: `The path of the private key for the machines, instead of the one that a host names. Environment: \`${SSH_ENVIRONMENT.private_key_file}\`.`,
        },
        bastion_private_key_file: {
          type: "string",
          optional: true,
          description: `The path of the private key for bastions, instead of the one that a host names. Environment: \`${SSH_ENVIRONMENT.bastion_private_key_file}\`.`,
        },
        agent: {
          type: "bool",
          optional: true,
          description:
            "Whether the keys of the SSH agent (`SSH_AUTH_SOCK`) are tried. Encrypted keys and SSH certificates work through it alone.",
        },
      },
    },
    given_up: {
      description:
        "What is lost for good, so that it can be taken out of the state although nothing can be asked of it or proven any more. Every plan that relies on it warns. Take it away again afterwards.",
      attributes: {
        platforms: {
          type: { set: "string" },
          optional: true,
          validators: [platformIds],
          description:
            "Platforms that are gone, by an id as the error `This is another ECE platform` names it, such as `security-cluster:ID`. What was made on them is forgotten when it is destroyed: nothing is revoked or removed there.",
        },
        machines: {
          type: { set: "string" },
          optional: true,
          description: "Machines that are gone, by the runner ids of their hosts.",
        },
        last_of: {
          type: { set: "string" },
          optional: true,
          validators: [validators.eachOneOf(USER_ROLES)],
          description: "Roles whose last host may go.",
        },
      },
    },
  },
} satisfies Schema;
