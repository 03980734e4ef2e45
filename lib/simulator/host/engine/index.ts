/**
 * The container engine of a host: its containers, and the `docker` and `podman` commands that show and change them.
 *
 * Imports machine/ only.
 */
export { type Container, ContainerEngine, type ContainerOptions } from "./container-engine";
export { type ContainerProgram, engineStandIns } from "./engine-commands";
