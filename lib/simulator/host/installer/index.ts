/**
 * Elastic's installer on a host: the script that stands in for it, what its container does, and a record of its calls.
 *
 * Imports platform/, machine/, engine/, ece/ and the host's faults.
 */
export { bootstrapProgram } from "./bootstrap";
export { type InstallRecord, InstallRecords } from "./install-records";
export { INSTALL_REPORT_COMMAND, installerScript } from "./installer-script";
