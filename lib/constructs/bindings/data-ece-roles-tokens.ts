import type { IResolvable } from "cdktf";
import { EceDataSource } from "./ece-resource";

/** The platform's persistent roles tokens without their secrets (data source `ece_roles_tokens`). */
export class DataEceRolesTokens extends EceDataSource {
  static override readonly tfResourceType = "ece_roles_tokens";

  /** The tokens, a list of objects with `id` and `roles`. */
  get tokens(): IResolvable {
    return this.interpolationForAttribute("tokens");
  }
}
