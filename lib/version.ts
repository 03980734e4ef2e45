/** The version of the package and of the Terraform provider that it ships; a test holds it equal to package.json. */
export const VERSION = "0.2.0";
