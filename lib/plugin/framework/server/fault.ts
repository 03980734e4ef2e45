import type { AttributePath } from "../diagnostics";

/** A way in which provider code broke its contract with Terraform; the text goes on where the path ends. */
export interface Fault {
  readonly path: AttributePath;
  readonly text: string;
}
