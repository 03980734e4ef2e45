import { TerraformDataSource, type IResolvable, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { GENERATOR_METADATA } from "./generator-metadata";

/** Every host that the platform knows (data source `ece_hosts`). */
export class DataEceHosts extends TerraformDataSource {
  static readonly tfResourceType = "ece_hosts";

  constructor(scope: Construct, id: string, config: TerraformMetaArguments = {}) {
    super(scope, id, {
      ...config,
      terraformResourceType: DataEceHosts.tfResourceType,
      terraformGeneratorMetadata: GENERATOR_METADATA,
    });
  }

  /** The hosts, a list of objects with `runner_id`, `host_ip`, `zone`, `version`, `roles`, `connected` and more. */
  get hosts(): IResolvable {
    return this.interpolationForAttribute("hosts");
  }
}
