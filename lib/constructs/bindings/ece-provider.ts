import { FILE_REFERENCE, referencedFile, RULES } from "../../ece";
import { Annotations, App, TerraformProvider, TerraformStack, Token } from "cdktf";
import { addCustomSynthesis } from "cdktf/lib/synthesize/synthesizer";
import type { ISynthesisSession } from "cdktf";
import type { Construct } from "constructs";
import { join } from "node:path";
import { PROVIDER_SOURCE, lockProviders, installProvider } from "../../delivery";
import { GENERATOR_METADATA } from "./ece-resource";
import { lockEntriesOf } from "./provider-lock";
import { stackPath } from "../cdktf-values";
import {
  check,
  endpoints,
  known,
  optional,
  roleList,
  secret,
  text,
  throwOnErrors,
  wholeNumber,
  type Check,
} from "../checks";

/** How the provider reaches the machines of hosts; keys are looked for where Terraform runs. */
export interface EceProviderSsh {
  /**
   * The path of the private key for the machines, instead of the one that a host names.
   *
   * @default - ECE_SSH_PRIVATE_KEY_FILE when Terraform runs, then what the host names
   */
  readonly privateKeyFile?: string;
  /**
   * The path of the private key for bastions, instead of the one that a host names.
   *
   * @default - ECE_SSH_BASTION_PRIVATE_KEY_FILE when Terraform runs, then what the host names
   */
  readonly bastionPrivateKeyFile?: string;
  /**
   * Whether the keys of the SSH agent are tried.
   *
   * @default - the provider's
   */
  readonly agent?: boolean;
}

/**
 * What is lost for good, so that it can be taken out of the state although nothing can be asked of it or proven any more.
 *
 * Every plan that relies on it warns. Take it away again afterwards.
 */
export interface EceProviderGivenUp {
  /**
   * Platforms that are gone, by an id as the error "This is another ECE platform" names it, such as `security-cluster:ID`.
   *
   * @default - none
   */
  readonly platforms?: string[];
  /**
   * Machines that are gone, by the runner ids of their hosts.
   *
   * @default - none
   */
  readonly machines?: string[];
  /**
   * Roles whose last host may go.
   *
   * @default - none
   */
  readonly lastOf?: string[];
}

/** Configuration of `EceProvider`. */
export interface EceProviderConfig {
  /**
   * Where the ECE API is, such as `https://coordinator.example:12443`. Several coordinators of one platform may be
   * named, with commas between them: the next is asked when one cannot be reached.
   *
   * @default - ECE_ENDPOINT when Terraform runs
   */
  readonly endpoint?: string;
  /**
   * An API key of a user with the role Platform admin, or `file:PATH`. A literal key ends up in the synthesized JSON.
   *
   * @default - ECE_API_KEY when Terraform runs
   */
  readonly apiKey?: string;
  /**
   * A user with the role Platform admin.
   *
   * @default - ECE_USERNAME when Terraform runs
   */
  readonly username?: string;
  /**
   * The password of that user, or `file:PATH`. A literal password ends up in the synthesized JSON.
   *
   * @default - ECE_PASSWORD when Terraform runs
   */
  readonly password?: string;
  /**
   * Exchange username and password for a short-lived bearer token.
   *
   * @default false
   */
  readonly login?: boolean;
  /**
   * The certificate authority of the endpoint, as PEM.
   *
   * @default - ECE_CA_CERTIFICATE when Terraform runs
   */
  readonly caCertificate?: string;
  /**
   * The path of a PEM file with the certificate authority of the endpoint.
   *
   * @default - ECE_CA_CERTIFICATE_FILE when Terraform runs
   */
  readonly caCertificateFile?: string;
  /**
   * The name that the certificate of the endpoint must have, where it is reached by another, as through a tunnel.
   *
   * @default - that of the endpoint
   */
  readonly tlsServerName?: string;
  /**
   * Accept any certificate of the endpoint.
   *
   * @default false
   */
  readonly insecure?: boolean;
  /**
   * How long one request to the API may take.
   *
   * @default 60
   */
  readonly requestTimeoutSeconds?: number;
  /**
   * How often a request that may be repeated is repeated.
   *
   * @default 4
   */
  readonly maxRetries?: number;
  /**
   * How the provider reaches the machines of hosts.
   *
   * @default - as the environment says when Terraform runs
   */
  readonly ssh?: EceProviderSsh;
  /**
   * What is lost for good and may be forgotten.
   *
   * @default - nothing
   */
  readonly givenUp?: EceProviderGivenUp;
  /**
   * Tells several providers of a stack apart.
   *
   * @default - this is the stack's default provider
   */
  readonly alias?: string;
}

/** The provider's own limits; it checks what only Terraform knows. */
const LONGEST_TIMEOUT_SECONDS = 3600;

const CHECKS: readonly Check<EceProviderConfig>[] = [
  optional("endpoint", endpoints),
  optional("apiKey", secret(RULES.apiKey)),
  optional("username", text(RULES.username)),
  optional("password", secret(RULES.password)),
  optional("caCertificateFile", text(RULES.localFile)),
  optional("tlsServerName", text(RULES.tlsServerName)),
  optional("requestTimeoutSeconds", wholeNumber(1, LONGEST_TIMEOUT_SECONDS)),
  optional("maxRetries", wholeNumber(0)),
  ({ ssh = {} }) => check(ssh, SSH_CHECKS, "ssh."),
  ({ givenUp = {} }) => check(givenUp, GIVEN_UP_CHECKS, "givenUp."),
  (config) => check(config, ALIAS_CHECKS),
];

