import type { Provider } from "../../framework";

// Not a secret: Terraform sets it so that a plugin can tell a user at a shell from Terraform.
const COOKIE_NAME = "TF_PLUGIN_MAGIC_COOKIE";
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

// Of go-plugin's own protocol, and of Terraform's on top of it.
const CORE_VERSION = 1;
const PROTOCOL_VERSION = 6;

/** Where the plugin listens: a path, or a host with a port. */
export interface Endpoint {
  readonly network: "unix" | "tcp";
  readonly address: string;
}

/** Why this process cannot serve whoever started it, or undefined if it can. */
export function handshakeProblem(provider: Provider, environment: NodeJS.ProcessEnv): string | undefined {
  if (environment[COOKIE_NAME] !== COOKIE) {
    return [
      `This is the Terraform provider "${provider.name}", version ${provider.version}. Terraform starts it; it does nothing when started by hand.`,
      "To install it, put it where `terraform init` looks for providers, for example in a working directory under",
      `terraform.d/plugins/HOST/NAMESPACE/${provider.name}/${provider.version}/OS_ARCH/terraform-provider-${provider.name}_v${provider.version},`,
      `and name HOST/NAMESPACE/${provider.name} as its source under required_providers.`,
    ].join("\n");
  }
  const offered = (environment["PLUGIN_PROTOCOL_VERSIONS"] ?? "").split(",").filter((version) => version !== "");
  if (!offered.includes(String(PROTOCOL_VERSION))) {
    return (
      `The provider "${provider.name}" speaks version ${PROTOCOL_VERSION} of Terraform's plugin protocol, and the program that started it ` +
      `offers ${offered.length > 0 ? `only ${offered.join(", ")}` : "none"}. Use Terraform 1.5 or newer.`
    );
  }
  return undefined;
}

/** The one line that tells Terraform how to reach the plugin. Without a certificate the connection is not encrypted. */
export function handshakeLine({ network, address }: Endpoint, certificateDer?: Buffer): string {
  const certificate = certificateDer?.toString("base64").replace(/=+$/, "") ?? "";
  return `${[CORE_VERSION, PROTOCOL_VERSION, network, address, "grpc", certificate].join("|")}\n`;
}
