import type { PlatformInfo, RegionInfo } from "../models";
import { undefinedIfNotFound } from "../errors/errors";
import { expectObject, expectString, lenientList } from "../transport/reply";
import type { Requester, RequestOptions } from "../transport/request";

/** The platform as a whole. */
export class PlatformApi {
  readonly #requester: Requester;
  readonly #path: string;

  constructor(requester: Requester, path: string) {
    this.#requester = requester;
    this.#path = path;
  }

  /** The version of ECE, and the state of its regions. */
  async get(options: RequestOptions = {}): Promise<PlatformInfo> {
    return this.#requester.request({ method: "GET", path: this.#path, decode: decodePlatform, ...options });
  }

  /** The domain of the URLs of all deployments; undefined where none is set. */
  async tryFindDeploymentDomain(options: RequestOptions = {}): Promise<string | undefined> {
    const path = `${this.#path}/configuration/networking/deployment_domain_name`;
    return undefinedIfNotFound(
      this.#requester.request({ method: "GET", path, decode: decodeDeploymentDomain, ...options }),
    );
  }
}

function decodeDeploymentDomain(body: unknown): string {
  return expectString(expectObject(body, "the deployment domain"), "value");
}

function decodePlatform(body: unknown): PlatformInfo {
  const platform = expectObject(body, "an object about the platform");
  return {
    ...platform,
    version: expectString(platform, "version"),
    regions: lenientList<RegionInfo>(platform.regions),
    unreachable_regions: lenientList<{ region_id: string }>(platform.unreachable_regions),
  };
}
