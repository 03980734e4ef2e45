import { Token } from "cdktf";

const KEY = /^(ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)) ([A-Za-z0-9+/]+={0,2})(?: .*)?$/;

/** The SSH host key that a host must present. */
export class HostKey {
  /**
   * The host's public key as `ssh-keyscan` or /etc/ssh/ssh_host_*_key.pub show it: type and base64 text.
   *
   * Terraform takes the first key that the host offers: where a host has an ECDSA key, give that one.
   */
  static of(publicKeyLine: string): HostKey {
    if (Token.isUnresolved(publicKeyLine)) return new HostKey(publicKeyLine);
    const [, type, base64] = KEY.exec(String(publicKeyLine).trim()) ?? [];
    if (type === undefined || base64 === undefined || !Buffer.from(base64, "base64").includes(type)) {
      throw new Error(
        `HostKey.of() got ${JSON.stringify(publicKeyLine)}, which is no SSH public key: expected type and base64 text, such as "ssh-ed25519 AAAA…" (\`ssh-keyscan HOST\` prints it after the host's name)`,
      );
    }
    return new HostKey(`${type} ${base64}`);
  }

  /** Accepts whatever answers at the address: whoever stands in between can take the roles token. */
  static acceptAny(): HostKey {
    return new HostKey("");
  }

  /** @internal The key as Terraform's `host_key` takes it; empty for any. */
  readonly _line: string;

  private constructor(line: string) {
    this._line = line;
  }
}
