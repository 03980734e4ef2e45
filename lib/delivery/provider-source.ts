/** The source address of the provider, as `required_providers` names it; no registry answers for its host. */
export const PROVIDER_SOURCE = "terraform.local/cdktf-ece/ece";
