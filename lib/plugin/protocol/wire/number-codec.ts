/**
 * A number as Terraform sends it: an integer, a float, or a decimal string where neither is exact.
 *
 * Terraform's numbers have 512 bits and the framework's 53. One that would change on the way is refused, because Terraform
 * takes a changed number for a provider's fault.
 */
export function decodeNumber(wire: unknown): number {
  if (typeof wire === "number") return wire;
  if (typeof wire !== "bigint" && typeof wire !== "string") throw new Error("expected a number");
  const value = Number(wire);
  if (Number.isNaN(value)) throw new Error("expected a number");
  if (significantDigits(String(wire)) !== significantDigits(String(value)))
    throw new Error("the number has more digits than this provider can keep; use one of at most 15 digits");

  return value;
}

/**
 * Fractions go as decimal strings: as a float, 0.1 would reach Terraform as 0.1000000000000000055…, which is not the 0.1
 * that the configuration says.
 */
export function encodeNumber(value: number): number | string {
  if (Number.isNaN(value)) throw new Error("expected a number, got NaN");
  return Number.isSafeInteger(value) || !Number.isFinite(value) ? value : String(value);
}

function significantDigits(decimal: string): string {
  return decimal
    .replace(/e.*$/i, "")
    .replace(/[-+.]/g, "")
    .replace(/^0+|0+$/g, "");
}
