import type { IResolvable } from "cdktf";
import { EceDataSource } from "./ece-resource";

/** Every host that the platform knows (data source `ece_hosts`). */
export class DataEceHosts extends EceDataSource {
  static override readonly tfResourceType = "ece_hosts";

  /** The hosts, a list of objects with `runner_id`, `host_ip`, `zone`, `version`, `roles`, `connected` and more. */
  get hosts(): IResolvable {
    return this.interpolationForAttribute("hosts");
  }
}
