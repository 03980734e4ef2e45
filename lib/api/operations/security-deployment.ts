import type { SecurityDeployment } from "../models";
import { expectObject, expectString } from "../transport/reply";
import type { Requester, RequestOptions } from "../transport/request";

/** The security deployment, in which the platform keeps its users; ECE's installer creates it. */
export class SecurityDeploymentApi {
  readonly #requester: Requester;
  readonly #path: string;

  constructor(requester: Requester, platformPath: string) {
    this.#requester = requester;
    this.#path = `${platformPath}/configuration/security/deployment`;
  }

  /** Its ids, name and state. A platform without one is an {@link EceApiError} of status 404. */
  async find(options: RequestOptions = {}): Promise<SecurityDeployment> {
    return this.#requester.request({ method: "GET", path: this.#path, decode: decodeSecurityDeployment, ...options });
  }
}

function decodeSecurityDeployment(body: unknown): SecurityDeployment {
  const deployment = expectObject(body, "the security deployment");
  return { ...deployment, cluster_id: expectString(deployment, "cluster_id") };
}
