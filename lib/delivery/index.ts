/**
 * Vendoring: brings the provider that this package ships into a Terraform working directory, so that no registry is needed.
 *
 * `vendorProvider` writes the provider file where Terraform searches for plugins on its own, and `lockProviders` writes the
 * entries of the lock file that make `cdktf deploy` and `terraform init` accept it. The same bytes serve every platform, so
 * one hash does as well.
 *
 * A leaf: imports Node's builtins and the version, no sibling layer.
 */
export { PROVIDER_SOURCE } from "./provider-source";
export { vendorProvider, type VendoredProvider } from "./mirror";
export { lockProviders, type LockEntry } from "./lock-file";