const ALIAS_CHECKS: readonly Check<Pick<EceProviderConfig, "alias">>[] = [optional("alias", known(text(RULES.alias)))];

const SSH_CHECKS: readonly Check<EceProviderSsh>[] = [
  optional("privateKeyFile", text(RULES.localFile)),
  optional("bastionPrivateKeyFile", text(RULES.localFile)),
];

const GIVEN_UP_CHECKS: readonly Check<EceProviderGivenUp>[] = [optional("lastOf", roleList)];

/**
 * The connection to an Elastic Cloud Enterprise platform.
 *
 * At synth it puts the Terraform provider that this package ships into the stack's folder, so no registry needs to know it.
 * Credentials are best left to the environment (`ECE_API_KEY`, or `ECE_USERNAME` and `ECE_PASSWORD`).
 *
 * @example new EceProvider(stack, "ece", { endpoint: "https://coordinator.example:12443", caCertificateFile: "ca.pem" });
 */
export class EceProvider extends TerraformProvider {
  /** The provider's type in Terraform. */
  static readonly tfResourceType = "ece";

  readonly #config: EceProviderConfig;
  #alias?: string;

  constructor(scope: Construct, id: string, config: EceProviderConfig = {}) {
    super(scope, id, {
      terraformResourceType: EceProvider.tfResourceType,
      terraformProviderSource: PROVIDER_SOURCE,
      terraformGeneratorMetadata: GENERATOR_METADATA,
    });
    if (App.of(this).hclOutput)
      throw new Error(`[${this.node.path}] cdktf-ece synthesizes JSON only; leave hclOutput off`);

    throwOnErrors(this, check(config, CHECKS));
    this.#config = config;
    this.#alias = config.alias;
    this.#warnOfLiteralSecret("apiKey", config.apiKey);
    this.#warnOfLiteralSecret("password", config.password);
    this.#warnOfSharedCredentials(config);
    addCustomSynthesis(this, { onSynthesize: (session) => this.#install(session) });
  }

  override get alias(): string | undefined {
    return this.#alias;
  }

  override set alias(alias: string | undefined) {
    throwOnErrors(this, check({ alias }, ALIAS_CHECKS));
    this.#alias = alias;
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    const { apiKey, password, caCertificateFile, ssh, givenUp, ...others } = this.#config;
    return {
      ...others,
      alias: this.#alias,
      apiKey: this.#secret(apiKey),
      password: this.#secret(password),
      caCertificateFile: this.#path(caCertificateFile),
      ssh: ssh && {
        privateKeyFile: this.#path(ssh.privateKeyFile),
        bastionPrivateKeyFile: this.#path(ssh.bastionPrivateKeyFile),
        agent: ssh.agent,
      },
      givenUp: givenUp && { platforms: givenUp.platforms, machines: givenUp.machines, lastOf: givenUp.lastOf },
    };
  }

  #path(path: string | undefined): string | undefined {
    return path === undefined ? undefined : stackPath(this, path);
  }

  #secret(value: string | undefined): string | undefined {
    const file = value === undefined ? undefined : referencedFile(value);
    return file === undefined ? value : FILE_REFERENCE + stackPath(this, file);
  }

  #warnOfLiteralSecret(name: string, value: string | undefined): void {
    if (value === undefined || Token.isUnresolved(value) || referencedFile(value) !== undefined) return;
    Annotations.of(this).addWarning(
      `${name} is a literal, so it will be written to the synthesized JSON for anyone to read. Leave it out and set ECE_${name === "apiKey" ? "API_KEY" : "PASSWORD"} in the environment, or pass "file:PATH".`,
    );
  }

  /** Terraform starts each provider with the same environment. */
  #warnOfSharedCredentials({ alias, endpoint, apiKey, username, password }: EceProviderConfig): void {
    if (alias === undefined || endpoint === undefined || (apiKey ?? username ?? password) !== undefined) return;
    Annotations.of(this).addWarning(
      `The provider ${alias} has an endpoint of its own but no credentials: those of the environment (ECE_API_KEY, or ECE_USERNAME and ECE_PASSWORD) are sent to it, as to every other provider of the stack. If it is another platform, give it its own, such as apiKey: "file:PATH".`,
    );
  }

  #install(session: ISynthesisSession): void {
    const stack = TerraformStack.of(this);
    const folder = join(session.outdir, session.manifest.forStack(stack).workingDirectory);
    const { source, version, hash } = installProvider(folder);
    const { entries, unknown } = lockEntriesOf(stack.allProviders());

    lockProviders(folder, [...entries, { source, version, constraints: version, hash }]);
    if (unknown.length > 0) {
      Annotations.of(this).addWarning(
        `The lock file of this stack cannot be prepared for ${unknown.join(", ")}: the bindings do not tell the provider's version. If \`cdktf deploy\` fails at \`terraform providers lock\`, run it with --skip-provider-lock or CDKTF_SKIP_PROVIDER_LOCK=true.`,
      );
    }
  }
}
