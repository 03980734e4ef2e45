/**
 * The door of `cdktf-ece`: the constructs, and nothing else.
 *
 * `cdktf-ece/api` and `cdktf-ece/simulator` are doors of their own, so that a synth loads neither HTTP nor SSH.
 */
export * from "./constructs";
