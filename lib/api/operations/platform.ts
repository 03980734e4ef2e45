import type { PlatformInfo, RegionInfo } from "../models";
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
