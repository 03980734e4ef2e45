/** What the scripts agree on: our files below the user's home folder on a host, and the names of ECE's containers. */
export const STATE_FOLDER = ".cdktf-ece";
/** Private, and gone after each run. */
export const UPLOAD_FOLDER = `${STATE_FOLDER}/upload`;
export const TOKEN_FILE = `${UPLOAD_FOLDER}/roles-token`;
export const INSTALL_SCRIPT_FILE = `${UPLOAD_FOLDER}/install.sh`;
/** Stays, for whoever must remove ECE by hand. */
export const REMOVAL_SCRIPT_FILE = `${STATE_FOLDER}/remove-ece.sh`;
/** What Terraform runs first, where no folder is yet; the step after it removes the emptied script that Terraform leaves. */
export const FIRST_STEP_FILE = `${STATE_FOLDER}-prepare.sh`;
/** What Terraform runs last is in folders that vanish with it; were only one to vanish, scp would leave an empty file in its place. */
export const RUN_STEP_FILE = `${UPLOAD_FOLDER}/step/run.sh`;
export const CLEANUP_STEP_FILE = `${STATE_FOLDER}/step/cleanup.sh`;
export const UPLOADED_INSTALLER_FILE = `${UPLOAD_FOLDER}/elastic-cloud-enterprise.sh`;

/** Runs on each ECE host. */
export const RUNNER_CONTAINER = "frc-runners-runner";
/** Runs while ECE is installed. */
export const INSTALLER_CONTAINER = "elastic-cloud-enterprise-installer";
