/**
 * Delivery: puts the provider that this package ships into a Terraform working directory, so that no registry is needed.
 *
 * `installProvider` writes the provider's archive where Terraform searches for plugins on its own, and `lockProviders` writes
 * the entries of the lock file that make `cdktf deploy` and `terraform init` accept it. The archive is the same for every
 * platform, so one hash is enough.
 *
 * A leaf: imports Node's builtins and the version, no sibling layer.
 */
export { PROVIDER_SOURCE, installProvider, shippedProvider } from "./provider-archive";
export { lockProviders, type LockEntry } from "./lock-file";
