import { Token } from "cdktf";

/** A number as text, also where only Terraform knows it. */
export function numberText(value: number): string {
  return Token.isUnresolved(value) ? Token.asString(value) : String(value);
}
